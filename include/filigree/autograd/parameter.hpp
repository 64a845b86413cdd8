// SPDX-License-Identifier: Apache-2.0
#pragma once
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
  matrix<T, B> mask;                           ///< 1 keeps, 0 prunes; empty: keeps all
  std::map<std::string, matrix<T, B>> slots;   ///< the optimizer's, by name, of value's shape
  std::map<std::string, std::int64_t> counts;  ///< the optimizer's numbers, by name
  bool frozen = false;                         ///< no gradient work, no updates

  parameter() = default;
  /// Of that first value.
  explicit parameter(matrix<T, B> v) : value(std::move(v)) {}

  /// The named slot, zeros on first use.
  [[nodiscard]] matrix<T, B>& slot(const B& on, const std::string& name) {
    auto& m = slots[name];
    if (m.shape() != value.shape()) m = matrix<T, B>::zeros(on, value.shape());
    return m;
  }
};

}  // namespace filigree
