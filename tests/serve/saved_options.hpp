// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catch.hpp"
#include "loaded_again.hpp"
#include "save_setting.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/train/fit.hpp>

namespace fg = filigree;

/// A trained LightGCN is saved with its names and options.
template <class B, class T>
void check_saved_options() {
  const fg::bpr_sampling sampling{fg::positives::per_user, fg::negatives::popularity, 2};
  for (const auto combine :
       {fg::layer_weights::mean, fg::layer_weights::last, fg::layer_weights::learned}) {
    fg::lightgcn<B, fg::fixed_edges, T> m(named(),
                                          {.dim = 5,
                                           .layers = 2,
                                           .l2 = 0.25f,
                                           .combine = combine,
                                           .sampling = sampling,
                                           .spread = 0.3f,
                                           .seed = 1ull << 40},
                                          {fg::normalization::row});
    fg::fit(m, fg::adam{.rate = 0.01f}, {.epochs = 2, .batch = 50});
    const auto back = again(m, "lightgcn");
    CHECK(back.options().combine == combine);
    CHECK(back.options().l2 == 0.25f);
    CHECK(back.options().seed == 1ull << 40);
    CHECK(back.options().sampling.positive == fg::positives::per_user);
    CHECK(back.options().sampling.negative == fg::negatives::popularity);
    CHECK(back.options().sampling.count == 2);
    CHECK(back.edge_options().normalize == fg::normalization::row);
  }
}
/// A trained matrix factorization is saved with its options.
template <class B, class T>
void check_saved_mf() {
  fg::matrix_factorization<B, T> mf(named(), {.dim = 5, .l2 = 0.5f});
  fg::fit(mf, fg::adam{.rate = 0.01f}, {.epochs = 2, .batch = 50});
  CHECK(again(mf, "mf").options().l2 == 0.5f);
}
