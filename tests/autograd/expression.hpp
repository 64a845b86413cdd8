// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "everywhere.hpp"
#include <filigree/core/random.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/l2_penalty.hpp>
#include <filigree/ops/matmul.hpp>
#include <filigree/ops/multiply.hpp>
#include <filigree/ops/scale.hpp>
#include <filigree/ops/sigmoid.hpp>
#include <filigree/tensor/matrix.hpp>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace filigree {

/// A matrix as it is drawn.
template <class T, backend B>
[[nodiscard]] matrix<T, B> drawn(const B& on,
                                 std::initializer_list<std::initializer_list<double>> rows) {
  std::vector<T> host;
  for (const auto& row : rows)
    for (const double x : row) host.push_back(static_cast<T>(x));
  const auto n = static_cast<offset>(rows.size());
  return {on, std::span<const T>(host), {n, static_cast<offset>(host.size()) / n}};
}

/// Standard normal elements.
template <class T, backend B>
[[nodiscard]] matrix<T, B> normal(const B& on, shape s, std::uint64_t stream) {
  std::vector<T> host(static_cast<std::size_t>(s.size()));
  for (std::size_t i = 0; i < host.size(); ++i)
    host[i] = static_cast<T>(philox{11, stream}.normal(i));
  return {on, std::span<const T>(host), s};
}

/// A loss with shared parts, written for any recorder: h = sigmoid(x w), |h (*) h + h v + h|^2 / 2.
[[nodiscard]] auto composed(auto& r, auto x, auto w, auto v) {
  const auto h = r(sigmoid{}, r(matmul{}, x, w));
  const auto mixed = r(add{}, r(multiply{}, h, h), r(matmul{}, h, v));
  return r(l2_penalty{}, r(add{}, mixed, h));
}

/// Counts what is asked of it, and passes x through.
struct counted {
  int *forwards, *backwards, *gradients;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    ++*forwards;
    on.copy(x.data, y.data, x.size());
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                gradient<T> dx) const {
    ++*backwards;
    if (!dx) return;
    ++*gradients;
    on.for_each(dy.size(), kernels::axpy<T>{1, dy.data, dx.data});
  }
};

/// Counts the gradients wanted of a sum of two.
struct counted_add : add {
  int* wanted;
  bool passes;
  explicit counted_add(int* w, bool passes_it = false) : wanted(w), passes(passes_it) {}

  [[nodiscard]] bool passes_gradient() const { return passes; }

  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T> y,
                matrix_view<const T> a, matrix_view<const T> b, gradient<T> da,
                gradient<T> db) const {
    *wanted += (da ? 1 : 0) + (db ? 1 : 0);
    add::backward(on, dy, y, a, b, da, db);
  }
};

}  // namespace filigree
