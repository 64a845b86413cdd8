// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>

#include <concepts>

namespace filigree {

/// The rows and columns of a dense matrix.
struct shape {
  offset rows = 0, cols = 0;
  friend constexpr bool operator==(const shape&, const shape&) = default;
  [[nodiscard]] FILIGREE_FN constexpr offset size() const { return rows * cols; }
};

/// A non-owning view of a row-major matrix. Trivially copyable: kernels take it by value.
template <class T>
struct matrix_view {
  T* data = nullptr;
  offset rows = 0, cols = 0;

  [[nodiscard]] FILIGREE_FN T& operator()(offset r, offset c) const { return data[r * cols + c]; }
  [[nodiscard]] FILIGREE_FN T* row(offset r) const { return data + r * cols; }
  [[nodiscard]] FILIGREE_FN offset size() const { return rows * cols; }
  [[nodiscard]] FILIGREE_FN filigree::shape shape() const { return {rows, cols}; }
  /// Rows [first, first + count), sharing memory.
  [[nodiscard]] FILIGREE_FN matrix_view rows_from(offset first, offset count) const {
    return {data + first * cols, count, cols};
  }
  template <class U>  // a template because nvcc warns about a conversion to the same type
  requires std::same_as<U, T> FILIGREE_FN operator matrix_view<const U>() const {
    return {data, rows, cols};
  }
};

/// Where a backward pass adds its result. A null handle (`data == nullptr`) is a gradient that is
/// not needed: no work is done for it.
template <class T>
struct gradient : matrix_view<T> {
  /// Nothing has been added yet and the contents are unspecified. Only an operation that declares
  /// `static constexpr bool takes_empty = true;` receives such a handle.
  bool empty = false;

  [[nodiscard]] FILIGREE_FN explicit operator bool() const { return this->data != nullptr; }
};

/// One direction of a sparse pattern. Row r holds the entries [row_begin[r], row_begin[r + 1]).
/// `edge[k]` is the edge id of entry k; if it is null, entry k is edge k.
template <class Index = index, class Offset = offset>
struct pattern_view {
  const Offset* row_begin = nullptr;
  const Index* neighbor = nullptr;
  const Offset* edge = nullptr;
  offset rows = 0, cols = 0, entries = 0;
  void* plan = nullptr;  ///< data that the backend stores with the pattern; null: none

  [[nodiscard]] FILIGREE_FN Offset edge_of(Offset entry) const {
    return edge ? edge[entry] : entry;
  }
};

}  // namespace filigree
