// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/policy.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>

namespace filigree {

/// The policy that prunes nothing.
struct keep_all {
  static constexpr const char* kind = "none";
  static void options(auto&, auto&&) {}

  template <class T, backend B>
  struct state {
    state(const keep_all&, const B&) {}
  };
};

namespace detail {
struct any_archive {
  template <class V>
  void value(const std::string&, V&) {}
  template <class M>
  void array(const auto&, const std::string&, M&, shape) {}
};
/// What a prune policy may ask about what it prunes.
template <class T, class B>
struct any_pruned {
  [[nodiscard]] matrix<T, B> weight(std::size_t k) const;
  [[nodiscard]] const filigree::graph<B>* graph(std::size_t k) const;
};
}  // namespace detail

/// What leaves a model while it learns: `keep_all`, or `state(policy, on)` with
///
/// - `s.add(on, name, shape, graph)`: another tensor can be pruned, its elements being the edges of
///   the graph unless that is null; returns its number
/// - `s.gate(r, k)`: what tensor k is multiplied by, of its shape, if that makes a difference; the
///   `gradient_of_data` of a gate that is `watched` has nothing of penalties
/// - `s.observe(on, of)`: a training step is over; whether it is time to prune. `of.weight(k)` is
///   tensor k, `of.graph(k)` the graph that it belongs to, or null.
/// - `s.prune(on, of)`: sets gates to 0, those of an undirected edge and its partner together
/// - `s.kept(on, k)`: the elements of tensor k whose gates are not 0, ascending
/// - `s.archive(on, archive)`: sees what a checkpoint must hold
///
/// and, where they are needed,
///
/// - `s.compacts()`, `s.shrink(on, shape, k)`: whether what is pruned may leave for good; it has
///   left, and tensor k has that shape now
/// - `s.prunes_edges()`, `s.prunes_rows()`, `s.add_rows(on, name, shape)`: what a model shall add,
///   the edges of its graph unless that says otherwise; a tensor whose rows leave as wholes
/// - `s.undoable()`: whether `undo` is to be possible
/// - `s.rewind_to()`, `s.steps()`: after how many steps training had the values that come back
///   after each pruning, negative for none, and how many steps it has seen
template <class P, class T, class B>
concept prune_policy = policy<P, T, B> &&
    (std::is_same_v<P, keep_all> ||
     requires(typename P::template state<T, B> & s, const typename P::template state<T, B>& c,
              tape<T, B>& r, eager<T, B>& e, const B& on, const graph<B>* g, std::size_t k,
              const detail::any_pruned<T, B>& of, detail::any_archive& archive) {
       { s.add(on, std::string(), shape{}, g) } -> std::same_as<std::size_t>;
       { c.gate(r, k) } -> std::same_as<std::optional<typename tape<T, B>::var>>;
       { c.gate(e, k) } -> std::same_as<std::optional<typename eager<T, B>::var>>;
       { s.observe(on, of) } -> std::same_as<bool>;
       s.prune(on, of);
       s.archive(on, archive);
       { c.kept(on, k) } -> std::same_as<typename B::template buffer<offset>>;
     });

}  // namespace filigree
