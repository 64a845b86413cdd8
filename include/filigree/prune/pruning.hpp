// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/recorder.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/prune/criterion.hpp>
#include <filigree/prune/prune_options.hpp>
#include <filigree/prune/prune_policy.hpp>
#include <filigree/prune/rank_at_ends.hpp>
#include <filigree/prune/select_units.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// A tensor that can be pruned: its gate, of the tensor's shape, and what its elements are worth.
template <class T, backend B>
struct prune_target {
  std::string name{};
  parameter<T, B> gate{};  ///< 1 keeps, 0 prunes; no optimizer sees it
  matrix<T, B> score{};    ///< what the gate's gradients added up to
  structure by{};          ///< what leaves together
  bool edges = false;      ///< whether it is the edges of a graph
  bool rows = false;       ///< whether it is rows, whatever the policy says
  offset units = 0;        ///< how many it had at first
  bool pruned = false;     ///< whether the gate has zeros
};

template <class By>
template <class T, class B>
class pruning_by<By>::state {
 public:
  /// Throws `range_error` for choices out of range.
  state(const pruning_by& p, const B&) : p_(p) { expect_choices(p); }

  /// Goes on with other choices: steps, prunings and scores count anew, what is pruned stays so,
  /// and shares are of what there was at first. Throws like the constructor, and `error` where
  /// units would get another size.
  void continue_with(const B& on, const pruning_by& p) {
    expect_choices(p);
    const auto same = [](const kernels::unit_grid& a, const kernels::unit_grid& b) {
      return a.r == b.r && a.c == b.c;
    };
    const auto s = [](const auto& t) { return t.score.shape(); };
    for (auto& t : targets_) {
      expect_fits(t, p);
      if (!t.rows && !same(detail::grid_of(p.units, s(t)), detail::grid_of(t.by, s(t))))
        throw error("pruning: units of " + t.name + ": expected as large as before, got others");
    }
    for (auto& t : targets_) {
      if (!t.rows) t.by = p.units;
      on.fill(t.score.data(), t.score.size(), T(0));
      t.gate.forget_gradient();
    }
    p_ = p;
    step_ = 0;
    turn_ = 0;
  }

  /// Adds a tensor, which may be the edges of a graph, and returns its number. Undirected edges
  /// leave in pairs. Throws `error` for units or a scope that do not go with it.
  std::size_t add(const B& on, const std::string& name, shape s, const graph<B>* g = nullptr) {
    const offset* const partner = g ? g->partner() : nullptr;
    return add(
        on,
        {.name = name,
         .by = p_.units,
         .edges = g != nullptr,
         .units = partner ? pairs(on, partner, s.size()) : detail::grid_of(p_.units, s).count()},
        s);
  }
  /// Adds a tensor whose rows leave as wholes, whatever the units are of the others.
  std::size_t add_rows(const B& on, const std::string& name, shape s) {
    return add(on, {.name = name, .by = by_row(), .rows = true, .units = s.rows}, s);
  }

  /// The gate of a tensor, where it makes a difference: while its gradients are watched, and where
  /// it has zeros.
  template <recorder R>
  [[nodiscard]] std::optional<typename R::var> gate(R& r, std::size_t k = 0) const {
    const auto& t = targets_[k];
    if (R::learns && watches()) return r.leaf(t.gate);
    if (t.pruned) return r.constant(t.gate.value);
    return {};
  }
  /// Whether the last recorded gradients are still to be looked at, or pruned by.
  [[nodiscard]] bool watches() const {
    return turn_ < p_.schedule.times && (detail::needs_gradient(p_.by) || p_.regrow > 0);
  }

  /// A training step is over: looks at the gates' gradients. Returns whether it is time to prune.
  /// Where tensor k is the edges of a graph, `of.graph(k)` is its address, else null; it need not
  /// be there where no tensor is.
  template <class Subject>
  bool observe(const B& on, const Subject& of) {
    ++step_;
    if (watches())
      for (std::size_t k = 0; k < targets_.size(); ++k) {
        auto& t = targets_[k];
        const auto& gradient = t.gate.gradient_of_data();
        if (gradient.size() == t.score.size())
          on.for_each(t.score.size(),
                      kernels::add_gate_gradient<T>{gradient.data(), partner(of, k),
                                                    detail::is_signed(p_.by), t.score.data()});
      }
    const int turn = p_.schedule.due(step_);
    if (turn <= turn_) return false;
    turn_ = turn;
    return true;
  }
  /// Prunes as the schedule asks for at this step. `of.weight(k)` is tensor k. Throws `error`
  /// naming tensor and element for a score that is no number; then nothing is pruned, and the
  /// pruning is due at the next step.
  template <class Subject>
  void prune(const B& on, const Subject& of) {
    std::vector<detail::scored_units<T, B>> scored;
    try {
      score(on, of, scored);
      choose(on, scored);
    } catch (...) {
      if (turn_ > 0 && p_.schedule.due(step_) == turn_) --step_, --turn_;
      throw;
    }
    for (std::size_t k = 0; k < targets_.size(); ++k) {
      auto& t = targets_[k];
      if (p_.units.by != structure::unit::n_of_m) scored[k].spread(on, t.gate.value);
      on.fill(t.score.data(), t.score.size(), T(0));
      t.gate.forget_gradient();
      t.pruned = static_cast<offset>(kept(on, k).size()) < t.gate.value.size();
    }
  }

