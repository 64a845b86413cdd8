// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>
#include <filigree/kernels/wide.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// Holds for a row that ends before it starts.
template <class Offset>
struct row_ends_early {
  const Offset* row_begin;
  FILIGREE_FN bool operator()(offset r) const { return row_begin[r + 1] < row_begin[r]; }
};

/// Holds for a row whose columns are not strictly ascending.
template <class Index, class Offset>
struct row_out_of_order {
  static constexpr offset grain = 256;
  const Offset* row_begin;
  const Index* column;
  FILIGREE_FN bool operator()(offset r) const {
    for (Offset k = row_begin[r] + 1; k < row_begin[r + 1]; ++k)
      if (column[k] <= column[k - 1]) return true;
    return false;
  }
};

/// Holds for a NaN.
template <class T>
struct not_a_number {
  const T* value;
  FILIGREE_FN bool operator()(offset k) const { return !(value[k] == value[k]); }
};

/// Holds if two arrays differ at k.
template <class T>
struct differs {
  const T *a, *b;
  FILIGREE_FN bool operator()(offset k) const { return !(a[k] == b[k]); }
};

/// length[i] = the number of entries of row row[i], or of row first + i if row is null.
template <class Index, class Offset>
struct row_length {
  const Offset* row_begin;
  const Index* row;
  offset first;
  offset* length;
  FILIGREE_FN void operator()(offset i) const {
    const offset r = row ? static_cast<offset>(row[i]) : first + i;
    length[i] = row_begin[r + 1] - row_begin[r];
  }
};

/// Copies the entries of row row[i], or first + i, to row i of another matrix, together with their
/// original positions.
template <class T, class Index, class Offset>
struct copy_entries {
  static constexpr offset grain = 256;
  pattern_view<Index, Offset> a;
  const T* value;
  const Index* row;
  offset first;
  const Offset* to_begin;
  Index* to_column;
  T* to_value;
  Offset* order;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    const offset r = row ? static_cast<offset>(row[i]) : first + i;
    const offset first_of_row = a.row_begin[r], last = a.row_begin[r + 1];
    const offset ahead = to_begin[i] - first_of_row;
    for (offset k = first_of_row + lanes.rank(); k < last; k += lanes.size()) {
      to_column[ahead + k] = a.neighbor[k];
      to_value[ahead + k] = value[k];
      order[ahead + k] = static_cast<Offset>(k);
    }
  }
};

/// Multiplies the entries of row r by factor[r].
template <class T, class Index, class Offset>
struct scale_row {
  static constexpr offset grain = 256;
  pattern_view<Index, Offset> a;
  const T* factor;
  T* value;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset first = a.row_begin[r], last = a.row_begin[r + 1];
    for (offset k = first + lanes.rank(); k < last; k += lanes.size())
      value[k] = static_cast<T>(value[k] * factor[r]);
  }
};

/// Multiplies entry k by the factor of its column.
template <class T, class Index>
struct scale_column {
  const Index* column;
  const T* factor;
  T* value;
  FILIGREE_FN void operator()(offset k) const {
    value[k] = static_cast<T>(value[k] * factor[column[k]]);
  }
};

/// The statistic that a row is reduced to.
enum class row_statistic { sum, mean, min, max };

/// out[r] = the sum, mean, minimum or maximum of the entries of row r; 0 for an empty row.
template <row_statistic How, class T, class Index, class Offset>
struct reduce_row {
  static constexpr offset grain = 256;
  pattern_view<Index, Offset> a;
  const T* value;
  T* out;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset first = a.row_begin[r], last = a.row_begin[r + 1];
    offset k = first + lanes.rank();
    T result{};
    if constexpr (How == row_statistic::min || How == row_statistic::max) {
      if (first < last) result = value[first];  // in every lane: a NaN there determines the result
      for (; k < last; k += lanes.size()) result = chosen(result, value[k]);
      const T own = result;
      for (offset l = 1; l < lanes.size(); ++l) result = chosen(result, lanes.from(l, own));
    } else {
      sum_of<T> sum{};
      if (k < last) sum = static_cast<sum_of<T>>(value[k]);
      for (k += lanes.size(); k < last; k += lanes.size())
        sum = plus(sum, static_cast<sum_of<T>>(value[k]));
      sum = lanes.sum(sum);
      if constexpr (How == row_statistic::mean)
        if (first < last) sum /= static_cast<sum_of<T>>(last - first);
      result = static_cast<T>(sum);
    }
    if (lanes.rank() == 0) out[r] = result;
  }

 private:
  [[nodiscard]] FILIGREE_FN static T chosen(T best, T x) {
    return (How == row_statistic::min ? x < best : best < x) ? x : best;
  }
};

/// Writes the entries of row r into row r of a zero-initialized dense matrix.
template <class T, class Index, class Offset>
struct densify_row {
  static constexpr offset grain = 64;
  pattern_view<Index, Offset> a;
  const T* value;
  matrix_view<T> out;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset first = a.row_begin[r], last = a.row_begin[r + 1];
    for (offset k = first + lanes.rank(); k < last; k += lanes.size())
      out(r, a.neighbor[k]) = value[k];
  }
};

/// Holds for a nonzero element.
template <class T>
struct not_zero {
  const T* value;
  FILIGREE_FN bool operator()(offset i) const { return !(value[i] == T{}); }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
