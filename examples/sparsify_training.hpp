// SPDX-License-Identifier: Apache-2.0
// Training of sparsify's network, and pruning of its weights.
#pragma once
#include "sparsify_network.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// The weights of a network that are pruned, with their gates.
class pruned_weights {
 public:
  pruned_weights(const settings& s, network& n, const fg::cpu& on)
      : s_(s), state_(policy(0, std::numeric_limits<fg::offset>::max()), on) {
    if (s.prune == "all") add(on, n.first);
    for (std::size_t k = 0; k + (s.prune == "all" ? 0 : 1) < n.weight.size(); ++k)
      add(on, n.weight[k]);
  }

  /// The weight as a model is to use it: times its gate.
  template <class R>
  typename R::var gated(R& r, const parameter& p) const {
    const auto w = r.leaf(p);
    for (std::size_t k = 0; k < weight_.size(); ++k)
      if (weight_[k] == &p)
        if (const auto gate = state_.gate(r, k)) return r(fg::multiply{}, w, *gate);
    return w;
  }
  /// From now on looks at gradients, and prunes to so many percent after so many steps.
  void prune_next(const fg::cpu& on, double percent, fg::offset steps) {
    state_.continue_with(on, policy(percent, steps));
  }
  /// A step is over; whether weights were pruned.
  bool observe(const fg::cpu& on) {
    if (!state_.observe(on, *this)) return false;
    state_.prune(on, *this);
    for (std::size_t k = 0; k < weight_.size(); ++k) {
      auto& p = *weight_[k];
      p.mask = state_.target(k).gate.value;
      on.for_each(p.value.size(),
                  fg::kernels::product<float>{p.value.data(), p.mask.data(), p.value.data()});
    }
    return true;
  }
  /// The share of zeros among all of them.
  [[nodiscard]] double zeros(const fg::cpu& on) const {
    double left = 0, all = 0;
    for (std::size_t k = 0; k < weight_.size(); ++k) {
      left += static_cast<double>(state_.kept(on, k).size());
      all += static_cast<double>(weight_[k]->value.size());
    }
    return 1 - left / all;
  }

  [[nodiscard]] const matrix& weight(std::size_t k) const { return weight_[k]->value; }

 private:
  void add(const fg::cpu& on, parameter& p) {
    weight_.push_back(&p);
    state_.add(on, "weight " + std::to_string(weight_.size()), p.value.shape());
  }
  /// At 0 percent nothing is looked at.
  [[nodiscard]] fg::pruning policy(double percent, fg::offset steps) const {
    fg::pruning p{.by = fg::criterion::magnitude,
                  .keep = static_cast<float>(1 - percent / 100),
                  .schedule = fg::prune_once(steps),
                  .scope = s_.scope == "global" ? fg::prune_scope::global : fg::prune_scope::each,
                  .seed = s_.seed + static_cast<std::uint64_t>(10 * percent)};
    if (s_.structure == "block") p.units = fg::by_block(4, 1);
    if (s_.structure == "row") p.units = fg::by_row();
    if (s_.structure == "n_of_m") p.units = fg::by_n_of_m(std::lround(20 - percent / 5), 20);
    if (percent > 0 && s_.by == "saliency") p.by = fg::criterion::saliency;
    if (percent > 0 && s_.by == "movement") p.by = fg::criterion::movement;
    if (s_.by == "random") p.by = fg::criterion::random;
    return p;
  }

  const settings& s_;
  std::vector<parameter*> weight_;
  fg::pruning::state<float, fg::cpu> state_;
};

/// Trains a network, step by step.
class trainer {
 public:
  trainer(const settings& s, const fg::node_data& d, network& n, const fg::cpu& on)
      : s_(s),
        d_(d),
        net_(n),
        on_(on),
        order_(d.train),
        adam_(fg::adam{.rate = static_cast<float>(s.rate)}) {}

  [[nodiscard]] fg::offset steps_per_epoch() const {
    return (static_cast<fg::offset>(order_.size()) + s_.batch - 1) / s_.batch;
  }
  /// One step with a factor of the learning rate. Returns the loss.
  double step(const pruned_weights& pruned, double rate) {
    const auto at = static_cast<std::size_t>(steps_ % steps_per_epoch() * s_.batch);
    if (at == 0) shuffle();
    ++steps_;
    const auto size = std::min(static_cast<std::size_t>(s_.batch), order_.size() - at);
    const auto batch = make_batch(on_, d_, std::span(order_).subspan(at, size));
    const auto rows = static_cast<fg::offset>(size);
    std::vector<fg::index> row(size);
    std::iota(row.begin(), row.end(), 0);
    const auto classes = static_cast<fg::offset>(d_.classes);
    const auto labels = fg::make_labeled_rows(on_, row, batch.label, fg::shape{rows, classes});
    matrix ones(on_, {rows, 1});
    on_.fill(ones.data(), rows, 1.0f);

    fg::tape<float, fg::cpu> r(on_);
    auto h = r(fg::spmm{batch.pattern}, r.constant(batch.value), pruned.gated(r, net_.first));
    for (std::size_t k = 0; k < net_.weight.size(); ++k) {
      const auto stream = static_cast<std::uint64_t>(steps_) * 64 + k;
      h = r(fg::dropout{s_.dropout, {s_.seed, 1000 + stream}}, r(fg::relu{}, h));
      h = r(fg::add{}, r(fg::matmul{.transpose_b = true}, h, pruned.gated(r, net_.weight[k])),
            r(fg::matmul{}, r.constant(ones), r.leaf(net_.bias[k])));
    }
    const auto loss = r(fg::cross_entropy{labels}, h);
    r.backward(loss);
    adam_.rate_factor = rate;
    net_.visit([&](parameter& p) { adam_.step(on_, p); });
    return static_cast<double>(r.value(loss).to_host(on_)[0]);
  }

 private:
  void shuffle() {
    const fg::philox random{s_.seed, 500 + static_cast<std::uint64_t>(steps_ / steps_per_epoch())};
    for (std::size_t k = order_.size() - 1; k > 0; --k)
      std::swap(order_[k],
                order_[static_cast<std::size_t>(random.below(k, static_cast<fg::offset>(k) + 1))]);
  }

  const settings& s_;
  const fg::node_data& d_;
  network& net_;
  fg::cpu on_;
  std::vector<fg::index> order_;
  fg::adam::state<float, fg::cpu> adam_;
  fg::offset steps_ = 0;
};
