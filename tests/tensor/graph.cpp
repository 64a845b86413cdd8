// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_entries.hpp"
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/subgraph.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <vector>

namespace fg = filigree;
using ids = std::vector<fg::index>;
using starts = std::vector<fg::offset>;

namespace {
/// One direction of a graph, on the host; edge ids are spelled out.
struct direction {
  starts row_begin;
  ids neighbor;
  starts edge;
  friend bool operator==(const direction&, const direction&) = default;
};
template <class B>
direction on_host(const B& on, const fg::pattern_view<>& p) {
  direction out{fg::detail::fetch(on, p.row_begin, p.rows + 1),
                fg::detail::fetch(on, p.neighbor, p.entries), starts{}};
  if (p.edge) out.edge = fg::detail::fetch(on, p.edge, p.entries);
  for (fg::offset k = 0; !p.edge && k < p.entries; ++k) out.edge.push_back(k);
  return out;
}
}  // namespace

// [ . 1 . 1 ]
// [ . . . . ]
// [ 1 1 . . ]
TEMPLATE_TEST_CASE("a directed graph holds both directions under the same edge ids", "", BACKENDS) {
  const TestType on;
  const fg::graph<TestType> g(on, {3, 4}, ids{2, 0, 2, 0}, ids{1, 3, 0, 1});
  CHECK(g.rows() == 3);
  CHECK(g.cols() == 4);
  CHECK(g.edges() == 4);
  CHECK_FALSE(g.is_undirected());
  CHECK(g.partner() == nullptr);
  CHECK(on_host(on, g.forward()) == direction{{0, 2, 2, 4}, {1, 3, 0, 1}, {0, 1, 2, 3}});
  CHECK(on_host(on, g.backward()) == direction{{0, 1, 3, 3, 4}, {2, 0, 2, 0}, {2, 0, 3, 1}});
  CHECK(g.forward().edge == nullptr);
  CHECK(g.forward().rows == 3);
  CHECK(g.backward().rows == 4);
  CHECK(g.backward().cols == 3);
  CHECK(fg::detail::fetch(on, g.order(), 4) == starts{3, 1, 2, 0});
}

//   0 - 1
//   |   |
//   2   3 (and 3 with itself)
TEMPLATE_TEST_CASE("in an undirected graph each edge knows its reverse", "", BACKENDS) {
  const TestType on;
  const auto g = fg::graph<TestType>::undirected(on, 4, ids{1, 0, 3, 1}, ids{0, 2, 3, 3});
  CHECK(g.is_undirected());
  CHECK(g.rows() == 4);
  CHECK(g.cols() == 4);
  CHECK(g.edges() == 7);
  const auto forward = on_host(on, g.forward()), backward = on_host(on, g.backward());
  CHECK(forward.row_begin == starts{0, 2, 4, 5, 7});
  CHECK(forward.neighbor == ids{1, 2, 0, 3, 0, 1, 3});
  CHECK(backward.row_begin == forward.row_begin);
  CHECK(backward.neighbor == forward.neighbor);
  CHECK(backward.edge == starts{2, 4, 0, 5, 1, 3, 6});
  CHECK(fg::detail::fetch(on, g.partner(), 7) == backward.edge);
  CHECK(g.backward_tied().edge == nullptr);
  CHECK(g.backward_tied().neighbor == g.forward().neighbor);
  // Given: 1-0, 0-1, 0-2, 2-0, 3-3, 1-3, 3-1.
  CHECK(fg::detail::fetch(on, g.order(), 7) == starts{1, 2, 0, 5, 3, 6, 4});
}

TEMPLATE_TEST_CASE("a graph may have no edges, no rows or no columns", "", BACKENDS) {
  const TestType on;
  for (const fg::shape s : {fg::shape{0, 0}, fg::shape{0, 3}, fg::shape{3, 0}, fg::shape{2, 2}}) {
    const fg::graph<TestType> g(on, s, {}, {});
    CHECK(g.edges() == 0);
    CHECK(on_host(on, g.forward()).row_begin == starts(static_cast<std::size_t>(s.rows) + 1));
    CHECK(on_host(on, g.backward()).row_begin == starts(static_cast<std::size_t>(s.cols) + 1));
  }
  CHECK(fg::graph<TestType>::undirected(on, 3, {}, {}).edges() == 0);
  CHECK(fg::graph<TestType>().edges() == 0);
}

