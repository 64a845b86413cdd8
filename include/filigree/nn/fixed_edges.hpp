// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/degree_weights.hpp>
#include <filigree/nn/edges.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/tensor/matrix.hpp>

namespace filigree {

/// How a sum over neighbors is normalized: by 1 / sqrt(deg r * deg c), by 1 / deg r, or not.
enum class normalization { symmetric, row, none };

/// Edges whose weights are known before training and stay: LightGCN's.
struct fixed_edges {
  normalization normalize = normalization::symmetric;  ///< by degrees

  template <class T, backend B>
  class state;
};

template <class T, backend B>
class fixed_edges::state {
 public:
  state(const fixed_edges& p, const B& on, const graph<B>& g)
      : weight_(on, {g.edges(), 1}), tied_(g.is_undirected() && p.normalize != normalization::row) {
    if (p.normalize == normalization::none)
      on.fill(weight_.data(), g.edges(), T(1));
    else
      on.for_each(g.rows(),
                  kernels::degree_weights<T>{
                      g.forward(),
                      p.normalize == normalization::symmetric ? g.backward().row_begin : nullptr,
                      weight_.data()});
  }

  template <recorder R>
  [[nodiscard]] typename R::var propagate(R& r, const graph<B>& g, typename R::var x, no_gate,
                                          const row_set<B>* only = nullptr) const {
    return r(spmm<B>{g, reduction::sum, only, tied_}, r.constant(weight_), x);
  }
  template <class F>
  void visit(F&&) const {}

 private:
  matrix<T, B> weight_;
  bool tied_;
};

}  // namespace filigree
