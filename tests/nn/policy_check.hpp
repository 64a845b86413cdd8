// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catch.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/core/random.hpp>
#include <filigree/nn/edges/edge_policy.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/l2_penalty.hpp>

#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// An undirected graph of 12 nodes with a hub, a loop and a node without edges.
template <backend B>
[[nodiscard]] graph<B> small_graph(const B& on) {
  const std::vector<index> a{0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8},
      b{1, 2, 3, 4, 9, 2, 3, 5, 4, 8, 7, 9, 10};
  return graph<B>::undirected(on, 12, a, b);
}

template <class T, backend B>
[[nodiscard]] matrix<T, B> normal_matrix(const B& on, shape s, std::uint64_t seed) {
  std::vector<T> host;
  for (offset i = 0; i < s.size(); ++i)
    host.push_back(static_cast<T>(philox{seed}.normal(static_cast<std::uint64_t>(i))));
  return {on, std::span<const T>(host), s};
}

/// What the edges of a graph weigh.
template <recorder R, class State, backend B>
[[nodiscard]] typename R::var weights_of(const State& state, R& r, const graph<B>& g,
                                         typename R::var x,
                                         const std::optional<typename R::var>& gate = {}) {
  random_streams random;
  return state.weigh(r, gated_view<R>(g, gate), x, random).weight;
}

/// Two layers of x along a graph with an edge policy, and a loss of them: |y|^2 / 2 and penalties.
template <class Policy, class T, backend B>
class policy_run {
 public:
  using state_type = typename Policy::template state<T, B>;

  policy_run(const B& on, const graph<B>& g, const Policy& policy, offset dim = 3)
      : on_(on),
        graph_(g),
        state_(policy, on, {.in = dim, .out = dim, .of = &g}),
        x_(normal_matrix<T>(on, {g.cols(), dim}, 1)) {}

  [[nodiscard]] state_type& state() { return state_; }
  [[nodiscard]] parameter<T, B>& x() { return x_; }
  /// Lets the gate multiply the edges.
  void set_gate(const std::vector<T>& host) {
    gate_.value = matrix<T, B>(on_, std::span<const T>(host), {graph_.edges(), 1});
  }
  [[nodiscard]] parameter<T, B>& gate() { return gate_; }

  template <recorder R>
  [[nodiscard]] typename R::var layers(R& r) const {
    auto next = propagation_of(r);
    return next(next(r.leaf(x_)));
  }
  [[nodiscard]] std::vector<T> inferred() const {
    eager<T, B> r(on_);
    return r.value(layers(r)).to_host(on_);
  }
  /// The loss; with `learn`, the gradients too.
  double loss(bool learn) const {
    tape<T, B> r(on_);
    auto next = propagation_of(r);
    auto total = r(l2_penalty{}, next(next(r.leaf(x_))));
    if (next.penalty()) total = r(add{}, total, *next.penalty());
    if (learn) r.backward(total);
    return static_cast<double>(r.value(total).to_host(on_)[0]);
  }
  /// Compares the gradient of each parameter, x and the gate with differences; returns the worst
  /// |analytic - numeric| / (1 + |numeric|).
  [[nodiscard]] double gradient_error() {
    double worst = 0;
    loss(true);
    const auto check = [&](const std::string& name, auto& p) {
      if (p.value.size() == 0) return;
      const auto analytic = p.gradient.to_host(on_);
      auto host = p.value.to_host(on_);
      REQUIRE(analytic.size() == host.size());
      for (std::size_t i = 0; i < host.size(); ++i) {
        const auto probe = [&](double step) {
          const T before = std::exchange(host[i], host[i] + static_cast<T>(step));
          p.value.from_host(on_, host);
          host[i] = before;
          return loss(false);
        };
        const double h = 1e-5, numeric = (probe(h) - probe(-h)) / (2 * h);
        const double error =
            std::abs(static_cast<double>(analytic[i]) - numeric) / (1 + std::abs(numeric));
        if (!(error <= worst)) {
          worst = error;
          UNSCOPED_INFO(name << " " << i << ": " << analytic[i] << ", differences " << numeric);
        }
      }
      p.value.from_host(on_, host);
    };
    check("x", x_);
    check("gate", gate_);
    for_each_parameter(state_, check);
    return worst;
  }

 private:
  template <recorder R>
  [[nodiscard]] propagation<R, state_type> propagation_of(R& r) const {
    std::optional<typename R::var> gate;
    if (gate_.value.size()) gate = r.leaf(gate_);
    return {r, state_, gated_view<R>(graph_, gate), r.leaf(x_)};
  }

  B on_;
  const graph<B>& graph_;
  state_type state_;
  parameter<T, B> x_, gate_;
};

}  // namespace filigree