  [[nodiscard]] const pruning_by& policy() const { return p_; }
  [[nodiscard]] std::size_t size() const { return targets_.size(); }
  [[nodiscard]] const prune_target<T, B>& target(std::size_t k = 0) const { return targets_[k]; }
  [[nodiscard]] offset steps() const { return step_; }
  /// What the policy asks a model to add.
  [[nodiscard]] bool prunes_edges() const { return p_.what != prune_what::rows; }
  [[nodiscard]] bool prunes_rows() const { return p_.what != prune_what::edges; }
  [[nodiscard]] bool compacts() const { return p_.compact && p_.regrow == 0; }
  [[nodiscard]] bool undoable() const { return p_.undoable; }
  [[nodiscard]] offset rewind_to() const { return p_.schedule.rewind_to; }
  /// Which elements of a tensor are left, ascending. Waits.
  [[nodiscard]] typename B::template buffer<offset> kept(const B& on, std::size_t k = 0) const {
    const auto& gate = targets_[k].gate.value;
    return on.select(gate.size(), kernels::not_zero<T>{gate.data()});
  }
  /// The pruned elements of a tensor are gone: it has that shape now, and all of it passes.
  void shrink(const B& on, shape s, std::size_t k = 0) {
    auto& t = targets_[k];
    t.gate.value = ones(on, s);
    t.gate.forget_gradient();
    t.score = matrix<T, B>::zeros(on, s);
    t.pruned = false;
  }
  /// Sees what a checkpoint must hold.
  template <class Archive>
  void archive(const B& on, Archive& archive) {
    archive.value("prune.step", step_);
    archive.value("prune.turn", turn_);
    for (auto& t : targets_) {
      archive.array(on, "prune." + t.name + ".gate", t.gate.value, t.gate.value.shape());
      archive.array(on, "prune." + t.name + ".score", t.score, t.gate.value.shape());
      archive.value("prune." + t.name + ".pruned", t.pruned);
    }
  }

 private:
  static void expect_choices(const pruning_by& p) {
    detail::expect_schedule(p.schedule);
    detail::expect_structure(p.units);
    detail::expect_0_to_1("pruning: keep", p.keep);
    detail::expect_0_to_1("pruning: least", p.least);
    detail::expect_0_to_1("pruning: regrow", p.regrow);
    if (p.threshold) detail::expect_finite("pruning: threshold", *p.threshold);
    if (p.scope == prune_scope::node && (p.threshold || p.units.by != structure::unit::element))
      throw error("pruning: scope: expected each or global with a threshold or units, got node");
    if (p.count) detail::expect_least("pruning: count", *p.count, 0);
    if (p.least > 0 && p.scope != prune_scope::global)
      throw error("pruning: least: expected 0 unless the scope is global, got " +
                  std::to_string(p.least));
    if (p.least > p.keep && !p.count)
      throw range_error("pruning: least: expected at most keep (" + std::to_string(p.keep) +
                        "), got " + std::to_string(p.least));
    if (p.threshold && (p.count || p.least > 0 || p.regrow > 0))
      throw error("pruning: threshold: expected no count, least or regrow with it, got some");
    if (p.units.by == structure::unit::n_of_m &&
        (p.count || p.threshold || p.scope != prune_scope::each))
      throw error("pruning: n of m: expected no count, threshold or scope with it, got some");
    if (p.regrow > 0 && p.units.by != structure::unit::element)
      throw error("pruning: regrow: expected elements as units, got larger ones");
  }
  [[nodiscard]] static matrix<T, B> ones(const B& on, shape s) {
    matrix<T, B> m(on, s);
    on.fill(m.data(), m.size(), T(1));
    return m;
  }

