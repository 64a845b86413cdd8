// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/one_of.hpp>
#include <filigree/nn/edges/gated_view.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/concat_columns.hpp>
#include <filigree/ops/maximum.hpp>

#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

namespace filigree {

// How the layers' outputs x1, x2, ... are combined (jumping knowledge: Xu et al., 2018): policies
// with `columns(layers, hidden)` and `join(r, xs)`.

/// The last one.
struct last_layer {
  [[nodiscard]] static offset columns(int, offset hidden) { return hidden; }
  template <recorder R>
  [[nodiscard]] static typename R::var join(R&, const std::vector<typename R::var>& xs) {
    return xs.back();
  }
};
/// All of them, concatenated.
struct concat_layers {
  [[nodiscard]] static offset columns(int layers, offset hidden) { return layers * hidden; }
  template <recorder R>
  [[nodiscard]] static typename R::var join(R& r, const std::vector<typename R::var>& xs) {
    auto y = xs.front();
    for (std::size_t k = 1; k < xs.size(); ++k) y = r(concat_columns{}, y, xs[k]);
    return y;
  }
};
/// Their sum.
struct sum_layers {
  [[nodiscard]] static offset columns(int, offset hidden) { return hidden; }
  template <recorder R>
  [[nodiscard]] static typename R::var join(R& r, const std::vector<typename R::var>& xs) {
    auto y = xs.front();
    for (std::size_t k = 1; k < xs.size(); ++k) y = r(add{}, y, xs[k]);
    return y;
  }
};
/// Their elementwise maximum.
struct max_layers {
  [[nodiscard]] static offset columns(int, offset hidden) { return hidden; }
  template <recorder R>
  [[nodiscard]] static typename R::var join(R& r, const std::vector<typename R::var>& xs) {
    auto y = xs.front();
    for (std::size_t k = 1; k < xs.size(); ++k) y = r(maximum{}, y, xs[k]);
    return y;
  }
};

/// A sequence of layers of one kind, and how their outputs are combined.
template <class Conv, class Jump = last_layer>
struct encoder {
  Conv conv{};  ///< each layer
  Jump jump{};  ///< how the outputs are combined

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("conv", self.conv);
    see("jump", self.jump);
  }

  /// Whether the graph must have a self-loop at each node.
  [[nodiscard]] bool loops() const {
    return detail::ask(conv, [](const auto& c) { return c.loops; });
  }
  /// Whether a sample of the neighbors is sufficient.
  template <class T, class B>
  [[nodiscard]] bool can_sample() const {
    return std::is_same_v<Jump, last_layer> &&
           detail::ask(conv, []<class C>(const C&) { return C::template state<T, B>::can_sample; });
  }
  template <class T, class B>
  class state;
};

template <class Conv, class Jump>
template <class T, class B>
class encoder<Conv, Jump>::state {
 public:
  /// Creates `layers` layers; the first reads spec.in columns, and each outputs spec.out columns.
  state(const encoder& p, const B& on, const part_spec<B>& spec, int layers) : jump_(p.jump) {
    columns_ = layers > 0 ? jump_.columns(layers, spec.out) : spec.in;
    for (int k = 0; k < layers; ++k)
      layers_.emplace_back(p.conv, on,
                           spec.part(std::to_string(k), k == 0 ? spec.in : spec.out, spec.out,
                                     k == 0 && spec.sparse));
  }

  [[nodiscard]] offset columns() const { return columns_; }
  [[nodiscard]] int layers() const { return static_cast<int>(layers_.size()); }

  /// Each layer's output, along a graph or one sampled block per layer. `on_way(k, x)` may change
  /// the input of layer k, from 0.
  template <recorder R, class Graph, class OnWay>
  [[nodiscard]] std::vector<typename R::var> each_layer(R& r, const Graph& g, activation<R> x,
                                                        random_streams& random,
                                                        const OnWay& on_way) const {
    std::vector<typename R::var> xs;
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      x = on_way(static_cast<int>(k), x);
      if constexpr (std::same_as<Graph, std::vector<drawn_view<R>>>)
        xs.push_back(layers_[k](r, g[k], x, random));
      else
        xs.push_back(layers_[k](r, g, x, random));
      x = activation<R>(xs.back());
    }
    return xs;
  }
  /// Combines the outputs of the layers.
  template <recorder R>
  [[nodiscard]] typename R::var join(R& r, const std::vector<typename R::var>& xs) const {
    return jump_.join(r, xs);
  }
  /// Layer k, from 0: called with a recorder, a graph, its input and random numbers.
  [[nodiscard]] const typename Conv::template state<T, B>& layer(std::size_t k) const {
    return layers_[k];
  }
  static void members(auto& self, auto&& see) { see("layers", self.layers_); }

 private:
  Jump jump_;
  offset columns_ = 0;
  std::vector<typename Conv::template state<T, B>> layers_;
};

namespace detail {
template <class C>
struct encoder_of_type {
  using type = encoder<C>;
};
template <class Conv, class Jump>
struct encoder_of_type<encoder<Conv, Jump>> {
  using type = encoder<Conv, Jump>;
};
}  // namespace detail

/// Leaves an encoder as it is, and wraps a layer as an encoder of such layers.
template <class C>
using encoder_of = typename detail::encoder_of_type<C>::type;

namespace detail {
template <class C>
[[nodiscard]] encoder_of<C> as_encoder(const C& layers) {
  if constexpr (std::is_same_v<C, encoder_of<C>>)
    return layers;
  else
    return {layers};
}
}  // namespace detail

}  // namespace filigree
