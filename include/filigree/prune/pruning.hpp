// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/policy.hpp>
#include <filigree/autograd/recorder.hpp>
#include <filigree/prune/criterion.hpp>
#include <filigree/prune/schedule.hpp>
#include <filigree/prune/select_units.hpp>
#include <filigree/prune/structure.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree {

/// Whether each tensor keeps its share, or all together do.
enum class prune_scope { each, global };

/// What you choose of pruning. Whatever can be pruned is multiplied by a gate that is 1; the
/// gradient at the gate is g w, and pruning sets gates to 0. `By` is `criterion`, or a functor of
/// your own: `FILIGREE_FN T operator()(T weight, T saliency) const` for every T.
template <class By = criterion>
struct pruning_by {
  By by{};                           ///< what an element is worth
  float keep = 0.7f;                 ///< the share of units that is left in the end, 0 to 1
  std::optional<offset> count{};     ///< so many units instead
  std::optional<float> threshold{};  ///< instead, all that are worth at least this
  prune_schedule schedule{};         ///< when; by default once, after the first step
  structure units{};                 ///< what leaves together
  prune_scope scope = prune_scope::each;
  float least = 0;  ///< with the global scope, the share that each tensor keeps
  float regrow =
      0;  ///< share of what is kept that comes from what was pruned, by the gradient at the gate
  bool compact = true;     ///< pruned edges leave the graph, so that training gets faster
  bool undoable = false;   ///< keeps what the last pruning found, for `undo`
  std::uint64_t seed = 1;  ///< of the random criterion

  static constexpr const char* kind = "scheduled";
  /// f(name, choice) for each choice that changes what is pruned, f(name, choice, last) for enums;
  /// a functor's own choices where it has `visit_options` too.
  template <class Self, class F>
  static void visit_options(Self& p, F&& f) {
    if constexpr (std::is_enum_v<By>)
      f("by", p.by, By::random);
    else if constexpr (requires { By::visit_options(p.by, f); })
      f("by", p.by);
    f("keep", p.keep);
    f("count", p.count);
    f("threshold", p.threshold);
    f("schedule", p.schedule);
    f("units", p.units);
    f("scope", p.scope, prune_scope::global);
    f("least", p.least);
    f("regrow", p.regrow);
    f("compact", p.compact);
    f("seed", p.seed);
  }

  template <class T, backend B>
  class state;
};
using pruning = pruning_by<>;

/// The policy that prunes nothing.
struct keep_all {
  static constexpr const char* kind = "none";
  template <class Self, class F>
  static void visit_options(Self&, F&&) {}

  template <class T, backend B>
  struct state {
    state(const keep_all&, const B&) {}
  };
};

/// A tensor that can be pruned: its gate, of the tensor's shape, and what its elements are worth.
template <class T, backend B>
struct prune_target {
  std::string name;
  parameter<T, B> gate;  ///< 1 keeps, 0 prunes; no optimizer sees it
  matrix<T, B> score;    ///< what the gate's gradients added up to
  offset units = 0;      ///< how many it had at first
  bool pruned = false;   ///< whether the gate has zeros
};

