// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_entries.hpp"
#include <filigree/tensor/compact.hpp>

#include <vector>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;
using ids = std::vector<fg::index>;
using starts = std::vector<fg::offset>;
}  // namespace

// [ 1 0 2 ]      [ . . 2 ]
// [ 0 0 0 ]  ->  [ . . . ]
// [ 3 4 0 ]      [ 3 . . ]
TEMPLATE_TEST_CASE("compacting leaves the entries whose mask is not 0", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::csr<T, B> a(on, {3, 3}, starts{0, 2, 2, 4}, ids{0, 2, 0, 1}, list<T>{1, 2, 3, 4});
  const fg::matrix<T, B> mask(on, list<T>{0, 1, 0.5, 0}, {4, 1});
  const auto [left, order] = compact(on, a, mask);
  CHECK_NOTHROW(left.validate(on));
  const auto host = left.to_host(on);
  CHECK(host.shape == fg::shape{3, 3});
  CHECK(host.row_begin == starts{0, 1, 1, 2});
  CHECK(host.column == ids{2, 0});
  CHECK(host.value == list<T>{2, 3});
  CHECK(fg::detail::fetch_all(on, order) == starts{1, 2});
  CHECK_THROWS_WITH(compact(on, a, fg::matrix<T, B>(on, {3, 1})),
                    "compact: rows of mask: expected 4, got 3");
  CHECK_THROWS_WITH(compact(on, a, fg::matrix<T, B>(on, {4, 2})),
                    "compact: columns of mask: expected 1, got 2");
}

TEMPLATE_TEST_CASE("compacting keeps nothing, everything, or every other entry", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const random_entries<T> e(300, 200);
  const auto a = fg::csr<T, B>::from_entries(on, e.shape, e.row, e.col, e.value);
  const auto before = a.to_host(on);
  for (std::size_t every = 0; every < 3; ++every) {
    list<T> mask(before.value.size());
    for (std::size_t k = 0; k < mask.size(); ++k) mask[k] = every && k % every == 0;
    const auto [left, order] =
        compact(on, a, fg::matrix<T, B>(on, mask, {static_cast<fg::offset>(mask.size()), 1}));
    CHECK_NOTHROW(left.validate(on));
    const auto host = left.to_host(on);
    const auto from = fg::detail::fetch_all(on, order);
    REQUIRE(from.size() == (every ? (mask.size() + every - 1) / every : 0));
    for (std::size_t r = 0; r < 300; ++r)
      for (auto k = host.row_begin[r]; k < host.row_begin[r + 1]; ++k) {
        const auto source = from[static_cast<std::size_t>(k)];
        REQUIRE((source >= before.row_begin[r] && source < before.row_begin[r + 1]));
        REQUIRE(host.column[static_cast<std::size_t>(k)] ==
                before.column[static_cast<std::size_t>(source)]);
        REQUIRE(host.value[static_cast<std::size_t>(k)] ==
                before.value[static_cast<std::size_t>(source)]);
      }
  }
}
