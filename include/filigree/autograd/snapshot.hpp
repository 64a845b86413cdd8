// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/set_mask.hpp>

#include <any>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree {

/// The complete state of a model's members at one time: values, masks, optimizer slots, running
/// averages, and which edges and rows existed.
class snapshot {
 public:
  snapshot() = default;
  /// Captures the current state of the model.
  template <has_members M>
  explicit snapshot(const M& m) {
    detail::walk(m, [&](const std::string&, const auto& leaf, bool) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      if constexpr (detail::is_buffer<L>) {
        leaves_.push_back(leaf.values);
      } else {
        auto copy = leaf;
        if constexpr (detail::is_parameter<L>) copy.forget_gradient();
        if constexpr (detail::is_embedding<L>) copy.table.forget_gradient();
        leaves_.push_back(std::move(copy));
      }
    });
  }

  /// f(name, leaf, then, per_edge) for each member of the model and its saved state; for a buffer,
  /// the matrices.
  template <has_members M, class F>
  void for_each(M& m, const F& f) {
    std::size_t at = 0;
    detail::walk(m, [&](const std::string& name, auto& leaf, bool of_edges) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      auto& then = leaves_[at++];
      if constexpr (detail::is_buffer<L>)
        f(name, leaf.values, std::any_cast<std::remove_cvref_t<decltype(leaf.values)>&>(then),
          of_edges);
      else
        f(name, leaf, std::any_cast<L&>(then), of_edges);
    });
  }
  /// Restores the model byte for byte; its watchers are kept.
  template <backend B, has_members M>
  void restore(const B& on, M& m) {
    for_each(m, [&](const std::string&, auto& leaf, auto& then, bool) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      if constexpr (detail::is_gated_graph<L>) {
        leaf.restore(on, then);
      } else if constexpr (detail::is_embedding<L>) {
        then.table = std::move(then.table).with_flags_of(leaf.table);
        leaf = then;
      } else if constexpr (detail::is_parameter<L>) {
        leaf = L(then).with_flags_of(leaf);
      } else {
        leaf = then;
      }
    });
  }
  /// Resets what remains of the model to the saved values and optimizer slots, from when nothing
  /// had been removed; pruned parts stay pruned.
  template <backend B, has_members M>
  void rewind(const B& on, M& m) {
    const typename B::template buffer<offset>* left = nullptr;  // edges, if some are gone
    for_each_gated_graph(m, [&](const std::string&, auto& graph) {
      if (!graph.is_whole()) left = &graph.kept();
    });
    for_each(m, [&](const std::string&, auto& leaf, auto& then, bool of_edges) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      if constexpr (detail::is_gated_graph<L>) {
      } else if constexpr (detail::is_embedding<L>) {
        leaf.take_values(on, then);
      } else if constexpr (detail::is_parameter<L>) {
        auto early = then;
        if (of_edges && left) keep_rows(on, early, *left);
        early.frozen = leaf.frozen;
        early.mask = {};
        set_mask(on, early, std::move(leaf.mask));
        leaf = std::move(early).with_flags_of(leaf);
      } else {
        leaf = then;
        if (of_edges && left) keep_rows(on, leaf, *left);
      }
    });
  }

  /// Whether no edges and no embedding rows have been removed from the model.
  template <has_members M>
  [[nodiscard]] static bool is_whole(const M& m) {
    bool whole = true;
    detail::walk(m, [&](const std::string&, const auto& leaf, bool) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      if constexpr (detail::is_gated_graph<L> || detail::is_embedding<L>)
        whole = whole && leaf.is_whole();
    });
    return whole;
  }

 private:
  std::vector<std::any> leaves_{};
};

}  // namespace filigree
