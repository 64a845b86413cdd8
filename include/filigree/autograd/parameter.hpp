// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/elementwise.hpp>
#include <filigree/tensor/matrix.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace filigree {

/// What a model learns: a value and everything that belongs to it, in one place, so that undo,
/// freezing, optimizers and checkpoints find it.
template <class T, backend B>
struct parameter {
  matrix<T, B> value;  ///< what is learned
  /// d loss / d value, of the same shape; empty before the first backward pass. A tape writes it,
  /// though the model be const.
  mutable matrix<T, B> gradient;
  /// The part of it that penalties have no share in, where that is `watched` and differs.
  mutable matrix<T, B> data_gradient{};
  /// 1 keeps, 0 prunes; empty: keeps all. Recorders read value * mask, and optimizers leave what is
  /// masked alone; the value is kept.
  matrix<T, B> mask;
  std::map<std::string, matrix<T, B>> slots;   ///< the optimizer's, by name, of value's shape
  std::map<std::string, std::int64_t> counts;  ///< the optimizer's numbers, by name
  bool frozen = false;                         ///< no gradient work, no updates
  int watched = 0;  ///< how many want `data_gradient`; a snapshot does not restore it
  /// A gate closes what is masked, so that recorders read the value unmasked. A snapshot does not
  /// restore it either.
  bool gated = false;

  parameter() = default;
  /// Of that first value.
  explicit parameter(matrix<T, B> v) : value(std::move(v)) {}

  /// d data loss / d value of a watched parameter, without what penalties add.
  [[nodiscard]] const matrix<T, B>& gradient_of_data() const {
    return data_gradient.size() ? data_gradient : gradient;
  }
  /// Until the next backward pass it has none.
  void forget_gradient() const { gradient = data_gradient = {}; }
  /// Whether recorders read value * mask.
  [[nodiscard]] bool reads_masked() const { return mask.size() > 0 && !gated; }
  /// The same, watched and gated as another was.
  [[nodiscard]] parameter with_flags_of(const parameter& other) && {
    watched = other.watched;
    gated = other.gated;
    return std::move(*this);
  }
  /// The named slot, zeros on first use.
  [[nodiscard]] matrix<T, B>& slot(const B& on, const std::string& name) {
    auto& m = slots[name];
    if (m.shape() != value.shape()) m = matrix<T, B>::zeros(on, value.shape());
    return m;
  }
};

/// What of a parameter is not pruned: value * mask, where it has a mask.
template <class T, backend B>
[[nodiscard]] matrix<T, B> masked_value(const B& on, const parameter<T, B>& p) {
  matrix<T, B> left(on, p.value.shape());
  on.for_each(left.size(), kernels::product<T>{p.value.data(), p.mask.data(), left.data()});
  return left;
}

}  // namespace filigree
