// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// weight[e] for the edges e of row r: 1 / sqrt(deg r * deg c), or 1 / deg r. The degrees of an
/// edge's endpoints are at least 1.
template <class T>
struct degree_weights {
  static constexpr offset grain = 256;
  pattern_view<> forward;
  const offset* column_begin;  ///< of the backward direction; null: normalize by row only
  T* weight;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset first = forward.row_begin[r], last = forward.row_begin[r + 1];
    for (offset k = first + lanes.rank(); k < last; k += lanes.size()) {
      double degrees = static_cast<double>(last - first);
      if (column_begin) {
        const offset c = forward.neighbor[k];
        degrees = std::sqrt(degrees * static_cast<double>(column_begin[c + 1] - column_begin[c]));
      }
      weight[k] = static_cast<T>(1 / degrees);
    }
  }
};

/// weight[k] for the edges k of row i of a sampled block: the weight of edge[k] in the whole graph,
/// or 1 if `whole` is null; multiplied by the row's degree there over the number of edges drawn, if
/// `degree` is given.
template <class T>
struct sampled_weights {
  static constexpr offset grain = 256;
  const offset *row_begin, *edge, *degree;
  const T* whole;
  T* weight;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    const offset first = row_begin[i], last = row_begin[i + 1];
    for (offset k = first + lanes.rank(); k < last; k += lanes.size()) {
      const double w = whole ? static_cast<double>(whole[edge[k]]) : 1.0;
      const double of_all =
          degree ? static_cast<double>(degree[i]) / static_cast<double>(last - first) : 1.0;
      weight[k] = static_cast<T>(w * of_all);
    }
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
