// SPDX-License-Identifier: Apache-2.0
// Units for three machines in one program: each computes with its own code. Those that this machine
// cannot run are left out.
#include <cmath>
#include <cstdio>
#include <vector>

std::vector<double> for_any();
std::vector<double> for_avx2();
std::vector<double> for_avx512();

int main() {
  const auto expected = for_any();
  int wrong = 0;
  const auto check = [&](const char* name, bool runs, std::vector<double> (*unit)()) {
    std::printf("%s: %s\n", name, runs ? "runs" : "skipped: expected such a machine, got another");
    if (!runs) return;
    const auto got = unit();
    for (std::size_t k = 0; k < expected.size(); ++k) {
      if (std::abs(got[k] - expected[k]) <= 1e-3 * std::abs(expected[k])) continue;
      std::printf("%s: result %zu: expected %.9g, got %.9g\n", name, k, expected[k], got[k]);
      ++wrong;
    }
  };
  check("avx2", __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"), for_avx2);
  check("avx512", __builtin_cpu_supports("avx512f") != 0, for_avx512);
  return wrong;
}
