// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>

namespace filigree::kernels {

/// Holds for a row that ends before it starts.
template <class Offset>
struct row_ends_early {
  const Offset* row_begin;
  FILIGREE_FN bool operator()(offset r) const { return row_begin[r + 1] < row_begin[r]; }
};

/// Holds for a row whose columns do not strictly ascend.
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

/// Holds for a value that is no number.
template <class T>
struct not_a_number {
  const T* value;
  FILIGREE_FN bool operator()(offset k) const { return !(value[k] == value[k]); }
};

/// Holds where two arrays differ.
template <class T>
struct differs {
  const T *a, *b;
  FILIGREE_FN bool operator()(offset k) const { return !(a[k] == b[k]); }
};

/// length[i] = the number of entries of row row[i], or of row first + i where row is null.
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

/// Copies the entries of row row[i], or first + i, to row i of another matrix, with the place where
/// each stood.
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
  FILIGREE_FN void operator()(offset i) const {
    const offset r = row ? static_cast<offset>(row[i]) : first + i;
    Offset to = to_begin[i];
    for (Offset k = a.row_begin[r]; k < a.row_begin[r + 1]; ++k, ++to) {
      to_column[to] = a.neighbor[k];
      to_value[to] = value[k];
      order[to] = k;
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
  FILIGREE_FN void operator()(offset r) const {
    for (Offset k = a.row_begin[r]; k < a.row_begin[r + 1]; ++k)
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

/// What a row is reduced to.
enum class row_statistic { sum, mean, min, max };

/// out[r] = the sum, mean, minimum or maximum of the entries of row r; 0 for a row without entries.
template <row_statistic How, class T, class Index, class Offset>
struct reduce_row {
  static constexpr offset grain = 256;
  pattern_view<Index, Offset> a;
  const T* value;
  T* out;
  FILIGREE_FN void operator()(offset r) const {
    const Offset first = a.row_begin[r], last = a.row_begin[r + 1];
    T result{};
    if (first < last) result = value[first];
    for (Offset k = first + 1; k < last; ++k) {
      if constexpr (How == row_statistic::min)
        result = value[k] < result ? value[k] : result;
      else if constexpr (How == row_statistic::max)
        result = result < value[k] ? value[k] : result;
      else
        result = static_cast<T>(result + value[k]);
    }
    if constexpr (How == row_statistic::mean)
      if (first < last) result = static_cast<T>(result / static_cast<T>(last - first));
    out[r] = result;
  }
};

/// Writes the entries of row r into row r of a dense matrix of zeros.
template <class T, class Index, class Offset>
struct densify_row {
  static constexpr offset grain = 64;
  pattern_view<Index, Offset> a;
  const T* value;
  matrix_view<T> out;
  FILIGREE_FN void operator()(offset r) const {
    for (Offset k = a.row_begin[r]; k < a.row_begin[r + 1]; ++k) out(r, a.neighbor[k]) = value[k];
  }
};

/// Holds for an element that is not zero.
template <class T>
struct not_zero {
  const T* value;
  FILIGREE_FN bool operator()(offset i) const { return !(value[i] == T{}); }
};

}  // namespace filigree::kernels
