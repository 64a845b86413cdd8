// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/elementwise.hpp>
#include <filigree/tensor/matrix.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace filigree {

/// A learned parameter of a model: a value and everything that belongs to it, in one place, so that
/// undo, freezing, optimizers and checkpoints can find it.
template <class T, backend B>
struct parameter {
  matrix<T, B> value;  ///< the learned value
  /// d loss / d value, of the same shape; empty before the first backward pass. A tape writes it
  /// even if the model is const.
  mutable matrix<T, B> gradient;
  /// The part of the gradient without penalties, if the parameter is `watched` and it differs.
  mutable matrix<T, B> data_gradient{};
  /// 1 keeps, 0 prunes; empty: keeps all. Recorders read value * mask, and optimizers do not update
  /// masked elements; the value is kept.
  matrix<T, B> mask;
  std::map<std::string, matrix<T, B>> slots;   ///< the optimizer's, by name, same shape as value
  std::map<std::string, std::int64_t> counts;  ///< the optimizer's counters, by name
  bool frozen = false;                         ///< no gradient work, no updates
  int watched = 0;  ///< how many watchers need `data_gradient`; a snapshot does not restore it
  /// A gate closes masked elements, so recorders read the value unmasked. A snapshot does not
  /// restore it either.
  bool gated = false;

  parameter() = default;
  /// With the given initial value.
  explicit parameter(matrix<T, B> v) : value(std::move(v)) {}

  /// d data loss / d value of a watched parameter, without what penalties add.
  [[nodiscard]] const matrix<T, B>& gradient_of_data() const {
    return data_gradient.size() ? data_gradient : gradient;
  }
  /// Discards the gradient until the next backward pass.
  void forget_gradient() const { gradient = data_gradient = {}; }
  /// Whether recorders read value * mask.
  [[nodiscard]] bool reads_masked() const { return mask.size() > 0 && !gated; }
  /// This parameter with the flags `watched` and `gated` of another.
  [[nodiscard]] parameter with_flags_of(const parameter& other) && {
    watched = other.watched;
    gated = other.gated;
    return std::move(*this);
  }
  /// The named slot, initialized to zeros on first use.
  [[nodiscard]] matrix<T, B>& slot(const B& on, const std::string& name) {
    auto& m = slots[name];
    if (m.shape() != value.shape()) m = matrix<T, B>::zeros(on, value.shape());
    return m;
  }
};

/// The value of a masked parameter without its pruned elements: value * mask.
template <class T, backend B>
[[nodiscard]] matrix<T, B> masked_value(const B& on, const parameter<T, B>& p) {
  matrix<T, B> left(on, p.value.shape());
  on.for_each(left.size(), kernels::product<T>{p.value.data(), p.mask.data(), left.data()});
  return left;
}

}  // namespace filigree