  /// Throws where a tensor cannot be pruned so.
  static void expect_fits(const prune_target<T, B>& t, const pruning_by& p) {
    const bool units = p.units.by != structure::unit::element;
    const bool node = p.scope == prune_scope::node;
    if (t.edges && units)
      throw error("pruning: units of " + t.name + ": expected single edges, got larger ones");
    if (t.rows && (units || node || p.regrow > 0))
      throw error("pruning: rows of " + t.name +
                  ": expected scope each or global, no regrowth and no units, got others");
    if (node && !t.edges)
      throw error("pruning: scope of " + t.name + ": expected edges of a graph for node, got none");
  }

  std::size_t add(const B& on, prune_target<T, B> t, shape s) {
    expect_fits(t, p_);
    t.gate.value = ones(on, s);
    t.gate.watched = true;
    t.score = matrix<T, B>::zeros(on, s);
    targets_.push_back(std::move(t));
    return targets_.size() - 1;
  }
  [[nodiscard]] static offset pairs(const B& on, const offset* partner, offset edges) {
    return static_cast<offset>(on.select(edges, kernels::first_of_pair{partner}).size());
  }

  template <class Subject>
  [[nodiscard]] static const graph<B>* graph_of(const Subject& of, std::size_t k) {
    if constexpr (requires { of.graph(k); }) return of.graph(k);
    return nullptr;
  }
  template <class Subject>
  [[nodiscard]] static const offset* partner(const Subject& of, std::size_t k) {
    const auto* const g = graph_of(of, k);
    return g ? g->partner() : nullptr;
  }

  /// What the units of all tensors are worth; changes nothing.
  template <class Subject>
  void score(const B& on, const Subject& of,
             std::vector<detail::scored_units<T, B>>& scored) const {
    for (std::size_t k = 0; k < targets_.size(); ++k) {
      const auto& t = targets_[k];
      const auto weight = of.weight(k);
      detail::expect_equal("pruning: elements of the weight", t.score.size(), weight.size());
      const auto grown = p_.regrow > 0 ? regrowth(on, t) : matrix<T, B>();
      const auto draw = static_cast<std::uint64_t>(turn_) + (std::uint64_t{k} << 32);
      auto worth = t.score;
      detail::finish_scores(on, p_.by, partner(of, k), p_.seed, draw, weight, worth);
      detail::expect_numbers(on, std::as_const(worth).data(), worth.size(),
                             "pruning: score of " + t.name);
      if (p_.scope == prune_scope::node)
        detail::rank_at_ends(on, *graph_of(of, k), t.gate.value, worth);
      scored.emplace_back(on, detail::grid_of(t.by, t.score.shape()), partner(of, k), worth,
                          t.gate.value, grown, t.units);
    }
  }
  void choose(const B& on, std::vector<detail::scored_units<T, B>>& scored) {
    if (p_.units.by == structure::unit::n_of_m) {
      for (std::size_t k = 0; k < targets_.size(); ++k)
        detail::keep_best_of_groups(on, p_.units, scored[k].score(), targets_[k].gate.value);
    } else if (p_.threshold) {
      for (auto& u : scored) u.keep_from(on, static_cast<T>(*p_.threshold));
    } else if (p_.scope == prune_scope::global) {
      offset total = 0;
      for (const auto& u : scored) total += u.total();
      detail::keep_best(on, std::span(scored), to_keep(total), p_.regrow, p_.least);
    } else {
      for (auto& u : scored)
        detail::keep_best(on, std::span(&u, 1), to_keep(u.total()), p_.regrow, 0);
    }
  }
  /// How many of so many units stay after this pruning.
  [[nodiscard]] offset to_keep(offset total) const {
    if (turn_ >= p_.schedule.times)
      return p_.count ? std::min(*p_.count, total) : detail::share_of(total, p_.keep);
    const double end =
        p_.count ? static_cast<double>(*p_.count) / static_cast<double>(std::max<offset>(1, total))
                 : detail::decimal_of(p_.keep);
    return detail::share_of(total, p_.schedule.kept_after(turn_, end));
  }
  [[nodiscard]] static matrix<T, B> regrowth(const B& on, const prune_target<T, B>& t) {
    matrix<T, B> grown(on, t.score.shape());
    on.for_each(grown.size(),
                kernels::regrowth_score<T>{t.score.data(), t.gate.value.data(), grown.data()});
    return grown;
  }

  pruning_by p_;
  std::vector<prune_target<T, B>> targets_;
  offset step_ = 0;
  int turn_ = 0;  ///< prunings so far
};

}  // namespace filigree
