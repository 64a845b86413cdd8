// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace filigree {

/// A watcher that does nothing. Inherit from it and define only those of the six functions that you
/// need.
struct idle_watcher {
  /// Called when gradients are available, before the optimizer step.
  void on_backward(auto& /*model*/, const auto& /*at*/) const {}
  /// Called after each step.
  void on_step(auto& /*model*/, const auto& /*at*/) const {}
  /// Called after each epoch; may set the progress's `metric` and `stop`.
  void on_epoch(auto& /*model*/, auto& /*at*/) const {}
  /// Called when training ends, even if an error ends it.
  void on_end(auto& /*model*/, const auto& /*at*/) const {}
  /// Archives the state of the watcher that a checkpoint must hold.
  void state(const auto& /*on*/, auto& /*model*/, auto& /*archive*/) const {}
  /// Appends to `identity` the options that a checkpoint must agree with.
  void identify(std::string& /*identity*/) const {}
};

}  // namespace filigree
