// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/spmm.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/kernels/edge_weights.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>

#include <type_traits>

namespace filigree {

/// y[e] = base[e] * sigma(<x_r, x_c> / temperature) for the edges e = (r, c) of a square graph:
/// `sddmm`, `scale`, `sigmoid` and `multiply` fused, without temporary arrays of edges. x is (nodes
/// x d), y and base are (edges x 1); base defaults to 1. With d = dL / d <x_r, x_c>, backward
/// computes dx_r += d x_c, dx_c += d x_r, hence 2 d x_r for a self-loop; in an undirected graph,
/// both come from one pass over the edges. Throws `shape_error`.
template <class T, backend B>
struct affinity {
  const graph<B>& of;
  double temperature = 1;
  const matrix<T, B>* base = nullptr;

  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    detail::expect_above_0("affinity: temperature", temperature);
    detail::expect_equal("affinity: columns of the graph", of.rows(), of.cols());
    detail::expect_equal("affinity: rows of x", of.rows(), x.rows);
    if (base) detail::expect_equal("affinity: elements of base", of.edges(), base->size());
    return {of.edges(), 1};
  }
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    sddmm_into(on,
               kernels::sddmm_row<T>{.pattern = of.forward(), .a = x, .b = x, .weight = y.data});
    on.for_each(of.edges(), kernels::squash_score<T>{factors(), by(), y.data});
  }
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T> y,
                matrix_view<const T> x, gradient<T> dx) const {
    if (!dx) return;
    auto d = on.template allocate<T>(of.edges());
    on.for_each(of.edges(),
                kernels::squash_score_back<T>{dy.data, y.data, factors(), by(), d.data()});
    const auto pull = [&](const pattern_view<>& pattern, const T* weight) {
      spmm_into(on,
                kernels::spmm_row<T>{.a = pattern, .weight = weight, .x = x, .y = dx, .add = true});
    };
    if (!of.partner()) {
      pull(of.forward(), d.data());
      pull(of.backward(), d.data());
      return;
    }
    auto both = on.template allocate<T>(of.edges());
    on.for_each(of.edges(),
                kernels::sum_of_partners<T>{T(1), of.partner(), d.data(), both.data(), false});
    pull(of.forward(), both.data());
  }

 private:
  [[nodiscard]] T by() const { return static_cast<T>(1 / temperature); }
  [[nodiscard]] const T* factors() const { return base ? base->data() : nullptr; }
};
template <class T, class B>
affinity(const graph<B>&, double, const matrix<T, B>*) -> affinity<T, B>;

}  // namespace filigree
