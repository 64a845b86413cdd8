// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/gather.hpp>
#include <filigree/kernels/lanes.hpp>
#include <filigree/kernels/softmax.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// -ln of the probability that the scores of labeled row k assign to its label.
template <class T>
struct cross_entropy_term {
  static constexpr offset grain = 64;
  grouped_rows ids;
  const index* label;
  matrix_view<const T> x;
  template <class Lanes = one_lane>
  FILIGREE_FN T operator()(offset k, Lanes lanes = {}) const {
    const T* const scores = x.row(ids.rows[ids.local[k]]);
    return -log_probability<T>(scores, x.cols, lanes).of(scores[label[k]]);
  }
};

/// dx[rows[s], :] += dy / count * (probabilities - one-hot label), once for each label of the
/// distinct row s that is not -1
template <class T>
struct cross_entropy_row_back {
  static constexpr offset grain = 64;
  grouped_rows ids;
  const index* label;
  offset count;
  matrix_view<const T> dy, x;
  matrix_view<T> dx;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset s, Lanes lanes = {}) const {
    const offset r = ids.rows[s], first = ids.begin[s], last = ids.begin[s + 1];
    if (r < 0) return;
    const log_probability<T> log(x.row(r), x.cols, lanes);
    const T by = dy(0, 0) / static_cast<T>(count);
    const T times = by * static_cast<T>(last - first);
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
      dx(r, j) += times * std::exp(log.of(x(r, j)));
    for (offset k = first; k < last; ++k) {
      const offset j = label[ids.position[k]];
      if (j % lanes.size() == lanes.rank()) dx(r, j) -= by;  // the lane that wrote it above
    }
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
