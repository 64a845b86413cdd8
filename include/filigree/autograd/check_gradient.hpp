// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/finite.hpp>
#include <filigree/core/random.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/matrix.hpp>

#include <cmath>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace filigree {

/// The result of a gradient check.
struct gradient_check {
  double error = 0;     ///< the largest |analytic - numeric| / (1 + |numeric|)
  offset compared = 0;  ///< number of elements compared
};

namespace detail {
template <backend B, class Op, class... In>
[[nodiscard]] double directional(const B& on, const Op& op, const std::vector<double>& direction,
                                 const In&... in) {
  matrix<double, B> y(on, op.shape(in.view()...));
  op.forward(on, y.view(), in.view()...);
  const auto host = y.to_host(on);
  double sum = 0;
  for (std::size_t i = 0; i < host.size(); ++i) sum += host[i] * direction[i];
  return sum;
}
}  // namespace detail

/// Compares op.backward with central differences of <c, op.forward>, for a random c, for every
/// element of every input; also checks that backward adds to the existing gradient, and that
/// omitting any single gradient does not change the others.
template <backend B, class Op, class... In>
[[nodiscard]] gradient_check check_gradient(const B& on, const Op& op, const In&... inputs) {
  constexpr std::size_t count = sizeof...(In);
  std::tuple<In...> in{inputs...};
  matrix<double, B> y(on, op.shape(inputs.view()...));
  op.forward(on, y.view(), inputs.view()...);
  std::vector<double> c(static_cast<std::size_t>(y.size()));
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = philox{7, 1}.normal(i);
  const matrix<double, B> dy(on, std::span<const double>(c), y.shape());
  gradient_check found;
  // Written so that NaN counts as an error, and persists.
  const auto note = [&found](double difference) {
    if (exceeds(difference, found.error) && !is_nan(found.error)) found.error = difference;
  };

  // Gradients start from 1, to check that backward adds; `without` omits one.
  const auto gradients = [&](std::size_t without) {
    auto d = std::tuple<In...>{In(on, inputs.shape())...};
    std::apply([&](auto&... m) { (on.fill(m.data(), m.size(), 1.0), ...); }, d);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      op.backward(on, dy.view(), std::as_const(y).view(), inputs.view()...,
                  (I == without ? gradient<double>{} : gradient<double>{std::get<I>(d).view()})...);
    }
    (std::index_sequence_for<In...>{});
    return std::apply(
        [&](auto&... m) { return std::vector<std::vector<double>>{m.to_host(on)...}; }, d);
  };
  const auto analytic = gradients(count);
  for (std::size_t without = 0; without < count; ++without) {
    const auto others = gradients(without);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t k = 0; k < others[i].size(); ++k)
        note(std::abs(others[i][k] - (i == without ? 1 : analytic[i][k])));
  }
  const auto check = [&](auto& x, const std::vector<double>& d) {
    auto host = x.to_host(on);
    for (std::size_t k = 0; k < host.size(); ++k) {
      const auto probe = [&](double step) {
        const double before = std::exchange(host[k], host[k] + step);
        x.from_host(on, host);
        host[k] = before;
        return std::apply([&](const auto&... m) { return detail::directional(on, op, c, m...); },
                          in);
      };
      const double h = 1e-5, numeric = (probe(h) - probe(-h)) / (2 * h);
      note(std::abs(numeric - (d[k] - 1)) / (1 + std::abs(numeric)));
      ++found.compared;
    }
    x.from_host(on, host);
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) { (check(std::get<I>(in), analytic[I]), ...); }
  (std::index_sequence_for<In...>{});
  return found;
}

}  // namespace filigree
