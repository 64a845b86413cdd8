// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "random_entries.hpp"
#include "random_values.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/backend/generic/spmm.hpp>
#include <filigree/backend/reference.hpp>
#include <filigree/core/bf16.hpp>
#include <filigree/tensor/csr.hpp>
#include <filigree/tensor/transpose.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace fg = filigree;
using fg::offset;

namespace {
template <class T>
using list = std::vector<T>;

/// The widths that are specialized, their neighbors, and odd ones.
const list<offset> widths{1, 3, 15, 16, 17, 32, 33, 63, 64, 65, 100, 128, 129, 200, 256, 257, 300};

/// A graph with hubs and empty rows, in both directions; large enough for several threads.
template <class T>
struct setting {
  fg::reference on;
  offset rows, cols;
  fg::csr<T, fg::reference> a;
  fg::compressed_columns<fg::reference> columns;
  list<T> weight;
  list<fg::index> some_rows, slot;  ///< every third row, backwards; every second column is present
  offset present = 0;

  explicit setting(offset r = 500, offset c = 400)
      : rows(r), cols(c), a(matrix(on, r, c)), columns(transposed(on, a)) {
    weight = normals<T>(a.entries(), 2);
    for (offset i = rows - 1; i >= 0; i -= 3) some_rows.push_back(static_cast<fg::index>(i));
    for (offset i = 0; i < cols; ++i)
      slot.push_back(i % 2 ? -1 : static_cast<fg::index>(present++));
  }
  static fg::csr<T, fg::reference> matrix(const fg::reference& on, offset r, offset c) {
    const random_entries<T> e(r, c);
    return fg::csr<T, fg::reference>::from_entries(on, e.shape, e.row, e.col, e.value);
  }
};

template <class T>
constexpr double tolerance = std::same_as<T, float> ? 1e-4 : 1e-12;

/// What spmm makes of a y full of ones, followed by a margin that nobody may touch.
template <class T, class B>
list<T> spmm(const B& on, fg::kernels::spmm_row<T> k, offset rows) {
  list<T> y(static_cast<std::size_t>(rows * k.x.cols + 64), T(1));
  k.y = {y.data(), rows, k.x.cols};
  spmm_into(on, k);
  REQUIRE(std::all_of(y.end() - 64, y.end(), [](T v) { return v == T(1); }));
  return y;
}
}  // namespace

TEMPLATE_TEST_CASE("spmm agrees with the reference for every width", "", float, double) {
  const setting<TestType> s(60, 50);
  for (offset d = 0; d <= 300; ++d) {
    const auto x = normals<TestType>(s.cols * d, 3);
    const fg::kernels::spmm_row<TestType> k{
        .a = s.a.pattern(), .weight = s.weight.data(), .x = {x.data(), s.cols, d}};
    REQUIRE(distance(spmm(fg::reference{}, k, s.rows), spmm(fg::cpu{}, k, s.rows)) <
            tolerance<TestType>);
  }
}

namespace {
/// One of the 32 choices of weights, adding, scale, rows and columns.
template <class T>
fg::kernels::spmm_row<T> variant_of(const setting<T>& s, int variant, const T* x, offset d) {
  const auto wants = [&](int bit) { return (variant >> bit & 1) != 0; };
  return {.a = s.a.pattern(),
          .weight = wants(0) ? s.weight.data() : nullptr,
          .x = {x, wants(4) ? s.present : s.cols, d},
          .scale = wants(2) ? T(-0.5) : T(1),
          .add = wants(1),
          .rows = wants(3) ? s.some_rows.data() : nullptr,
          .slot = wants(4) ? s.slot.data() : nullptr};
}
/// The number of rows that it computes.
template <class T>
offset rows_of(const setting<T>& s, const fg::kernels::spmm_row<T>& k) {
  return k.rows ? static_cast<offset>(s.some_rows.size()) : s.rows;
}
}  // namespace

