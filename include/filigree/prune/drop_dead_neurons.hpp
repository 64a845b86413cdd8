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

/// What `drop_dead_neurons` leaves of a network.
template <class T, backend B>
struct living_neurons {
  std::vector<dense_layer<T, B>> layers;
  /// kept[k] has the inputs of layer k that are left, ascending, and kept.back() the outputs of the
  /// last layer, which all are. A moment m of weight k shrinks along with it to
  /// select_columns(on, select_rows(on, m, kept[k + 1]), kept[k]).
  std::vector<typename B::template buffer<offset>> kept;
};

namespace detail {
/// Throws `shape_error` unless each layer takes what the one before it gives.
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

/// Leaves out the neurons between consecutive layers that make no difference: those whose row of
/// incoming weights is zero, for what they give is constant, and goes into the bias of the next
/// layer; those whose column of outgoing weights is zero; and those that become so as others leave.
/// `act` is the operation between the layers, element by element: `relu{}`, `sigmoid{}`. The inputs
/// and the outputs of the network stay. What it computes stays the same up to rounding. Throws
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

  // Of the outputs of layer k, these are left.
  const auto keep = [&](std::size_t k, const ids& stay) {
    auto &layer = layers[k], &next = layers[k + 1];
    layer = {select_rows(on, layer.weight, stay), select_columns(on, layer.bias, stay)};
    next.weight = select_columns(on, next.weight, stay);
    const auto n = static_cast<offset>(stay.size());
    auto left = on.template allocate<offset>(n);
    on.for_each(n, kernels::gather<offset, offset>{stay.data(), kept[k + 1].data(), left.data()});
    kept[k + 1] = std::move(left);
  };
  // A neuron that leaves can empty rows of the next layer: from the front. One that leaves for its
  // column can empty columns of the layer before, but no row, as it takes only zeros along: from
  // the back, and then nothing is left to do.
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
