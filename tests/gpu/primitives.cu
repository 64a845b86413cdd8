// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "random_values.hpp"
#include <filigree/backend/gpu.cuh>
#include <filigree/backend/reference.hpp>
#include <filigree/core/random.hpp>

#include <cstdint>
#include <numeric>
#include <vector>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;

/// Around warps, blocks and the tiles of CUB's algorithms.
const list<fg::offset> sizes{0, 1, 31, 32, 33, 255, 256, 257, 2047, 2049, 5000, 20011};

template <class T>
list<T> down(const fg::gpu& on, const fg::device_buffer<T>& b) {
  list<T> host(b.size());
  on.download(b, std::span<T>(host));
  return host;
}
template <class T>
auto up(const fg::gpu& on, const list<T>& host) {
  return on.upload(std::span<const T>(host));
}

struct add_one {
  int* count;
  FILIGREE_FN void operator()(fg::offset i) const { ++count[i]; }
};
/// Each lane adds 1 for every `size()`-th of 5 columns.
struct add_ones {
  int* count;
  template <class Lanes>
  FILIGREE_FN void operator()(fg::offset r, Lanes lanes) const {
    for (fg::offset j = lanes.rank(); j < 5; j += lanes.size()) ++count[r * 5 + j];
  }
};
/// What the lanes of a warp agree upon.
struct agree {
  double *sum, *max, *from, *any;
  template <class Lanes>
  FILIGREE_FN void operator()(fg::offset r, Lanes lanes) const {
    const auto mine = static_cast<double>(r + lanes.rank());
    const double s = lanes.sum(mine), m = lanes.max(mine), f = lanes.from(3, mine);
    const bool a = lanes.any(lanes.rank() == r);
    const fg::offset at = r * lanes.size() + lanes.rank();
    sum[at] = s;
    max[at] = m;
    from[at] = f;
    any[at] = a;
  }
};
template <class T>
struct element {
  const T* x;
  FILIGREE_FN T operator()(fg::offset i) const { return x[i]; }
};
/// The sum of the 5 elements of row r.
struct row_total {
  const double* x;
  template <class Lanes>
  FILIGREE_FN double operator()(fg::offset r, Lanes lanes) const {
    double mine = 0;
    for (fg::offset j = lanes.rank(); j < 5; j += lanes.size()) mine += x[r * 5 + j];
    return lanes.sum(mine);
  }
};
template <class T>
struct positive {
  const T* x;
  FILIGREE_FN bool operator()(fg::offset i) const { return x[i] > 0; }
};
struct always {
  FILIGREE_FN bool operator()(fg::offset) const { return true; }
};
}  // namespace

TEST_CASE("memory goes up to the device, comes down, is filled and copied") {
  const fg::gpu on;
  for (const auto n : {fg::offset{0}, fg::offset{1}, fg::offset{777}, fg::offset{3000001}}) {
    const auto host = normals<float>(n);
    const auto a = up(on, host);
    REQUIRE(a.size() == host.size());
    REQUIRE(down(on, a) == host);
    auto b = on.allocate<float>(n);
    on.copy(a.data(), b.data(), n);
    REQUIRE(down(on, b) == host);
    const auto copy = b;
    on.fill(b.data(), n, 3.0f);  // no single byte repeats
    REQUIRE(down(on, b) == list<float>(host.size(), 3));
    REQUIRE(down(on, copy) == host);
    REQUIRE(down(on, on.zeros<double>(n)) == list<double>(host.size(), 0));
  }
  auto ids = on.allocate<fg::index>(9);
  on.fill(ids.data(), 9, fg::index{-1});
  CHECK(down(on, ids) == list<fg::index>(9, -1));
}

TEST_CASE("host memory may change as soon as it was handed over") {
  const fg::gpu on;
  list<int> host(100000);
  list<fg::device_buffer<int>> sent;
  for (int round = 0; round < 20; ++round) {
    std::ranges::fill(host, round);
    sent.push_back(up(on, host));
  }
  for (int round = 0; round < 20; ++round)
    CHECK(down(on, sent[static_cast<std::size_t>(round)]) == list<int>(host.size(), round));
}

TEST_CASE("for_each calls kernels of elements and of rows once for each number") {
  const fg::gpu on;
  for (const auto n : sizes) {
    auto count = on.zeros<int>(n), counts = on.zeros<int>(5 * n);
    on.for_each(n, add_one{count.data()});
    on.for_each(n, add_ones{counts.data()});
    CHECK(down(on, count) == list<int>(count.size(), 1));
    CHECK(down(on, counts) == list<int>(counts.size(), 1));
  }
}

