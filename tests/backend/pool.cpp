// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/backend/pool.hpp>
#include <filigree/backend/reference.hpp>

#include <cstdint>
#include <thread>
#include <vector>

namespace fg = filigree;

namespace {
const auto& pool = fg::memory_pool::instance();

template <class T>
bool is_aligned(const fg::host_buffer<T>& b, std::uintptr_t bytes) {
  return reinterpret_cast<std::uintptr_t>(b.data()) % bytes == 0;
}
}  // namespace

TEMPLATE_TEST_CASE("memory given back is taken again: work repeated allocates nothing", "",
                   fg::reference, fg::cpu) {
  const TestType on;
  const auto step = [&] {
    const auto a = on.template zeros<float>(1000);
    const auto b = on.template allocate<double>(100000);
    auto keys = on.template zeros<std::uint64_t>(5000);
    auto values = on.template zeros<fg::offset>(5000);
    on.sort_pairs(keys.data(), values.data(), 5000);
    const auto c = a;
    return b.size() + c.size();
  };
  CHECK(step() == 101000);
  const auto fresh = pool.fresh_blocks();
  for (int i = 0; i < 20; ++i) CHECK(step() == 101000);
  CHECK(pool.fresh_blocks() == fresh);
}

TEST_CASE("trim gives kept blocks back to the system") {
  const fg::cpu on;
  { const auto a = on.zeros<float>(3000000); }
  const auto fresh = pool.fresh_blocks();
  { const auto a = on.zeros<float>(3000000); }
  CHECK(pool.fresh_blocks() == fresh);
  on.trim();
  { const auto a = on.zeros<float>(3000000); }
  CHECK(pool.fresh_blocks() == fresh + 1);
}

TEST_CASE("memory that no system has is an error that says how much") {
  CHECK_THROWS_WITH(fg::host_buffer<char>(std::size_t{1} << 60),
                    "memory: expected 1099511627776 MiB, got none");
  CHECK_THROWS_AS(fg::cpu{}.allocate<double>(fg::offset{1} << 59), fg::memory_error);
  CHECK_THROWS_AS(fg::host_buffer<char>((std::size_t{1} << 63) + 1), fg::memory_error);
  // As many bytes as no std::size_t counts.
  CHECK_THROWS_AS(fg::host_buffer<double>(std::size_t{1} << 62), fg::memory_error);
}

TEST_CASE("small blocks are aligned to a cache line, large ones to a huge page") {
  for (const std::size_t n : {1u, 3u, 17u, 1000u, 100000u})
    CHECK(is_aligned(fg::host_buffer<char>(n), 64));
  CHECK(is_aligned(fg::host_buffer<float>(600000), 1 << 21));
  CHECK(fg::host_buffer<float>(0).data() == nullptr);
}

TEST_CASE("copies of a buffer have memory of their own, moves take it along") {
  fg::host_buffer<int> a(3);
  for (int i = 0; i < 3; ++i) a.data()[i] = i;
  fg::host_buffer<int> b = a;
  b.data()[0] = 7;
  CHECK(a.data()[0] == 0);
  const int* const memory = a.data();
  fg::host_buffer<int> c = std::move(a);
  CHECK(c.data() == memory);
  CHECK(c.size() == 3);
  b = c;
  CHECK(b.data() != memory);
  CHECK(b.data()[2] == 2);
  c = fg::host_buffer<int>();
  CHECK(c.size() == 0);
}

TEST_CASE("borrowed memory is used in place and left to its owner") {
  std::vector<int> memory{1, 2, 3};
  const auto fresh = pool.fresh_blocks();
  {
    auto a = fg::host_buffer<int>::borrow(memory.data(), memory.size());
    CHECK(a.data() == memory.data());
    CHECK(a.size() == 3);
    auto b = std::move(a);
    b.data()[0] = 10;
    fg::host_buffer<int> c;
    c = std::move(b);
    CHECK(c.data() == memory.data());
  }
  CHECK(memory == std::vector<int>{10, 2, 3});
  CHECK(pool.fresh_blocks() == fresh);
  {
    const auto a = fg::host_buffer<int>::borrow(memory.data(), memory.size());
    auto copy = a;
    CHECK(copy.data() != memory.data());
    copy.data()[1] = 20;
  }
  CHECK(memory[1] == 2);
  // What was borrowed never enters the pool.
  const fg::host_buffer<int> next(3);
  CHECK(next.data() != memory.data());
}

TEST_CASE("many threads take and give at once") {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&wrong, t] {
      for (int i = 0; i < 2000; ++i) {
        fg::host_buffer<int> a(static_cast<std::size_t>(1 + i % 100)), b(64);
        a.data()[0] = t;
        b.data()[63] = i;
        if (a.data()[0] != t || b.data()[63] != i) ++wrong;
      }
    });
  for (auto& t : threads) t.join();
  CHECK(wrong == 0);
}
