// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "random_values.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/backend/cpu/machine.hpp>
#include <filigree/backend/reference.hpp>
#include <filigree/core/random.hpp>

#include <cstdint>
#include <numeric>
#include <sstream>
#include <vector>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;

/// Around and far past the pieces into which cpu cuts its work.
const list<fg::offset> sizes{0, 1, 7, 4095, 4096, 4097, 8192, 8193, 16384, 16385, 300001};

/// cpu with a number of threads that is fixed by its type.
template <int Threads>
struct cpu_with {
  static fg::cpu backend() { return {.threads = Threads}; }
};
struct the_reference {
  static fg::reference backend() { return {}; }
};
#define EVERY_BACKEND the_reference, cpu_with<1>, cpu_with<2>

/// Throws at two elements.
struct picky {
  static constexpr fg::offset grain = 16;
  void operator()(fg::offset i) const {
    if (i == 100 || i == 9000) throw fg::range_error("picky: element " + std::to_string(i));
  }
};

template <class B, class T>
list<T> down(const B& on, const fg::host_buffer<T>& b) {
  list<T> host(b.size());
  on.download(b, std::span<T>(host));
  return host;
}
template <class B, class T>
auto up(const B& on, const list<T>& host) {
  return on.upload(std::span<const T>(host));
}

struct add_one {
  int* count;
  void operator()(fg::offset i) const { ++count[i]; }
};
struct add_one_by_rows {
  static constexpr fg::offset grain = 16;
  int* count;
  void operator()(fg::offset i) const { ++count[i]; }
};
template <class T>
struct element {
  const T* x;
  T operator()(fg::offset i) const { return x[i]; }
};
template <class T>
struct positive {
  const T* x;
  bool operator()(fg::offset i) const { return x[i] > 0; }
};
struct always {
  bool operator()(fg::offset) const { return true; }
};
}  // namespace

TEMPLATE_TEST_CASE("memory goes up, comes down, is filled and copied", "", EVERY_BACKEND) {
  const auto on = TestType::backend();
  for (const auto n : sizes) {
    const auto host = normals<float>(n);
    const auto a = up(on, host);
    REQUIRE(a.size() == host.size());
    CHECK(down(on, a) == host);
    auto b = on.template allocate<float>(n);
    on.copy(a.data(), b.data(), n);
    CHECK(down(on, b) == host);
    on.fill(b.data(), n, 3.0f);
    CHECK(down(on, b) == list<float>(host.size(), 3));
    CHECK(down(on, on.template zeros<double>(n)) == list<double>(host.size(), 0));
  }
  const auto a = up(on, list<int>{1, 2, 3});
  list<int> first(2);
  on.download(a, std::span(first));
  CHECK(first == list<int>{1, 2});
  on.synchronize();
}

TEMPLATE_TEST_CASE("for_each calls its kernel once for each number", "", EVERY_BACKEND) {
  const auto on = TestType::backend();
  for (const auto n : sizes) {
    auto count = on.template zeros<int>(n);
    on.for_each(n, add_one{count.data()});
    on.for_each(n, add_one_by_rows{count.data()});
    CHECK(down(on, count) == list<int>(static_cast<std::size_t>(n), 2));
  }
}

TEMPLATE_TEST_CASE("sum adds all terms, in double", "", EVERY_BACKEND) {
  const auto on = TestType::backend();
  for (const auto n : sizes) {
    list<std::int64_t> host(static_cast<std::size_t>(n));
    std::iota(host.begin(), host.end(), std::int64_t{1});
    const auto x = up(on, host);
    auto total = on.template allocate<std::int64_t>(1);
    on.sum(n, element<std::int64_t>{x.data()}, total.data());
    CHECK(down(on, total) == list<std::int64_t>{n * (n + 1) / 2});
    const auto y = up(on, list<float>(static_cast<std::size_t>(n), 0.1f));
    auto half = on.template allocate<double>(1);
    on.sum(n, element<float>{y.data()}, half.data(), 0.5);
    CHECK(down(on, half).front() == Approx(0.05 * static_cast<double>(n)).epsilon(1e-6));
  }
}

TEST_CASE("sum gives the same bits with 1 and with 2 threads, near the reference") {
  for (const auto n : sizes) {
    const auto host = normals<double>(n);
    const element<double> term{host.data()};
    const auto sum = [&](const auto& on) {
      double out = 0;
      on.sum(n, term, &out);
      return out;
    };
    const auto one = sum(fg::cpu{.threads = 1});
    CHECK(one == sum(fg::cpu{.threads = 2}));
    CHECK(one == sum(fg::cpu{.threads = 3}));
    CHECK(one == Approx(sum(fg::reference{})).margin(1e-9));
  }
}

