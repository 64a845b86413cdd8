// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/data/graph_set.hpp>
#include <filigree/data/node_data.hpp>

#include <limits>
#include <string>

namespace fg = filigree;

namespace {
/// A path of three nodes and one that stands alone.
fg::graph_set two_graphs() {
  fg::graph_set s;
  s.classes = 2;
  s.features = 3;
  s.node_begin = {0, 3, 4};
  s.edge_begin = {0, 2, 2};
  s.from = {0, 2};
  s.to = {1, 1};
  s.feature_begin = {0, 1, 3, 3, 4};
  s.feature = {0, 0, 2, 1};
  s.value = {1, 2, 3, 4};
  s.label = {1, 0};
  return s;
}
fg::node_data four_nodes() {
  fg::node_data d;
  d.nodes = 4;
  d.classes = 2;
  d.features = 3;
  d.from = {0, 2};
  d.to = {1, 1};
  d.feature_begin = {0, 1, 3, 3, 4};
  d.feature = {0, 0, 2, 1};
  d.value = {1, 2, 3, 4};
  d.label = {1, 0, -1, 1};
  d.train = {0};
  d.test = {1, 3};
  return d;
}
/// What check() says after something was changed.
template <class Data, class Change>
std::string complaint(Data data, Change change) {
  change(data);
  try {
    data.check();
  } catch (const fg::error& e) {
    return e.what();
  }
  return "nothing";
}
}  // namespace

TEST_CASE("a set of graphs made by hand is checked") {
  const auto said = [](auto change) { return complaint(two_graphs(), change); };
  using set = fg::graph_set;
  fg::graph_set{}.check();
  CHECK(two_graphs().graphs() == 2);
  CHECK(two_graphs().nodes() == 4);
  CHECK(two_graphs().edges() == 2);
  CHECK(said([](set&) {}) == "nothing");
  CHECK(said([](set& s) { s.to.pop_back(); }) == "graph_set: ends of edges: expected 2, got 1");
  CHECK(said([](set& s) { s.node_begin.pop_back(); }) ==
        "graph_set: node_begin: offsets: expected 3, got 2");
  CHECK(said([](set& s) { s.node_begin.clear(); }) ==
        "graph_set: node_begin: offsets: expected 3, got 0");
  CHECK(said([](set& s) {
          s.node_begin = {0, 5, 4};
        }) == "graph_set: node_begin: offset 1: expected 0 to 4, got 5");
  CHECK(said([](set& s) { s.node_begin[0] = 1; }) ==
        "graph_set: node_begin: offset 0: expected 0 to 0, got 1");
  CHECK(said([](set& s) {
          s.edge_begin = {0, 1, 1};
        }) == "graph_set: edge_begin: last offset: expected 2, got 1");
  CHECK(said([](set& s) {
          s.edge_begin = {0, 1, 2};
        }) == "graph_set: graph 1: edge 2 1: expected nodes from 0 to 0, got 2");
  CHECK(said([](set& s) { s.to[1] = 2; }) ==
        "graph_set: graph 0: edge 2 2: expected two nodes, got one");
  CHECK(said([](set& s) { s.from[1] = 1, s.to[1] = 0; }) ==
        "graph_set: graph 0: edge 0 1: expected once, got it again");
  CHECK(said([](set& s) { s.feature_begin.push_back(4); }) ==
        "graph_set: feature_begin: offsets: expected 5, got 6");
  CHECK(said([](set& s) { s.feature[3] = 3; }) == "graph_set: feature 3: expected 0 to 2, got 3");
  CHECK(said([](set& s) { s.feature[1] = 2; }) ==
        "graph_set: features of node 1: expected ascending, got 2 after 2");
  CHECK(said([](set& s) { s.value.pop_back(); }) ==
        "graph_set: values of features: expected 4, got 3");
  CHECK(said([](set& s) { s.value[0] = std::numeric_limits<float>::infinity(); }) ==
        "graph_set: value 0: expected a finite number, got inf");
  CHECK(said([](set& s) { s.label[1] = -1; }) ==
        "graph_set: label of graph 1: expected 0 to 1, got -1");
  CHECK(said([](set& s) { s.tags = {7}; }) == "graph_set: tags: expected 3, got 1");
  CHECK(said([](set& s) { s.class_names = {"one"}; }) ==
        "graph_set: names of classes: expected 2, got 1");
}

TEST_CASE("edges of a set of graphs may have features") {
  const auto said = [](std::vector<float> values) {
    return complaint(two_graphs(), [&](fg::graph_set& s) {
      s.edge_features = 3;
      s.edge_value = std::move(values);
    });
  };
  CHECK(said({1, 2, 3, 4, 5, 6}) == "nothing");
  CHECK(said({1, 2, 3}) == "graph_set: values of edges: expected 6, got 3");
  CHECK(said({1, 2, 3, 4, 5, std::numeric_limits<float>::infinity()}) ==
        "graph_set: edge_value 5: expected a finite number, got inf");
}

TEST_CASE("a graph with labeled nodes made by hand is checked") {
  const auto said = [](auto change) { return complaint(four_nodes(), change); };
  using data = fg::node_data;
  fg::node_data{}.check();
  CHECK(said([](data&) {}) == "nothing");
  CHECK(said([](data& d) { d.to = {1}; }) == "node_data: ends of edges: expected 2, got 1");
  CHECK(said([](data& d) { d.to[0] = 4; }) ==
        "node_data: edge 0 4: expected nodes from 0 to 3, got 4");
  CHECK(said([](data& d) { d.nodes = 5; }) ==
        "node_data: feature_begin: offsets: expected 6, got 5");
  CHECK(said([](data& d) { d.label.pop_back(); }) == "node_data: labels: expected 4, got 3");
  CHECK(said([](data& d) { d.label[0] = 2; }) ==
        "node_data: label of node 0: expected -1 to 1, got 2");
  CHECK(said([](data& d) { d.test[0] = 2; }) ==
        "node_data: node 2 of a part: expected a label, got none");
  CHECK(said([](data& d) { d.validation = {3}; }) ==
        "node_data: node 3 of a part: expected once, got it again");
  CHECK(said([](data& d) { d.train[0] = 4; }) ==
        "node_data: node of a part 0: expected 0 to 3, got 4");
  CHECK(said([](data& d) { d.class_names = {"one"}; }) ==
        "node_data: names of classes: expected 2, got 1");
}
