// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_members.hpp>
#include <filigree/autograd/archive_options.hpp>
#include <filigree/autograd/idle_watcher.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/snapshot.hpp>
#include <filigree/prune/choose.hpp>
#include <filigree/prune/close_elements.hpp>
#include <filigree/prune/edge_pass.hpp>
#include <filigree/prune/prunable.hpp>
#include <filigree/prune/prune_options.hpp>
#include <filigree/prune/pruned_members.hpp>
#include <filigree/prune/rank_at_ends.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace filigree {

/// Prunes a model during training: pass it to `fit`, or, in your own training loop, call
/// `on_backward` between the backward pass and the optimizer step, and `on_step` after `end_step`.
/// It finds what can be pruned among the members of the model: edges of its graph, rows of
/// embeddings, and weights. A model with a `gated_graph` must have `weigh_edges(r)`, a pass over
/// all its edges on an `eager` recorder. No reference to the model is kept: always pass it.
template <backend B, class T = float, class By = criterion>
class pruner : public idle_watcher {
  using list = member_list<T, B>;

 public:
  /// Throws `range_error` for options out of range, and `error` for names that the model does not
  /// have, for a graph without edges, and for rewinding to step 0 of a model that has already been
  /// pruned.
  template <has_members M>
  explicit pruner(M& m, pruning_by<By> options = {}) {
    continue_with(m, std::move(options));
  }
  pruner(const pruner&) = delete;  // a copy would be counted twice among the watchers of the model
  pruner& operator=(const pruner&) = delete;
  pruner(pruner&& other) noexcept = default;
  pruner& operator=(pruner&& other) noexcept = default;

  /// Continues with other options: steps, prunings and scores start over, pruned units stay pruned
  /// and cannot be restored by `undo`, and shares refer to the original units. Throws like the
  /// constructor.
  template <has_members M>
  void continue_with(M& m, pruning_by<By> options) {
    list all(m);
    detail::expect_choices(options);
    auto members = detail::pruned_members<T, B>(all, options.of);
    std::optional<snapshot> early;
    if (options.schedule.rewind_to == 0) early = to_rewind_to(all);
    watch(all, false);
    options_ = std::move(options);
    members_ = std::move(members);
    step_ = 0;
    turn_ = 0;
    before_.reset();
    early_ = std::move(early);
    watch(all, watches());
  }

  /// Stops pruning. Call this before discarding a pruner whose schedule has not ended, or the model
  /// keeps computing gradients for it.
  template <has_members M>
  void stop(M& m) {
    turn_ = options_.schedule.times;
    list all(m);
    watch(all, false);
  }

  [[nodiscard]] const pruning_by<By>& options() const { return options_; }
  /// The numbers of training steps seen and of prunings done.
  [[nodiscard]] offset steps() const { return step_; }
  [[nodiscard]] int prunings() const { return turn_; }
  /// Whether gradients are still needed.
  [[nodiscard]] bool watches() const {
    return turn_ < options_.schedule.times &&
           (detail::needs_gradient(options_.by) || detail::regrow_of(options_.keep) > 0);
  }
  /// The accumulated scores of the elements of the k-th pruned member, in the order of the model's
  /// members.
  [[nodiscard]] const matrix<T, B>& score(std::size_t k = 0) const { return members_.scores()[k]; }

  /// Adds the gradients of this step to the scores.
  template <has_members M>
  void on_backward(M& m, const auto& /*at*/) {
    if (!watches()) return;
    list all(m);
    members_.add_saliency(all, detail::is_signed(options_.by));
  }
  /// Call after each step: prunes if a pruning is due. Throws `error` naming the member and element
  /// for a NaN score, and `error` if a criterion needs gradients and there were none; then nothing
  /// is pruned, and the pruning is due at the next step.
  template <has_members M>
  void on_step(M& m, const auto& /*at*/) {
    const bool rewinds = step_ + 1 == options_.schedule.rewind_to;
    ++step_;
    const int turn = options_.schedule.due(step_);
    if (!rewinds && turn <= turn_) return;
    list all(m);
    if (rewinds) early_ = to_rewind_to(all);
    if (turn <= turn_) return;
    prune_at(all, turn, detail::edge_pass_of(m));
  }
  /// Undoes the last pruning: values, optimizer slots, moving averages, scores and the graph are
  /// restored to their state just before it, byte for byte, and training continues as if the
  /// schedule had not included it. Throws `error` if nothing was pruned, or if it was not
  /// `undoable`.
  template <has_members M>
  void undo(M& m) {
    if (!before_) throw error("undo: pruning: expected one that is undoable, got none");
    list all(m);
    before_->model.restore(all.on(), all);
    members_.set_scores(std::move(before_->scores));
    step_ = before_->step;
    turn_ = before_->turn;
    before_.reset();
    watch(all, watches());
  }

