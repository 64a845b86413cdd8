// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "complaint_about.hpp"
#include "paths.hpp"
#include "temporary_file.hpp"
#include <filigree/data/folds.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace fg = filigree;

namespace {
using ids = std::vector<fg::index>;
/// 103 labels of four classes: 60, 30, 12, and one alone.
ids skewed_labels() {
  ids labels(103);
  for (std::size_t k = 0; k < labels.size(); ++k)
    labels[k] = k == 50 ? 3 : k % 17 == 1 || k % 17 == 8 ? 2 : k % 3 == 0;
  return labels;
}
fg::offset count_of(const ids& labels, const ids& some, fg::index label) {
  return std::ranges::count_if(
      some, [&](fg::index id) { return labels[static_cast<std::size_t>(id)] == label; });
}
}  // namespace

TEST_CASE("ids are read one a line, in any order") {
  const temporary_file file(".txt", "7\n0\n\n3\r\n");
  CHECK(fg::load_ids(file.path(), 8) == ids{0, 3, 7});
  const auto said = [&](const std::string& text) {
    file.write(text);
    return complaint_about(file, "", [](const std::string& path) { (void)fg::load_ids(path, 8); });
  };
  CHECK(said("") == ": ids: expected at least 1, got none");
  CHECK(said("1\n8\n") == ":2: id: expected 0 to 7, got 8: \"8\"");
  CHECK(said("1 2\n") == ":1: id: expected one a line, got more: \"1 2\"");
  CHECK(said("1\n2\n1\n") == ":3: id 1: expected once, got it again: \"1\"");
  CHECK(said("one\n") == ":1: id: expected an integer, got \"one\": \"one\"");
}

TEST_CASE("folds are as large as each other, in all and in each class") {
  const auto labels = skewed_labels();
  const int folds = GENERATE(2, 7, 10, 103);
  const auto fold = fg::stratified_folds(labels, folds, 3);
  REQUIRE(fold.size() == labels.size());
  fg::offset total = 0;
  for (int k = 0; k < folds; ++k) {
    const auto [rest, held_out] = fg::hold_out_fold(fold, k);
    CHECK(rest.size() + held_out.size() == labels.size());
    CHECK((std::ssize(held_out) == 103 / folds || std::ssize(held_out) == 103 / folds + 1));
    total += std::ssize(held_out);
    for (const fg::index label : {0, 1, 2, 3}) {
      const auto least = std::ranges::count(labels, label) / folds;
      const auto got = count_of(labels, held_out, label);
      CHECK((got == least || got == least + 1));
    }
  }
  CHECK(total == 103);
}

TEST_CASE("the seed alone decides folds and shares") {
  const auto labels = skewed_labels();
  CHECK(fg::stratified_folds(labels, 10, 1) == fg::stratified_folds(labels, 10, 1));
  CHECK(fg::stratified_folds(labels, 10, 1) != fg::stratified_folds(labels, 10, 2));
  const auto held = [&](const ids& some, std::uint64_t seed) {
    return fg::stratified_share(labels, some, 0.3f, seed).held_out;
  };
  CHECK(held({1, 2, 4, 5, 7, 8, 10, 11}, 1) == held({11, 10, 8, 7, 5, 4, 2, 1}, 1));
  const auto some = fg::hold_out_fold(fg::stratified_folds(labels, 2, 1), 0).rest;
  CHECK(held(some, 1) != held(some, 2));
}

TEST_CASE("a share of each class is held out, and one element at least stays") {
  const ids labels{0, 0, 1, 0, 0, 1, 2, 0, 1, 1, 0, 0, 0, 0};
  const ids some{0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12};
  const auto check = [&](float share, fg::offset zeros, fg::offset ones) {
    const auto [rest, held_out] = fg::stratified_share(labels, some, share, 5);
    CHECK(count_of(labels, held_out, 0) == zeros);
    CHECK(count_of(labels, held_out, 1) == ones);
    CHECK(count_of(labels, held_out, 2) == 0);
    CHECK(std::ranges::is_sorted(rest));
    CHECK(std::ranges::is_sorted(held_out));
    ids together;
    std::ranges::merge(rest, held_out, std::back_inserter(together));
    CHECK(together == some);
  };
  check(0.25f, 2, 1);
  check(0.5f, 4, 2);
  check(0.99f, 7, 2);
  check(0.01f, 0, 0);
}

TEST_CASE("folds and shares name what they cannot do") {
  const ids labels{0, 1, 0};
  CHECK_THROWS_WITH(fg::stratified_folds(labels, 4, 1),
                    "stratified_folds: folds: expected 2 to 3, the number of elements, got 4");
  CHECK_THROWS_AS(fg::stratified_folds(labels, 1, 1), fg::range_error);
  CHECK_THROWS_WITH(fg::stratified_share(labels, ids{0}, 1, 1),
                    "stratified_share: share: expected between 0 and 1, got 1");
  CHECK_THROWS_WITH(fg::stratified_share(labels, ids{0, 3}, 0.5f, 1),
                    "stratified_share: id 1: expected 0 to 2, got 3");
}

TEST_CASE("the published folds of mutag and nci1 each divide their graphs") {
  for (const auto& [name, graphs] : {std::pair{"mutag", 188}, {"nci1", 4110}}) {
    const auto folder = paths::shared_data() / name / "10fold_idx";
    if (!exists(folder)) {
      WARN("skipped: expected " << name << " in " << paths::shared_data() << ", got none");
      continue;
    }
    for (int k = 1; k <= 10; ++k) {
      const auto load = [&, bound = graphs](const char* part) {
        return fg::load_ids((folder / (part + ("_idx-" + std::to_string(k)) + ".txt")).string(),
                            bound);
      };
      ids all = load("train");
      const ids test = load("test");
      CHECK(std::ssize(test) == graphs / 10);
      all.insert(all.end(), test.begin(), test.end());
      std::ranges::sort(all);
      CHECK((all.front() == 0 && all.back() == graphs - 1 && std::ssize(all) == graphs));
      CHECK(std::ranges::adjacent_find(all) == all.end());
    }
  }
}

TEST_CASE("what has no label is no class of its own") {
  const ids labels{0, 1, -1, 0};
  CHECK_THROWS_WITH(fg::stratified_share(labels, ids{0, 2, 3}, 0.5f, 1),
                    "stratified_share: label of id 2: expected at least 0, got -1");
  CHECK(fg::stratified_share(labels, ids{0, 1, 3}, 0.5f, 1).held_out.size() == 1);
  CHECK_THROWS_WITH(fg::stratified_folds(labels, 2, 1),
                    "stratified_folds: label of id 2: expected at least 0, got -1");
}

TEST_CASE("a stratified share that is none between 0 and 1 is refused") {
  const ids labels{0, 1, 0, 1};
  for (const float share : {0.0f, 1.0f, -0.5f, std::nanf(""), HUGE_VALF})
    CHECK_THROWS_WITH(fg::stratified_share(labels, ids{0, 1, 2, 3}, share, 1),
                      Catch::StartsWith("stratified_share: share: expected between 0 and 1"));
}
