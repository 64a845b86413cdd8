// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/parameter.hpp>
#include <filigree/kernels/elementwise.hpp>

#include <utility>

namespace filigree {

/// Sets the mask: from now on, elements whose mask is 0 read as 0 in recorders, unless the
/// parameter is gated, and optimizers do not update them; their slots become 0, so they have no
/// moments if they are restored. An empty mask keeps all elements.
template <class T, backend B>
void set_mask(const B& on, parameter<T, B>& p, matrix<T, B> mask) {
  p.mask = std::move(mask);
  if (!p.mask.size()) return;
  for (auto& [name, slot] : p.slots)
    on.for_each(slot.size(), kernels::product<T>{std::as_const(slot).data(),
                                                 std::as_const(p.mask).data(), slot.data()});
}

}  // namespace filigree
