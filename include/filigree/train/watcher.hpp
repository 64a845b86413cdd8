// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_state.hpp>
#include <filigree/autograd/idle_watcher.hpp>
#include <filigree/train/progress.hpp>

#include <string>
#include <type_traits>

namespace filigree {

/// What `fit` calls while it trains a model of type M: every member function of `idle_watcher`.
template <class W, class M>
concept watcher = requires(std::remove_reference_t<W>& w, M& m, const progress& at, progress& epoch,
                           const typename M::backend_type& on, detail::state_saver& saver,
                           detail::state_loader& loader, std::string& identity) {
  w.on_backward(m, at);
  w.on_step(m, at);
  w.on_epoch(m, epoch);
  w.on_end(m, at);
  w.state(on, m, saver);
  w.state(on, m, loader);
  w.identify(identity);
};

}  // namespace filigree
