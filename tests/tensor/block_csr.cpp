// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/tensor/block_csr.hpp>

#include <limits>
#include <vector>

namespace fg = filigree;
using fg::offset;

// [ 1 0 0 0 0 ]   in blocks of 2 x 2:   [ 1 0 | 0 0 | 0 . ]
// [ 2 0 0 0 3 ]                         [ 2 0 | 0 0 | 3 . ]
// [ 0 0 0 0 0 ]                         [ . . | . . | . . ]
// [ 0 0 0 4 0 ]                         [ 0 0 | 0 4 | 0 . ]
// [ 0 5 0 0 0 ]                         [ 0 5 | 0 0 | 0 . ]
TEMPLATE_TEST_CASE("blocks with a nonzero are kept, column by column", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const std::vector<T> dense{1, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0,
                             0, 0, 0, 0, 0, 4, 0, 0, 5, 0, 0, 0};
  const fg::matrix<T, B> m(on, std::span<const T>(dense), {5, 5});
  const fg::block_csr a(on, m, {2, 2});
  CHECK(a.shape() == fg::shape{5, 5});
  CHECK(a.block() == fg::shape{2, 2});
  CHECK(a.blocks() == 4);
  CHECK(a.entries() == 16);
  const auto v = a.view();
  CHECK(fg::detail::fetch(on, v.row_begin, 4) == std::vector<offset>{0, 2, 3, 4});
  CHECK(fg::detail::fetch(on, v.column, 4) == std::vector<fg::index>{0, 2, 1, 0});
  CHECK(fg::detail::fetch(on, v.value, 16) ==
        std::vector<T>{1, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 4, 0, 0, 5, 0});
  CHECK(to_dense(on, a).to_host(on) == dense);
  const fg::block_csr all(on, m, {2, 2}, fg::kept_blocks::all);
  CHECK(all.blocks() == 9);
  CHECK(fg::detail::fetch(on, all.view().column, 9) ==
        std::vector<fg::index>{0, 1, 2, 0, 1, 2, 0, 1, 2});
  CHECK(to_dense(on, all).to_host(on) == dense);
}

TEMPLATE_TEST_CASE("a block may be larger than its matrix, and a matrix empty", "", BACKENDS) {
  const TestType on;
  const std::vector<float> dense{1, 2, 3, 4, 5, 6};
  const fg::matrix<float, TestType> m(on, std::span<const float>(dense), {2, 3});
  for (const auto block : {fg::shape{1, 1}, {2, 3}, {16, 16}, {3, 2}})
    CHECK(to_dense(on, fg::block_csr(on, m, block)).to_host(on) == dense);
  const fg::matrix<float, TestType> wide(on, fg::shape{0, 3}), tall(on, fg::shape{3, 0});
  CHECK(fg::block_csr(on, wide).blocks() == 0);
  CHECK(fg::block_csr(on, tall).blocks() == 0);
  CHECK(fg::block_csr<float, TestType>().shape() == fg::shape{});
  const auto zeros = fg::matrix<float, TestType>::zeros(on, {7, 9});
  CHECK(fg::block_csr(on, zeros).entries() == 0);
}

TEMPLATE_TEST_CASE("block_csr says what is wrong with its blocks", "", BACKENDS) {
  const TestType on;
  auto m = fg::matrix<float, TestType>::zeros(on, {2, 2});
  CHECK_THROWS_WITH(fg::block_csr(on, m, {0, 4}),
                    "block_csr: rows of a block: expected at least 1, got 0");
  CHECK_THROWS_WITH(fg::block_csr(on, m, {4, -1}),
                    "block_csr: columns of a block: expected at least 1, got -1");
  const std::vector<float> bad{0, 1, std::numeric_limits<float>::quiet_NaN(), 0};
  m.from_host(on, bad);
  CHECK_THROWS_WITH(fg::block_csr(on, m),
                    "block_csr: value of entry 2: expected a number, got nan");
}
