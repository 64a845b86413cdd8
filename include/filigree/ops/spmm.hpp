// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/spmm.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/kernels/spmm_reduce.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/row_set.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace filigree {

/// How a row reduces the values it pulls.
enum class reduction { sum, mean, max };

namespace detail {
[[nodiscard]] inline std::string name_of(reduction how) {
  return how == reduction::sum ? "sum" : how == reduction::mean ? "mean" : "max";
}
}  // namespace detail

/// y[r, :] = reduction over edges e = (r, c) of w[e] * x[c, :]: propagates features along weighted
/// edges. w is (edges x 1), x is (cols x d), y is (rows x d). A row without edges gives zeros.
///
/// With `only`, y has just the rows listed there, in that order (sum only). `tied` means that an
/// edge and its partner have the same weight (undirected graphs), which lets backward read weights
/// in order. max ignores edges of weight 0, and passes its gradient to the first edge that attains
/// the maximum.
///
/// x may be stored in a narrower type than w, and so may y: in `Out`, unless that is void. Sums are
/// of the type of w. Gradients are too; unless that of w is needed, they are rounded to the type of
/// x before they are pulled, so that backward reads as little as forward.
///
/// Throws `shape_error`, and `error` for `only` with a reduction other than the sum, for `tied` on
/// a directed graph, and for max with another type of x or y.
template <backend B, class Out = void>
struct spmm {
  const graph<B>& a;
  reduction reduce = reduction::sum;  ///< applied to the values a row pulls
  const row_set<B>* only = nullptr;
  bool tied = false;

  static constexpr bool takes_empty = true;

