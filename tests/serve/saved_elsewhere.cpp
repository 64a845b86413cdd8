// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "saved_edges.hpp"

namespace fg = filigree;

TEST_CASE("a model saved on one backend serves on another") {
  const auto check = [](const auto& edges) {
    const auto a = trained<fg::reference>(edges, to_half);
    check_close(scores(a), scores(to_serve<fg::cpu>(a)));
    const auto b = trained<fg::cpu>(edges, to_half);
    check_close(scores(b), scores(to_serve<fg::reference>(b)));
  };
  each_fixed(check);
  each_learned(check);
  each_adaptive(check);
}
