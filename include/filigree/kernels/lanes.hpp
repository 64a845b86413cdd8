// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The lanes that work on a row: here, a single one. A row kernel is written for any group of lanes
/// that share a row: `k(r, lanes)` starts loops over its elements at `lanes.rank()`, advances by
/// `lanes.size()`, reduces with `lanes.sum(x)`, and is called by all lanes of the group alike. With
/// one lane these are plain loops, which is what `k(r)` runs; a GPU assigns each row to the lanes
/// of a warp, so that neighbors in memory are read together.
struct one_lane {
  /// The index of this lane.
  [[nodiscard]] FILIGREE_FN static constexpr offset rank() { return 0; }
  /// The number of lanes.
  [[nodiscard]] FILIGREE_FN static constexpr offset size() { return 1; }
  /// The sum of x over all lanes, with the same bits in every lane.
  template <class T>
  [[nodiscard]] FILIGREE_FN T sum(T x) const {
    return x;
  }
  /// The largest x of all lanes, in every lane; NaN is ignored.
  template <class T>
  [[nodiscard]] FILIGREE_FN T max(T x) const {
    return x;
  }
  /// Whether x holds in any lane.
  [[nodiscard]] FILIGREE_FN bool any(bool x) const { return x; }
  /// The x of the lane with that rank.
  template <class T>
  [[nodiscard]] FILIGREE_FN T from(offset, T x) const {
    return x;
  }
  /// Makes all earlier writes of any lane visible to every lane.
  FILIGREE_FN void sync() const {}
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
