// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/data/corrupt.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace fg = filigree;

namespace {
/// A ring of 2000 nodes, each with three of 50 features.
fg::node_data ring_of_nodes() {
  fg::node_data d;
  d.nodes = 2000;
  d.features = 50;
  d.classes = 2;
  for (fg::index v = 0; v < d.nodes; ++v) {
    d.from.push_back(v);
    d.to.push_back((v + 1) % d.nodes);
    for (const fg::index f : {v % 10, 10 + v % 20, 30 + v % 20}) {
      d.feature.push_back(f);
      d.value.push_back(static_cast<float>(f) + 1);
    }
    d.feature_begin.push_back(std::ssize(d.feature));
    d.label.push_back(v % 2);
  }
  d.train = {0, 1};
  return d;
}
std::set<std::pair<fg::index, fg::index>> edges_of(const fg::node_data& d) {
  std::set<std::pair<fg::index, fg::index>> out;
  for (std::size_t e = 0; e < d.from.size(); ++e)
    out.emplace(std::min(d.from[e], d.to[e]), std::max(d.from[e], d.to[e]));
  return out;
}
}  // namespace

TEST_CASE("nothing is spoiled at a share of 0, all is gone at 1") {
  const auto whole = ring_of_nodes();
  auto d = whole;
  fg::corrupt(d, 0, fg::corruption::rewire, 1);
  CHECK(edges_of(d) == edges_of(whole));
  CHECK(d.feature == whole.feature);
  CHECK(d.value == whole.value);
  fg::corrupt(d, 1, fg::corruption::drop, 1);
  CHECK(d.edges() == 0);
  CHECK(d.feature.empty());
  CHECK(d.label == whole.label);
  CHECK(d.train == whole.train);
  d.check();
}

TEST_CASE("about the share of edges and features is dropped, and more at a larger one") {
  const auto whole = ring_of_nodes();
  auto some = whole, more = whole;
  fg::corrupt(some, 0.2, fg::corruption::drop, 3);
  fg::corrupt(more, 0.5, fg::corruption::drop, 3);
  some.check();
  CHECK(some.edges() == Approx(1600).margin(60));
  CHECK(std::ssize(some.feature) == Approx(4800).margin(120));
  CHECK(std::ssize(more.feature) == Approx(3000).margin(120));
  const auto left = edges_of(some);
  for (const auto& edge : edges_of(more)) CHECK(left.contains(edge));
}

TEST_CASE("what is rewired stays in number but not in place, and the seed decides alone") {
  const auto whole = ring_of_nodes();
  auto d = whole, again = whole, other = whole;
  fg::corrupt(d, 0.5, fg::corruption::rewire, 3);
  fg::corrupt(again, 0.5, fg::corruption::rewire, 3);
  fg::corrupt(other, 0.5, fg::corruption::rewire, 4);
  d.check();
  CHECK(d.edges() > 1990);
  const auto before = edges_of(whole);
  const auto after = edges_of(d);
  CHECK(std::count_if(after.begin(), after.end(), [&](const auto& e) {
          return before.contains(e);
        }) == Approx(1000).margin(80));
  CHECK(std::ssize(d.feature) > 5700);
  CHECK(d.feature != whole.feature);
  CHECK(d.from == again.from);
  CHECK(d.feature == again.feature);
  CHECK(d.value == again.value);
  CHECK(d.feature != other.feature);
}

TEST_CASE("a share that is none is refused") {
  auto d = ring_of_nodes();
  for (const double share : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_WITH(fg::corrupt(d, share, fg::corruption::drop, 1),
                      Catch::Contains("corrupt: share: expected 0 to 1, got"));
  CHECK(d.edges() == 2000);
}

TEST_CASE("what is rewired leaves untouched features as they are, and never stays where it was") {
  fg::node_data whole;
  whole.nodes = 400;
  whole.features = 8;
  whole.label.assign(400, 0);
  whole.classes = 1;
  for (fg::index v = 0; v < 400; ++v) {
    for (fg::index f = 0; f < 6; ++f) {
      whole.feature.push_back(f);
      whole.value.push_back(static_cast<float>(1 + v * 8 + f));
    }
    whole.feature_begin.push_back(std::ssize(whole.feature));
  }
  auto dropped = whole, rewired = whole;
  fg::corrupt(dropped, 0.5, fg::corruption::drop, 9);
  fg::corrupt(rewired, 0.5, fg::corruption::rewire, 9);
  rewired.check();
  const auto values = [](const fg::node_data& d, std::size_t v) {
    std::map<fg::index, float> out;
    for (auto k = d.feature_begin[v]; k < d.feature_begin[v + 1]; ++k)
      out[d.feature[static_cast<std::size_t>(k)]] = d.value[static_cast<std::size_t>(k)];
    return out;
  };
  int changed = 0, stayed = 0;
  for (std::size_t v = 0; v < 400; ++v) {
    const auto kept = values(dropped, v), now = values(rewired, v);
    for (const auto& [f, x] : kept) changed += !now.contains(f) || now.at(f) != x;
    for (const auto& [f, x] : now)
      stayed += !kept.contains(f) && x == static_cast<float>(1 + static_cast<fg::index>(v) * 8 + f);
  }
  CHECK(changed == 0);
  CHECK(stayed == 0);
}

TEST_CASE("an edge that is rewired gets an end that is neither of its own") {
  fg::node_data d;
  d.nodes = 4;
  d.feature_begin.assign(5, 0);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    d.from = {1};
    d.to = {2};
    fg::corrupt(d, 1, fg::corruption::rewire, seed);
    REQUIRE(d.edges() == 1);
    CHECK((d.from[0] == 0 || d.to[0] == 3));
  }
  d.nodes = 2;
  d.from = {0};
  d.to = {1};
  fg::corrupt(d, 1, fg::corruption::rewire, 1);
  CHECK(d.edges() == 0);  // there is no other end
}
