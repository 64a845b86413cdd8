// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/parameter.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/random.hpp>
#include <filigree/kernels/fill_normal.hpp>
#include <filigree/tensor/graph.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string_view>

namespace filigree {

/// The specification of a part of a model: everything known when its parameters are created.
template <backend B>
struct part_spec {
  offset in = 0;           ///< columns of its input
  offset out = 0;          ///< columns of its output
  bool sparse = false;     ///< whether its input may be sparse features
  bool head = false;       ///< whether it outputs class scores: no nonlinearity, no dropout
  std::uint64_t seed = 1;  ///< with a weight's name, determines the seed of its initial values
  /// The only graph it will be used with, in its current state, for inspection during construction:
  /// edges may be removed later. Null: any graph.
  const graph<B>* of = nullptr;

  /// The specification of a subpart: its seed is derived from its name.
  [[nodiscard]] part_spec part(std::string_view name, offset reads, offset writes,
                               bool may_be_sparse = false) const {
    return {
        .in = reads, .out = writes, .sparse = may_be_sparse, .seed = seed_of(seed, name), .of = of};
  }
};

/// A policy P instantiated as a part of a model: constructed from a policy and a `part_spec`, it
/// lists its members.
template <class S, class P, class B>
concept part_of = has_members<S> && requires(const P& p, const B& on, const part_spec<B>& spec) {
  S(p, on, spec);
};

/// A weight (in x out) of normal random numbers with variance 2 / (in + out) (Glorot and Bengio,
/// 2010). `name` distinguishes the weights of one seed.
template <class T, backend B>
[[nodiscard]] parameter<T, B> glorot(const B& on, shape s, std::uint64_t seed,
                                     std::string_view name) {
  parameter<T, B> p(matrix<T, B>(on, s));
  const double deviation = std::sqrt(2 / static_cast<double>(std::max<offset>(1, s.rows + s.cols)));
  on.for_each(s.size(),
              kernels::fill_normal<T>{
                  {.key = seed_of(seed, name)}, static_cast<T>(deviation), p.value.data()});
  return p;
}

/// Weights are distinguished by name.
template <class T, backend B>
parameter<T, B> glorot(const B& on, shape s, std::uint64_t seed, std::integral auto name) = delete;

namespace detail {
/// A row of equal numbers, (1 x n).
template <class T, backend B>
[[nodiscard]] parameter<T, B> row_of(const B& on, offset n, T value) {
  parameter<T, B> p(matrix<T, B>(on, {1, n}));
  on.fill(p.value.data(), n, value);
  return p;
}
/// The only graph that a part will be used with. Throws `error` if it may be any graph.
template <backend B>
[[nodiscard]] const graph<B>& one_graph(const part_spec<B>& spec) {
  if (!spec.of)
    throw error("graph_conv: edges: expected ones that can weigh any graph, got ones made for one");
  return *spec.of;
}
}  // namespace detail

}  // namespace filigree
