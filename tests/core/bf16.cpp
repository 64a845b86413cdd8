// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/core/bf16.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace filigree {

TEST_CASE("each bf16 is a float and comes back from it") {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    bf16 x;
    x.bits = static_cast<std::uint16_t>(bits);
    const float whole = x;
    if (std::isnan(whole)) {
      CHECK(std::isnan(static_cast<float>(bf16(whole))));
    } else if (bf16(whole).bits != bits) {
      FAIL_CHECK("of bits " << bits);
    }
  }
}

TEST_CASE("a float is rounded to the nearest bf16, ties to the even one") {
  const auto rounded = [](float x) { return static_cast<float>(bf16(x)); };
  constexpr float step = 0x1p-7f;  // between 1 and 2
  CHECK(rounded(1 + step / 4) == 1);
  CHECK(rounded(1 + step / 2) == 1);
  CHECK(rounded(1 + 3 * step / 2) == 1 + 2 * step);
  CHECK(rounded(1 + 3 * step / 4) == 1 + step);
  CHECK(rounded(-1 - 3 * step / 4) == -1 - step);
  CHECK(rounded(std::bit_cast<float>(0x3f808001u)) == 1 + step);  // just above a tie
  CHECK(rounded(1 + 255 * step / 2) == 2);
  CHECK(std::signbit(rounded(-0.0f)));
}

TEST_CASE("what is beyond the largest bf16 is infinite, and NaN stays NaN") {
  const float most = std::numeric_limits<float>::max();
  CHECK(std::isinf(static_cast<float>(bf16(most))));
  CHECK(std::isinf(static_cast<float>(bf16(-std::numeric_limits<float>::infinity()))));
  CHECK(static_cast<float>(bf16(0x1.fep127f)) == 0x1.fep127f);
  for (const auto bits : {0x7f800001u, 0x7fffffffu, 0xff800001u, 0xffffffffu})
    CHECK(std::isnan(static_cast<float>(bf16(std::bit_cast<float>(bits)))));
}

TEST_CASE("numbers below the smallest normal one are kept") {
  CHECK(static_cast<float>(bf16(0x1p-133f)) == 0x1p-133f);
  CHECK(static_cast<float>(bf16(0x1p-135f)) == 0);
  CHECK(static_cast<float>(bf16(0.5)) == 0.5f);
}

}  // namespace filigree
