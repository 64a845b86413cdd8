// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "train/toy.hpp"
#include <filigree/autograd/tape.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/train/fit.hpp>

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace fg = filigree;

/// A LightGCN, and what prunes it.
template <class B, class Edges = fg::fixed_edges>
struct pruned {
  using model_type = fg::lightgcn<B, Edges>;

  explicit pruned(fg::interactions train, fg::lightgcn_options options = {}, Edges edges = {},
                  const fg::pruning& how = {})
      : model(std::move(train), options, edges), sparser(model, how) {}

  [[nodiscard]] const B& on() const { return model.on(); }
  [[nodiscard]] fg::offset edges() const { return model.edges(); }
  [[nodiscard]] fg::offset original_edges() const { return model.original_edges(); }
  [[nodiscard]] fg::offset rows() const { return model.rows(); }
  [[nodiscard]] fg::offset steps(fg::offset size) { return model.steps(size); }
  auto fit(const fg::adam& how, const fg::training& plan) {
    return fg::fit(model, how, plan, sparser);
  }
  void undo() { sparser.undo(model); }
  /// Training step number s, over the epochs, by this optimizer, if there is one.
  template <class Optimizer = std::nullptr_t>
  void step(fg::offset s, Optimizer&& optimize = nullptr) {
    const auto epoch = model.steps(60);
    const auto batch = model.sample(1, s / epoch, s % epoch, 60);
    fg::tape<float, B> r(model.on());
    r.backward(model.loss(r, batch));
    sparser.on_backward(model, s);
    if constexpr (!std::is_same_v<std::remove_cvref_t<Optimizer>, std::nullptr_t>)
      for_each_parameter(model, [&](const auto&, auto& p) { optimize.step(model.on(), p); });
    end_step(model);
    sparser.on_step(model, s);
  }
  static void members(auto& self, auto&& see) { see("", self.model); }

  model_type model;
  fg::pruner<typename model_type::backend_type> sparser;
};
inline constexpr fg::lightgcn_options small{.dim = 8, .layers = 2};
/// What is pruned.
using names = std::vector<std::string>;
inline const names only_edges{"graph"}, only_rows{"embedding"}, all_names{"graph", "embedding"};
inline const fg::training two_epochs{.epochs = 2, .batch = 60};

inline fg::interactions data() { return toy::camps(60, 40, 6); }

/// All numbers of a model's parameters and of their optimizer's slots.
template <class M>
std::vector<double> everything(M& m) {
  std::vector<double> out;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    const auto take = [&](const auto& matrix) {
      for (const auto x : matrix.to_host(m.on())) out.push_back(static_cast<double>(x));
    };
    take(p.value);
    for (const auto& [name, slot] : p.slots) take(slot);
    for (const auto& [name, count] : p.counts) out.push_back(static_cast<double>(count));
  });
  return out;
}