  template <class T, class In>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& w,
                                      const matrix_view<const In>& x) const {
    if ((!std::is_same_v<T, In> || !std::is_void_v<Out>)&&reduce == reduction::max)
      throw error("spmm: max: expected x and y of the type of w, got a narrower one");
    detail::expect_equal("spmm: rows of weights", a.edges(), w.rows);
    detail::expect_equal("spmm: columns of weights", 1, w.cols);
    detail::expect_equal("spmm: rows of x", a.cols(), x.rows);
    if (only) detail::expect_equal("spmm: bound of the selected rows", a.rows(), only->bound());
    if (only && reduce != reduction::sum)
      throw error("spmm: a selection of rows: expected the reduction sum, got " +
                  detail::name_of(reduce));
    if (tied && !a.is_undirected())
      throw error("spmm: tied weights: expected an undirected graph, got a directed one");
    return {only ? only->size() : a.rows(), x.cols};
  }

  template <class T, class Y, class In>
  void forward(const B& on, matrix_view<Y> y, matrix_view<const T> w,
               matrix_view<const In> x) const {
    if constexpr (std::is_same_v<T, In> && std::is_same_v<T, Y>)
      if (reduce == reduction::max) {
        on.for_each(a.rows(), kernels::spmm_max_row<T>{a.forward(), w.data, x, y, nullptr});
        return;
      }
    const auto scaled = mean_weights(on, w);
    spmm_into(on, kernels::spmm_row<T, In, Y>{.a = a.forward(),
                                              .weight = scaled.size() ? scaled.data() : w.data,
                                              .x = x,
                                              .y = y,
                                              .rows = only ? only->rows.data() : nullptr});
  }

  template <class T, class Y, class In>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const Y>, matrix_view<const T> w,
                matrix_view<const In> x, gradient<T> dw, gradient<T> dx) const {
    if constexpr (std::is_same_v<T, In>) {
      back(on, dy, w, x, dw, dx);
    } else if (dw) {  // the weights' gradient multiplies whole numbers
      const auto whole = converted<T>(on, x);
      back(on, dy, w, std::as_const(whole).view(), dw, dx);
    } else if (dx) {
      const auto scaled = mean_weights(on, w);
      const auto narrow = converted<In>(on, dy);
      spmm_into(on, pull<T, In>(std::as_const(narrow).view(), w, scaled, dx));
    }
  }

 private:
  /// x in another type.
  template <class S, class In>
  [[nodiscard]] static matrix<S, B> converted(const B& on, matrix_view<const In> x) {
    matrix<S, B> y(on, x.shape());
    on.for_each(y.size(), kernels::cast_copy<In, S>{x.data, y.data()});
    return y;
  }
  /// What x's gradient pulls from y's.
  template <class T, class In>
  [[nodiscard]] kernels::spmm_row<T, In, T> pull(matrix_view<const In> dy, matrix_view<const T> w,
                                                 const auto& scaled, gradient<T> dx) const {
    return {.a = tied && !scaled.size() ? a.backward_tied() : a.backward(),
            .weight = scaled.size() ? scaled.data() : w.data,
            .x = dy,
            .y = dx,
            .add = !dx.empty,
            .slot = only ? only->slot.data() : nullptr};
  }
  template <class T>
  void back(const B& on, matrix_view<const T> dy, matrix_view<const T> w, matrix_view<const T> x,
            gradient<T> dw, gradient<T> dx) const {
    if (reduce == reduction::max) {
      detail::fill_if_empty(on, dw);
      detail::fill_if_empty(on, dx);
      return backward_of_max(on, dy, w, x, dw, dx);
    }
    const auto scaled = mean_weights(on, w);
    const auto pulled = pull<T, T>(dy, w, scaled, dx);
    const index* const rows = only ? only->rows.data() : nullptr;
    if (dw && dx && dw.data != dx.data && reduce == reduction::sum)
      return spmm_back_into(
          on, spmm_back<T>{pulled, a.forward(), a.backward().edge, x, dw.data, !dw.empty, rows});
    detail::fill_if_empty(on, dw);
    if (dw && reduce == reduction::sum)
      sddmm_into(on, kernels::sddmm_row<T>{.pattern = a.forward(),
                                           .a = dy,
                                           .b = x,
                                           .weight = dw.data,
                                           .add = true,
                                           .rows = rows});
    if (dw && reduce == reduction::mean) {
      auto sum = on.template allocate<T>(a.edges());
      sddmm_into(
          on, kernels::sddmm_row<T>{.pattern = a.forward(), .a = dy, .b = x, .weight = sum.data()});
      on.for_each(a.rows(), kernels::over_degree<T>{a.forward(), sum.data(), dw.data, true});
    }
    if (dx) spmm_into(on, pulled);
  }

  /// w[e] / degree of e's row if the reduction is the mean; otherwise empty.
  template <class T>
  [[nodiscard]] auto mean_weights(const B& on, matrix_view<const T> w) const {
    if (reduce != reduction::mean) return typename B::template buffer<T>();
    auto scaled = on.template allocate<T>(a.edges());
    on.for_each(a.rows(), kernels::over_degree<T>{a.forward(), w.data, scaled.data(), false});
    return scaled;
  }

  template <class T>
  void backward_of_max(const B& on, matrix_view<const T> dy, matrix_view<const T> w,
                       matrix_view<const T> x, gradient<T> dw, gradient<T> dx) const {
    auto y = on.template allocate<T>(dy.size());
    auto winner = on.template allocate<offset>(dy.size());
    on.for_each(a.rows(), kernels::spmm_max_row<T>{
                              a.forward(), w.data, x, {y.data(), dy.rows, dy.cols}, winner.data()});
    if (dw)
      on.for_each(a.rows(),
                  kernels::spmm_max_weight_back<T>{a.forward(), dy, winner.data(), x, dw.data});
    if (dx)
      on.for_each(a.cols(), kernels::spmm_max_back<T>{a.backward(), dy, winner.data(), w.data, dx});
  }
};
template <class B>
spmm(const graph<B>&, reduction = {}, const std::type_identity_t<row_set<B>>* = nullptr,
     bool = false) -> spmm<B>;

template <class B, class Out, class T>
struct detail::stored_by<spmm<B, Out>, T> {
  using type = std::conditional_t<std::is_void_v<Out>, T, Out>;
};

}  // namespace filigree
