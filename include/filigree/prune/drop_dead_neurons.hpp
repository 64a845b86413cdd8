// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/backend/generic/matmul.hpp>
#include <filigree/core/error.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/kernels/rows.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/select_columns.hpp>
#include <filigree/tensor/select_rows.hpp>

#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// x weight' + bias: the weight is out x in, the bias 1 x out.
template <class T, backend B>
struct dense_layer {
  matrix<T, B> weight, bias;
};

/// The result of `drop_dead_neurons`.
template <class T, backend B>
struct living_neurons {
  std::vector<dense_layer<T, B>> layers;
  /// kept[k] holds the remaining inputs of layer k, ascending, and kept.back() the outputs of the
  /// last layer, all of which remain. An optimizer moment m of weight k is reduced in the same way
  /// by select_columns(on, select_rows(on, m, kept[k + 1]), kept[k]).
  std::vector<typename B::template buffer<offset>> kept;
};

namespace detail {
/// Throws `shape_error` unless each layer takes as input the output of the one before it.
template <class T, backend B>
void expect_consecutive(const std::vector<dense_layer<T, B>>& layers) {
  for (std::size_t k = 0; k < layers.size(); ++k) {
    const auto& [weight, bias] = layers[k];
    const auto expect = [&](const std::string& thing, offset expected, offset got) {
      expect_equal("drop_dead_neurons: " + thing + " " + std::to_string(k), expected, got);
    };
    if (k) expect("columns of weight", layers[k - 1].weight.rows(), weight.cols());
    expect("rows of bias", 1, bias.rows());
    expect("columns of bias", weight.rows(), bias.cols());
  }
}
}  // namespace detail

/// Removes the neurons between consecutive layers that have no effect: those whose row of incoming
/// weights is zero, since their output is constant and is folded into the bias of the next layer;
/// those whose column of outgoing weights is zero; and those that become so as others are removed.
/// `act` is the elementwise operation between the layers: `relu{}`, `sigmoid{}`. The inputs and
/// outputs of the network are kept. The function it computes is unchanged up to rounding. Throws
/// `shape_error`.
template <backend B, class T, class Activation>
[[nodiscard]] living_neurons<T, B> drop_dead_neurons(const B& on,
                                                     std::vector<dense_layer<T, B>> layers,
                                                     const Activation& act) {
  using ids = typename B::template buffer<offset>;
  detail::expect_consecutive(layers);
  std::vector<ids> kept;
  const auto all = [&](offset n) { return on.select(n, detail::any_predicate{}); };
  if (!layers.empty()) kept.push_back(all(layers.front().weight.cols()));
  for (const auto& layer : layers) kept.push_back(all(layer.weight.rows()));

  // Keeps only these outputs of layer k.
  const auto keep = [&](std::size_t k, const ids& stay) {
    auto &layer = layers[k], &next = layers[k + 1];
    layer = {select_rows(on, layer.weight, stay), select_columns(on, layer.bias, stay)};
    next.weight = select_columns(on, next.weight, stay);
    const auto n = static_cast<offset>(stay.size());
    auto left = on.template allocate<offset>(n);
    on.for_each(n, kernels::gather<offset, offset>{stay.data(), kept[k + 1].data(), left.data()});
    kept[k + 1] = std::move(left);
  };
  // Removing a neuron can empty rows of the next layer, so the first pass runs from the front.
  // Removing one because of its column can empty columns of the layer before, but no row, since it
  // takes only zeros with it: the second pass runs from the back, and then nothing is left to do.
  for (std::size_t k = 0; k + 1 < layers.size(); ++k) {
    const auto& [weight, bias] = std::as_const(layers[k]);
    const auto dead = on.select(weight.rows(), kernels::row_is_zero<T>{weight.view(), true});
    if (dead.size() == 0) continue;
    const auto before = select_columns(on, bias, dead);
    matrix<T, B> constant(on, before.shape());
    act.forward(on, constant.view(), before.view());
    auto& next = layers[k + 1];
    const auto outgoing = select_columns(on, next.weight, dead);
    matmul_into(on, kernels::matmul_cell<T>{std::as_const(constant).view(), outgoing.view(),
                                            next.bias.view(), false, true, T(1), true});
    keep(k, on.select(weight.rows(), kernels::row_is_zero<T>{weight.view(), false}));
  }
  for (std::size_t k = layers.size(); k-- > 1;) {
    const auto& weight = std::as_const(layers[k]).weight;
    const auto stay = on.select(weight.cols(), kernels::column_not_zero<T>{weight.view()});
    if (static_cast<offset>(stay.size()) < weight.cols()) keep(k - 1, stay);
  }
  return {std::move(layers), std::move(kept)};
}

}  // namespace filigree
