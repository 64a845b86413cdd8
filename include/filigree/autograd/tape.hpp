// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/add_penalty.hpp>
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/recorder.hpp>
#include <filigree/kernels/elementwise.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace filigree {

/// Runs and records operations, so that `backward` can compute the gradient of each parameter, for
/// training. Create one for each step; its memory is reused through the backend's pool. Objects
/// that operations refer to (graphs, batches) must live until `backward` is done.
template <class T, backend B>
class tape {
 public:
  using scalar = T;
  using backend_type = B;
  static constexpr bool learns = true;
  struct var {
    using scalar = T;
    std::size_t slot = 0;
  };
  /// A result stored in type S, as operations with `stored` return it; its gradient is of type T.
  template <class S>
  struct stored {
    using scalar = S;
    std::size_t slot = 0;
  };

  explicit tape(const B& on) : on_(on) {}
  tape(const tape&) = delete;
  tape& operator=(const tape&) = delete;

  [[nodiscard]] const B& on() const { return on_; }
  /// A parameter; unless frozen, `backward` writes its gradient. Masked elements read as 0, and
  /// their gradient shows whether restoring them would help.
  [[nodiscard]] var leaf(const parameter<T, B>& p) {
    const auto [known, added] = leaves_.try_emplace(&p, slots_.size());
    if (!added) return {known->second};
    slots_.push_back({.shared = &p.value,
                      .source = &p,
                      .wanted = !p.frozen,
                      .watched = !p.frozen && p.watched > 0});
    if (p.reads_masked()) {
      slots_.back().own = masked_value(on_, p);
      slots_.back().shared = nullptr;
    }
    // Allocated now: later steps reuse it, and the first needs no less memory than they do.
    if (!p.frozen && p.gradient.shape() != p.value.shape())
      slots_.back().room = matrix<T, B>(on_, p.value.shape());
    return {slots_.size() - 1};
  }
  /// A matrix that needs no gradient.
  [[nodiscard]] var constant(const matrix<T, B>& m) {
    slots_.push_back({.shared = &m});
    return {slots_.size() - 1};
  }
  /// The same, taking ownership.
  [[nodiscard]] var constant(matrix<T, B>&& m) {
    slots_.push_back({.own = std::move(m)});
    return {slots_.size() - 1};
  }
  var leaf(const parameter<T, B>&&) = delete;  // would be destroyed before it is used
  var constant(const matrix<T, B>&&) = delete;
  /// Keeps an object alive as long as the tape, so that operations may refer to it.
  void hold(std::shared_ptr<const void> p) { held_.push_back(std::move(p)); }
  /// The value of a leaf, a constant or a result.
  [[nodiscard]] const matrix<T, B>& value(var x) const {
    const auto& s = slots_[x.slot];
    return s.shared ? *s.shared : s.own;
  }
  template <class S>
  [[nodiscard]] const matrix<S, B>& value(stored<S> x) const {
    return *static_cast<const matrix<S, B>*>(slots_[x.slot].other.get());
  }
  /// The gradient of a result; empty if it received none. Valid after `backward` if `keep` was
  /// called.
  [[nodiscard]] const matrix<T, B>& gradient_of(var x) const {
    const auto& s = slots_[x.slot];
    return s.kept ? s.seen : s.gradient;
  }
  /// Keeps the gradient of x for the lifetime of the tape, instead of releasing it after use.
  void keep(var x) { slots_[x.slot].kept = true; }

  /// The result of an operation, which is recorded. Throws whatever `op.shape` throws.
  template <class Op, detail::handle... In>
  requires operation<Op, T, B, detail::view_for<In>...>
  [[nodiscard]] auto operator()(const Op& op, In... in) {
    using S = typename detail::stored_by<Op, T>::type;
    matrix<S, B> y(on_, op.shape(value(in).view()...));
    op.forward(on_, y.view(), value(in).view()...);
    const std::conditional_t<std::is_same_v<S, T>, var, stored<S>> out{slots_.size()};
    const bool wanted = (slots_[in.slot].wanted || ...);
    slots_.push_back({.wanted = wanted, .watched = (slots_[in.slot].watched || ...)});
    if constexpr (std::is_same_v<S, T>)
      slots_.back().own = std::move(y);
    else
      slots_.back().other = std::make_shared<matrix<S, B>>(std::move(y));
    if (wanted)
      steps_.push_back([op, out, in...](tape& t) {
        if (t.slots_[out.slot].gradient.size() == 0) return;
        // All buffers first, so that views of them stay valid. In braces, hence in order: if a
        // variable occurs twice, the first handle is the empty one.
        constexpr bool may_be_empty = requires { requires Op::takes_empty; };
        const std::size_t has_it = t.hand_over(op, out.slot, in.slot...);
        const std::tuple d_in{t.gradient_for(in, may_be_empty, has_it)...};
        std::apply(
            [&](const auto&... d) {
              op.backward(t.on_, std::as_const(t.slots_[has_it].gradient).view(),
                          t.value(out).view(), t.value(in).view()..., d...);
            },
            d_in);
        t.release(out.slot);
      });
    return out;
  }
  /// loss + penalty. If the penalty depends on a watched parameter, its gradients are added after
  /// those of the data, which are kept separately.
  [[nodiscard]] var operator()(const add_penalty& op, var loss, var penalty) {
    const var out = (*this)(static_cast<const add&>(op), loss, penalty);
    if (slots_[out.slot].wanted)
      steps_.back() = [loss, penalty, out](tape& t) {
        const auto& dy = t.slots_[out.slot].gradient;
        if (dy.size() == 0) return;
        if (t.splits_ && t.slots_[penalty.slot].watched)
          t.deferred_.emplace_back(penalty, dy);
        else
          t.add_gradient(penalty, dy);
        t.add_gradient(loss, dy);
        t.release(out.slot);
      };
    return out;
  }