TEMPLATE_TEST_CASE("spmm agrees with the reference in all its variants, with any threads", "",
                   float, double) {
  using T = TestType;
  const setting<T> s;
  const auto x = normals<T>(s.rows * 300 + 1, 3);
  for (const auto d : widths)
    for (int variant = 0; variant < 32; ++variant) {
      const auto k = variant_of(s, variant, x.data() + 1, d);  // loads need no alignment
      const auto rows = rows_of(s, k);
      const auto one = spmm(fg::cpu{.threads = 1}, k, rows);
      CAPTURE(d, variant);
      REQUIRE(distance(spmm(fg::reference{}, k, rows), one) < tolerance<T>);
      REQUIRE(one == spmm(fg::cpu{.threads = 2}, k, rows));
      REQUIRE(one == spmm(fg::cpu{.threads = 3}, k, rows));
    }
}

namespace {
/// What spmm makes of x and y that are stored in types of their own.
template <class In, class Out, class B>
list<float> spmm_of(const B& on, const fg::kernels::spmm_row<float>& like, const list<In>& x,
                    offset rows) {
  const auto d = like.x.cols;
  list<Out> y(static_cast<std::size_t>(rows * d + 64), Out(1.f));
  spmm_into(on, fg::kernels::spmm_row<float, In, Out>{.a = like.a,
                                                      .weight = like.weight,
                                                      .x = {x.data() + 1, like.x.rows, d},
                                                      .y = {y.data(), rows, d},
                                                      .scale = like.scale,
                                                      .add = like.add,
                                                      .rows = like.rows,
                                                      .slot = like.slot});
  const list<float> all(y.begin(), y.end());
  REQUIRE(std::all_of(all.end() - 64, all.end(), [](float v) { return v == 1; }));
  return all;
}
}  // namespace

TEST_CASE("spmm of bf16 agrees with the reference in all its variants, with any threads") {
  const setting<float> s;
  const auto drawn = normals<float>(s.rows * 300 + 1, 3);
  list<fg::bf16> x;
  for (const float v : drawn) x.emplace_back(v);
  for (const auto d : widths)
    for (int variant = 0; variant < 32; ++variant) {
      const auto k = variant_of<float>(s, variant, nullptr, d);
      const auto rows = rows_of(s, k);
      const auto check = [&]<class Out>(Out, double within) {
        const auto one = spmm_of<fg::bf16, Out>(fg::cpu{.threads = 1}, k, x, rows);
        REQUIRE(distance(spmm_of<fg::bf16, Out>(fg::reference{}, k, x, rows), one) < within);
        REQUIRE(one == spmm_of<fg::bf16, Out>(fg::cpu{.threads = 3}, k, x, rows));
      };
      CAPTURE(d, variant);
      check(0.f, tolerance<float>);
      check(fg::bf16(), 0.01);
    }
}

TEST_CASE("sums stored as bf16 are rounded like single numbers, and NaN stays") {
  const list<offset> begin{0, 1, 2, 3};
  const list<fg::index> neighbor{0, 1, 2};
  const offset d = 64;
  list<float> x(3 * d);
  for (offset j = 0; j < d; ++j) {
    x[static_cast<std::size_t>(j)] = 1 + static_cast<float>(j) * 0x1p-9f;
    x[static_cast<std::size_t>(d + j)] = -3e38f - static_cast<float>(j) * 1e36f;
    x[static_cast<std::size_t>(2 * d + j)] = j % 2 ? std::nanf("") : 0x1.8p-134f;
  }
  const list<float> weight{1.001f, 1.05f, 1};
  fg::kernels::spmm_row<float, fg::bf16, fg::bf16> k{
      .a = {begin.data(), neighbor.data(), nullptr, 3, 3, 3}, .weight = weight.data()};
  list<fg::bf16> in, y(static_cast<std::size_t>(3 * d));
  for (const float v : x) in.emplace_back(v);
  k.x = {in.data(), 3, d};
  k.y = {y.data(), 3, d};
  spmm_into(fg::cpu{}, k);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const float whole = weight[i / static_cast<std::size_t>(d)] * static_cast<float>(in[i]);
    const float got = y[i];
    CAPTURE(i, whole);
    if (std::isnan(whole))
      CHECK(std::isnan(got));
    else
      CHECK(got == static_cast<float>(fg::bf16(whole)));
  }
}

