// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/gather.hpp>
#include <filigree/kernels/softmax.hpp>

#include <cmath>

namespace filigree::kernels {

/// -ln of the probability that the scores of labeled row k give its label.
template <class T>
struct cross_entropy_term {
  static constexpr offset grain = 64;
  grouped_rows ids;
  const index* label;
  matrix_view<const T> x;
  FILIGREE_FN T operator()(offset k) const {
    const T* const scores = x.row(ids.rows[ids.local[k]]);
    return -log_probability<T>(scores, x.cols).of(scores[label[k]]);
  }
};

/// dx[rows[s], :] += dy / count * (probabilities - label as 1 among 0), once for each label of the
/// distinct row s
template <class T>
struct cross_entropy_row_back {
  static constexpr offset grain = 64;
  grouped_rows ids;
  const index* label;
  offset count;
  matrix_view<const T> dy, x;
  matrix_view<T> dx;
  FILIGREE_FN void operator()(offset s) const {
    const offset r = ids.rows[s], first = ids.begin[s], last = ids.begin[s + 1];
    const T by = dy(0, 0) / static_cast<T>(count);
    const T times = by * static_cast<T>(last - first);
    const log_probability<T> log(x.row(r), x.cols);
    for (offset j = 0; j < x.cols; ++j) dx(r, j) += times * std::exp(log.of(x(r, j)));
    for (offset k = first; k < last; ++k) dx(r, label[ids.position[k]]) -= by;
  }
};

}  // namespace filigree::kernels
