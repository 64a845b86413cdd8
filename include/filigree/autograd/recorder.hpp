// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/parameter.hpp>

#include <concepts>

namespace filigree {

/// Runs operations: `eager` forgets them, `tape` remembers them. Models, layers and policies are
/// templates over it, and have no backward of their own. `R::learns` tells training from inference.
template <class R>
concept recorder = std::copyable<typename R::var> && backend<typename R::backend_type> &&
    requires(R& r, const parameter<typename R::scalar, typename R::backend_type>& p,
             const matrix<typename R::scalar, typename R::backend_type>& m, typename R::var x) {
  { r.leaf(p) } -> std::same_as<typename R::var>;
  { r.constant(m) } -> std::same_as<typename R::var>;
  { r.value(x) } -> std::same_as<const matrix<typename R::scalar, typename R::backend_type>&>;
  { r.on() } -> std::same_as<const typename R::backend_type&>;
  { R::learns } -> std::convertible_to<bool>;
};

}  // namespace filigree
