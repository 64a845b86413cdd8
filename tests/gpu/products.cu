// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "random_entries.hpp"
#include "random_values.hpp"
#include <filigree/backend/gpu.cuh>
#include <filigree/backend/reference.hpp>
#include <filigree/tensor/graph.hpp>

#include <array>
#include <vector>

namespace fg = filigree;
using fg::offset;

namespace {
template <class T>
using list = std::vector<T>;

template <class T>
constexpr double tolerance = sizeof(T) == 4 ? 1e-4 : 1e-11;

/// What a product is asked for.
struct variant {
  bool weighted, add, some_rows, slots, backward, planned;
  offset width;
  offset shift = 0;  ///< of x, so that wide loads are impossible
};

/// A product with hubs and empty rows, on any backend.
template <class T, class B>
class product {
 public:
  explicit product(const B& on) : on_(on) {
    const random_entries<T> e(90, 70);
    graph_ = fg::graph<B>(on, e.shape, e.row, e.col);
    for (offset i = 69; i >= 0; i -= 3) rows_.push_back(static_cast<fg::index>(i));
    rows_.push_back(-1);  // padding
    for (offset i = 0; i < 90; ++i) slot_.push_back(i % 2 ? -1 : static_cast<fg::index>(i / 2));
  }

  [[nodiscard]] list<T> spmm(const variant& v) const {
    const auto a = pattern(v);
    const offset rows = v.some_rows ? static_cast<offset>(rows_.size()) : a.rows;
    const auto x = up(normals<T>(a.cols * v.width + 1, 3)), w = up(normals<T>(a.entries, 2));
    const auto some = on_.upload(std::span(rows_)), slot = on_.upload(std::span(slot_));
    const auto ones = list<T>(static_cast<std::size_t>(rows * v.width + 64), T(1));
    auto y = up(ones);  // with a margin that nobody may touch
    spmm_into(on_, fg::kernels::spmm_row<T>{
                       .a = a,
                       .weight = v.weighted ? w.data() : nullptr,
                       .x = {x.data() + v.shift, v.slots ? (a.cols + 1) / 2 : a.cols, v.width},
                       .y = {y.data(), rows, v.width},
                       .scale = T(-0.5),
                       .add = v.add,
                       .rows = v.some_rows ? some.data() : nullptr,
                       .slot = v.slots ? slot.data() : nullptr});
    return down(y);
  }

  [[nodiscard]] list<T> sddmm(const variant& v) const {
    const auto p = pattern(v);
    const offset rows = v.some_rows ? static_cast<offset>(rows_.size()) : p.rows;
    const auto a = up(normals<T>(rows * v.width + 1, 4)), b = up(normals<T>(p.cols * v.width, 5));
    const auto some = on_.upload(std::span(rows_));
    auto w = up(list<T>(static_cast<std::size_t>(p.entries + 1), T(1)));
    sddmm_into(on_, fg::kernels::sddmm_row<T>{.pattern = p,
                                              .a = {a.data() + v.shift, rows, v.width},
                                              .b = {b.data(), p.cols, v.width},
                                              .weight = w.data(),
                                              .add = v.add,
                                              .rows = v.some_rows ? some.data() : nullptr});
    return down(w);
  }

 private:
  [[nodiscard]] fg::pattern_view<> pattern(const variant& v) const {
    auto p = v.backward ? graph_.backward() : graph_.forward();
    if (!v.planned) p.plan = nullptr;
    return p;
  }
  [[nodiscard]] auto up(const list<T>& host) const { return on_.upload(std::span<const T>(host)); }
  [[nodiscard]] list<T> down(const typename B::template buffer<T>& b) const {
    list<T> host(b.size());
    on_.download(b, std::span<T>(host));
    return host;
  }

  B on_;
  fg::graph<B> graph_;
  list<fg::index> rows_, slot_;
};

/// check(variant) for all of them.
template <class Check>
void for_each_variant(const Check& check) {
  for (const offset width : {1, 4, 33, 64, 136})
    for (int bits = 0; bits < 64; ++bits) {
      const auto wants = [&](int bit) { return (bits >> bit & 1) != 0; };
      variant v{wants(0), wants(1), wants(2), wants(3), wants(4), wants(5), width};
      v.shift = width == 64 && wants(0) ? 1 : 0;
      if (v.planned && (v.some_rows || v.slots)) continue;  // as without
      CAPTURE(width, bits);
      check(v);
    }
}
}  // namespace

