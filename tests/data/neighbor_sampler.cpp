// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/data/neighbor_sampler.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace filigree {

namespace {
/// 0 is a hub with 40 neighbors, 41 and 42 are a pair, 43 is alone.
template <backend B>
graph<B> star(const B& on) {
  std::vector<index> a, b;
  for (index v = 1; v <= 40; ++v) {
    a.push_back(0);
    b.push_back(v);
  }
  a.push_back(41);
  b.push_back(42);
  return graph<B>::undirected(on, 44, a, b);
}
template <backend B, class T>
std::vector<std::remove_const_t<T>> host(const B& on, T* from, offset n) {
  return detail::fetch(on, from, n);
}
/// The edges of a block as pairs of nodes.
template <backend B>
std::vector<std::pair<index, index>> pairs(const B& on, const sampled_block<B>& b) {
  const auto at = b.adjacency.forward();
  const auto begin = host(on, at.row_begin, at.rows + 1);
  const auto col = host(on, at.neighbor, at.entries);
  const auto source = host(on, b.sources.rows.data(), b.sources.size());
  const auto target = host(on, b.targets.rows.data(), b.targets.size());
  std::vector<std::pair<index, index>> out;
  for (std::size_t r = 0; r + 1 < begin.size(); ++r)
    for (auto k = begin[r]; k < begin[r + 1]; ++k)
      out.emplace_back(source[static_cast<std::size_t>(target[r])],
                       source[static_cast<std::size_t>(col[static_cast<std::size_t>(k)])]);
  return out;
}
}  // namespace

TEMPLATE_TEST_CASE("as many neighbors are drawn as asked for, none twice", "", BACKENDS) {
  const TestType on;
  const auto g = star(on);
  const std::vector<index> nodes{43, 0, 41, 0};
  const neighbor_sampler sampler(g, {5});
  const auto blocks = sampler.draw(on, nodes, {7, 1});
  REQUIRE(blocks.size() == 1);
  const auto& b = blocks[0];
  CHECK(b.adjacency.rows() == 3);  // 0, 41, 43
  CHECK(b.adjacency.edges() == 6);
  const auto edges = pairs(on, b);
  const std::set<std::pair<index, index>> distinct(edges.begin(), edges.end());
  CHECK(distinct.size() == 6);
  CHECK(std::ranges::count(edges, 0, [](const auto& e) { return e.first; }) == 5);
  CHECK(distinct.contains({41, 42}));
}

TEMPLATE_TEST_CASE("an edge of a block knows which edge of the graph it was", "", BACKENDS) {
  const TestType on;
  const auto g = star(on);
  const std::vector<index> nodes{0, 3, 42};
  const neighbor_sampler sampler(g, {7, 2});
  const auto row_begin = host(on, g.forward().row_begin, g.rows() + 1);
  const auto neighbor = host(on, g.forward().neighbor, g.edges());
  for (const auto& b : sampler.draw(on, nodes, {3, 9})) {
    const auto edge = host(on, b.edge.data(), b.adjacency.edges());
    const auto edges = pairs(on, b);
    for (std::size_t e = 0; e < edges.size(); ++e) {
      const auto [r, c] = edges[e];
      CHECK(neighbor[static_cast<std::size_t>(edge[e])] == c);
      CHECK(edge[e] >= row_begin[static_cast<std::size_t>(r)]);
      CHECK(edge[e] < row_begin[static_cast<std::size_t>(r) + 1]);
    }
  }
}

TEMPLATE_TEST_CASE("the sources of a layer are the targets of the one before", "", BACKENDS) {
  const TestType on;
  const auto g = star(on);
  const std::vector<index> nodes{5, 6};
  const neighbor_sampler sampler(g, {4, -1});
  const auto blocks = sampler.draw(on, nodes, {1, 1});
  REQUIRE(blocks.size() == 2);
  CHECK(host(on, blocks[1].sources.rows.data(), 3) == std::vector<index>{0, 5, 6});
  CHECK(blocks[0].targets.size() == blocks[1].sources.size());
  CHECK(blocks[0].adjacency.rows() == 3);
  CHECK(blocks[1].adjacency.edges() == 2);  // all that the leaves have
}

TEMPLATE_TEST_CASE("what is drawn for a node does not depend on the batch", "", BACKENDS) {
  const TestType on;
  const auto g = star(on);
  const neighbor_sampler sampler(g, {6});
  const auto of = [&](const std::vector<index>& nodes, std::uint64_t stream) {
    std::vector<index> drawn;
    for (const auto& [r, c] : pairs(on, sampler.draw(on, nodes, {1, stream})[0]))
      if (r == 0) drawn.push_back(c);
    return drawn;
  };
  CHECK(of({0}, 1) == of({41, 0, 7}, 1));
  CHECK(of({0}, 1) != of({0}, 2));
}

TEST_CASE("each neighbor is drawn equally often") {
  const reference on;
  const auto g = star(on);
  const neighbor_sampler sampler(g, {10});
  std::vector<int> seen(44);
  const std::vector<index> hub{0};
  for (std::uint64_t s = 0; s < 2000; ++s)
    for (const auto& [r, c] : pairs(on, sampler.draw(on, hub, {1, s})[0]))
      ++seen[static_cast<std::size_t>(c)];
  // 2000 draws of 10 of 40: 500 each, with a deviation of 19.
  for (index v = 1; v <= 40; ++v) {
    CHECK(seen[static_cast<std::size_t>(v)] > 400);
    CHECK(seen[static_cast<std::size_t>(v)] < 600);
  }
}

TEST_CASE("a sampler says what it expects") {
  const reference on;
  const auto g = star(on);
  CHECK_THROWS_WITH(neighbor_sampler(g, {}),
                    "neighbor_sampler: layers: expected at least 1, got 0");
  CHECK_THROWS_WITH(neighbor_sampler(g, {3, 0}),
                    "neighbor_sampler: fanout: expected at least 1, or -1 for all, got 0");
  const std::vector<index> far{44};
  CHECK_THROWS_WITH((void)neighbor_sampler(g, {1}).draw(on, far, {}),
                    "neighbor_sampler: node of entry 0: expected 0 to 43, got 44");
}

}  // namespace filigree
