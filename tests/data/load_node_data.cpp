// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "paths.hpp"
#include "temporary_folder.hpp"
#include <filigree/data/load_interactions.hpp>
#include <filigree/data/load_node_data.hpp>

#include <algorithm>
#include <string>

namespace fg = filigree;

namespace {
/// What is in the files of a folder; where nothing is given, something small that is right.
struct files_of_nodes {
  std::string nodes = "0 1 train -\n1 0 val train\n2 -1 - -\n3 1 test -\n4 0 - val\n";
  std::string edges = "0 1\n\n1 4\r\n0 4\n";
  std::string features = "0 3 1\n1\n2 0:2 4:3\n3 1:1\n4 1\n";
  std::string classes{};

  [[nodiscard]] fg::node_data load(fg::node_data_options options = {}) const {
    const temporary_folder folder;
    return load_from(folder, options);
  }
  /// The complaint, from the name of the file on.
  [[nodiscard]] std::string said(fg::node_data_options options = {}) const {
    const temporary_folder folder;
    try {
      (void)load_from(folder, options);
    } catch (const fg::file_error& e) {
      const std::string what = e.what();
      REQUIRE(what.starts_with(folder.path() + "/"));
      return what.substr(folder.path().size() + 1);
    }
    return "nothing";
  }

 private:
  [[nodiscard]] fg::node_data load_from(const temporary_folder& folder,
                                        fg::node_data_options options) const {
    folder.write("nodes.txt", nodes);
    folder.write("edges.txt", edges);
    folder.write("features.txt", features);
    if (!classes.empty()) folder.write("classes.txt", classes);
    return fg::load_node_data(folder.path(), options);
  }
};
using ids = std::vector<fg::index>;
}  // namespace

TEST_CASE("a graph with labeled nodes is read from a folder") {
  const auto d = files_of_nodes{}.load();
  CHECK(d.nodes == 5);
  CHECK(d.features == 5);
  CHECK(d.classes == 2);
  CHECK(d.edges() == 3);
  CHECK(d.from == ids{0, 1, 0});
  CHECK(d.to == ids{1, 4, 4});
  CHECK(d.feature_begin == std::vector<fg::offset>{0, 2, 2, 4, 5, 6});
  CHECK(d.feature == ids{1, 3, 0, 4, 1, 1});
  CHECK(d.value == std::vector<float>{1, 1, 2, 3, 1, 1});
  CHECK(d.label == ids{1, 0, -1, 1, 0});
  CHECK(d.train == ids{0});
  CHECK(d.validation == ids{1});
  CHECK(d.test == ids{3});
  CHECK(d.class_names.empty());
}

TEST_CASE("another split, more features and no edges are options") {
  const auto d = files_of_nodes{}.load({.split = 1, .features = 9, .edges = false});
  CHECK(d.train == ids{1});
  CHECK(d.validation == ids{4});
  CHECK(d.test.empty());
  CHECK(d.features == 9);
  CHECK(d.edges() == 0);
  CHECK(files_of_nodes{}.load({.features = 2}).features == 5);
}

TEST_CASE("names of classes say how many there are") {
  const auto d = files_of_nodes{.classes = "red wine\ntea\nwater\n"}.load();
  CHECK(d.classes == 3);
  CHECK(d.class_names == std::vector<std::string>{"red wine", "tea", "water"});
  CHECK(files_of_nodes{.classes = "red wine\n"}.said() ==
        "nodes.txt:1: label: expected -1 to 0, got 1: \"0 1 train -\"");
  CHECK(files_of_nodes{.classes = "red wine\n\ntea\n"}.said() ==
        "classes.txt:2: class: expected a name, got none: nothing");
}

