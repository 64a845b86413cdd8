// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "complaint_about.hpp"
#include "paths.hpp"
#include "temporary_file.hpp"
#include <filigree/data/load_graph_set.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace fg = filigree;
using numbers = std::vector<fg::index>;

namespace {
std::string said_of_graphs(const std::string& text) {
  return complaint_about(temporary_file(".txt", text), "",
                         [](const std::string& path) { (void)fg::load_graph_set(path); });
}
}  // namespace

TEST_CASE("a set of graphs is read, tags as features and labels as classes") {
  const temporary_file file(".txt",
                            "3\n"
                            "4 2\n7 1 1\n-1 3 3 0 2\n7 1 1\n3 1 1\n\n"  // a star
                            "0 -1\n"
                            "2 2\r\n3 1 1\r\n3 1 0\r\n");
  const auto s = fg::load_graph_set(file.path());
  s.check();
  CHECK(s.graphs() == 3);
  CHECK(s.node_begin == std::vector<fg::offset>{0, 4, 4, 6});
  CHECK(s.edge_begin == std::vector<fg::offset>{0, 3, 3, 4});
  CHECK(s.from == numbers{0, 1, 1, 0});
  CHECK(s.to == numbers{1, 2, 3, 1});
  CHECK(s.features == 3);
  CHECK(s.tags == numbers{-1, 3, 7});
  CHECK(s.feature_begin == std::vector<fg::offset>{0, 1, 2, 3, 4, 5, 6});
  CHECK(s.feature == numbers{2, 0, 2, 1, 1, 1});
  CHECK(s.value == std::vector<float>(6, 1.0f));
  CHECK(s.classes == 2);
  CHECK(s.label == numbers{1, 0, 1});
  CHECK(s.class_names == std::vector<std::string>{"-1", "2"});
  CHECK(s.edge_value.empty());
}

TEST_CASE("bad lines of graphs are named with path, line and text") {
  const auto said = said_of_graphs;
  CHECK(said("") == ": graphs: expected 1, got 0");
  CHECK(said("0\n") == ":1: graphs: expected 1 to 2147483647, got 0: \"0\"");
  CHECK(said("2 1\n") == ":1: graphs: expected their number alone, got more: \"2 1\"");
  CHECK(said("2\n1 0\n5 0\n") == ": graphs: expected 2, got 1");
  CHECK(said("1\n2 0\n5 0\n") == ": nodes of graph 0: expected 2, got 1");
  CHECK(said("1\n1 0\n5 0\n1 0\n") == ":4: graphs: expected 1, got more: \"1 0\"");
  CHECK(said("1\n-1 0\n") == ":2: nodes: expected 0 to 2147483646, got -1: \"-1 0\"");
  CHECK(said("1\n1\n") == ":2: label: expected an integer, got nothing: \"1\"");
  CHECK(said("1\n1 0 0\n") == ":2: graph: expected a line `nodes label`, got more: \"1 0 0\"");
  CHECK(said("1\n1 0\nx 0\n") == ":3: tag: expected an integer, got \"x\": \"x 0\"");
  CHECK(said("1\n1 0\n5 1 0\n") == ":3: neighbors: expected 0 to 0, got 1: \"5 1 0\"");
}

TEST_CASE("neighbors that make no undirected graph are named with path, line and text") {
  const auto said = said_of_graphs;
  CHECK(said("1\n2 0\n5 1\n") == ":3: neighbor: expected an integer, got nothing: \"5 1\"");
  CHECK(said("1\n2 0\n5 1 1 1\n") == ":3: neighbors: expected 1, got more: \"5 1 1 1\"");
  CHECK(said("1\n2 0\n5 1 2\n") == ":3: neighbor: expected 0 to 1, got 2: \"5 1 2\"");
  CHECK(said("1\n2 0\n5 1 0\n") == ":3: neighbor: expected a node other than 0, got 0: \"5 1 0\"");
  CHECK(said("1\n3 0\n5 2 1 1\n") == ":3: neighbor 1: expected once, got it again: \"5 2 1 1\"");
  CHECK(said("1\n2 0\n5 1 1\n5 0\n") ==
        ":4: neighbors: expected 0, whose neighbors include 1, got none: \"5 0\"");
  CHECK(said("1\n2 0\n5 0\n5 1 0\n") ==
        ":4: neighbor 0: expected a node whose neighbors include 1, got one without: \"5 1 0\"");
  CHECK_THROWS_WITH(fg::load_graph_set("/no/such/file"),
                    "/no/such/file: expected a readable file, got none: No such file or directory");
}

TEST_CASE("the bundled graphs around packages have the counts that their README states") {
  const auto file = paths::bundled_data() / "debian-graphs/graphs.txt";
  const auto s = fg::load_graph_set(file.string());
  s.check();
  CHECK(s.graphs() == 600);
  CHECK(s.nodes() == 5417);
  CHECK(s.edges() == 7092);
  CHECK(s.features == 15);
  CHECK(s.classes == 4);
  for (const fg::index c : {0, 1, 2, 3}) CHECK(std::ranges::count(s.label, c) == 150);
}

TEST_CASE("mutag and nci1 have the counts that are published") {
  const auto expect = [](const char* path, fg::index graphs, fg::offset nodes, fg::offset edges,
                         fg::index features, std::vector<std::string> classes,
                         fg::offset of_class_1) {
    const auto file = paths::shared_data() / path;
    if (!exists(file)) {
      WARN("skipped: expected " << path << " in " << paths::shared_data() << ", got none");
      return;
    }
    const auto s = fg::load_graph_set(file.string());
    s.check();
    CHECK(s.graphs() == graphs);
    CHECK(s.nodes() == nodes);
    CHECK(s.edges() == edges);
    CHECK(s.features == features);
    CHECK(s.class_names == classes);
    CHECK(std::ranges::count(s.label, 1) == of_class_1);
  };
  expect("mutag/MUTAG.txt", 188, 3371, 3721, 7, {"0", "2"}, 125);
  expect("nci1/NCI1.txt", 4110, 122747, 132753, 37, {"0", "1"}, 2057);
}
