// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/recorder.hpp>
#include <filigree/ops/operation.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace filigree {

namespace detail {
/// The type in which the value of a recorder's handle is stored.
template <class Handle>
struct scalar_of {
  using type = typename Handle::scalar;
};
template <class M>
struct scalar_of<std::shared_ptr<const M>> {
  using type = typename M::scalar;
};
/// The read-only view of a handle's value.
template <class Handle>
using view_for = matrix_view<const typename scalar_of<Handle>::type>;
/// A handle of a value, in whatever type it is stored.
template <class Handle>
concept handle = requires {
  typename scalar_of<Handle>::type;
};
}  // namespace detail

/// Runs operations without recording them, for inference. A result lives as long as its handle.
template <class T, backend B>
class eager {
 public:
  using scalar = T;
  using backend_type = B;
  static constexpr bool learns = false;
  template <class S>
  using stored = std::shared_ptr<const matrix<S, B>>;
  using var = stored<T>;

  explicit eager(const B& on) : on_(on) {}

  [[nodiscard]] const B& on() const { return on_; }
  /// A parameter, which must outlive the handle; masked elements read as 0.
  [[nodiscard]] var leaf(const parameter<T, B>& p) const {
    return p.reads_masked() ? constant(masked_value(on_, p)) : var(var{}, &p.value);
  }
  /// A matrix that needs no gradient; it must outlive the handle.
  [[nodiscard]] var constant(const matrix<T, B>& m) const { return var(var{}, &m); }
  /// The same, taking ownership.
  [[nodiscard]] var constant(matrix<T, B>&& m) const {
    return std::make_shared<matrix<T, B>>(std::move(m));
  }
  var leaf(const parameter<T, B>&&) const = delete;  // would be destroyed before it is used
  var constant(const matrix<T, B>&&) const = delete;
  /// Keeps an object alive as long as the recorder, so that handles and operations may refer to it.
  void hold(std::shared_ptr<const void> p) { held_.push_back(std::move(p)); }
  /// The value of a handle.
  template <class S>
  [[nodiscard]] const matrix<S, B>& value(const stored<S>& x) const {
    return *x;
  }

  /// The result of an operation. Throws whatever `op.shape` throws.
  template <class Op, detail::handle... In>
  requires operation<Op, T, B, detail::view_for<In>...>
  [[nodiscard]] auto operator()(const Op& op, const In&... in) const {
    using S = typename detail::stored_by<Op, T>::type;
    auto y = std::make_shared<matrix<S, B>>(on_, op.shape(in->view()...));
    op.forward(on_, y->view(), in->view()...);
    return stored<S>(std::move(y));
  }

 private:
  B on_;
  std::vector<std::shared_ptr<const void>> held_;
};

}  // namespace filigree