TEST_CASE("bad lines of nodes are named with path, line and text") {
  const auto said = [](const std::string& nodes, int split = 0) {
    return files_of_nodes{.nodes = nodes}.said({.split = split});
  };
  CHECK(said("") == "nodes.txt: nodes: expected lines `id label part`, got none");
  CHECK(said("0 1 train\n2 1 -\n") == "nodes.txt:2: id: expected 1 to 1, got 2: \"2 1 -\"");
  CHECK(said("0 x train\n") == "nodes.txt:1: label: expected an integer, got \"x\": \"0 x train\"");
  CHECK(said("0 -2 -\n") == "nodes.txt:1: label: expected -1 to 2147483646, got -2: \"0 -2 -\"");
  CHECK(said("0 1 dev\n") ==
        "nodes.txt:1: part: expected train, val, test or -, got \"dev\": \"0 1 dev\"");
  CHECK(said("0 -1 - val\n") ==
        "nodes.txt:1: part: expected -, for it has no label, got \"val\": \"0 -1 - val\"");
  CHECK(said("0 1\n") == "nodes.txt:1: parts: expected at least 1 for split 0, got 0: \"0 1\"");
  CHECK(said("0 1 train val\n1 1 -\n", 1) ==
        "nodes.txt:2: parts: expected at least 2 for split 1, got 1: \"1 1 -\"");
  CHECK(said("0 1 val\n") == "nodes.txt: train: expected at least 1 node, got none");
  CHECK_THROWS_WITH(files_of_nodes{}.load({.features = -1}),
                    "load_node_data: features: expected at least 0, got -1");
  CHECK_THROWS_WITH(files_of_nodes{}.load({.split = -1}),
                    "load_node_data: split: expected at least 0, got -1");
}

TEST_CASE("bad lines of edges between nodes are named with path, line and text") {
  const auto said = [](const std::string& edges) { return files_of_nodes{.edges = edges}.said(); };
  CHECK(said("") == "nothing");
  CHECK(said("0 1\n3 2\n") ==
        "edges.txt:2: edge: expected the smaller node first, got 3 2: \"3 2\"");
  CHECK(said("2 2\n") == "edges.txt:1: edge: expected the smaller node first, got 2 2: \"2 2\"");
  CHECK(said("0 5\n") == "edges.txt:1: node: expected 0 to 4, got 5: \"0 5\"");
  CHECK(said("-1 2\n") == "edges.txt:1: node: expected 0 to 4, got -1: \"-1 2\"");
  CHECK(said("0\n") == "edges.txt:1: node: expected an integer, got nothing: \"0\"");
  CHECK(said("0 1 1\n") == "edges.txt:1: edge: expected 2 nodes, got more: \"0 1 1\"");
  CHECK(said("0 1\n0 2\n0 1\n") == "edges.txt:3: edge 0 1: expected once, got it again: \"0 1\"");
}

TEST_CASE("bad lines of features are named with path, line and text") {
  const auto said = [](const std::string& features) {
    return files_of_nodes{.features = features}.said();
  };
  CHECK(said("0\n1\n2\n3\n4\n\n") == "nothing");
  CHECK(said("0 1\n2 1\n") == "features.txt:2: id: expected 1 to 1, got 2: \"2 1\"");
  CHECK(said("0 1 2 1\n") == "features.txt:1: column 1: expected once, got it again: \"0 1 2 1\"");
  CHECK(said("0 -1\n") == "features.txt:1: column: expected 0 to 2147483646, got -1: \"0 -1\"");
  CHECK(said("0 1:\n") == "features.txt:1: count: expected a number, got nothing: \"0 1:\"");
  CHECK(said("0 1:0\n") == "features.txt:1: count: expected 1 to 1e+06, got 0: \"0 1:0\"");
  CHECK(said("0 :2\n") == "features.txt:1: column: expected an integer, got nothing: \"0 :2\"");
  CHECK(said("0\n1\n2\n3\n") == "features.txt: nodes: expected 5, as nodes.txt has, got 4");
  CHECK(said("0\n1\n2\n3\n4\n5\n") ==
        "features.txt:6: nodes: expected 5, as nodes.txt has, got more: \"5\"");
}

