// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/close_edges.hpp>
#include <filigree/autograd/member_leaves.hpp>

#include <span>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace filigree {

/// The type-erased members of a model; functions over members accept it in place of the model, and
/// are then compiled only once for each scalar and backend. It is valid as long as the model is not
/// moved. A non-const model treats being listed as a sign that it is about to change, so create a
/// new list before a change that is not followed by `end_step`.
template <class T, class B>
class member_list {
 public:
  using scalar = T;
  using backend_type = B;

  template <class M>
  requires(!std::is_same_v<M, member_list>) explicit member_list(M& m)
      : on_(m.on()), leaves_(detail::list_leaves<T, B>(m)) {}

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] const std::vector<detail::listed_leaf<T, B>>& leaves() const { return leaves_; }
  static void members(auto& self, auto&& see) {
    for (const auto& one : self.leaves_)
      std::visit(
          [&]<class L>(L* leaf) {
            if constexpr (std::is_same_v<L, matrix<T, B>>)
              one.per_edge ? see(one.name, per_edge(buffer(*leaf))) : see(one.name, buffer(*leaf));
            else
              one.per_edge ? see(one.name, listed_per_edge<L&>{*leaf}) : see(one.name, *leaf);
          },
          one.leaf);
  }

 private:
  B on_;
  std::vector<detail::listed_leaf<T, B>> leaves_;
};
template <class M>
member_list(M&) -> member_list<typename M::scalar, typename M::backend_type>;

namespace detail {
/// f(name, leaf, per_edge) for each leaf of a model or a part, const if that is const.
template <class M, class F>
void walk(M& m, const F& f) {
  if constexpr (requires {
                  typename M::scalar;
                  typename M::backend_type;
                }) {
    const auto leaves = [&] {
      if constexpr (is_a<member_list, std::remove_const_t<M>>)
        return std::span(m.leaves());
      else
        return list_leaves<typename M::scalar, typename M::backend_type>(m);
    }();
    for (const auto& one : leaves)
      std::visit(
          [&]<class L>(L* leaf) {
            using leaf_type = std::conditional_t<std::is_const_v<M>, const L, L>;
            if constexpr (std::is_same_v<L, matrix<typename M::scalar, typename M::backend_type>>) {
              listed_buffer<leaf_type> values{*leaf};
              f(one.name, values, one.per_edge);
            } else {
              f(one.name, static_cast<leaf_type&>(*leaf), one.per_edge);
            }
          },
          one.leaf);
  } else {
    walk_below("", m, f);
  }
}
}  // namespace detail

/// f(name, parameter) for each parameter of a model or a part, const if that is const.
template <has_members M, class F>
void for_each_parameter(M& m, F&& f) {
  detail::walk(m, [&](const std::string& name, auto& leaf, bool) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (detail::is_parameter<L>) f(name, leaf);
    if constexpr (detail::is_embedding<L>) f(name, leaf.table);
  });
}
/// f(name, gated_graph) for each graph whose edges can be pruned.
template <has_members M, class F>
void for_each_gated_graph(M& m, F&& f) {
  detail::walk(m, [&](const std::string& name, auto& leaf, bool) {
    if constexpr (detail::is_gated_graph<std::remove_cvref_t<decltype(leaf)>>) f(name, leaf);
  });
}
/// f(name, matrix) for each matrix that inference needs besides parameters: buffers and the values
/// of running averages.
template <has_members M, class F>
void for_each_buffer(M& m, F&& f) {
  detail::walk(m, [&](const std::string& name, auto& leaf, bool) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (detail::is_buffer<L>) f(name, leaf.values);
    if constexpr (detail::is_average<L>) f(name, leaf.value);
  });
}
/// f(name, matrix) for everything inference needs: values of parameters, then buffers.
template <has_members M, class F>
void for_each_value(M& m, F&& f) {
  for_each_parameter(m, [&](const std::string& name, auto& p) { f(name, p.value); });
  for_each_buffer(m, f);
}
/// f(name, parameter) for each parameter with a row for each edge.
template <has_members M, class F>
void for_each_edge_parameter(M& m, F&& f) {
  detail::walk(m, [&](const std::string& name, auto& leaf, bool of_edges) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (detail::is_parameter<L>)
      if (of_edges) f(name, leaf);
  });
}

/// Updates the running averages of a model or a part after a training step.
template <backend B, has_members M>
void move_averages(const B& on, M& m) {
  detail::walk(m, [&](const std::string&, auto& leaf, bool) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (detail::is_average<L>) leaf.move(on);
  });
}
/// Keeps only the rows kept[0] < kept[1] < ... of each member with a row for each edge.
template <backend B, has_members M>
void keep_edges(const B& on, M& m, const typename B::template buffer<offset>& kept) {
  detail::walk(m, [&](const std::string&, auto& leaf, bool of_edges) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if (!of_edges) return;
    if constexpr (detail::is_buffer<L>)
      keep_rows(on, leaf.values, kept);
    else if constexpr (detail::is_parameter<L> || detail::is_average<L>)
      keep_rows(on, leaf, kept);
  });
}

/// Removes what has been pruned for good: closed edges, along with the corresponding rows of
/// members with a row for each edge, and masked rows of embeddings. Masked elements of other
/// parameters are kept as zeros. Waits for the backend.
template <backend B, has_members M>
void take_out_pruned(const B& on, M& m) {
  for_each_gated_graph(m, [&](const std::string&, auto& graph) {
    if (const auto stay = remove_closed(on, graph)) keep_edges(on, m, *stay);
  });
  detail::walk(m, [&](const std::string&, auto& leaf, bool) {
    if constexpr (detail::is_embedding<std::remove_cvref_t<decltype(leaf)>>) leaf.compact(on);
  });
}

}  // namespace filigree
