// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_values.hpp"
#include <filigree/ops/leaky_relu.hpp>
#include <filigree/ops/relu.hpp>
#include <filigree/ops/sigmoid.hpp>
#include <filigree/prune/drop_dead_neurons.hpp>
#include <filigree/tensor/fetch.hpp>

#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace fg = filigree;
using fg::offset;

namespace {
/// What layers compute, on the host and in double.
template <class T, class B, class Act>
std::vector<T> output(const B& on, const std::vector<fg::dense_layer<T, B>>& layers,
                      const std::vector<T>& x, offset batch, const Act& act) {
  const fg::reference host;
  std::vector<double> h(x.begin(), x.end());
  for (std::size_t k = 0; k < layers.size(); ++k) {
    const auto w = layers[k].weight.to_host(on), b = layers[k].bias.to_host(on);
    const offset out = layers[k].weight.rows(), in = layers[k].weight.cols();
    if (k) {
      const auto from = h;
      act.forward(host, fg::matrix_view<double>{h.data(), batch, in},
                  fg::matrix_view<const double>{from.data(), batch, in});
    }
    std::vector<double> y;
    for (offset r = 0; r < batch; ++r)
      for (offset o = 0; o < out; ++o) {
        double sum = static_cast<double>(b[static_cast<std::size_t>(o)]);
        for (offset i = 0; i < in; ++i)
          sum += static_cast<double>(w[static_cast<std::size_t>(o * in + i)]) *
                 h[static_cast<std::size_t>(r * in + i)];
        y.push_back(sum);
      }
    h = y;
  }
  return {h.begin(), h.end()};
}

template <class T, class B>
fg::matrix<T, B> matrix(const B& on, const std::vector<T>& host, fg::shape s) {
  return {on, std::span<const T>(host), s};
}
}  // namespace

// Three layers of 2 -> 4 -> 3 -> 2, neurons a b c d and p q r:
//
//   a [ 1 2 ] 1    p [ 1 5 0 0 ] 1    [ 1 2 0 ] 7      b gives relu(3) = 3, p gets 5 * 3
//   b [ 0 0 ] 3    q [ 0 2 0 0 ] 2    [ 3 4 0 ] 8      q is left with no input, and gives
//   c [ 3 4 ] 1    r [ 1 0 3 0 ] 1                     relu(2 + 2 * 3) = 8; r is not heard,
//   d [ 5 6 ] 1                                        so c is not either; d never was
TEMPLATE_TEST_CASE("neurons that are constant or not heard leave, and then their neighbors", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto found = fg::drop_dead_neurons(
      on,
      std::vector<fg::dense_layer<T, B>>{
          {matrix<T>(on, {1, 2, 0, 0, 3, 4, 5, 6}, {4, 2}), matrix<T>(on, {1, 3, 1, 1}, {1, 4})},
          {matrix<T>(on, {1, 5, 0, 0, 0, 2, 0, 0, 1, 0, 3, 0}, {3, 4}),
           matrix<T>(on, {1, 2, 1}, {1, 3})},
          {matrix<T>(on, {1, 2, 0, 3, 4, 0}, {2, 3}), matrix<T>(on, {7, 8}, {1, 2})}},
      fg::relu{});
  REQUIRE(found.layers.size() == 3);
  REQUIRE(found.kept.size() == 4);
  CHECK(fg::detail::fetch_all(on, found.kept[0]) == std::vector<offset>{0, 1});
  CHECK(fg::detail::fetch_all(on, found.kept[1]) == std::vector<offset>{0});
  CHECK(fg::detail::fetch_all(on, found.kept[2]) == std::vector<offset>{0});
  CHECK(fg::detail::fetch_all(on, found.kept[3]) == std::vector<offset>{0, 1});
  const auto& l = found.layers;
  CHECK(l[0].weight.shape() == fg::shape{1, 2});
  CHECK(l[0].weight.to_host(on) == std::vector<T>{1, 2});
  CHECK(l[0].bias.to_host(on) == std::vector<T>{1});
  CHECK(l[1].weight.shape() == fg::shape{1, 1});
  CHECK(l[1].weight.to_host(on) == std::vector<T>{1});
  CHECK(l[1].bias.to_host(on) == std::vector<T>{16});
  CHECK(l[2].weight.shape() == fg::shape{2, 1});
  CHECK(l[2].weight.to_host(on) == std::vector<T>{1, 3});
  CHECK(l[2].bias.to_host(on) == std::vector<T>{7 + 2 * 8, 8 + 4 * 8});
}

