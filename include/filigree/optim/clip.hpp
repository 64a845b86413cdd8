// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/parameter.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/kernels/clip.hpp>
#include <filigree/kernels/elementwise.hpp>

#include <string>
#include <utility>

namespace filigree {

/// Scales the gradients of all parameters of a model together so that their norm is at most
/// `max_norm` (Pascanu et al., 2013); frozen parameters and masked elements do not count. The norm
/// stays on the backend: the host does not wait for it. Returns the norm before clipping as a
/// single element; a NaN norm clips nothing. Throws `range_error` unless max_norm is above 0.
template <backend B, class M>
auto clip_gradients(const B& on, M& model, double max_norm) {
  detail::expect_above_0("clip_gradients: norm", max_norm);
  auto norm = on.template zeros<double>(1), squares = on.template allocate<double>(1);
  const auto counts = [](const auto& p) { return !p.frozen && p.gradient.size() > 0; };
  for_each_parameter(model, [&]<class T>(const auto&, const parameter<T, B>& p) {
    if (!counts(p)) return;
    const T* const mask = p.mask.size() ? p.mask.data() : nullptr;
    on.sum(p.gradient.size(), kernels::squared_element<T>{std::as_const(p.gradient).data(), mask},
           squares.data());
    on.for_each(1, kernels::axpy<double>{1, squares.data(), norm.data()});
  });
  on.for_each(1, kernels::square_root{norm.data()});
  for_each_parameter(model, [&]<class T>(const auto&, const parameter<T, B>& p) {
    if (counts(p))
      on.for_each(p.gradient.size(),
                  kernels::clip_element<T>{norm.data(), max_norm, p.gradient.data()});
  });
  return norm;
}

}  // namespace filigree