TEMPLATE_TEST_CASE("spmm pulls backward through edge ids", "", float, double) {
  using T = TestType;
  const setting<T> s;
  for (const auto d : widths) {
    const auto x = normals<T>(s.rows * d, 3);
    const fg::kernels::spmm_row<T> k{
        .a = s.columns.pattern(), .weight = s.weight.data(), .x = {x.data(), s.rows, d}};
    const auto one = spmm(fg::cpu{.threads = 1}, k, s.cols);
    CAPTURE(d);
    REQUIRE(distance(spmm(fg::reference{}, k, s.cols), one) < tolerance<T>);
    REQUIRE(one == spmm(fg::cpu{.threads = 2}, k, s.cols));
  }
}

TEMPLATE_TEST_CASE("a row without entries is zero, or stays as it is when added to", "",
                   fg::reference, fg::cpu) {
  const TestType on;
  const list<offset> begin{0, 0, 1, 1};
  const list<fg::index> neighbor{1};
  const list<float> x{1, 2, 3, 4};
  fg::kernels::spmm_row<float> k{.a = {begin.data(), neighbor.data(), nullptr, 3, 2, 1},
                                 .x = {x.data(), 2, 2}};
  auto y = spmm(on, k, 3);
  y.resize(6);
  CHECK(y == list<float>{0, 0, 3, 4, 0, 0});
  k.add = true;
  y = spmm(on, k, 3);
  y.resize(6);
  CHECK(y == list<float>{1, 1, 4, 5, 1, 1});
}

TEMPLATE_TEST_CASE("products with nothing are nothing", "", fg::reference, fg::cpu) {
  const TestType on;
  const list<offset> begin{0, 0, 0};
  const fg::pattern_view<> empty{begin.data(), nullptr, nullptr, 2, 0, 0}, none{begin.data()};
  CHECK(spmm<float>(on, {.a = empty, .x = {nullptr, 0, 3}}, 2)[0] == 0);
  CHECK(spmm<float>(on, {.a = none, .x = {nullptr, 0, 3}}, 0).size() == 64);
  const list<float> x{1, 2};
  fg::sddmm_into(on, fg::kernels::sddmm_row<float>{
                         .pattern = empty, .a = {x.data(), 2, 1}, .b = {nullptr, 0, 1}});
}

TEMPLATE_TEST_CASE("sddmm agrees with the reference for every width, with any threads", "", float,
                   double) {
  using T = TestType;
  const setting<T> s;
  const auto a = normals<T>(s.rows * 300 + 1, 4), b = normals<T>(s.rows * 300, 5);
  for (const auto d : widths)
    for (int variant = 0; variant < 8; ++variant) {
      const auto wants = [&](int bit) { return (variant >> bit & 1) != 0; };
      const bool backward = wants(2);
      const auto sampled = [&](const auto& on) {
        list<T> w(s.weight.size() + 1, T(1));
        fg::kernels::sddmm_row<T> k{.pattern = backward ? s.columns.pattern() : s.a.pattern()};
        const auto rows = backward ? s.cols : s.rows;
        const auto some = (rows + 2) / 3;
        list<fg::index> ids;
        for (offset i = 0; i < some; ++i) ids.push_back(static_cast<fg::index>(rows - 1 - 3 * i));
        k.rows = wants(1) ? ids.data() : nullptr;
        k.a = {a.data() + 1, wants(1) ? some : rows, d};
        k.b = {b.data(), backward ? s.rows : s.cols, d};
        k.add = wants(0);
        k.weight = w.data();
        sddmm_into(on, k);
        return w;
      };
      const auto one = sampled(fg::cpu{.threads = 1});
      CAPTURE(d, variant);
      REQUIRE(one.back() == T(1));
      REQUIRE(distance(sampled(fg::reference{}), one) < 10 * tolerance<T>);
      REQUIRE(one == sampled(fg::cpu{.threads = 2}));
      REQUIRE(one == sampled(fg::cpu{.threads = 3}));
    }
}

TEMPLATE_TEST_CASE("sddmm samples inner products where the pattern has entries", "", fg::reference,
                   fg::cpu) {
  const TestType on;
  const list<offset> begin{0, 1, 1, 3}, edge{2, 0, 1};
  const list<fg::index> neighbor{1, 0, 1};
  const list<float> a{1, 2, 3, 4, 5, 6}, b{1, 10, 100, 1000};
  list<float> w{7, 7, 7};
  fg::kernels::sddmm_row<float> k{.pattern = {begin.data(), neighbor.data(), edge.data(), 3, 2, 3},
                                  .a = {a.data(), 3, 2},
                                  .b = {b.data(), 2, 2},
                                  .weight = w.data()};
  fg::sddmm_into(on, k);
  CHECK(w == list<float>{65, 6500, 2100});
  k.add = true;
  fg::sddmm_into(on, k);
  CHECK(w == list<float>{130, 13000, 4200});
}

