// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/edge_weights.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/graph.hpp>

#include <string>

namespace filigree {

/// How an edge's weight is scaled by weighted degrees.
enum class degree_scaling { symmetric, row };

/// y[e] = w[e] / sqrt(R[r] C[c]) for the edges e = (r, c), where R and C are the sums of w over the
/// edges of r's row and of c's column (D_r^-1/2 A D_c^-1/2), or w[e] / R[r]; 0 where a degree is 0.
/// w and y are (edges x 1). The gradient also flows through the degrees, unless they are
/// `detached`. Throws `shape_error`, and, if `checked`, `range_error` for a weight that is negative
/// or NaN (the host then waits for a GPU).
template <backend B>
struct normalize_edges {
  const graph<B>& of;
  degree_scaling by = degree_scaling::symmetric;
  bool detached = false;  ///< backward treats the degrees as constants
  bool checked = true;    ///< false: the caller guarantees that no weight is negative

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& w) const {
    detail::expect_equal("normalize_edges: rows of w", of.edges(), w.rows);
    detail::expect_equal("normalize_edges: columns of w", 1, w.cols);
    return w.shape();
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> w) const {
    if (checked) expect_weights(on, w);
    const degrees<T> of_nodes(*this, on, w);
    on.for_each(of.rows(),
                kernels::scale_by_degrees<T>{of.forward(), of_nodes.factor(), w.data, y.data});
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T> y,
                matrix_view<const T> w, gradient<T> dw) const {
    if (!dw) return;
    const degrees<T> of_nodes(*this, on, w);
    const bool symmetric = by == degree_scaling::symmetric;
    auto row_sum = on.template allocate<T>(detached ? 0 : of.rows());
    auto column_sum = on.template allocate<T>(detached || !symmetric ? 0 : of.cols());
    const auto sum = [&](const pattern_view<>& pattern, auto& out) {
      if (out.size())
        on.for_each(pattern.rows,
                    kernels::sum_of_edges<T>{pattern, dy.data, y.data, out.data(), false});
    };
    sum(of.forward(), row_sum);
    sum(of.backward(), column_sum);
    on.for_each(of.rows(),
                kernels::scale_by_degrees_back<T>{of.forward(), of_nodes.factor(), dy.data,
                                                  row_sum.size() ? row_sum.data() : nullptr,
                                                  column_sum.size() ? column_sum.data() : nullptr,
                                                  symmetric ? T(0.5) : T(1), dw.data});
  }

 private:
  /// The weighted degrees of all nodes.
  template <class T>
  class degrees {
   public:
    degrees(const normalize_edges& op, const B& on, matrix_view<const T> w)
        : out_(on.template allocate<T>(op.of.rows())),
          in_(on.template allocate<T>(op.by == degree_scaling::symmetric ? op.of.cols() : 0)) {
      on.for_each(op.of.rows(),
                  kernels::sum_of_edges<T>{op.of.forward(), w.data, nullptr, out_.data(), false});
      if (in_.size())
        on.for_each(op.of.cols(),
                    kernels::sum_of_edges<T>{op.of.backward(), w.data, nullptr, in_.data(), false});
    }
    [[nodiscard]] kernels::degree_factor<T> factor() const {
      return {out_.data(), in_.size() ? in_.data() : nullptr};
    }

   private:
    typename B::template buffer<T> out_, in_;
  };

  template <class T>
  void expect_weights(const B& on, matrix_view<const T> w) const {
    const auto bad = on.select(of.edges(), kernels::not_a_weight<T>{w.data});
    if (bad.size() == 0) return;
    const auto e = detail::fetch(on, bad.data());
    throw range_error("normalize_edges: weight of edge " + std::to_string(e) +
                      ": expected at least 0, got " +
                      std::to_string(detail::fetch(on, w.data + e)));
  }
};
template <class B>
normalize_edges(const graph<B>&, degree_scaling = {}, bool = false, bool = true)
    -> normalize_edges<B>;

}  // namespace filigree
