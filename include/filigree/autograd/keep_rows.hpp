// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/mask.hpp>
#include <filigree/autograd/parameter.hpp>
#include <filigree/tensor/select_rows.hpp>

namespace filigree {

/// Keeps only the rows kept[0] < kept[1] < ... of a matrix, if it has any.
template <class T, backend B>
void keep_rows(const B& on, matrix<T, B>& m, const typename B::template buffer<offset>& kept) {
  if (m.size()) m = select_rows(on, m, kept);
}
/// Keeps only the rows kept[0] < kept[1] < ... of a parameter's value, mask and optimizer slots. It
/// has no gradient until the next backward pass.
template <class T, backend B>
void keep_rows(const B& on, parameter<T, B>& p, const typename B::template buffer<offset>& kept) {
  p.value = select_rows(on, p.value, kept);
  if (p.mask.size()) p.mask = detail::mask_if_any(on, select_rows(on, p.mask, kept));
  for (auto& [name, slot] : p.slots) slot = select_rows(on, slot, kept);
  p.forget_gradient();
}

}  // namespace filigree
