// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/members.hpp>
#include <filigree/core/error.hpp>
#include <filigree/prune/prunable.hpp>
#include <filigree/prune/prune_options.hpp>

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree::detail {

/// The members of a model that a pruner prunes, found by name, and the scores of their elements.
template <class T, class B>
class pruned_members {
 public:
  using M = member_list<T, B>;

  pruned_members() = default;
  /// The members whose names match a pattern of `of`. Throws `error` for a pattern that matches
  /// nothing, and for a graph without edges.
  pruned_members(M& m, const std::vector<std::string>& of) {
    std::string names;
    std::vector<bool> used(of.size());
    walk(m, [&](const std::string& name, auto& leaf, bool of_edges) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      if constexpr (can_be_pruned<L>) {
        if (of_edges) return;  // it is removed with them
        names += (names.empty() ? "" : ", ") + name;
        bool wanted = false;
        for (std::size_t k = 0; k < of.size(); ++k)
          if (matches(of[k], name)) used[k] = wanted = true;
        if (!wanted) return;
        if constexpr (std::is_same_v<L, gated_graph<T, B>>) {
          if (leaf.make().pattern().edges() == 0)
            throw error("pruning: edges of " + name + ": expected some, got none");
          for_each_edge_parameter(m, [](const std::string&, auto& p) { p.gated = true; });
        }
        names_.push_back(name);
      }
    });
    for (std::size_t k = 0; k < of.size(); ++k)
      if (!used[k]) throw error("pruning: of: expected some of " + names + ", got " + of[k]);
    if (names_.empty()) throw error("pruning: of: expected some of " + names + ", got none");
    forget_scores(m);
  }

  /// f(score, name, leaf) for each; the score has the shape of the leaf's elements.
  template <class F>
  void for_each(M& m, const F& f) {
    walk_them(m, [&](std::size_t at, const std::string& name, auto& leaf) {
      auto& score = scores_[at];
      if (score.shape() != elements_of(leaf)) {
        score = matrix<T, B>::zeros(m.on(), elements_of(leaf));
        found_[at] = false;
      }
      f(score, name, leaf);
    });
  }
  /// What pruning in units `by` needs to know about each, valid until that member is pruned or the
  /// model is moved. Throws `error` if gradients are needed and a member has received none since
  /// its scores were reset.
  [[nodiscard]] std::vector<prunable<T, B>> look_at_all(M& m, const by_block& by,
                                                        bool needs_gradients) {
    std::vector<prunable<T, B>> all;
    for_each(m, [&](const auto&, const std::string&, auto& leaf) {
      all.push_back(look_at(m.on(), leaf, by));
    });
    for (std::size_t k = 0; k < names_.size(); ++k)
      if (needs_gradients && !found_[k])
        throw error("pruning: gradients of " + names_[k] +
                    ": expected some since the last pruning, got none");
    return all;
  }
  /// Adds `more` (1 or -1) to the number of watchers of each. Scores are kept: a checkpoint
  /// restores them before the model's members.
  void watch(M& m, int more) const {
    walk_them(
        m, [&](std::size_t, const std::string&, auto& leaf) { detail::watch(m.on(), leaf, more); });
  }
  /// Adds the gradients of the last backward pass to the scores.
  void add_saliency(M& m, bool sign) {
    std::size_t at = 0;
    for_each(m, [&](matrix<T, B>& score, const std::string&, auto& leaf) {
      if (detail::add_saliency(m.on(), leaf, sign, score)) found_[at] = true;
      ++at;
    });
  }
  void forget_scores(M& m) {
    scores_.clear();
    scores_.resize(names_.size());
    found_.assign(names_.size(), false);
    for_each(m, [](const auto&, const std::string&, const auto&) {});
  }
  /// The names of the members, in the order of the model's members.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] const std::vector<matrix<T, B>>& scores() const { return scores_; }
  void set_scores(std::vector<matrix<T, B>> scores) {
    scores_ = std::move(scores);
    found_.assign(names_.size(), true);
  }
  /// Archives scores of these members.
  template <class Archive>
  void archive(const B& on, Archive& archive, std::vector<matrix<T, B>>& scores) const {
    for (std::size_t k = 0; k < names_.size(); ++k)
      archive.array(on, "score/" + names_[k], scores[k]);
  }
  /// Archives the current state, for checkpoints.
  template <class Archive>
  void archive(const B& on, Archive& archive) {
    this->archive(on, archive, scores_);
    for (std::size_t k = 0; k < names_.size(); ++k) {
      bool found = found_[k];
      archive.value("found/" + names_[k], found);
      found_[k] = found;
    }
  }
  /// The names of the members, separated by commas.
  [[nodiscard]] std::string name() const {
    std::string all;
    for (const auto& one : names_) all += (all.empty() ? "" : ",") + one;
    return all;
  }

 private:
  template <class Leaf>
  static constexpr bool can_be_pruned =
      std::is_same_v<Leaf, parameter<T, B>> || std::is_same_v<Leaf, gated_graph<T, B>> ||
      std::is_same_v<Leaf, embedding_rows<T, B>>;

  template <class F>
  void walk_them(M& m, const F& f) const {
    std::size_t at = 0;
    walk(m, [&](const std::string& name, auto& leaf, bool of_edges) {
      if constexpr (can_be_pruned<std::remove_cvref_t<decltype(leaf)>>)
        if (!of_edges && at < names_.size() && names_[at] == name) f(at++, name, leaf);
    });
  }

  std::vector<std::string> names_{};
  std::vector<matrix<T, B>> scores_{};
  std::vector<bool> found_{};  ///< whether the scores contain gradients
};

}  // namespace filigree::detail
