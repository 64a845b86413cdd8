// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/core/share.hpp>

#include <limits>

namespace filigree {

TEST_CASE("a share of a count is rounded down, the share being the decimal that was written") {
  CHECK(detail::share_of(10'000'000, .5f) == 5'000'000);
  CHECK(detail::share_of(10'000'000, .7f) == 7'000'000);
  CHECK(detail::share_of(10, .7f) == 7);
  CHECK(detail::share_of(9, .7f) == 6);
  CHECK(detail::share_of(1'000'000'000'000, .3f) == 300'000'000'000);
  CHECK(detail::share_of(1'000'000'000, 1e-9f) == 1);
  CHECK(detail::share_of(999'999'999, 1e-9f) == 0);
  CHECK(detail::share_of(1'000'000, 1e-40f) == 0);
  CHECK(detail::share_of(7, 0.f) == 0);
  CHECK(detail::share_of(7, 1.f) == 7);
  CHECK(detail::share_of(0, .5f) == 0);
  for (const offset parts : {10, 100, 1000, 10'000})
    for (offset k = 0; k <= parts; ++k) {
      const auto share = static_cast<float>(k) / static_cast<float>(parts);
      for (const offset n : {1, 3, 7, 10, 99, 1001, 9'999'999, 10'000'000, 123'456'789}) {
        const bool holds = detail::share_of(n, share) == n * k / parts;
        if (!holds) FAIL(k << " / " << parts << " of " << n);
      }
    }
}

TEST_CASE("a share that was computed is rounded down but for its last places") {
  CHECK(detail::share_of(3, 1 - 2. / 3) == 1);
  CHECK(detail::share_of(20, 1 - (1 - .7) * .5) == 17);
  CHECK(detail::share_of(10'000'000, .5) == 5'000'000);
  CHECK(detail::share_of(10'000'000, .5 - 1e-8) == 4'999'999);
  CHECK(detail::decimal_of(.7f) == .7);
  CHECK(detail::decimal_of(1.f) == 1);
}

TEST_CASE("a share is the decimal that it was written as, in integers") {
  const auto is = [](float share, offset units, offset of) {
    const auto d = detail::decimal_share_of(share);
    CHECK(d.units == units);
    CHECK(d.of == of);
  };
  is(1, 1, 1);
  is(.5f, 5, 10);
  is(.07f, 7, 100);
  is(.12345678f, 12345678, 100'000'000);
  is(1e-18f, 1, 1'000'000'000'000'000'000);
  is(1e-19f, 1, 0);
  is(1e-38f, 1, 0);
}

TEST_CASE("batches are counted whatever their size") {
  CHECK(detail::batches_of(0, 5) == 0);
  CHECK(detail::batches_of(5, 5) == 1);
  CHECK(detail::batches_of(6, 5) == 2);
  CHECK(detail::batches_of(6, std::numeric_limits<offset>::max()) == 1);
}

}  // namespace filigree
