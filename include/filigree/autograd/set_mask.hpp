// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/parameter.hpp>
#include <filigree/kernels/elementwise.hpp>

#include <utility>

namespace filigree {

/// From now on optimizers leave alone what the mask has 0 for; its slots become 0, so that it comes
/// back without moments. Empty: nothing.
template <class T, backend B>
void set_mask(const B& on, parameter<T, B>& p, matrix<T, B> mask) {
  p.mask = std::move(mask);
  if (!p.mask.size()) return;
  for (auto& [name, slot] : p.slots)
    on.for_each(slot.size(), kernels::product<T>{std::as_const(slot).data(),
                                                 std::as_const(p.mask).data(), slot.data()});
}

}  // namespace filigree
