// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lower_bound.hpp>

#include <cstdint>

namespace filigree {

/// A non-owning view of a matrix (rows x cols) of dense blocks. Block row r holds the blocks
/// [row_begin[r], row_begin[r + 1]); block k begins at column column[k] * block.cols. Its values
/// are stored column by column, starting at value + k * block.size(); those outside the matrix are
/// zeros.
template <class T>
struct block_view {
  const offset* row_begin = nullptr;
  const index* column = nullptr;
  const T* value = nullptr;
  offset rows = 0, cols = 0;
  filigree::shape block{1, 1};
};

/// A non-owning view of a matrix (rows x cols) in which each row keeps n of every m columns. Group
/// g of row r holds the values and positions [k, k + n), with k = (r * groups + g) * n; positions
/// are relative to column g * m. Unused places hold a zero at position 0.
template <class T>
struct n_of_m_view {
  const T* value = nullptr;
  const std::uint8_t* position = nullptr;
  offset rows = 0, cols = 0, n = 1, m = 1;

  [[nodiscard]] FILIGREE_FN offset groups() const { return (cols + m - 1) / m; }
};

}  // namespace filigree

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// Holds for a block of a dense matrix, numbered row by row, with a nonzero element, or for every
/// block.
template <class T>
struct keeps_block {
  static constexpr offset grain = 1024;
  matrix_view<const T> from;
  shape block;
  bool all;
  FILIGREE_FN bool operator()(offset b) const {
    if (all) return true;
    const offset across = (from.cols + block.cols - 1) / block.cols;
    const offset r = b / across * block.rows, c = b % across * block.cols;
    for (offset i = r; i < r + block.rows && i < from.rows; ++i)
      for (offset j = c; j < c + block.cols && j < from.cols; ++j)
        if (!(from(i, j) == T{})) return true;
    return false;
  }
};

/// row_begin[r] = how many of the n kept blocks, in ascending order, come before block row r.
struct blocks_before {
  static constexpr offset grain = 512;
  const offset* kept;
  offset n, across;
  offset* row_begin;
  FILIGREE_FN void operator()(offset r) const { row_begin[r] = lower_bound(kept, n, r * across); }
};

/// Copies block kept[k] of a dense matrix, padded with zeros beyond the edges of the matrix.
template <class T>
struct copy_block {
  static constexpr offset grain = 256;
  matrix_view<const T> from;
  shape block;
  const offset* kept;
  index* column;
  T* value;
  FILIGREE_FN void operator()(offset k) const {
    const offset across = (from.cols + block.cols - 1) / block.cols;
    const offset r = kept[k] / across * block.rows, c = kept[k] % across * block.cols;
    column[k] = static_cast<index>(kept[k] % across);
    T* const out = value + k * block.size();
    for (offset j = 0; j < block.cols; ++j)
      for (offset i = 0; i < block.rows; ++i)
        out[j * block.rows + i] = r + i < from.rows && c + j < from.cols ? from(r + i, c + j) : T{};
  }
};

/// Writes block row r into a zero-initialized dense matrix.
template <class T>
struct densify_blocks {
  static constexpr offset grain = 16;
  block_view<T> from;
  matrix_view<T> out;
  FILIGREE_FN void operator()(offset r) const {
    const offset height = from.block.rows, width = from.block.cols;
    for (offset k = from.row_begin[r]; k < from.row_begin[r + 1]; ++k)
      for (offset j = 0; j < width; ++j)
        for (offset i = 0; i < height; ++i) {
          const offset row = r * height + i, col = from.column[k] * width + j;
          if (row < out.rows && col < out.cols)
            out(row, col) = from.value[(k * width + j) * height + i];
        }
  }
};

/// Holds for a group of m columns, numbered row by row, with more than n nonzero elements.
template <class T>
struct group_too_full {
  static constexpr offset grain = 1024;
  matrix_view<const T> from;
  offset n, m;
  FILIGREE_FN bool operator()(offset g) const {
    const offset groups = (from.cols + m - 1) / m, r = g / groups, c = g % groups * m;
    offset found = 0;
    for (offset j = c; j < c + m && j < from.cols; ++j) found += from(r, j) == T{} ? 0 : 1;
    return found > n;
  }
};

/// Keeps the nonzero elements of group g, of which there are at most n.
template <class T>
struct copy_group {
  static constexpr offset grain = 1024;
  matrix_view<const T> from;
  offset n, m;
  T* value;
  std::uint8_t* position;
  FILIGREE_FN void operator()(offset g) const {
    const offset groups = (from.cols + m - 1) / m, r = g / groups, c = g % groups * m;
    offset k = g * n;
    for (offset j = c; j < c + m && j < from.cols; ++j)
      if (!(from(r, j) == T{})) {
        value[k] = from(r, j);
        position[k++] = static_cast<std::uint8_t>(j - c);
      }
    for (; k < (g + 1) * n; ++k) {
      value[k] = T{};
      position[k] = 0;
    }
  }
};

/// Writes row r into a zero-initialized dense matrix.
template <class T>
struct densify_groups {
  static constexpr offset grain = 64;
  n_of_m_view<T> from;
  matrix_view<T> out;
  FILIGREE_FN void operator()(offset r) const {
    const offset length = from.groups() * from.n;
    for (offset k = r * length, i = 0; i < length; ++i, ++k)
      out(r, i / from.n * from.m + from.position[k]) += from.value[k];
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
