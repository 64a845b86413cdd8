// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_state.hpp>
#include <filigree/autograd/idle_watcher.hpp>
#include <filigree/train/progress.hpp>

#include <string>
#include <type_traits>

namespace filigree {

/// What `fit` calls while it trains a model of type M: all that `idle_watcher` has.
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

namespace detail {
/// A watcher of models of type M, whatever its own type: training is compiled once for a model,
/// not anew for each combination of watchers.
template <class M>
class any_watcher {
 public:
  any_watcher() = default;
  any_watcher(const any_watcher&) = delete;
  any_watcher& operator=(const any_watcher&) = delete;
  virtual void on_backward(M& m, const progress& at) = 0;
  virtual void on_step(M& m, const progress& at) = 0;
  virtual void on_epoch(M& m, progress& at) = 0;
  virtual void on_end(M& m, const progress& at) = 0;
  virtual void state(const typename M::backend_type& on, M& m, state_saver& archive) = 0;
  virtual void state(const typename M::backend_type& on, M& m, state_loader& archive) = 0;
  virtual void identify(std::string& identity) = 0;

 protected:
  ~any_watcher() = default;
};
/// Refers to one of type W.
template <class M, class W>
class watcher_of final : public any_watcher<M> {
 public:
  explicit watcher_of(W& w) : w_(w) {}
  void on_backward(M& m, const progress& at) override { w_.on_backward(m, at); }
  void on_step(M& m, const progress& at) override { w_.on_step(m, at); }
  void on_epoch(M& m, progress& at) override { w_.on_epoch(m, at); }
  void on_end(M& m, const progress& at) override { w_.on_end(m, at); }
  void state(const typename M::backend_type& on, M& m, state_saver& archive) override {
    w_.state(on, m, archive);
  }
  void state(const typename M::backend_type& on, M& m, state_loader& archive) override {
    w_.state(on, m, archive);
  }
  void identify(std::string& identity) override { w_.identify(identity); }

 private:
  W& w_;
};
}  // namespace detail

}  // namespace filigree
