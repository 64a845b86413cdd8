// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/core/random.hpp>
#include <filigree/kernels/dropout.hpp>
#include <filigree/ops/operation.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

namespace filigree {

/// y = x / (1 - rate), with elements set to 0 with probability `rate` (Srivastava et al., 2014),
/// rounded to a multiple of 2^-16, because one block of Philox serves eight elements. Which of n
/// elements stream `random.stream` drops does not depend on the backend or the number of threads,
/// so backward needs no stored mask; use a separate stream for each step and layer. Throws
/// `range_error` for a rate outside [0, 1).
struct dropout {
  double rate = 0.5;  ///< the fraction that is dropped, in [0, 1)
  philox random{};    ///< selects the elements: a function of key, stream and element

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    detail::expect_below_1("dropout: rate", rate);
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    apply<false>(on, y.size(), x.data, y.data);
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                gradient<T> dx) const {
    if (dx) apply<true>(on, dy.size(), dy.data, dx.data);
  }

 private:
  template <bool adds, backend B, class T>
  void apply(const B& on, offset n, const T* from, T* to) const {
    constexpr double bits = 0x1p16;
    const double below = std::min(std::round(rate * bits), bits - 1);
    const kernels::dropout_element<T, adds> element{static_cast<T>(bits / (bits - below)),
                                                    static_cast<std::uint32_t>(below), from, to};
    const kernels::dropout<T, adds> blocks{element, random, n / 8};
    on.for_each(blocks.eighth, blocks);
    on.for_each(n % 8, kernels::dropout_rest<T, adds>{blocks});
  }
};

}  // namespace filigree
