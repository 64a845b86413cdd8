// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

namespace fg = filigree;

namespace {
constexpr std::uint64_t many = 200000;

template <class Draw>
std::vector<double> draws(const Draw& draw) {
  std::vector<double> out;
  for (std::uint64_t i = 0; i < many; ++i) out.push_back(static_cast<double>(draw(i)));
  return out;
}
double mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}
double variance(const std::vector<double>& x) {
  const double m = mean(x);
  double sum = 0;
  for (const double v : x) sum += (v - m) * (v - m);
  return sum / static_cast<double>(x.size());
}
}  // namespace

TEST_CASE("philox gives the bits that its authors published") {
  // The known answers of Random123 for philox4x32-10; the first two of the four words.
  CHECK(fg::philox{}.bits(0) == 0xe169c58d6627e8d5u);
  CHECK(fg::philox{.key = ~std::uint64_t{0}, .stream = ~std::uint64_t{0}}.bits(~std::uint64_t{0}) ==
        0x41c83b0e408f276du);
  CHECK(fg::philox{.key = 0x299f31d0a4093822u, .stream = 0x0370734413198a2eu}.bits(
            0x85a308d3243f6a88u) == 0x94fdccebd16cfe09u);
}

TEST_CASE("keys, streams and counters give different numbers") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t key = 0; key < 10; ++key)
    for (std::uint64_t stream = 0; stream < 10; ++stream)
      for (std::uint64_t counter = 0; counter < 100; ++counter)
        seen.insert(fg::philox{key, stream}.bits(counter));
  CHECK(seen.size() == 10000);
  CHECK(fg::philox{3, 4}.bits(5) == fg::philox{3, 4}.bits(5));
}

TEST_CASE("uniform numbers fill the interval from 0 to 1 evenly") {
  const fg::philox random{.key = 7};
  const auto x = draws([&](std::uint64_t i) { return random.uniform(i); });
  CHECK(*std::min_element(x.begin(), x.end()) >= 0);
  CHECK(*std::max_element(x.begin(), x.end()) < 1);
  CHECK(mean(x) == Approx(0.5).margin(0.003));
  CHECK(variance(x) == Approx(1.0 / 12).margin(0.001));
}

TEST_CASE("below reaches every number under its bound and no other") {
  const fg::philox random{.key = 8};
  const auto bound = GENERATE(1, 2, 7, 1000);
  std::vector<int> count(static_cast<std::size_t>(bound));
  for (std::uint64_t i = 0; i < many; ++i)
    ++count.at(static_cast<std::size_t>(random.below(i, bound)));
  const double expected = static_cast<double>(many) / bound;
  for (const int c : count) REQUIRE(std::abs(c - expected) < 6 * std::sqrt(expected) + 1e-9);
}

TEST_CASE("below reaches past 32 bits") {
  const fg::philox random{.key = 9};
  const std::int64_t bound = std::int64_t{1} << 45;
  const auto x = draws([&](std::uint64_t i) { return random.below(i, bound); });
  CHECK(*std::max_element(x.begin(), x.end()) < static_cast<double>(bound));
  CHECK(mean(x) == Approx(static_cast<double>(bound) / 2).epsilon(0.01));
}

TEST_CASE("normal numbers have mean 0, variance 1 and the right tails") {
  const fg::philox random{.key = 10};
  const auto x = draws([&](std::uint64_t i) { return random.normal(i); });
  CHECK(mean(x) == Approx(0).margin(0.01));
  CHECK(variance(x) == Approx(1).margin(0.02));
  const auto beyond_two = std::count_if(x.begin(), x.end(), [](double v) { return v > 2; });
  CHECK(static_cast<double>(beyond_two) / many == Approx(0.02275).margin(0.0015));
  CHECK(std::all_of(x.begin(), x.end(), [](double v) { return std::isfinite(v); }));
}

TEST_CASE("a use that has streams of its own shares none with another, nor with what counts") {
  using fg::random_use;
  const auto last = (std::uint64_t{1} << 61) - 1;
  CHECK(fg::stream_of(random_use::pruning_scores, 0) == std::uint64_t{2} << 61);
  CHECK(fg::stream_of(random_use::pruning_scores, last) == 3 * (last + 1) - 1);
  CHECK(fg::stream_of(random_use::pruning_scores, last + 6) ==
        fg::stream_of(random_use::pruning_scores, 5));
}

TEST_CASE("seeds follow from names") {
  CHECK(fg::seed_of(1, "weight") == fg::seed_of(1, "weight"));
  std::set<std::uint64_t> seeds;
  const std::vector<const char*> names{"", "a", "b", "ab", "ba", "layers", "0", "1", "weight"};
  for (const std::uint64_t seed : {0U, 1U, 2U, 3U})
    for (const auto* name : names) seeds.insert(fg::seed_of(seed, name));
  CHECK(seeds.size() == 4 * names.size());
  // Parts of parts: a name under a name is not the same as both in one, or in another order.
  CHECK(fg::seed_of(fg::seed_of(1, "a"), "b") != fg::seed_of(1, "ab"));
  CHECK(fg::seed_of(fg::seed_of(1, "a"), "b") != fg::seed_of(fg::seed_of(1, "b"), "a"));
  STATIC_REQUIRE(fg::seed_of(7, "layers") != 7);
}
