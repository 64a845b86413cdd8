// SPDX-License-Identifier: Apache-2.0
#include <filigree/cuda.cuh>

#include <vector>

namespace fg = filigree;

/// A sparse product on the device.
int main() {
  const fg::gpu on;
  const std::vector<fg::index> row{0, 1, 1}, column{2, 0, 1};
  const fg::graph<fg::gpu> g(on, {2, 3}, row, column);
  const fg::matrix<float, fg::gpu> w(on, std::vector<float>{1, 2, 3}, {3, 1});
  const fg::matrix<float, fg::gpu> x(on, std::vector<float>{1, 2, 3}, {3, 1});
  fg::eager<float, fg::gpu> r(on);
  const auto y = r(fg::spmm{g}, r.constant(w), r.constant(x));
  return y->to_host(on) == std::vector<float>{3, 8} ? 0 : 1;
}