  /// For checkpoints.
  template <has_members M, class Archive>
  void state(const B& on, M& model, Archive& archive) {
    list m(model);
    detail::prefixed<Archive> in{archive, "prune." + members_.name() + '.'};
    in.value("step", step_);
    in.value("turn", turn_);
    members_.archive(on, in);
    std::optional<snapshot> undone;
    if (before_) undone = std::move(before_->model);
    detail::archive_snapshot(on, m, in, "undo", undone);
    if (undone) {
      if (!before_) before_.emplace(moment{{}, members_.scores(), 0, 0});
      before_->model = std::move(*undone);
      detail::prefixed<detail::prefixed<Archive>> then{in, "undo."};
      then.value("step", before_->step);
      then.value("turn", before_->turn);
      members_.archive(on, then, before_->scores);
    }
    if (!undone || !options_.undoable) before_.reset();
    detail::archive_snapshot(on, m, in, "rewind", early_);
    watch(m, watches());
  }
  /// What a checkpoint must agree with.
  void identify(std::string& identity) const {
    detail::append_policy(identity, "pruning", options_);
  }

 private:
  /// The state that `undo` restores.
  struct moment {
    snapshot model;
    std::vector<matrix<T, B>> scores;
    offset step;
    int turn;
  };

  void prune_at(list& m, int turn, const detail::edge_pass<T, B>& weigh_edges) {
    turn_ = turn;
    std::optional<moment> before;
    if (options_.undoable)
      before.emplace(moment{snapshot(std::as_const(m)), members_.scores(), step_, turn_});
    try {
      prune(m, weigh_edges);
    } catch (...) {
      --step_, --turn_;
      throw;
    }
    if (before) before_ = std::move(before);
    if (early_) early_->rewind(m.on(), m);
    members_.forget_scores(m);
    watch(m, watches());
  }
  void watch(list& m, bool watched) {
    if (watched != watching_) members_.watch(m, watched ? 1 : -1);
    watching_ = watched;
  }
  [[nodiscard]] static snapshot to_rewind_to(const list& m) {
    if (!snapshot::is_whole(m))
      throw error("pruning: rewind_to: expected a model that is whole, got one that was pruned");
    return snapshot(m);
  }

  void prune(list& m, const detail::edge_pass<T, B>& weigh_edges) {
    const B& on = m.on();
    const bool grows = detail::regrow_of(options_.keep) > 0;
    const auto parts = members_.look_at_all(m, detail::units_of(options_.keep),
                                            detail::needs_gradient(options_.by) || grows);
    const auto* const scope = detail::scope_of(options_.keep);
    auto scores = members_.scores();
    for (std::size_t k = 0; k < parts.size(); ++k) {
      const auto& part = parts[k];
      detail::finish_scores(
          on, options_.by, part.partner(), options_.seed,
          static_cast<std::uint64_t>(turn_) + (static_cast<std::uint64_t>(k) << 32),
          [&] { return detail::weights_of(on, part, weigh_edges); }, scores[k]);
      detail::expect_numbers(on, std::as_const(scores[k]).data(), scores[k].size(),
                             "pruning: score of " + members_.names()[k]);
      if (part.edges && scope && std::holds_alternative<by_node>(*scope))
        detail::rank_at_ends(on, *part.edges, part.open(), scores[k]);
    }
    auto gates = detail::choose(on, options_, turn_, parts, std::move(scores), members_.scores());
    for (std::size_t k = 0; k < parts.size(); ++k)
      detail::close_elements(m, parts[k], std::move(gates[k]), options_.compact && !grows);
  }

  pruning_by<By> options_{};
  detail::pruned_members<T, B> members_{};
  offset step_ = 0;
  int turn_ = 0;
  bool watching_ = false;
  std::optional<moment> before_{};   ///< the state before the last pruning
  std::optional<snapshot> early_{};  ///< the state to rewind to
};

template <class M, class By = criterion>
pruner(M&, pruning_by<By> = {}) -> pruner<typename M::backend_type, typename M::scalar, By>;

}  // namespace filigree