TEMPLATE_TEST_CASE("spmm on the gpu agrees with the reference in all its variants", "", float,
                   double) {
  const product<TestType, fg::reference> expected{{}};
  const product<TestType, fg::gpu> got{{}};
  for_each_variant([&](const variant& v) {
    const auto once = got.spmm(v);
    REQUIRE(distance(expected.spmm(v), once) < tolerance<TestType>);
    if (v.width == 33) REQUIRE(got.spmm(v) == once);
  });
}

TEMPLATE_TEST_CASE("sddmm on the gpu agrees with the reference in all its variants", "", float,
                   double) {
  const product<TestType, fg::reference> expected{{}};
  const product<TestType, fg::gpu> got{{}};
  for_each_variant([&](const variant& v) {
    if (v.weighted || v.slots) return;  // nothing of sddmm's
    REQUIRE(distance(expected.sddmm(v), got.sddmm(v)) < 10 * tolerance<TestType>);
  });
}

TEST_CASE("a graph keeps what cuSPARSE worked out about it, a copy works it out anew") {
  const auto on = fg::gpu::with_own_stream();
  const std::vector<fg::index> row{0, 1, 1}, col{2, 0, 1};
  fg::graph<fg::gpu> g(on, {2, 3}, row, col);
  const std::vector<float> host{1, 2, 3, 4, 5, 6};
  const auto x = on.upload(std::span(host));
  const auto calls = [&](const fg::graph<fg::gpu>& of) {
    auto y = on.allocate<float>(4);
    const auto before = on.counters().library_calls;
    auto w = on.zeros<float>(3);
    spmm_into(
        on,
        fg::kernels::spmm_row<float>{
            .a = of.forward(), .weight = w.data(), .x = {x.data(), 3, 2}, .y = {y.data(), 2, 2}});
    std::vector<float> got(4);
    on.download(y, std::span(got));
    CHECK(got == std::vector<float>(4));
    return on.counters().library_calls - before;
  };
  CHECK(calls(g) == 2);  // preprocessing, the product
  CHECK(calls(g) == 1);
  const auto copy = g;
  CHECK(calls(copy) == 2);
  const auto moved = std::move(g);
  CHECK(calls(moved) == 1);
}

TEMPLATE_TEST_CASE("matmul on the gpu agrees with the reference", "", float, double) {
  using T = TestType;
  const std::array<offset, 3> shapes[] = {{1, 1, 1}, {0, 3, 4},   {3, 0, 4},   {3, 4, 0},
                                          {5, 7, 9}, {1, 100, 1}, {40, 33, 65}};
  for (const auto& [rows, depth, cols] : shapes)
    for (int bits = 0; bits < 16; ++bits) {
      const auto wants = [&](int bit) { return (bits >> bit & 1) != 0; };
      const auto multiplied = [&](const auto& on) {
        const auto left = normals<T>(rows * depth, 1), right = normals<T>(depth * cols, 2);
        const auto a = on.upload(std::span(left)), b = on.upload(std::span(right));
        auto c = on.template allocate<T>(rows * cols);
        on.fill(c.data(), rows * cols, T(1));
        fg::matmul_into(on, fg::kernels::matmul_cell<T>{
                                .a = {a.data(), wants(0) ? depth : rows, wants(0) ? rows : depth},
                                .b = {b.data(), wants(1) ? cols : depth, wants(1) ? depth : cols},
                                .c = {c.data(), rows, cols},
                                .transpose_a = wants(0),
                                .transpose_b = wants(1),
                                .scale = wants(3) ? T(-0.5) : T(1),
                                .add = wants(2)});
        list<T> host(c.size());
        on.download(c, std::span<T>(host));
        return host;
      };
      CAPTURE(rows, depth, cols, bits);
      REQUIRE(distance(multiplied(fg::reference{}), multiplied(fg::gpu{})) < tolerance<T>);
    }
}
