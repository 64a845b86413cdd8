// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/data/select_nodes.hpp>

namespace fg = filigree;

namespace {
/// A path of five nodes with classes 0, 1, 2, none, 1.
fg::node_data path_of_five() {
  fg::node_data d;
  d.nodes = 5;
  d.features = 6;
  d.classes = 3;
  d.class_names = {"red", "green", "blue"};
  d.from = {0, 1, 2, 3};
  d.to = {1, 2, 3, 4};
  d.feature_begin = {0, 1, 3, 3, 4, 5};
  d.feature = {5, 0, 2, 1, 4};
  d.value = {1, 2, 3, 4, 5};
  d.label = {0, 1, 2, -1, 1};
  d.train = {0, 2};
  d.validation = {1};
  d.test = {4};
  return d;
}
using ids = std::vector<fg::index>;
}  // namespace

TEST_CASE("some nodes keep the edges among them, their features, classes and parts") {
  const auto d = fg::select_nodes(path_of_five(), ids{1, 2, 4});
  d.check();
  CHECK(d.nodes == 3);
  CHECK(d.features == 6);
  CHECK(d.from == ids{0});
  CHECK(d.to == ids{1});
  CHECK(d.feature_begin == std::vector<fg::offset>{0, 2, 2, 3});
  CHECK(d.feature == ids{0, 2, 4});
  CHECK(d.value == std::vector<float>{2, 3, 5});
  CHECK(d.label == ids{1, 2, 1});
  CHECK(d.train == ids{1});
  CHECK(d.validation == ids{0});
  CHECK(d.test == ids{2});
  CHECK(d.class_names.size() == 3);
}

TEST_CASE("some classes are renumbered; nodes of others lose label and part") {
  auto d = path_of_five();
  fg::select_classes(d, ids{2, 1});
  d.check();
  CHECK(d.classes == 2);
  CHECK(d.class_names == std::vector<std::string>{"blue", "green"});
  CHECK(d.label == ids{-1, 1, 0, -1, 1});
  CHECK(d.train == ids{2});
  CHECK(d.validation == ids{1});
  CHECK(d.test == ids{4});
}

TEST_CASE("nodes and classes that are not there are refused") {
  auto d = path_of_five();
  CHECK_THROWS_WITH(fg::select_nodes(d, ids{1, 5}), "select_nodes: node 1: expected 0 to 4, got 5");
  CHECK_THROWS_WITH(fg::select_nodes(d, ids{2, 2}),
                    "select_nodes: nodes: expected ascending, got 2 after 2");
  CHECK_THROWS_WITH(fg::select_classes(d, ids{0, 3}),
                    "select_classes: class 1: expected 0 to 2, got 3");
  CHECK_THROWS_WITH(fg::select_classes(d, ids{1, 1}),
                    "select_classes: class 1: expected once, got it again");
}
