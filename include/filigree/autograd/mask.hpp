// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/csr.hpp>
#include <filigree/tensor/matrix.hpp>

namespace filigree::detail {

/// A mask that keeps all elements.
template <class T, backend B>
[[nodiscard]] matrix<T, B> all_open(const B& on, shape s) {
  matrix<T, B> mask(on, s);
  on.fill(mask.data(), mask.size(), T(1));
  return mask;
}
/// The elements that a mask keeps, ascending. Waits for the backend.
template <class T, backend B>
[[nodiscard]] typename B::template buffer<offset> open_elements(const B& on,
                                                                const matrix<T, B>& mask) {
  return on.select(mask.size(), kernels::not_zero<T>{mask.data()});
}
/// The number of elements it keeps. Waits for the backend.
template <class T, backend B>
[[nodiscard]] offset count_open(const B& on, const matrix<T, B>& mask) {
  return static_cast<offset>(open_elements(on, mask).size());
}
/// The mask, or an empty one if it keeps all elements. Waits for the backend.
template <class T, backend B>
[[nodiscard]] matrix<T, B> mask_if_any(const B& on, matrix<T, B> mask) {
  return count_open(on, mask) == mask.size() ? matrix<T, B>() : mask;
}

}  // namespace filigree::detail
