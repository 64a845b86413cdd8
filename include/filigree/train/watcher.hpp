// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_state.hpp>
#include <filigree/train/progress.hpp>

#include <type_traits>

namespace filigree {

/// Hears all of a training and does nothing. A watcher of your own inherits it and has what it
/// needs of the five itself.
struct idle_watcher {
  /// Gradients are there, the step is not taken yet.
  void on_backward(auto& /*model*/, const progress& /*at*/) const {}
  /// A step is over.
  void on_step(auto& /*model*/, const progress& /*at*/) const {}
  /// An epoch is over; may set the progress's `metric` and `stop`.
  void on_epoch(auto& /*model*/, progress& /*at*/) const {}
  /// Training is over, also where an error ends it.
  void on_end(auto& /*model*/, const progress& /*at*/) const {}
  /// Shows an archive what a checkpoint must hold of the watcher.
  void state(const auto& /*on*/, auto& /*model*/, auto& /*archive*/) const {}
};

/// What `fit` calls while it trains a model of type M: all that `idle_watcher` has.
template <class W, class M>
concept watcher = requires(std::remove_reference_t<W>& w, M& m, const progress& at, progress& epoch,
                           const typename M::backend_type& on, detail::state_saver& saver,
                           detail::state_loader& loader) {
  w.on_backward(m, at);
  w.on_step(m, at);
  w.on_epoch(m, epoch);
  w.on_end(m, at);
  w.state(on, m, saver);
  w.state(on, m, loader);
};

}  // namespace filigree
