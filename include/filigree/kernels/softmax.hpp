// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/dot.hpp>
#include <filigree/kernels/lanes.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The largest of n elements, ignoring NaN; -infinity if there are none.
template <class T, class Lanes = one_lane>
[[nodiscard]] FILIGREE_FN T largest(const T* x, offset n, Lanes lanes = {}) {
  T best = -static_cast<T>(INFINITY);
  for (offset j = lanes.rank(); j < n; j += lanes.size()) best = x[j] > best ? x[j] : best;
  return lanes.max(best);
}

/// ln(softmax) of n elements, stable for large ones: `of(x)` is x - ln(sum of exp(x[j])). The
/// maximum is kept separately, because the logarithm of the sum would be lost to rounding if added
/// to it. NaN if an element is NaN.
template <class T>
struct log_probability {
  T top, log_sum = 0;

  template <class Lanes = one_lane>
  FILIGREE_FN log_probability(const T* x, offset n, Lanes lanes = {}) : top(largest(x, n, lanes)) {
    T sum = 0;
    for (offset j = lanes.rank(); j < n; j += lanes.size()) sum += std::exp(x[j] - top);
    log_sum = std::log(lanes.sum(sum));
  }
  [[nodiscard]] FILIGREE_FN T of(T x) const { return x - top - log_sum; }
};

/// y[r, j] = exp(x[r, j]) / sum over k of exp(x[r, k])
template <class T>
struct softmax_row {
  static constexpr offset grain = 64;
  matrix_view<const T> x;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const T top = largest(x.row(r), x.cols, lanes);
    T sum = 0;
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
      sum += y(r, j) = std::exp(x(r, j) - top);
    sum = lanes.sum(sum);
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) y(r, j) /= sum;
  }
};

/// dx[r, j] += y[r, j] * (dy[r, j] - <dy[r], y[r]>)
template <class T>
struct softmax_row_back {
  static constexpr offset grain = 64;
  matrix_view<const T> dy, y;
  matrix_view<T> dx;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const T mean = dot(dy.row(r), y.row(r), y.cols, lanes);
    for (offset j = lanes.rank(); j < y.cols; j += lanes.size())
      dx(r, j) += y(r, j) * (dy(r, j) - mean);
  }
};

/// y[r, j] = x[r, j] - ln(sum over k of exp(x[r, k]))
template <class T>
struct log_softmax_row {
  static constexpr offset grain = 64;
  matrix_view<const T> x;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const log_probability<T> log(x.row(r), x.cols, lanes);
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) y(r, j) = log.of(x(r, j));
  }
};

/// dx[r, j] += dy[r, j] - exp(y[r, j]) * sum over k of dy[r, k]
template <class T>
struct log_softmax_row_back {
  static constexpr offset grain = 64;
  matrix_view<const T> dy, y;
  matrix_view<T> dx;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    T sum = 0;
    for (offset j = lanes.rank(); j < y.cols; j += lanes.size()) sum += dy(r, j);
    sum = lanes.sum(sum);
    for (offset j = lanes.rank(); j < y.cols; j += lanes.size())
      dx(r, j) += dy(r, j) - std::exp(y(r, j)) * sum;
  }
};

/// Softmax, column by column, over the edges of row r of a pattern that pass the gate: y[e, j] =
/// gate[e] exp(x[e, j]) / sum over the edges f of row r of gate[f] exp(x[f, j]). x and y have one
/// row per edge; without a gate, all edges pass. A row in which no edge passes gives 0.
template <class T>
struct edge_softmax_row {
  static constexpr offset grain = 64;
  pattern_view<> a;
  matrix_view<const T> x;
  const T* gate;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset first = a.row_begin[r], last = a.row_begin[r + 1];
    for (offset j = 0; j < x.cols; ++j) {
      T top = -static_cast<T>(INFINITY), sum = 0;
      bool passes = false;
      for (offset k = first + lanes.rank(); k < last; k += lanes.size()) {
        const offset e = a.edge_of(k);
        if (gate && gate[e] == 0) continue;
        passes = true;
        top = x(e, j) > top ? x(e, j) : top;
      }
      passes = lanes.any(passes);
      top = lanes.max(top);
      for (offset k = first + lanes.rank(); k < last; k += lanes.size()) {
        const offset e = a.edge_of(k);
        const T m = gate ? gate[e] : T(1);
        sum += y(e, j) = m == 0 ? T(0) : m * std::exp(x(e, j) - top);
      }
      sum = lanes.sum(sum);
      if (!passes) continue;
      for (offset k = first + lanes.rank(); k < last; k += lanes.size()) y(a.edge_of(k), j) /= sum;
    }
  }
};

/// dx[e, j] += y[e, j] * (dy[e, j] - mean), mean = sum over the edges f of row r of dy[f, j] y[f,
/// j]; dgate[e] += sum over j of exp(x[e, j]) / Z * (dy[e, j] - mean), where Z is the denominator
/// of the softmax
template <class T>
struct edge_softmax_row_back {
  static constexpr offset grain = 64;
  pattern_view<> a;
  matrix_view<const T> dy, y, x;
  const T* gate;
  T *dx, *dgate;  ///< null: not needed
  /// The largest logarithm of a factor at a gate: its exponential is well below the largest number.
  static constexpr T most_log = sizeof(T) == sizeof(float) ? 80 : 700;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset first = a.row_begin[r], last = a.row_begin[r + 1];
    for (offset j = 0; j < y.cols; ++j) {
      T mean = 0, scale = 0;
      for (offset k = first + lanes.rank(); k < last; k += lanes.size()) {
        const offset e = a.edge_of(k);
        mean += dy(e, j) * y(e, j);
      }
      mean = lanes.sum(mean);
      // ln(Z), computed from the edge with the largest share in the row.
      if (dgate) {
        T most = 0;
        for (offset k = first + lanes.rank(); k < last; k += lanes.size()) {
          const T share = y(a.edge_of(k), j);
          most = share > most ? share : most;
        }
        most = lanes.max(most);
        T log_z = -static_cast<T>(INFINITY);
        for (offset k = first + lanes.rank(); k < last; k += lanes.size()) {
          const offset e = a.edge_of(k);
          if (y(e, j) != most || most == 0) continue;
          const T z = x(e, j) + std::log(gate[e] / most);
          log_z = z > log_z ? z : log_z;
        }
        scale = lanes.max(log_z);
      }
      for (offset k = first + lanes.rank(); k < last; k += lanes.size()) {
        const offset e = a.edge_of(k);
        const T d = dy(e, j) - mean;
        if (dx) dx[e * y.cols + j] += y(e, j) * d;
        // d = 0 gives 0 whatever the factor is; otherwise the factor stays finite, and so does a
        // sum of several.
        if (dgate && d != 0 && scale > -static_cast<T>(INFINITY)) {
          const T log_factor = x(e, j) - scale;
          dgate[e] += std::exp(log_factor > most_log ? most_log : log_factor) * d;
        }
      }
    }
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
