// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catch.hpp"
#include "tasks/random_interactions.hpp"
#include "temporary_file.hpp"
#include <filigree/serve/save.hpp>
#include <filigree/train/rank.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace fg = filigree;

/// Saves a model and loads it again, on a backend of its own.
template <class M>
M again(const M& m, const std::string& kind) {
  const temporary_file file(".model");
  fg::save(m, file.path());
  CHECK(fg::kind_of(file.path()) == kind);
  auto back = fg::load<M>(file.path());
  CHECK(scores(back) == scores(m));
  CHECK(back.train().user_names == m.train().user_names);
  CHECK(back.train().item_names == m.train().item_names);
  CHECK(std::ranges::equal(back.train().columns(), m.train().columns()));
  CHECK(back.train().find_user("user 7") == fg::user{7});
  const auto best = fg::recommend(m, fg::user{7}, 5), same = fg::recommend(back, fg::user{7}, 5);
  REQUIRE(best.size() == same.size());
  for (std::size_t r = 0; r < best.size(); ++r) {
    CHECK(best[r].id == same[r].id);
    CHECK(best[r].score == same[r].score);
  }
  return back;
}
