// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/model.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/train/watcher.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

namespace filigree::detail {

/// Type-erases a model in training and its watchers, so that training is compiled only once for
/// each scalar, backend and optimizer.
template <class T, class B>
class training_of {
 public:
  template <class M>
  explicit training_of(M& m) : members(m) {}
  training_of(const training_of&) = delete;
  training_of& operator=(const training_of&) = delete;

  virtual offset steps(offset batch) = 0;
  /// The loss of a step's batch, which is kept until the step is over because the tape refers to
  /// it.
  virtual typename tape<T, B>::var loss(tape<T, B>& r, std::uint64_t seed, offset epoch,
                                        offset step, offset batch) = 0;
  virtual void step_is_over() = 0;
  virtual std::string identity() = 0;
  virtual void on_backward(const progress& at) = 0;
  virtual void on_step(const progress& at) = 0;
  virtual void on_epoch(progress& at) = 0;
  virtual void on_end(const progress& at) = 0;
  virtual void state(state_saver& archive) = 0;
  virtual void state(state_loader& archive) = 0;

  member_list<T, B> members;

 protected:
  ~training_of() = default;
};

template <model M, class... Watchers>
class watched_model final : public training_of<typename M::scalar, typename M::backend_type> {
  using base = training_of<typename M::scalar, typename M::backend_type>;
  using tape_type = tape<typename M::scalar, typename M::backend_type>;

 public:
  explicit watched_model(M& m, Watchers&... watchers) : base(m), m_(m), watchers_(watchers...) {}
  offset steps(offset batch) override { return m_.steps(batch); }
  typename tape_type::var loss(tape_type& r, std::uint64_t seed, offset epoch, offset step,
                               offset batch) override {
    batch_.emplace(m_.sample(seed, epoch, step, batch));
    return m_.loss(r, *batch_);
  }
  void step_is_over() override {
    batch_.reset();
    m_.observe();
  }
  std::string identity() override {
    auto is = std::string(m_.identity());
    each([&](auto& w) { w.identify(is); });
    return is;
  }
  void on_backward(const progress& at) override {
    each([&](auto& w) { w.on_backward(m_, at); });
  }
  void on_step(const progress& at) override {
    each([&](auto& w) { w.on_step(m_, at); });
  }
  void on_epoch(progress& at) override {
    each([&](auto& w) { w.on_epoch(m_, at); });
  }
  void on_end(const progress& at) override {
    each([&](auto& w) { w.on_end(m_, at); });
  }
  void state(state_saver& archive) override {
    each([&](auto& w) { w.state(m_.on(), m_, archive); });
  }
  void state(state_loader& archive) override {
    each([&](auto& w) { w.state(m_.on(), m_, archive); });
  }

 private:
  void each([[maybe_unused]] const auto& call) {
    std::apply([&](auto&... w) { (call(w), ...); }, watchers_);
  }
  M& m_;
  std::tuple<Watchers&...> watchers_;
  std::optional<typename M::batch> batch_{};
};

}  // namespace filigree::detail
