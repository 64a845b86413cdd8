// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/parameter.hpp>
#include <filigree/kernels/elementwise.hpp>

#include <utility>

namespace filigree {

/// From now on what the mask has 0 for is 0 to recorders, unless the parameter is gated, and
/// optimizers leave it alone; its slots become 0, so that it comes back without moments. An empty
/// mask keeps all.
template <class T, backend B>
void set_mask(const B& on, parameter<T, B>& p, matrix<T, B> mask) {
  p.mask = std::move(mask);
  if (!p.mask.size()) return;
  for (auto& [name, slot] : p.slots)
    on.for_each(slot.size(), kernels::product<T>{std::as_const(slot).data(),
                                                 std::as_const(p.mask).data(), slot.data()});
}

}  // namespace filigree
