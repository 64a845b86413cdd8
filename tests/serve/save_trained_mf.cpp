// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "loaded_again.hpp"
#include "save_setting.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/train/fit.hpp>

namespace fg = filigree;

TEMPLATE_TEST_CASE("a trained matrix factorization is saved with its options", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  fg::matrix_factorization<B, T> mf(named(), {.dim = 5, .l2 = 0.5f});
  fg::fit(mf, fg::adam{.rate = 0.01f}, {.epochs = 2, .batch = 50});
  CHECK(again(mf, "mf").options().l2 == 0.5f);
}
