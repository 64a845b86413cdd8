// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/embedding_rows.hpp>
#include <filigree/autograd/gated_graph.hpp>
#include <filigree/autograd/keep_rows.hpp>
#include <filigree/autograd/parameter.hpp>
#include <filigree/autograd/running_average.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace filigree {

// Any class that owns something that is trained, or that inference needs, lists it in one static
// function,
//
//     template <class Self, class See>
//     static void members(Self& self, See&& see) {  // self is const or not
//       see("weight", self.weight_);                // a parameter
//       see("mean", self.mean_);                    // a running average
//       see("codes", buffer(self.codes_));          // a matrix that is not learned
//       see("embedding", self.embedding_);          // embeddings whose rows can be removed
//       see("graph", self.graph_);                  // a gated graph, whose edges can be removed
//       see("edges", self.edges_);                  // a part, which lists members of its own
//     }
//
// and everything else follows from it: optimizers, freezing, counting, pruning, checkpoints, undo.
// A member of a part is called `part.member`; parts in a vector are numbered, `layers.0`; an
// optional part may be missing; members of a tuple, and of anything listed as "", keep their names.

/// A matrix that is not learned, but is part of the object that lists it.
template <class Matrix>
struct listed_buffer {
  Matrix& values;
};
template <class Matrix>
[[nodiscard]] listed_buffer<Matrix> buffer(Matrix& values) {
  return {values};
}

/// A parameter, a running average or a buffer with a row for each edge of a graph, in the order of
/// the edges: rows are removed with their edges, and do not change while their edges are masked.
template <class Member>
struct listed_per_edge {
  Member member;
};
template <class Member>
[[nodiscard]] listed_per_edge<Member> per_edge(Member&& member) {
  return {std::forward<Member>(member)};
}

/// Has no members.
struct no_members {
  template <class Self, class See>
  static void members(Self&, See&&) {}
};

namespace detail {
struct any_see {
  void operator()(const std::string&, auto&&) const {}
};
}  // namespace detail

/// Anything that lists its members.
template <class M>
concept has_members = requires(M& m, const M& c) {
  M::members(m, detail::any_see{});
  M::members(c, detail::any_see{});
};

namespace detail {
template <template <class...> class Of, class M>
inline constexpr bool is_a = false;
template <template <class...> class Of, class... Arguments>
inline constexpr bool is_a<Of, Of<Arguments...>> = true;
template <class M>
inline constexpr bool is_parameter = false;
template <class T, class B>
inline constexpr bool is_parameter<parameter<T, B>> = true;
template <class M>
inline constexpr bool is_average = false;
template <class T, class B>
inline constexpr bool is_average<running_average<T, B>> = true;
template <class M>
inline constexpr bool is_embedding = false;
template <class T, class B>
inline constexpr bool is_embedding<embedding_rows<T, B>> = true;
template <class M>
inline constexpr bool is_gated_graph = false;
template <class T, class B>
inline constexpr bool is_gated_graph<gated_graph<T, B>> = true;
template <class M>
inline constexpr bool is_buffer = is_a<listed_buffer, M>;
template <class M>
inline constexpr bool is_leaf =
    is_parameter<M> || is_average<M> || is_buffer<M> || is_embedding<M> || is_gated_graph<M>;

[[nodiscard]] inline std::string join_names(const std::string& part, const std::string& member) {
  return part.empty() ? member : member.empty() ? part : part + '.' + member;
}
/// f(name, leaf, per_edge) for each leaf below a member: a member that lists no members of its own.
template <class Member, class F>
void walk_below(const std::string& name, Member& member, const F& f, bool of_edges = false) {
  using M = std::remove_const_t<Member>;
  if constexpr (is_leaf<M>) {
    f(name, member, of_edges);
  } else if constexpr (is_a<listed_per_edge, M>) {
    walk_below(name, member.member, f, true);
  } else if constexpr (is_a<std::optional, M>) {
    if (member) walk_below(name, *member, f, of_edges);
  } else if constexpr (is_a<std::tuple, M>) {
    std::apply([&](auto&... part) { (walk_below(name, part, f, of_edges), ...); }, member);
  } else if constexpr (is_a<std::vector, M>) {
    for (std::size_t k = 0; k < member.size(); ++k)
      walk_below(join_names(name, std::to_string(k)), member[k], f, of_edges);
  } else {
    M::members(member, [&](const std::string& own, auto&& part) {
      walk_below(join_names(name, own), part, f, of_edges);
    });
  }
}

/// A leaf member of a model, of any type: it lists no members of its own.
template <class T, class B>
struct listed_leaf {
  std::string name;
  std::variant<parameter<T, B>*, running_average<T, B>*, matrix<T, B>*, embedding_rows<T, B>*,
               gated_graph<T, B>*>
      leaf;
  bool per_edge;
};
/// Compiles the traversal of a model's parts only once, not for each function over its members.
template <class T, class B, class M>
[[nodiscard]] std::vector<listed_leaf<T, B>> list_leaves(M& m) {
  std::vector<listed_leaf<T, B>> all;
  walk_below("", m, [&](const std::string& name, const auto& leaf, bool of_edges) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (is_buffer<L>)
      all.push_back({name, const_cast<matrix<T, B>*>(&leaf.values), of_edges});
    else
      all.push_back({name, const_cast<L*>(&leaf), of_edges});
  });
  return all;
}
}  // namespace detail

}  // namespace filigree
