// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/dot.hpp>

#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("dot multiplies vectors of every length", "", float, double) {
  for (offset n = 0; n <= 70; ++n) {
    // 1 * 2 + 2 * 3 + ...: exact in float. Memory ends where the vectors do.
    std::vector<TestType> a, b;
    TestType expected = 0;
    for (offset i = 1; i <= n; ++i) {
      a.push_back(static_cast<TestType>(i));
      b.push_back(static_cast<TestType>(i + 1));
      expected += static_cast<TestType>(i * (i + 1));
    }
    INFO("length " << n);
    CHECK(kernels::dot(a.data(), b.data(), n) == expected);
  }
}

}  // namespace filigree