TEMPLATE_TEST_CASE("both gradients of a product agree with the reference, with any threads", "",
                   float, double) {
  using T = TestType;
  const setting<T> s;
  const auto dy = normals<T>(s.rows * 300 + 1, 4), x = normals<T>(s.cols * 300, 5);
  for (const auto d : widths)
    for (int variant = 0; variant < 8; ++variant) {
      const auto wants = [&](int bit) { return (variant >> bit & 1) != 0; };
      const bool some = wants(2);  // rows of dy; slot[] tells where each row is
      list<fg::index> slot(static_cast<std::size_t>(s.rows), -1);
      for (std::size_t i = 0; i < s.some_rows.size(); ++i)
        slot[static_cast<std::size_t>(s.some_rows[i])] = static_cast<fg::index>(i);
      const auto both = [&](const auto& on) {
        list<T> dw(s.weight.size(), T(1)), dx(static_cast<std::size_t>(s.cols * d), T(1));
        const auto rows = some ? static_cast<offset>(s.some_rows.size()) : s.rows;
        fg::spmm_back_into(on, fg::spmm_back<T>{.dx = {.a = s.columns.pattern(),
                                                       .weight = s.weight.data(),
                                                       .x = {dy.data() + 1, rows, d},
                                                       .y = {dx.data(), s.cols, d},
                                                       .add = wants(0),
                                                       .slot = some ? slot.data() : nullptr},
                                                .forward = s.a.pattern(),
                                                .edge = s.columns.pattern().edge,
                                                .x = {x.data(), s.cols, d},
                                                .dw = dw.data(),
                                                .add = wants(1),
                                                .rows = some ? s.some_rows.data() : nullptr});
        dw.insert(dw.end(), dx.begin(), dx.end());
        return dw;
      };
      const auto one = both(fg::cpu{.threads = 1});
      CAPTURE(d, variant);
      REQUIRE(distance(both(fg::reference{}), one) < 10 * tolerance<T>);
      REQUIRE(one == both(fg::cpu{.threads = 2}));
      REQUIRE(one == both(fg::cpu{.threads = 3}));
    }
}

TEST_CASE("a row of very many entries is multiplied between short ones, with any threads") {
  // Row 1 of three has 40,000 entries, which alone are work for several chunks.
  const offset many = 40000;
  const list<offset> begin{0, 1, many + 1, many + 2};
  list<fg::index> neighbor{0};
  for (offset c = 0; c < many; ++c) neighbor.push_back(static_cast<fg::index>(c));
  neighbor.push_back(1);
  const list<float> x(static_cast<std::size_t>(many), 1.0f);
  const fg::kernels::spmm_row<float> k{
      .a = {begin.data(), neighbor.data(), nullptr, 3, many, many + 2}, .x = {x.data(), many, 1}};
  for (const int threads : {1, 2, 3}) {
    auto y = spmm(fg::cpu{.threads = threads}, k, 3);
    y.resize(3);
    CHECK(y == list<float>{1, static_cast<float>(many), 1});
  }
}

TEMPLATE_TEST_CASE("sddmm leaves the padding of its rows out", "", fg::reference, fg::cpu) {
  const TestType on;
  const list<offset> begin{0, 1, 3};
  const list<fg::index> neighbor{1, 0, 1}, rows{1, -1};
  const list<float> a{1, 2, 3, 4}, b{1, 10, 100, 1000};
  list<float> w{7, 7, 7};
  fg::sddmm_into(on, fg::kernels::sddmm_row<float>{
                         .pattern = {begin.data(), neighbor.data(), nullptr, 2, 2, 3},
                         .a = {a.data(), 2, 2},
                         .b = {b.data(), 2, 2},
                         .weight = w.data(),
                         .rows = rows.data()});
  CHECK(w == list<float>{7, 21, 2100});
}
