// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace filigree {

/// A watcher that does nothing. Inherit from it and define those of the six functions that you
/// need.
struct idle_watcher {
  /// Gradients are there, the step is not taken yet.
  void on_backward(auto& /*model*/, const auto& /*at*/) const {}
  /// A step is over.
  void on_step(auto& /*model*/, const auto& /*at*/) const {}
  /// An epoch is over; may set the progress's `metric` and `stop`.
  void on_epoch(auto& /*model*/, auto& /*at*/) const {}
  /// Training is over, also where an error ends it.
  void on_end(auto& /*model*/, const auto& /*at*/) const {}
  /// Shows an archive what a checkpoint must hold of the watcher.
  void state(const auto& /*on*/, auto& /*model*/, auto& /*archive*/) const {}
  /// Appends to `identity` what of its choices a checkpoint must agree with.
  void identify(std::string& /*identity*/) const {}
};

}  // namespace filigree