TEST_CASE("a file of nodes, edges or features that is missing is named") {
  const auto long_name = std::string(300, 'a');
  CHECK_THROWS_WITH(
      fg::load_node_data(long_name),
      long_name + "/classes.txt: expected a readable file, got none: File name too long");
  const temporary_folder folder;
  const auto load = [&](fg::node_data_options options = {}) {
    return fg::load_node_data(folder.path(), options);
  };
  CHECK_THROWS_WITH(
      load(),
      folder.path() + "/nodes.txt: expected a readable file, got none: No such file or directory");
  folder.write("nodes.txt", "0 0 train\n");
  CHECK_THROWS_WITH(
      load(),
      folder.path() + "/edges.txt: expected a readable file, got none: No such file or directory");
  CHECK_THROWS_WITH(
      load({.edges = false}),
      folder.path() +
          "/features.txt: expected a readable file, got none: No such file or directory");
  folder.write("features.txt", "0\n");
  CHECK(load({.edges = false}).nodes == 1);
  folder.write("classes.txt", "");
  CHECK_THROWS_WITH(load(), folder.path() + "/classes.txt: classes: expected at least 1, got none");
}

TEST_CASE("the bundled graph of packages has the counts that its README states") {
  const auto folder = paths::bundled_data() / "debian-section";
  const auto few = fg::load_node_data(folder.string());
  few.check();
  CHECK(few.nodes == 5511);
  CHECK(few.edges() == 20128);
  CHECK(few.features == 1056);
  CHECK(few.feature.size() == 23216);
  CHECK(few.classes == 12);
  CHECK(few.class_names[0] == "python");
  CHECK(few.nodes - std::ranges::count(few.label, -1) == 4013);
  CHECK(few.train.size() == 240);
  CHECK(few.validation.size() == 500);
  CHECK(few.test.size() == 2000);
  for (const fg::index c : {0, 11})
    CHECK(20 == std::ranges::count_if(few.train, [&](fg::index v) {
            return few.label[static_cast<std::size_t>(v)] == c;
          }));
  const auto many = fg::load_node_data(folder.string(), {.split = 1});
  CHECK(many.train.size() == 2408);
  CHECK(many.validation.size() == 803);
  CHECK(many.test.size() == 802);
  const auto names = fg::load_names((folder / "names.txt").string(), few.nodes);
  CHECK(names[0] == "0ad");
}

TEST_CASE("cora has the counts that are published") {
  const auto folder = paths::shared_data() / "cora";
  if (!exists(folder)) {
    WARN("skipped: expected cora in " << folder.parent_path() << ", got none");
    return;
  }
  const auto d = fg::load_node_data(folder.string());
  d.check();
  CHECK(d.nodes == 2708);
  CHECK(d.edges() == 5278);
  CHECK(d.features == 1433);
  CHECK(d.feature.size() == 49216);
  CHECK(d.classes == 7);
  CHECK(d.train.size() == 140);
  CHECK(d.validation.size() == 500);
  CHECK(d.test.size() == 1000);
  CHECK(std::ranges::count(d.value, 1.0f) == 49216);
}

TEST_CASE("Debian's sections have the counts that are published") {
  const auto folder = paths::shared_data() / "debian/section";
  if (!exists(folder)) {
    WARN("skipped: expected debian/section in " << paths::shared_data() << ", got none");
    return;
  }
  const auto all = fg::load_node_data(folder.string());
  CHECK(all.nodes == 63436);
  CHECK(all.edges() == 290642);
  CHECK(all.features == 3000);
  CHECK(all.classes == 38);
  CHECK(all.class_names[0] == "python");
  CHECK(all.train.size() + all.validation.size() + all.test.size() == 40280);
  auto few = fg::load_node_data(folder.string(), {.split = 1});
  CHECK(few.train.size() == 760);
  CHECK(few.test.size() == 5000);
  CHECK(few.validation.empty());
  fg::hold_out(few, 1000, 1);
  CHECK(few.validation.size() == 1000);
}

TEST_CASE("a stray column of features is refused, unless as many are asked for") {
  files_of_nodes files;
  files.features = "0 3 1\n1\n2 0:2 1999999999:3\n3 1:1\n4 1\n";
  CHECK(files.said() ==
        "features.txt:3: column: expected below 1000064 (there are 4), got 1999999999; ids count "
        "from 0, renumber them");
  CHECK(files.load({.features = 2000000000}).features == 2000000000);
}
