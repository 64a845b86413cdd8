// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/backend/generic/blocks.hpp>
#include <filigree/backend/reference.hpp>

#include <algorithm>
#include <vector>

namespace fg = filigree;

TEMPLATE_TEST_CASE("blocks are runs of one size that cover everything once", "", fg::reference,
                   fg::cpu) {
  const TestType on;
  for (const fg::offset n : {0, 1, 9, 10, 11, 95}) {
    std::vector<int> seen(static_cast<std::size_t>(n));
    fg::for_each_block(on, n, 10, [&](const TestType& one, fg::offset first, fg::offset last) {
      const bool fits = first % 10 == 0 && last == std::min(n, first + 10);
      one.fill(seen.data() + first, last - first, fits ? 1 : 2);
    });
    CHECK(std::ranges::count(seen, 1) == n);
  }
}

TEST_CASE("a block on the cpu works on one core") {
  fg::for_each_block(fg::cpu{2}, 1, 1, [](const fg::cpu& one, fg::offset, fg::offset) {
    CHECK(one.thread_count() == 1);
  });
}
