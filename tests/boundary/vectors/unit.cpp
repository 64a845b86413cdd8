// SPDX-License-Identifier: Apache-2.0
// One and the same unit, compiled for several machines as UNIT, and linked into one program.
#include <filigree/filigree.hpp>

#include <span>
#include <vector>

namespace fg = filigree;

namespace {
template <class B>
double trained(const B& on) {
  std::vector<fg::interaction> pairs;
  for (fg::index u = 0; u < 60; ++u)
    for (fg::index i = 0; i < 4; ++i) pairs.push_back({u, (7 * u + i * i) % 40});
  fg::lightgcn<B, fg::adaptive_edges> model{
      fg::interactions(pairs), {.dim = 24, .layers = 2}, {.l2 = 1e-3f}, on};
  fg::fit(model, fg::adam{.rate = 1e-2f}, {.epochs = 3, .batch = 64});
  double sum = 0;
  for (const auto& [item, score] : fg::recommend(model, fg::user{3}, 5)) sum += score;
  return sum;
}
}  // namespace

/// What training and ranking come to on cpu and on reference, and a sparse layer. Nothing of
/// it takes a dense product: Eigen's functions have the same names for all machines.
std::vector<double> UNIT();
std::vector<double> UNIT() {
  const fg::cpu on;
  std::vector<float> host(64 * 96);
  for (std::size_t k = 0; k < host.size(); k += 7) host[k] = 0.5f;
  const fg::matrix<float, fg::cpu> weight(on, std::span<const float>(host), {64, 96});
  const fg::matrix<float, fg::cpu> x(on, std::span<const float>(host).first(48 * 96), {48, 96});
  double sum = 0;
  for (const auto format : {fg::weight_format::csr, fg::weight_format::block})
    for (const float y : fg::sparse_linear<fg::cpu, float>(on, weight, {}, {.format = format})
                             .apply(on, x)
                             .to_host(on))
      sum += y;
  return {trained(on), trained(fg::reference{}), sum};
}
