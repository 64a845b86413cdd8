// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/row_set.hpp>

#include <initializer_list>
#include <span>
#include <tuple>
#include <vector>

namespace filigree {

/// The scalar and backend that a small example is run with, one of EVERYWHERE.
template <class Where>
struct setting {
  using T = typename Where::scalar;
  using B = typename Where::backend;
  B on{};

  /// A matrix as it is drawn: {{1, 2}, {3, 4}}.
  [[nodiscard]] matrix<T, B> drawn(
      std::initializer_list<std::initializer_list<double>> rows) const {
    std::vector<T> host;
    for (const auto& row : rows)
      for (const double x : row) host.push_back(static_cast<T>(x));
    const auto n = static_cast<offset>(rows.size());
    return {on, std::span<const T>(host), {n, static_cast<offset>(host.size()) / n}};
  }
  /// The result of an operation, on the host.
  template <class Op, class... In>
  [[nodiscard]] std::vector<T> forward(const Op& op, const In&... in) const {
    matrix<T, B> y(on, op.shape(in.view()...));
    op.forward(on, y.view(), in.view()...);
    return y.to_host(on);
  }
  /// The gradient of <dy, result> by each input, on the host.
  template <class Op, class... In>
  [[nodiscard]] std::vector<std::vector<T>> backward(const Op& op, const matrix<T, B>& dy,
                                                     const In&... in) const {
    matrix<T, B> y(on, op.shape(in.view()...));
    op.forward(on, y.view(), in.view()...);
    auto d = std::tuple{matrix<T, B>::zeros(on, in.shape())...};
    return std::apply(
        [&](auto&... m) {
          op.backward(on, dy.view(), std::as_const(y).view(), in.view()...,
                      gradient<T>{m.view()}...);
          return std::vector<std::vector<T>>{m.to_host(on)...};
        },
        d);
  }
};

/// The row set of a list of ids below `bound`.
template <backend B>
[[nodiscard]] row_set<B> row_set_of(const B& on, const std::vector<index>& ids, offset bound) {
  const auto given = on.upload(std::span(ids));
  return make_row_set(on, given.data(), static_cast<offset>(ids.size()), bound);
}

/// A matrix without elements to ask an operation for its shape.
[[nodiscard]] inline matrix_view<const float> sized(offset rows, offset cols) {
  return {nullptr, rows, cols};
}

/// Each element is what was drawn, up to rounding in float.
template <class T>
void check_close(const std::vector<T>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO("element " << i);
    CHECK(static_cast<double>(got[i]) == Approx(expected[i]).epsilon(2e-6).margin(1e-6));
  }
}

}  // namespace filigree