TEMPLATE_TEST_CASE("a network without its dead neurons computes the same", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const std::vector<offset> width{33, 70, 41, 50, 9};
  const offset batch = 19;
  std::vector<fg::dense_layer<T, B>> layers;
  for (std::size_t k = 0; k + 1 < width.size(); ++k) {
    const offset out = width[k + 1], in = width[k];
    auto w = normals<T>(out * in, 10 + k), b = normals<T>(out, 20 + k);
    for (offset r = 0; r < out; ++r)
      for (offset c = 0; c < in; ++c)
        if ((k + 2 < width.size() && r % 3 == 1) || (k > 0 && c % 4 == 2))
          w[static_cast<std::size_t>(r * in + c)] = 0;
    layers.push_back({matrix<T>(on, w, {out, in}), matrix<T>(on, b, {1, out})});
  }
  const auto x = normals<T>(batch * width[0], 3);
  const auto check = [&](const auto& act) {
    const auto found = fg::drop_dead_neurons(on, layers, act);
    CHECK(found.layers[0].weight.rows() == 35);  // 23 are constant, 17 not heard, 5 both
    CHECK(distance(output(on, layers, x, batch, act), output(on, found.layers, x, batch, act)) <
          (std::is_same_v<T, float> ? 1e-4 : 1e-11));
    // What belongs to a weight shrinks along with it.
    for (std::size_t k = 0; k < layers.size(); ++k)
      CHECK(select_columns(on, select_rows(on, layers[k].weight, found.kept[k + 1]), found.kept[k])
                .to_host(on) == found.layers[k].weight.to_host(on));
  };
  check(fg::relu{});
  check(fg::leaky_relu{0.1f});
  check(fg::sigmoid{});  // sigmoid(0) is not 0
}

TEMPLATE_TEST_CASE("a network may have no dead neurons, or none alive", "", BACKENDS) {
  const TestType on;
  using layers = std::vector<fg::dense_layer<float, TestType>>;
  const auto ones = [&](fg::shape s) {
    return matrix(on, std::vector<float>(static_cast<std::size_t>(s.size()), 1), s);
  };
  const auto full = fg::drop_dead_neurons(
      on, layers{{ones({3, 2}), ones({1, 3})}, {ones({4, 3}), ones({1, 4})}}, fg::relu{});
  CHECK(full.layers[0].weight.shape() == fg::shape{3, 2});
  CHECK(full.layers[1].weight.shape() == fg::shape{4, 3});
  CHECK(fg::detail::fetch_all(on, full.kept[1]) == std::vector<offset>{0, 1, 2});

  const auto zeros = fg::matrix<float, TestType>::zeros(on, {3, 2});
  const auto none = fg::drop_dead_neurons(
      on, layers{{zeros, ones({1, 3})}, {ones({2, 3}), ones({1, 2})}, {ones({1, 2}), ones({1, 1})}},
      fg::relu{});
  CHECK(none.layers[0].weight.shape() == fg::shape{0, 2});
  CHECK(none.layers[1].weight.shape() == fg::shape{0, 0});
  CHECK(none.layers[2].weight.shape() == fg::shape{1, 0});
  CHECK(none.layers[2].bias.to_host(on) == std::vector<float>{1 + 2 * 4});

  const auto one = fg::drop_dead_neurons(on, layers{{zeros, ones({1, 3})}}, fg::relu{});
  CHECK(one.layers[0].weight.shape() == fg::shape{3, 2});  // outputs stay
  CHECK(fg::drop_dead_neurons(on, layers{}, fg::relu{}).kept.empty());
}

TEMPLATE_TEST_CASE("drop_dead_neurons says which layer does not fit", "", BACKENDS) {
  const TestType on;
  using layers = std::vector<fg::dense_layer<float, TestType>>;
  const auto zeros = [&](offset r, offset c) {
    return fg::matrix<float, TestType>::zeros(on, {r, c});
  };
  const auto drop = [&](layers l) { (void)fg::drop_dead_neurons(on, std::move(l), fg::relu{}); };
  CHECK_THROWS_WITH(drop({{zeros(3, 2), zeros(1, 3)}, {zeros(4, 5), zeros(1, 4)}}),
                    "drop_dead_neurons: columns of weight 1: expected 3, got 5");
  CHECK_THROWS_WITH(drop({{zeros(3, 2), zeros(2, 3)}}),
                    "drop_dead_neurons: rows of bias 0: expected 1, got 2");
  CHECK_THROWS_WITH(drop({{zeros(3, 2), zeros(1, 2)}}),
                    "drop_dead_neurons: columns of bias 0: expected 3, got 2");
}
