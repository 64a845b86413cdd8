// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include <filigree/autograd/members.hpp>

#include <concepts>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

namespace filigree {

inline std::vector<index> ids_from(index first, index last) {
  std::vector<index> ids(static_cast<std::size_t>(last - first));
  std::iota(ids.begin(), ids.end(), first);
  return ids;
}
/// All parameters, one after the other.
template <class M>
[[nodiscard]] std::vector<double> values_of(M& m) {
  std::vector<double> all;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    for (const auto v : p.value.to_host(m.on())) all.push_back(static_cast<double>(v));
  });
  return all;
}
/// How far the gradient of a batch's loss is from differences, at most.
template <backend B, class M>
[[nodiscard]] double loss_error(const B& on, M& m, offset size) {
  const auto batch = m.sample(1, 0, 0, size);
  shake(on, m);
  return parameter_error(
      on,
      [&](const auto& f) {
        for_each_parameter(m, [&](const std::string& name, auto& p) { f(name, p); });
      },
      [&](auto& r) { return m.loss(r, batch); });
}
/// What after(on) gives on a backend: the same bits for any threads, and close to what it gives on
/// reference.
template <backend B>
std::vector<double> learned_alike(const auto& after, double epsilon = 1e-6, double margin = 1e-9) {
  const auto got = after(B{}), expected = after(reference{});
  if constexpr (std::same_as<B, cpu>) CHECK(after(cpu{1}) == got);
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(got[i] == Approx(expected[i]).epsilon(epsilon).margin(margin));
  return got;
}

}  // namespace filigree