TEMPLATE_TEST_CASE("a graph refuses edges that do not fit, by name", "", BACKENDS) {
  const TestType on;
  const auto directed = [&](const ids& row, const ids& col, fg::shape s = {3, 4}) {
    return fg::graph<TestType>(on, s, row, col);
  };
  const auto undirected = [&](const ids& a, const ids& b) {
    return fg::graph<TestType>::undirected(on, 3, a, b);
  };
  CHECK_THROWS_WITH(directed({0, 3}, {0, 0}), "graph: row of entry 1: expected 0 to 2, got 3");
  CHECK_THROWS_WITH(directed({-1, 0}, {0, 0}), "graph: row of entry 0: expected 0 to 2, got -1");
  CHECK_THROWS_WITH(directed({0, 1}, {0, 4}), "graph: column of entry 1: expected 0 to 3, got 4");
  CHECK_THROWS_WITH(directed({0}, {0}, {0, 4}), "graph: row of entry 0: expected none, got 0");
  CHECK_THROWS_WITH(directed({}, {}, {3, fg::offset{1} << 31}),
                    "graph: columns: expected at most 2147483647, got 2147483648");
  CHECK_THROWS_WITH(directed({}, {}, {-3, 1}), "graph: rows: expected at least 0, got -3");
  CHECK_THROWS_WITH(directed({0, 1}, {0}), "graph: columns: expected 2, got 1");
  CHECK_THROWS_WITH(directed({2, 0, 2}, {3, 0, 3}),
                    "graph: edge (2, 3): expected once, got it again");
  CHECK_THROWS_WITH(undirected({0, 1}, {1, 0}), "graph: edge (0, 1): expected once, got it again");
  CHECK_THROWS_WITH(undirected({2, 2}, {2, 2}), "graph: edge (2, 2): expected once, got it again");
  CHECK_THROWS_WITH(undirected({0, 1}, {1, 3}), "graph: node of edge 1: expected 0 to 2, got 3");
  CHECK_THROWS_WITH(undirected({0, 1}, {1}), "graph: columns: expected 2, got 1");
  CHECK_THROWS_AS(undirected({0, 1}, {1}), fg::shape_error);
  CHECK_THROWS_AS(directed({0, 3}, {0, 0}), fg::range_error);
}

TEST_CASE("both directions agree with the entries, on every backend") {
  const random_entries<float> e(300, 170);
  const auto made = [&](const auto& on) {
    using B = std::remove_cvref_t<decltype(on)>;
    const fg::graph<B> g(on, e.shape, e.row, e.col);
    return std::tuple(on_host(on, g.forward()), on_host(on, g.backward()),
                      fg::detail::fetch(on, g.order(), g.edges()));
  };
  const auto [forward, backward, order] = made(fg::reference{});
  std::map<fg::offset, std::pair<fg::index, fg::index>> edges;
  for (std::size_t r = 0; r < 300; ++r)
    for (auto k = forward.row_begin[r]; k < forward.row_begin[r + 1]; ++k) {
      const auto entry = static_cast<std::size_t>(order[static_cast<std::size_t>(k)]);
      REQUIRE(e.row[entry] == static_cast<fg::index>(r));
      REQUIRE(e.col[entry] == forward.neighbor[static_cast<std::size_t>(k)]);
      edges[k] = {e.row[entry], e.col[entry]};
    }
  CHECK(edges.size() == e.row.size());
  for (std::size_t c = 0; c < 170; ++c)
    for (auto k = backward.row_begin[c]; k < backward.row_begin[c + 1]; ++k) {
      const auto at = static_cast<std::size_t>(k);
      REQUIRE(edges.at(backward.edge[at]) ==
              std::pair{backward.neighbor[at], static_cast<fg::index>(c)});
    }
  const auto expected = std::tuple(forward, backward, order);
  CHECK(made(fg::cpu{.threads = 1}) == expected);
  CHECK(made(fg::cpu{.threads = 2}) == expected);
}

