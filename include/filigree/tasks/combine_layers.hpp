// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/parameter.hpp>
#include <filigree/autograd/recorder.hpp>
#include <filigree/nn/edges/edge_policy.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/add_rows.hpp>
#include <filigree/ops/convert.hpp>
#include <filigree/ops/softmax.hpp>
#include <filigree/ops/take_rows.hpp>
#include <filigree/ops/weigh.hpp>
#include <filigree/tasks/lightgcn_options.hpp>

#include <type_traits>

namespace filigree::detail {

/// Combines the layers, for all rows or only those of `only`: ego is layer 0, `own()` returns its
/// rows in `only`, and next.next(x, only) computes the next layer. Layers whose neighbors are read
/// are stored in type S, unless it is void.
template <class S, recorder R, class T, backend B, class Next, class Own>
[[nodiscard]] typename R::var combine_layers(R& r, const lightgcn_options& o,
                                             const parameter<T, B>& logits, Next& next,
                                             typename R::var ego, const row_set<B>* only,
                                             const Own& own) {
  const bool learned = o.combine == layer_weights::learned;
  const bool last_only = o.combine == layer_weights::last && o.layers > 0;
  typename R::var share{}, sum{};
  if (learned) share = r(softmax{}, r.leaf(logits));
  if (!last_only) sum = learned ? r(weigh{0}, own(), share) : own();
  if (o.layers == 0) return sum;
  auto x = [&] {
    if constexpr (std::is_void_v<S>)
      return ego;
    else
      return r(convert<S>{}, ego);
  }();
  for (int layer = 1; layer < o.layers; ++layer) {
    x = next.template next<S>(x);
    if (learned)
      sum = r(add{}, sum, r(weigh{layer}, only ? r(take_rows<B>{*only}, x) : whole(r, x), share));
    else if (!last_only)
      sum = only ? r(add_rows<B>{*only}, sum, x) : r(add{}, sum, whole(r, x));
  }
  auto last = next.template next<void>(x, only);
  if (last_only) return last;
  return learned ? r(add{}, sum, r(weigh{o.layers}, last, share))
                 : r(add{.by = 1.0 / (o.layers + 1)}, sum, last);
}

}  // namespace filigree::detail
