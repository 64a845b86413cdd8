// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// Who works on a row: one lane alone. A kernel of rows is written for any group of lanes that
/// share a row: `k(r, lanes)` starts loops over its elements at `lanes.rank()` and goes on by
/// `lanes.size()`, adds up with `lanes.sum(x)`, and is called by all lanes of the group alike. With
/// one lane these are plain loops, which is what `k(r)` runs; a GPU hands each row to the lanes of
/// a warp, so that neighbors in memory are read together.
struct one_lane {
  /// Which lane this is.
  [[nodiscard]] FILIGREE_FN static constexpr offset rank() { return 0; }
  /// How many lanes there are.
  [[nodiscard]] FILIGREE_FN static constexpr offset size() { return 1; }
  /// The sum of the lanes' x, the same bits in every lane.
  template <class T>
  [[nodiscard]] FILIGREE_FN T sum(T x) const {
    return x;
  }
  /// The largest of the lanes' x, in every lane; one that is NaN does not count.
  template <class T>
  [[nodiscard]] FILIGREE_FN T max(T x) const {
    return x;
  }
  /// Whether x holds in any lane.
  [[nodiscard]] FILIGREE_FN bool any(bool x) const { return x; }
  /// The x of the lane of that rank.
  template <class T>
  [[nodiscard]] FILIGREE_FN T from(offset, T x) const {
    return x;
  }
  /// What any lane wrote before is what every lane reads after.
  FILIGREE_FN void sync() const {}
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