TEST_CASE("partners are each other's reverse, hubs and self-loops included") {
  const fg::cpu on;
  const random_entries<float> e(200, 200);
  ids a, b;
  std::set<std::pair<fg::index, fg::index>> seen;
  for (std::size_t k = 0; k < e.row.size(); ++k)
    if (seen.insert(std::minmax(e.row[k], e.col[k])).second) {
      a.push_back(e.row[k]);
      b.push_back(e.col[k]);
    }
  const auto g = fg::graph<fg::cpu>::undirected(on, 200, a, b);
  const auto forward = on_host(on, g.forward());
  const auto partner = fg::detail::fetch(on, g.partner(), g.edges());
  ids row(partner.size());
  for (std::size_t r = 0; r < 200; ++r)
    for (auto k = forward.row_begin[r]; k < forward.row_begin[r + 1]; ++k)
      row[static_cast<std::size_t>(k)] = static_cast<fg::index>(r);
  for (std::size_t k = 0; k < partner.size(); ++k) {
    const auto p = static_cast<std::size_t>(partner[k]);
    REQUIRE(partner[p] == static_cast<fg::offset>(k));
    REQUIRE(row[p] == forward.neighbor[k]);
    REQUIRE(forward.neighbor[p] == row[k]);
  }
}

TEMPLATE_TEST_CASE("an undirected graph names the entry whose reverse is missing", "", BACKENDS) {
  const TestType on;
  const auto symmetric = [&](const ids& row, const ids& col) {
    const auto r = on.upload(std::span<const fg::index>(row)),
               c = on.upload(std::span<const fg::index>(col));
    return fg::graph<TestType>::symmetric(on, 3, r.data(), c.data(),
                                          static_cast<fg::offset>(row.size()));
  };
  CHECK(symmetric({0, 1, 2}, {1, 0, 2}).edges() == 3);
  CHECK_THROWS_WITH(symmetric({0, 1, 1}, {1, 0, 2}),
                    "graph: reverse of entry (1, 2): expected one, got none");
  CHECK_THROWS_WITH(fg::graph<TestType>::undirected(on, 3, ids{0, -1}, ids{1, 2}),
                    "graph: node of edge 1: expected 0 to 2, got -1");
}

//   0 -> 1 -> 2, 0 -> 2 (a row pulls from its neighbors), without 0 -> 1
TEMPLATE_TEST_CASE("the graph of some edges is directed where the whole one is", "", BACKENDS) {
  const TestType on;
  const std::vector<fg::offset> left{0, 2};
  const auto kept = on.upload(std::span<const fg::offset>(left));
  const fg::graph<TestType> g(on, {3, 3}, ids{1, 2, 2}, ids{0, 0, 1});
  const auto part = subgraph(on, g, kept);
  CHECK_FALSE(part.is_undirected());
  CHECK(on_host(on, part.forward()) == direction{{0, 0, 1, 2}, {0, 1}, {0, 1}});
  CHECK(on_host(on, part.backward()) == direction{{0, 1, 2, 2}, {1, 2}, {0, 1}});
  const auto path = fg::graph<TestType>::undirected(on, 3, ids{0, 1}, ids{1, 2});
  CHECK_THROWS_WITH(subgraph(on, path, kept),
                    "graph: reverse of entry (0, 1): expected one, got none");
}

TEST_CASE("a graph keeps what is computed of it once, by type and key, and its copies share it") {
  const fg::cpu on;
  const auto g = fg::graph<fg::cpu>::undirected(on, 3, ids{0, 1}, ids{1, 2});
  int made = 0;
  const auto degrees = [&](const fg::graph<fg::cpu>& of) -> const std::vector<int>& {
    return of.once<std::vector<int>>("degrees", [&] {
      ++made;
      return std::vector<int>(3, of.once<int>("degrees", [] { return 2; }));  // asks it too
    });
  };
  CHECK(degrees(g) == std::vector<int>{2, 2, 2});
  const auto copy = g;
  CHECK(&degrees(copy) == &degrees(g));
  CHECK(made == 1);
  CHECK_THROWS_AS(g.once<int>("fails", []() -> int { throw fg::error("no"); }), fg::error);
  CHECK(g.once<int>("fails", [] { return 1; }) == 1);
}
