// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/data/node_data.hpp>

#include <algorithm>
#include <array>
#include <numeric>

namespace fg = filigree;

namespace {
/// Three nodes: two features, none, and one.
fg::node_data three() {
  fg::node_data d;
  d.nodes = 3;
  d.features = 4;
  d.feature_begin = {0, 2, 2, 3};
  d.feature = {0, 2, 1};
  d.value = {3, 4, 5};
  return d;
}
/// 1000 nodes of two classes; the first 100 learn, the last 100 are tested, each tenth has no
/// label.
fg::node_data thousand() {
  fg::node_data d;
  d.nodes = 1000;
  d.classes = 2;
  for (fg::index v = 0; v < d.nodes; ++v) {
    d.label.push_back(v % 10 == 9 ? -1 : v % 10 < 3);
    if (v % 10 == 9) continue;
    if (v < 100) d.train.push_back(v);
    if (v >= 900) d.test.push_back(v);
  }
  return d;
}
}  // namespace

TEST_CASE("features of a node are divided by their length or by their sum") {
  auto d = three();
  fg::normalize_features(d, fg::feature_norm::none);
  CHECK(d.value == std::vector<float>{3, 4, 5});
  fg::normalize_features(d, fg::feature_norm::length);
  CHECK(d.value == std::vector<float>{0.6f, 0.8f, 1});
  d = three();
  fg::normalize_features(d, fg::feature_norm::sum);
  CHECK(d.value == std::vector<float>{3.0f / 7, 4.0f / 7, 1});
}

TEST_CASE("features whose norm is zero stay as they are") {
  auto d = three();
  d.value = {1, -1, 0};
  fg::normalize_features(d, fg::feature_norm::sum);
  CHECK(d.value == std::vector<float>{1, -1, 0});
  d.value[0] = d.value[1] = 0;
  fg::normalize_features(d, fg::feature_norm::length);
  CHECK(d.value == std::vector<float>{0, 0, 0});
}

TEST_CASE("validation nodes are drawn from labeled nodes in no part") {
  auto d = thousand();
  fg::hold_out(d, 300, 1);
  REQUIRE(d.validation.size() == 300);
  CHECK(std::ranges::is_sorted(d.validation));
  CHECK(std::ranges::adjacent_find(d.validation) == d.validation.end());
  std::array<int, 2> count{};
  for (const auto v : d.validation) {
    CHECK((v >= 100 && v < 900));
    REQUIRE(d.label[static_cast<std::size_t>(v)] >= 0);
    ++count[static_cast<std::size_t>(d.label[static_cast<std::size_t>(v)])];
  }
  CHECK(count[1] == Approx(100).margin(25));  // a third of what is left over has class 1
  CHECK(d.train == thousand().train);
}

TEST_CASE("the seed alone decides which nodes are held out") {
  const auto held = [](std::uint64_t seed) {
    auto d = thousand();
    fg::hold_out(d, 50, seed);
    return d.validation;
  };
  CHECK(held(7) == held(7));
  CHECK(held(7) != held(8));
}

TEST_CASE("more validation nodes join those that are there") {
  auto d = thousand();
  fg::hold_out(d, 300, 1);
  fg::hold_out(d, 420, 2);  // all that are left
  std::vector<fg::index> all;
  for (fg::index v = 100; v < 900; ++v)
    if (v % 10 != 9) all.push_back(v);
  CHECK(d.validation == all);
}

TEST_CASE("hold_out names what it cannot do") {
  auto d = thousand();
  CHECK_THROWS_WITH(fg::hold_out(d, 721, 1),
                    "hold_out: nodes: expected 0 to 720, as many as are labeled and in no part, "
                    "got 721");
  CHECK_THROWS_AS(fg::hold_out(d, -1, 1), fg::range_error);
  CHECK(d.validation.empty());
  fg::node_data none;
  fg::hold_out(none, 0, 1);
  CHECK(none.validation.empty());
}