  /// Computes the gradient of every parameter that `loss`, (1 x 1), depends on, and empties that of
  /// the tape's other parameters, so that no optimizer uses a stale one. Throws `shape_error` if
  /// the loss is not a single number, `error` on a second call.
  void backward(var loss) {
    detail::expect_equal("backward: elements of the loss", 1, value(loss).size());
    if (std::exchange(done_, true))
      throw error("backward: calls: expected one for each tape, got a second");
    for (const auto& s : slots_)
      if (s.source) s.source->data_gradient = {};
    if (slots_[loss.slot].wanted) {
      auto& seed = slots_[loss.slot].gradient;
      seed = matrix<T, B>(on_, {1, 1});
      on_.fill(seed.data(), 1, T(1));
      splits_ = true;
      run_back();
      if (!deferred_.empty()) {
        keep_apart();
        splits_ = false;
        for (const auto& [penalty, dy] : deferred_) add_gradient(penalty, dy);
        run_back();
      }
    }
    steps_.clear();
    for (auto& s : slots_)
      if (s.source && s.wanted) s.source->gradient = std::move(s.gradient);
  }

 private:
  struct slot {
    matrix<T, B> own{};
    const matrix<T, B>* shared = nullptr;
    std::shared_ptr<const void> other{};  ///< a result that is stored in another type
    const parameter<T, B>* source = nullptr;
    matrix<T, B> gradient{}, room{}, seen{};
    bool wanted = false, kept = false, watched = false;  ///< watched: depends on such a parameter
  };

  /// Saves the gradients accumulated so far for watched parameters.
  void keep_apart() {
    for (auto& s : slots_)
      if (s.source && s.watched)
        s.source->data_gradient =
            s.gradient.size() ? s.gradient : matrix<T, B>::zeros(on_, s.source->value.shape());
  }
  void run_back() {
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) (*step)(*this);
  }
  /// Adds dy, (1 x 1), to the gradient of x, if x needs one.
  void add_gradient(var x, const matrix<T, B>& dy) {
    if (const auto d = gradient_for(x, false, slots_.size()))
      detail::accumulate(on_, T(1), dy.view(), d);
  }
  /// Releases the gradient of a result after use.
  void release(std::size_t out) {
    auto& s = slots_[out];
    if (s.kept && s.seen.size())
      on_.for_each(s.seen.size(), kernels::axpy<T>{1, s.gradient.data(), s.seen.data()});
    else if (s.kept)
      s.seen = std::move(s.gradient);
    s.gradient = {};
  }

  /// The slot that holds the gradient of a result: the result's own, or that of the operation's
  /// first input, to which it is moved without a copy if the operation allows it and that slot was
  /// empty.
  [[nodiscard]] std::size_t hand_over(const auto& op, std::size_t out, std::size_t first,
                                      std::same_as<std::size_t> auto... rest) {
    if constexpr (requires { op.passes_gradient(); }) {
      auto &from = slots_[out], &to = slots_[first];
      if (op.passes_gradient() && ((rest != first) && ...) && to.wanted && !to.source &&
          !from.kept && to.gradient.size() == 0) {
        to.gradient = std::move(from.gradient);
        return first;
      }
    }
    return out;
  }

  /// Null for an input that already has its gradient or needs none.
  [[nodiscard]] gradient<T> gradient_for(detail::handle auto x, bool may_be_empty,
                                         std::size_t has_it) {
    auto& s = slots_[x.slot];
    if (!s.wanted || x.slot == has_it) return {};
    const auto& v = value(x);
    const bool empty = s.gradient.shape() != v.shape() || s.gradient.size() == 0;
    if (empty) {
      if (s.source && s.source->gradient.shape() == v.shape())
        s.gradient = std::move(s.source->gradient);
      else if (s.room.size())
        s.gradient = std::move(s.room);
      else
        s.gradient = matrix<T, B>(on_, v.shape());
      if (!may_be_empty) on_.fill(s.gradient.data(), v.size(), T(0));
    }
    return {s.gradient.view(), empty && may_be_empty};
  }

  B on_;
  std::vector<std::shared_ptr<const void>> held_;
  std::deque<slot> slots_;
  std::unordered_map<const parameter<T, B>*, std::size_t> leaves_;
  std::vector<std::function<void(tape&)>> steps_;
  std::vector<std::pair<var, matrix<T, B>>> deferred_;  ///< gradients of penalties
  bool splits_ = false, done_ = false;
};

}  // namespace filigree
