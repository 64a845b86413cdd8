// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catch.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/core/random.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/ops/l2_penalty.hpp>

#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// A parameter of normal numbers.
template <class T, backend B>
[[nodiscard]] parameter<T, B> normal_parameter(const B& on, shape s, std::uint64_t seed) {
  std::vector<T> host;
  for (offset i = 0; i < s.size(); ++i)
    host.push_back(static_cast<T>(philox{seed}.normal(static_cast<std::uint64_t>(i))));
  return parameter<T, B>(matrix<T, B>(on, std::span<const T>(host), s));
}

/// Compares the gradient of each parameter that visit(f) shows with differences of |y|^2 / 2, where
/// y is what result(r) gives on a tape; returns the worst |analytic - numeric| / (1 + |numeric|).
template <backend B, class Visit, class Result>
[[nodiscard]] double parameter_error(const B& on, const Visit& visit, const Result& result) {
  const auto loss = [&](bool learn) {
    tape<double, B> r(on);
    const auto total = r(l2_penalty{}, result(r));
    if (learn) r.backward(total);
    return r.value(total).to_host(on)[0];
  };
  loss(true);
  double worst = 0;
  visit([&](const std::string& name, auto& p) {
    const auto analytic = p.gradient.to_host(on);
    auto host = p.value.to_host(on);
    INFO(name);
    REQUIRE(analytic.size() == host.size());
    REQUIRE(!host.empty());
    for (std::size_t i = 0; i < host.size(); ++i) {
      const auto probe = [&](double step) {
        const double before = std::exchange(host[i], host[i] + step);
        p.value.from_host(on, host);
        host[i] = before;
        return loss(false);
      };
      const double h = 1e-5, numeric = (probe(h) - probe(-h)) / (2 * h);
      const double error = std::abs(analytic[i] - numeric) / (1 + std::abs(numeric));
      if (!(error <= worst)) {
        worst = error;
        UNSCOPED_INFO(name << " " << i << ": " << analytic[i] << ", differences " << numeric);
      }
    }
    p.value.from_host(on, host);
  });
  return worst;
}

/// Moves every parameter away from where it starts, so that zeros and ones hide nothing.
template <backend B, class Part>
void shake(const B& on, Part& part) {
  for_each_parameter(part, [&](const std::string&, auto& p) {
    auto host = p.value.to_host(on);
    for (std::size_t i = 0; i < host.size(); ++i) {
      using T = std::remove_reference_t<decltype(host[i])>;
      host[i] += static_cast<T>(0.3 * philox{77, host.size()}.normal(i));
    }
    p.value.from_host(on, host);
  });
}

/// Features of the nodes of `small_graph`, some of them none.
template <class T, backend B>
[[nodiscard]] sparse_features<T, B> small_features(const B& on) {
  std::vector<index> row, col;
  std::vector<T> value;
  for (index v = 0; v < 12; ++v)
    for (index c = 0; c < 5; ++c)
      if ((v * 7 + c * 3) % 4 == 0 && v != 9) {
        row.push_back(v);
        col.push_back(c);
        value.push_back(static_cast<T>(1 + 0.25 * v - 0.5 * c));
      }
  graph<B> pattern(on, {12, 5}, row, col);
  const auto n = static_cast<offset>(value.size());
  return {std::move(pattern), matrix<T, B>(on, std::span<const T>(value), {n, 1})};
}

}  // namespace filigree