template <class By>
template <class T, backend B>
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
    for (auto& t : targets_) {
      const auto s = t.score.shape();
      if (!same(detail::grid_of(p.units, s), detail::grid_of(p_.units, s)))
        throw error("pruning: units of " + t.name + ": expected as large as before, got others");
    }
    for (auto& t : targets_) {
      on.fill(t.score.data(), t.score.size(), T(0));
      t.gate.gradient = {};
    }
    p_ = p;
    step_ = 0;
    turn_ = 0;
  }

  /// Adds a tensor; `partner` pairs its elements where it is an undirected graph's edges. Returns
  /// its number.
  std::size_t add(const B& on, const std::string& name, shape s, const offset* partner = nullptr) {
    prune_target<T, B> t;
    t.name = name;
    t.gate.value = ones(on, s);
    t.score = matrix<T, B>::zeros(on, s);
    t.units = partner
                  ? static_cast<offset>(on.select(s.size(), kernels::first_of_pair{partner}).size())
                  : detail::grid_of(p_.units, s).count();
    targets_.push_back(std::move(t));
    return targets_.size() - 1;
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
  /// Whether the step that comes next ends with a pruning.
  [[nodiscard]] bool is_due_next() const { return p_.schedule.due(step_ + 1) > turn_; }

  /// A training step is over: looks at the gates' gradients and, when it is time, prunes; then it
  /// returns true. `of.weight(k)` is the weight, (of the shape of tensor k), `of.partner(k)` what
  /// pairs its elements, or null. Throws `error` naming tensor and element for a score that is no
  /// number.
  template <class Subject>
  bool observe(const B& on, const Subject& of) {
    ++step_;
    if (watches())
      for (std::size_t k = 0; k < targets_.size(); ++k) {
        auto& t = targets_[k];
        if (t.gate.gradient.size() == t.score.size())
          on.for_each(t.score.size(), kernels::add_gate_gradient<T>{
                                          std::as_const(t.gate.gradient).data(), of.partner(k),
                                          detail::is_signed(p_.by), t.score.data()});
      }
    const int turn = p_.schedule.due(step_);
    if (turn <= turn_) return false;
    turn_ = turn;
    prune(on, of, turn);
    return true;
  }

  [[nodiscard]] const pruning_by& policy() const { return p_; }
  [[nodiscard]] std::size_t size() const { return targets_.size(); }
  [[nodiscard]] const prune_target<T, B>& target(std::size_t k = 0) const { return targets_[k]; }
  [[nodiscard]] offset steps() const { return step_; }
  /// Which elements of a tensor are left, ascending. Waits.
  [[nodiscard]] typename B::template buffer<offset> kept(const B& on, std::size_t k = 0) const {
    const auto& gate = targets_[k].gate.value;
    return on.select(gate.size(), kernels::not_zero<T>{gate.data()});
  }
  /// The pruned elements of a tensor are gone: it has that shape now, and all of it passes.
  void shrink(const B& on, shape s, std::size_t k = 0) {
    auto& t = targets_[k];
    t.gate.value = ones(on, s);
    t.gate.gradient = {};
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
    const auto share = [](const char* what, float got) {
      if (!(got >= 0 && got <= 1))
        throw range_error(std::string("pruning: ") + what + ": expected 0 to 1, got " +
                          std::to_string(got));
    };
    share("keep", p.keep);
    share("least", p.least);
    share("regrow", p.regrow);
    if (p.regrow > 0 && p.units.by != structure::unit::element)
      throw error("pruning: regrow: expected elements as units, got larger ones");
  }
  [[nodiscard]] static matrix<T, B> ones(const B& on, shape s) {
    matrix<T, B> m(on, s);
    on.fill(m.data(), m.size(), T(1));
    return m;
  }

  template <class Subject>
  void prune(const B& on, const Subject& of, int turn) {
    std::vector<detail::scored_units<T, B>> scored;
    for (std::size_t k = 0; k < targets_.size(); ++k) {
      auto& t = targets_[k];
      const auto weight = of.weight(k);
      detail::expect_equal("pruning: elements of the weight", t.score.size(), weight.size());
      detail::finish_scores(on, p_.by, of.partner(k), p_.seed, static_cast<std::uint64_t>(turn),
                            weight, t.score);
      detail::expect_numbers(on, t.score, t.name);
      const auto grown = p_.regrow > 0 ? regrowth(on, t, of.partner(k)) : matrix<T, B>();
      scored.emplace_back(on, detail::grid_of(p_.units, t.score.shape()), of.partner(k), t.score,
                          t.gate.value, grown, t.units);
    }
    const double share = p_.schedule.kept_after(turn, p_.keep);
    if (p_.units.by == structure::unit::n_of_m)
      for (std::size_t k = 0; k < targets_.size(); ++k)
        detail::keep_best_of_groups(on, p_.units, std::as_const(scored[k]).score(),
                                    targets_[k].gate.value);
    else if (p_.threshold)
      for (auto& u : scored) u.keep_from(on, static_cast<T>(*p_.threshold));
    else if (p_.scope == prune_scope::each)
      for (auto& u : scored) u.keep_best(on, to_keep(u.total(), share, turn), p_.regrow);
    else
      detail::keep_best_of_all(on, scored, share, p_.count ? *p_.count : -1, p_.least);
    for (std::size_t k = 0; k < targets_.size(); ++k) {
      auto& t = targets_[k];
      if (p_.units.by != structure::unit::n_of_m) scored[k].spread(on, t.gate.value);
      on.fill(t.score.data(), t.score.size(), T(0));
      t.gate.gradient = {};
      t.pruned = static_cast<offset>(kept(on, k).size()) < t.gate.value.size();
    }
  }
  [[nodiscard]] offset to_keep(offset total, double share, int turn) const {
    if (!p_.count) return detail::share_of(total, share);
    const double end =
        static_cast<double>(*p_.count) / static_cast<double>(std::max<offset>(1, total));
    return turn >= p_.schedule.times ? *p_.count
                                     : detail::share_of(total, p_.schedule.kept_after(turn, end));
  }
  [[nodiscard]] static matrix<T, B> regrowth(const B& on, const prune_target<T, B>& t,
                                             const offset* partner) {
    auto score = matrix<T, B>::zeros(on, t.score.shape());
    if (t.gate.gradient.size() == score.size())
      on.for_each(score.size(), kernels::regrowth_score<T>{std::as_const(t.gate.gradient).data(),
                                                           std::as_const(t.gate.value).data(),
                                                           partner, score.data()});
    return score;
  }

  pruning_by p_;
  std::vector<prune_target<T, B>> targets_;
  offset step_ = 0;
  int turn_ = 0;  ///< prunings so far
};

}  // namespace filigree