TEMPLATE_TEST_CASE("scan makes a prefix sum in place and ends with the total", "", EVERY_BACKEND) {
  const auto on = TestType::backend();
  auto a = up(on, list<fg::offset>{3, 0, 4, -1, 77});
  on.scan(a.data(), 4);
  CHECK(down(on, a) == list<fg::offset>{0, 3, 3, 7, 6});
  auto none = up(on, list<fg::offset>{5});
  on.scan(none.data(), 0);
  CHECK(down(on, none) == list<fg::offset>{0});
  for (const auto n : sizes) {
    list<std::int32_t> host(static_cast<std::size_t>(n) + 1, 2), expected;
    for (std::size_t i = 0; i < host.size(); ++i) expected.push_back(2 * static_cast<int>(i));
    auto b = up(on, host);
    on.scan(b.data(), n);
    CHECK(down(on, b) == expected);
  }
}

TEMPLATE_TEST_CASE("sort_pairs sorts by key and keeps the order of equals", "", EVERY_BACKEND) {
  const auto on = TestType::backend();
  const auto sorts = [&]<class Key>(Key, std::uint64_t bound) {
    for (const auto n : sizes) {
      list<std::pair<Key, fg::index>> pairs;
      for (fg::offset i = 0; i < n; ++i)
        pairs.emplace_back(
            static_cast<Key>(fg::philox{}.bits(static_cast<std::uint64_t>(i)) % bound), i);
      list<Key> keys;
      list<fg::index> values;
      for (const auto& [key, value] : pairs) {
        keys.push_back(key);
        values.push_back(value);
      }
      auto k = up(on, keys);
      auto v = up(on, values);
      on.sort_pairs(k.data(), v.data(), n);
      std::ranges::stable_sort(pairs, {}, &std::pair<Key, fg::index>::first);
      std::ranges::transform(pairs, keys.begin(), [](const auto& p) { return p.first; });
      std::ranges::transform(pairs, values.begin(), [](const auto& p) { return p.second; });
      REQUIRE(down(on, k) == keys);
      REQUIRE(down(on, v) == values);
    }
  };
  SECTION("few keys") { sorts(std::uint64_t{}, 5); }
  SECTION("one key") { sorts(std::uint64_t{}, 1); }
  SECTION("64 bits") { sorts(std::uint64_t{}, ~std::uint64_t{0}); }
  SECTION("an odd number of digits") { sorts(std::uint64_t{}, std::uint64_t{1} << 24); }
  SECTION("32 bits") { sorts(std::uint32_t{}, std::uint64_t{1} << 32); }
  SECTION("16 bits") { sorts(std::uint16_t{}, 1000); }
}

TEMPLATE_TEST_CASE("select lists what the predicate accepts, in order", "", EVERY_BACKEND) {
  const auto on = TestType::backend();
  for (const auto n : sizes) {
    const auto host = normals<float>(n);
    list<fg::offset> expected, all;
    for (fg::offset i = 0; i < n; ++i) {
      all.push_back(i);
      if (host[static_cast<std::size_t>(i)] > 0) expected.push_back(i);
    }
    const auto x = up(on, host);
    CHECK(down(on, on.select(n, positive<float>{x.data()})) == expected);
    CHECK(down(on, on.select(n, always{})) == all);
    const auto nothing = on.template zeros<float>(n);
    CHECK(on.select(n, positive<float>{nothing.data()}).size() == 0);
  }
}

TEST_CASE("segmented_sum adds each segment, empty and huge ones too, to the same bits") {
  list<fg::offset> begin{0};
  for (fg::offset s = 0; s < 1000; ++s)
    begin.push_back(begin.back() + (s % 3 == 1 ? 0 : s == 500 ? 20000 : s % 17));
  const auto x = normals<float>(begin.back());
  const element<float> term{x.data()};
  const auto summed = [&](const auto& on) {
    auto out = on.template allocate<float>(1000);
    const auto b = up(on, begin);
    on.segmented_sum(b.data(), 1000, term, out.data());
    return down(on, out);
  };
  const auto expected = summed(fg::reference{});
  CHECK(expected[1] == 0);
  CHECK(expected[3] ==
        Approx(std::accumulate(x.begin() + begin[3], x.begin() + begin[4], 0.0f)).margin(1e-6));
  CHECK(summed(fg::cpu{.threads = 1}) == expected);
  CHECK(summed(fg::cpu{.threads = 2}) == expected);
}

TEMPLATE_TEST_CASE("the exception of the first piece that throws reaches the caller", "",
                   EVERY_BACKEND) {
  const auto on = TestType::backend();
  for (int run = 0; run < 5; ++run) {
    CHECK_THROWS_WITH(on.for_each(10000, picky{}), "picky: element 100");
    CHECK_NOTHROW(on.for_each(100, picky{}));
  }
}

TEST_CASE("a processor has the name that the system gives it, or none") {
  std::istringstream named("processor : 0\nmodel name : Some Chip @ 2 GHz\nmodel name : Other\n");
  CHECK(filigree::detail::processor_in(named) == "Some Chip @ 2 GHz");
  for (const char* const text : {"", "processor : 0\nmodel name\n"}) {
    std::istringstream unnamed(text);
    CHECK(filigree::detail::processor_in(unnamed) == "unknown processor");
  }
}
