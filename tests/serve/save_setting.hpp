// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catch.hpp"
#include "tasks/random_interactions.hpp"
#include "temporary_file.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/serve/save.hpp>
#include <filigree/train/fit.hpp>

#include <string>

namespace fg = filigree;

inline fg::interactions named() {
  auto data = random_interactions(40, 30);
  for (fg::index u = 0; u < 40; ++u) data.user_names.push_back("user " + std::to_string(u));
  for (fg::index i = 0; i < 30; ++i) data.item_names.push_back("thing no. " + std::to_string(i));
  return data;
}

inline constexpr fg::lightgcn_options tiny{.dim = 5, .layers = 2};

template <class B, class Edges>
fg::lightgcn<B, Edges> trained(const Edges& edges) {
  fg::lightgcn<B, Edges> m(named(), tiny, edges);
  fg::fit(m, fg::adam{.rate = 0.05f}, {.epochs = 2, .batch = 50});
  return m;
}
template <class B, class Edges>
fg::lightgcn<B, Edges> trained(const Edges& edges, const fg::pruning& how) {
  fg::lightgcn<B, Edges> m(named(), tiny, edges);
  fg::pruner sparser{m, how};
  fg::fit(m, fg::adam{.rate = 0.05f}, {.epochs = 2, .batch = 50}, sparser);
  return m;
}
/// Saves a trained model and loads it to serve, on a backend that may be another.
template <class To, class From, class Edges>
fg::lightgcn<To, Edges> to_serve(const fg::lightgcn<From, Edges>& m) {
  const temporary_file file(".model");
  fg::save(m, file.path());
  CHECK(fg::kind_of(file.path()) == "lightgcn");
  CHECK(fg::edges_of(file.path()) == Edges::kind);
  return fg::load<fg::lightgcn<To, Edges>>(file.path());
}
inline const fg::pruning to_half{.keep = fg::share{0.5f}, .schedule = fg::prune_every(3, 2)};
