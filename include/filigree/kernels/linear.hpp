// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>
#include <filigree/kernels/sparse_weights.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// y = x W' + bias with W (out x in) in compressed rows: x is (batch x in), y is (batch x out),
/// bias has out elements. i indexes the elements of y.
template <class T>
struct csr_linear {
  static constexpr offset grain = 64;

  pattern_view<> w{};
  const T* weight = nullptr;  ///< one per edge id
  matrix_view<const T> x{};
  matrix_view<T> y{};
  const T* bias = nullptr;  ///< null: none
  bool add = false;         ///< adds to y instead of overwriting it

  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    const offset b = i / y.cols, r = i % y.cols;
    T sum = 0;
    for (offset k = w.row_begin[r] + lanes.rank(); k < w.row_begin[r + 1]; k += lanes.size())
      sum += weight[w.edge_of(k)] * x(b, w.neighbor[k]);
    sum = lanes.sum(sum) + (bias ? bias[r] : T(0));
    if (lanes.rank() == 0) y.data[i] = add ? y.data[i] + sum : sum;
  }
};

/// Same, with W in blocks.
template <class T>
struct block_linear {
  static constexpr offset grain = 64;

  block_view<T> w{};
  matrix_view<const T> x{};
  matrix_view<T> y{};
  const T* bias = nullptr;

  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    const offset b = i / y.cols, r = i % y.cols, width = w.block.cols, height = w.block.rows;
    const offset first = w.row_begin[r / height] * width,
                 last = w.row_begin[r / height + 1] * width;
    T sum = 0;
    for (offset k = first + lanes.rank(); k < last; k += lanes.size()) {
      const offset c = w.column[k / width] * width + k % width;
      if (c < w.cols) sum += w.value[k * height + r % height] * x(b, c);
    }
    sum = lanes.sum(sum) + (bias ? bias[r] : T(0));
    if (lanes.rank() == 0) y.data[i] = sum;
  }
};

/// Same, with W in which each row keeps n of every m columns.
template <class T>
struct n_of_m_linear {
  static constexpr offset grain = 64;

  n_of_m_view<T> w{};
  matrix_view<const T> x{};
  matrix_view<T> y{};
  const T* bias = nullptr;

  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    const offset b = i / y.cols, r = i % y.cols, length = w.groups() * w.n, begin = r * length;
    T sum = 0;
    for (offset k = lanes.rank(); k < length; k += lanes.size())
      sum += w.value[begin + k] * x(b, k / w.n * w.m + w.position[begin + k]);
    sum = lanes.sum(sum) + (bias ? bias[r] : T(0));
    if (lanes.rank() == 0) y.data[i] = sum;
  }
};

/// y[i] = the bias of its column, or 0: the initial value to which a dense product is added.
template <class T>
struct fill_bias {
  matrix_view<T> y;
  const T* bias;
  FILIGREE_FN void operator()(offset i) const { y.data[i] = bias ? bias[i % y.cols] : T(0); }
};

/// to = from', element by element of to.
template <class T>
struct transpose_element {
  matrix_view<const T> from;
  T* to;
  FILIGREE_FN void operator()(offset i) const {
    to[i] = from.data[i % from.rows * from.cols + i / from.rows];
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
