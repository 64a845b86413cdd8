// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/embedding_rows.hpp>
#include <filigree/autograd/gated_graph.hpp>
#include <filigree/autograd/mask.hpp>
#include <filigree/autograd/parameter.hpp>
#include <filigree/kernels/elementwise.hpp>
#include <filigree/kernels/prune.hpp>
#include <filigree/prune/units.hpp>

#include <utility>
#include <variant>

namespace filigree::detail {

/// A member of a model that can be pruned, and what pruning needs to know about it; `gate` has the
/// shape of its elements.
template <class T, backend B>
struct prunable {
  std::variant<parameter<T, B>*, gated_graph<T, B>*, embedding_rows<T, B>*> member;
  matrix<T, B> gate;    ///< 1 for what remains, else 0
  matrix<T, B> can{};   ///< 0 for edges that must not be pruned; empty: all may be
  matrix<T, B> both{};  ///< gate * can, for `open`; empty if all may be pruned
  kernels::unit_grid grid{};
  offset total = 0;                 ///< original number of units
  const graph<B>* edges = nullptr;  ///< null: not a graph

  [[nodiscard]] const offset* partner() const { return edges ? edges->partner() : nullptr; }
  /// 1 for what remains and may be pruned.
  [[nodiscard]] const matrix<T, B>& open() const { return can.size() ? both : gate; }
};

// The same functions for each kind of member.

template <class T, backend B>
[[nodiscard]] prunable<T, B> look_at(const B& on, gated_graph<T, B>& g, const by_block&) {
  const offset n = g.pattern().edges();
  auto gate = g.has_closed() ? g.gate() : all_open<T>(on, {n, 1});
  auto can = g.prunable(on);
  matrix<T, B> both(on, can.shape());
  on.for_each(can.size(), kernels::product<T>{std::as_const(gate).data(), std::as_const(can).data(),
                                              both.data()});
  return {.member = &g,
          .gate = std::move(gate),
          .can = std::move(can),
          .both = std::move(both),
          .grid = {n, 1, 1, 1},
          .total = g.units(on),
          .edges = &g.pattern()};
}
template <class T, backend B>
[[nodiscard]] prunable<T, B> look_at(const B& on, parameter<T, B>& p, const by_block& by) {
  const auto grid = grid_of(by, p.value.shape());
  return {.member = &p,
          .gate = p.mask.size() ? p.mask : all_open<T>(on, p.value.shape()),
          .grid = grid,
          .total = grid.count()};
}
template <class T, backend B>
[[nodiscard]] prunable<T, B> look_at(const B& on, embedding_rows<T, B>& x, const by_block&) {
  auto out = look_at(on, x.table, by_row);
  out.member = &x;
  out.total = x.nodes();
  return out;
}

template <class T, backend B>
[[nodiscard]] shape elements_of(const gated_graph<T, B>& g) {
  return {g.pattern().edges(), 1};
}
template <class T, backend B>
[[nodiscard]] shape elements_of(const parameter<T, B>& p) {
  return p.value.shape();
}
template <class T, backend B>
[[nodiscard]] shape elements_of(const embedding_rows<T, B>& x) {
  return x.table.value.shape();
}

/// Adds `more` (1 or -1) to the number of watchers; while there are any, backward passes compute
/// the gradients that score its elements.
template <class T, backend B>
void watch(const B& on, gated_graph<T, B>& g, int more) {
  g.watch(on, more);
}
template <class T, backend B>
void watch(const B&, parameter<T, B>& p, int more) {
  p.watched += more;
}
template <class T, backend B>
void watch(const B&, embedding_rows<T, B>& x, int more) {
  x.table.watched += more;
}

/// Adds the gradients of the last backward pass to a score. Returns whether there were any.
template <class T, backend B>
bool add_saliency(const B& on, const matrix<T, B>& d, const T* w, const offset* partner, bool sign,
                  matrix<T, B>& score) {
  if (d.size() != score.size()) return false;
  on.for_each(d.size(), kernels::add_saliency<T>{d.data(), w, partner, sign, score.data()});
  return true;
}
template <class T, backend B>
bool add_saliency(const B& on, const gated_graph<T, B>& g, bool sign, matrix<T, B>& score) {
  return add_saliency(on, g.gradient(), static_cast<const T*>(nullptr), g.pattern().partner(), sign,
                      score);
}
template <class T, backend B>
bool add_saliency(const B& on, const parameter<T, B>& p, bool sign, matrix<T, B>& score) {
  return add_saliency(on, p.gradient_of_data(), p.value.data(), nullptr, sign, score);
}
template <class T, backend B>
bool add_saliency(const B& on, const embedding_rows<T, B>& x, bool sign, matrix<T, B>& score) {
  return add_saliency(on, x.table, sign, score);
}

}  // namespace filigree::detail