TEST_CASE("the lanes of a warp agree on sums, maxima and what one of them has") {
  const fg::gpu on;
  constexpr fg::offset rows = 40, lanes = 32;
  auto sum = on.allocate<double>(rows * lanes), max = on.allocate<double>(rows * lanes),
       from = on.allocate<double>(rows * lanes), any = on.allocate<double>(rows * lanes);
  on.for_each(rows, agree{sum.data(), max.data(), from.data(), any.data()});
  const auto s = down(on, sum), m = down(on, max), f = down(on, from), a = down(on, any);
  for (fg::offset r = 0; r < rows; ++r)
    for (fg::offset l = 0; l < lanes; ++l) {
      const auto at = static_cast<std::size_t>(r * lanes + l);
      const auto row = static_cast<double>(r);
      CHECK((s[at] == 32 * row + 496 && m[at] == row + 31 && f[at] == row + 3 &&
             a[at] == double(r < 32)));
    }
}

TEST_CASE("a sum over elements or rows has the same bits in every run, whatever the stream") {
  const fg::gpu on, other = fg::gpu::with_own_stream();
  for (const auto n : sizes) {
    const auto host = normals<double>(5 * n);
    const auto sum = [&](const fg::gpu& where, bool rows) {
      const auto x = up(where, host);
      auto out = where.allocate<double>(1);
      if (rows)
        where.sum(n, row_total{x.data()}, out.data(), -0.5);
      else
        where.sum(5 * n, element<double>{x.data()}, out.data(), -0.5);
      return down(where, out).front();
    };
    const double expected = -0.5 * std::accumulate(host.begin(), host.end(), 0.0);
    for (const bool rows : {false, true}) {
      const double first = sum(on, rows);
      CHECK(first == Approx(expected).margin(1e-9));
      CHECK(sum(on, rows) == first);
      CHECK(sum(other, rows) == first);
    }
  }
}

TEST_CASE("scan, sort, select and segmented sums are those of the reference") {
  const fg::gpu on;
  const fg::reference oracle;
  for (const auto n : sizes) {
    list<fg::offset> steps;
    list<std::uint32_t> keys;
    list<fg::index> values;
    for (fg::offset i = 0; i < n; ++i) {
      const auto bits = fg::philox{}.bits(static_cast<std::uint64_t>(i));
      steps.push_back(static_cast<fg::offset>(bits % 5) - 1);
      keys.push_back(static_cast<std::uint32_t>(bits % 1000));
      values.push_back(static_cast<fg::index>(i));
    }
    auto expected = steps;
    expected.push_back(99);
    auto scanned = up(on, expected);
    oracle.scan(expected.data(), n);
    on.scan(scanned.data(), n);
    REQUIRE(down(on, scanned) == expected);

    for (const int bits : {10, 32}) {
      auto k = up(on, keys);
      auto v = up(on, values);
      on.sort_pairs(k.data(), v.data(), n, bits);
      auto sorted = keys;
      auto moved = values;
      oracle.sort_pairs(sorted.data(), moved.data(), n);
      REQUIRE(down(on, k) == sorted);
      REQUIRE(down(on, v) == moved);
    }

    const auto host = normals<float>(n);
    const auto x = up(on, host);
    const auto kept = oracle.select(n, positive<float>{host.data()});
    REQUIRE(down(on, on.select(n, positive<float>{x.data()})) ==
            list<fg::offset>(kept.data(), kept.data() + kept.size()));
    REQUIRE(on.select(n, always{}).size() == static_cast<std::size_t>(n));
  }
  list<fg::offset> begin{0};
  for (fg::offset s = 0; s < 300; ++s)
    begin.push_back(begin.back() + (s % 3 == 1 ? 0 : s == 200 ? 5000 : s % 17));
  const auto x = normals<double>(begin.back());
  list<double> sums(300);
  oracle.segmented_sum(begin.data(), 300, element<double>{x.data()}, sums.data());
  const auto on_device = up(on, x);
  const auto b = up(on, begin);
  auto out = on.allocate<double>(300);
  on.segmented_sum(b.data(), 300, element<double>{on_device.data()}, out.data());
  const auto got = down(on, out);
  for (std::size_t s = 0; s < got.size(); ++s) CHECK(got[s] == Approx(sums[s]).margin(1e-10));
}

TEST_CASE("a count is its upper bound, since nobody waits for it") {
  const fg::gpu on;
  const auto number = on.zeros<fg::index>(1);
  CHECK(on.count(number.data(), 17) == 17);
}
