// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// A list of row ids grouped by value, as made by tensor/row_set.hpp: element k of the list is
/// rows[local[k]], and rows[s] occurs at position[begin[s]] ... position[begin[s + 1] - 1]. Rows at
/// the end may be -1: padding, which does not occur in the list.
struct grouped_rows {
  const index* rows = nullptr;
  const offset* begin = nullptr;
  const index *position = nullptr, *local = nullptr, *slot = nullptr;
};

/// y[k, :] = x[id[k], :]; adds instead if `add`
template <class T>
struct gather_row {
  static constexpr offset grain = 128;
  grouped_rows ids;
  matrix_view<const T> x;
  matrix_view<T> y;
  bool add;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset k, Lanes lanes = {}) const {
    const T* const from = x.row(ids.rows[ids.local[k]]);
    T* const to = y.row(k);
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
      to[j] = add ? to[j] + from[j] : from[j];
  }
};

/// y[r, :] = sum of x[k, :] over the k with id[k] == r, 0 if there are none; for every row r
template <class T>
struct scatter_row {
  static constexpr offset grain = 128;
  grouped_rows ids;
  matrix_view<const T> x;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    T* const to = y.row(r);
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) to[j] = 0;
    const offset s = ids.slot[r];
    if (s < 0) return;
    for (offset k = ids.begin[s]; k < ids.begin[s + 1]; ++k)
      for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) to[j] += x(ids.position[k], j);
  }
};

/// y[rows[s], :] += sum of x[k, :] over the k with id[k] == rows[s]; for every distinct row s that
/// is not -1
template <class T>
struct scatter_add_row {
  static constexpr offset grain = 64;
  grouped_rows ids;
  matrix_view<const T> x;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset s, Lanes lanes = {}) const {
    if (ids.rows[s] < 0) return;
    T* const to = y.row(ids.rows[s]);
    for (offset k = ids.begin[s]; k < ids.begin[s + 1]; ++k)
      for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) to[j] += x(ids.position[k], j);
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
