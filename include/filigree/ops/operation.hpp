// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/elementwise.hpp>

#include <concepts>
#include <string_view>
#include <utility>

namespace filigree {

namespace detail {
template <class T, class In>
using gradient_of = gradient<T>;
/// The type in which an operation's result is stored: `Op::stored`, or T.
template <class Op, class T>
struct stored_by {
  using type = T;
};
template <class Op, class T>
requires requires { typename Op::stored; }
struct stored_by<Op, T> {
  using type = typename Op::stored;
};
}  // namespace detail

/// A differentiable operation with inputs of types In...: matrix_view<const T>, or
/// matrix_view<const S> for one that is stored in a type S of its own. Constants are its members,
/// and differentiable inputs its arguments:
///
///     op.shape(in...)                                 the shape of the result; throws shape_error
///     op.forward(on, y, in...)                        writes every element of y
///     op.backward(on, dy, y, in..., d_in...)          adds to each gradient that is not null
///
/// y is of type `Op::stored` if there is one, otherwise of T; gradients are always of T. The
/// optional `op.passes_gradient()` tells whether the gradient of its first input equals that of
/// the result: a tape may then pass it on unchanged, and request only the others. An operation does
/// not depend on any recorder.
template <class Op, class T, class B, class... In>
concept operation = std::copy_constructible<Op> && backend<B> &&
    requires(const Op& op, const B& on, matrix_view<typename detail::stored_by<Op, T>::type> y,
             matrix_view<const typename detail::stored_by<Op, T>::type> result,
             matrix_view<const T> dy, const In&... in, detail::gradient_of<T, In>... d_in) {
  { op.shape(in...) } -> std::same_as<filigree::shape>;
  op.forward(on, y, in...);
  op.backward(on, dy, result, in..., d_in...);
};

namespace detail {
/// d += by * dy, or d = by * dy if the gradient is empty; does nothing if the gradient is not
/// needed.
template <backend B, class T>
void accumulate(const B& on, T by, matrix_view<const T> dy, gradient<T> d) {
  if (d && d.empty)
    on.for_each(dy.size(), kernels::scaled_copy<T>{by, dy.data, d.data});
  else if (d)
    on.for_each(dy.size(), kernels::axpy<T>{by, dy.data, d.data});
}

/// Fills a needed gradient that is empty with zeros, so that it can be added to.
template <backend B, class T>
void fill_if_empty(const B& on, gradient<T>& d) {
  if (d && std::exchange(d.empty, false)) on.fill(d.data, d.size(), T(0));
}

/// Throws `shape_error` unless a and b have the same shape.
inline void expect_same_shape(std::string_view rows, std::string_view cols, shape expected,
                              shape got) {
  expect_equal(rows, expected.rows, got.rows);
  expect_equal(cols, expected.cols, got.cols);
}
}  // namespace detail

}  // namespace filigree
