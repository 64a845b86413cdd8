// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/parameter.hpp>

#include <concepts>
#include <memory>

namespace filigree {

/// Runs operations: `tape` records them, `eager` does not. Models, layers and policies are
/// templates over it, and have no backward pass of their own. `R::learns` distinguishes training
/// from inference. A result whose operation stores it in a type S of its own has a handle
/// `R::stored<S>`. `r.hold(p)` keeps intermediate objects that operations refer to alive as long as
/// the recorder.
template <class R>
concept recorder = std::copyable<typename R::var> &&
    std::copyable<typename R::template stored<double>> && backend<typename R::backend_type> &&
    requires(R& r, const parameter<typename R::scalar, typename R::backend_type>& p,
             const matrix<typename R::scalar, typename R::backend_type>& m, typename R::var x,
             std::shared_ptr<const void> made) {
  { r.leaf(p) } -> std::same_as<typename R::var>;
  { r.constant(m) } -> std::same_as<typename R::var>;
  { r.value(x) } -> std::same_as<const matrix<typename R::scalar, typename R::backend_type>&>;
  r.hold(made);
  { r.on() } -> std::same_as<const typename R::backend_type&>;
  { R::learns } -> std::convertible_to<bool>;
};

}  // namespace filigree
