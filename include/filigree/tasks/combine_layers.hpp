// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/parameter.hpp>
#include <filigree/autograd/recorder.hpp>
#include <filigree/nn/take.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/add_rows.hpp>
#include <filigree/ops/softmax.hpp>
#include <filigree/ops/weigh.hpp>
#include <filigree/tasks/lightgcn_options.hpp>

namespace filigree::detail {

/// Combines the layers, for all rows or only those of `only`: x is layer 0, `own()` returns its
/// rows in `only`, and next(x, only) computes the next layer.
template <recorder R, class T, backend B, class Next, class Own>
[[nodiscard]] typename R::var combine_layers(R& r, const lightgcn_options& o,
                                             const parameter<T, B>& logits, Next& next,
                                             typename R::var x, const row_set<B>* only,
                                             const Own& own) {
  const bool learned = o.combine == layer_weights::learned;
  const bool last_only = o.combine == layer_weights::last && o.layers > 0;
  typename R::var share{}, sum{};
  if (learned) share = r(softmax{}, r.leaf(logits));
  if (!last_only) sum = learned ? r(weigh{0}, own(), share) : own();
  for (int layer = 1; layer <= o.layers; ++layer) {
    const bool last = layer == o.layers;
    x = next(x, last ? only : nullptr);
    if (last_only) continue;
    if (learned)
      sum = r(add{}, sum, r(weigh{layer}, last ? x : take(r, only, x), share));
    else if (last || !only)
      sum = r(add{.by = last ? 1.0 / (o.layers + 1) : 1.0}, sum, x);
    else
      sum = r(add_rows<B>{*only}, sum, x);
  }
  return last_only ? x : sum;
}

}  // namespace filigree::detail
