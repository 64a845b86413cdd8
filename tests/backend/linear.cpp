// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_values.hpp"
#include <filigree/backend/generic/linear.hpp>
#include <filigree/backend/generic/matmul.hpp>
#include <filigree/tensor/block_csr.hpp>
#include <filigree/tensor/convert.hpp>
#include <filigree/tensor/n_of_m.hpp>
#include <filigree/tensor/transpose.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace fg = filigree;
using fg::offset;

namespace {
template <class T>
using list = std::vector<T>;

/// A weight of normals of which `keep` of every ten columns are left, in each row others; every
/// seventh row, from row 3 on, is empty.
template <class T>
list<T> pruned(offset out, offset in, offset keep) {
  auto w = normals<T>(out * in, 1);
  for (offset r = 0; r < out; ++r)
    for (offset c = 0; c < in; ++c)
      if ((c % 10 * 7 + r) % 10 >= keep || r % 7 == 3) w[static_cast<std::size_t>(r * in + c)] = 0;
  return w;
}

template <class T, class B>
struct problem {
  B on;
  offset out, in, batch;
  fg::matrix<T, B> weight, x, bias;

  problem(offset o, offset i, offset b, offset keep)
      : out(o),
        in(i),
        batch(b),
        weight(of(pruned<T>(o, i, keep), {o, i})),
        x(of(normals<T>(b * i, 2), {b, i})),
        bias(of(normals<T>(o, 3), {1, o})) {}

  fg::matrix<T, B> of(const list<T>& host, fg::shape s) const {
    return fg::matrix<T, B>(on, std::span<const T>(host), s);
  }
  fg::matrix_view<const T> from() const { return x.view(); }
  /// What work(y) makes of a y full of sevens, followed by a margin that nobody may touch.
  template <class Work>
  list<T> made(const Work& work) const {
    constexpr std::size_t margin = 64;
    const auto n = static_cast<std::size_t>(batch * out);
    auto y = of(list<T>(n + margin, T(7)), {1, static_cast<offset>(n + margin)});
    work(fg::matrix_view<T>{y.data(), batch, out});
    auto host = y.to_host(on);
    REQUIRE(std::all_of(host.end() - margin, host.end(), [](T v) { return v == T(7); }));
    host.resize(n);
    return host;
  }
  list<T> dense(bool with_bias) const {
    return made([&](fg::matrix_view<T> y) {
      on.for_each(y.size(), fg::kernels::fill_bias<T>{y, with_bias ? bias.data() : nullptr});
      fg::matmul_into(on, fg::kernels::matmul_cell<T>{from(), std::as_const(weight).view(), y,
                                                      false, true, T(1), true});
    });
  }
  template <class Other>
  list<T> csr(const Other& by, bool with_bias) const {
    const auto a = fg::from_dense(on, weight);
    return made([&](fg::matrix_view<T> y) {
      fg::linear_into(by, fg::kernels::csr_linear<T>{a.pattern(), a.values().data, from(), y,
                                                     with_bias ? bias.data() : nullptr});
    });
  }
  template <class Other>
  list<T> blocks(const Other& by, fg::shape block, bool with_bias) const {
    const fg::block_csr a(on, weight, block);
    return made([&](fg::matrix_view<T> y) {
      fg::linear_into(
          by, fg::kernels::block_linear<T>{a.view(), from(), y, with_bias ? bias.data() : nullptr});
    });
  }
  template <class Other>
  list<T> groups(const Other& by, offset n, offset m, bool with_bias) const {
    const fg::n_of_m a(on, weight, n, m);
    return made([&](fg::matrix_view<T> y) {
      fg::linear_into(by, fg::kernels::n_of_m_linear<T>{a.view(), from(), y,
                                                        with_bias ? bias.data() : nullptr});
    });
  }
};

template <class T>
constexpr double gap = std::same_as<T, float> ? 1e-4 : 1e-11;

const list<fg::shape> block_shapes{{1, 1}, {4, 1}, {8, 1}, {1, 8}, {4, 4}, {7, 3}};
}  // namespace

TEMPLATE_TEST_CASE("a sparse weight multiplies a batch and adds its bias", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  // W = [ 5 0 ]   x = [ 1 2 ]   x W' = [  5 0 16 ]
  //     [ 0 0 ]       [ 3 4 ]          [ 15 0 36 ]
  //     [ 4 6 ]
  const auto matrix = [&](const list<T>& host, fg::shape s) {
    return fg::matrix<T, B>(on, std::span<const T>(host), s);
  };
  const auto w = matrix({5, 0, 0, 0, 4, 6}, {3, 2}), x = matrix({1, 2, 3, 4}, {2, 2});
  const auto bias = matrix({10, 20, 30}, {1, 3});
  const list<T> expected{15, 20, 46, 25, 20, 66};
  const auto a = fg::from_dense(on, w);
  const fg::block_csr b(on, w, {2, 2});
  const fg::n_of_m c(on, w, 2, 2);
  fg::matrix<T, B> y(on, {2, 3});
  fg::linear_into(on, fg::kernels::csr_linear<T>{a.pattern(), a.values().data, x.view(), y.view(),
                                                 bias.data()});
  CHECK(y.to_host(on) == expected);
  fg::linear_into(on, fg::kernels::block_linear<T>{b.view(), x.view(), y.view(), bias.data()});
  CHECK(y.to_host(on) == expected);
  fg::linear_into(on, fg::kernels::n_of_m_linear<T>{c.view(), x.view(), y.view(), bias.data()});
  CHECK(y.to_host(on) == expected);
  fg::linear_into(on, fg::kernels::csr_linear<T>{a.pattern(), a.values().data, x.view(), y.view(),
                                                 nullptr, true});
  CHECK(y.to_host(on) == list<T>{20, 20, 62, 40, 20, 102});
}

TEMPLATE_TEST_CASE("products with sparse weights equal dense ones for any shape", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  for (const auto& [out, in] : {std::pair<offset, offset>{1, 1}, {17, 33}, {300, 257}})
    for (const offset batch : {1, 2, 15, 16, 17, 64, 100, 257}) {
      constexpr bool slow = !std::same_as<typename TestType::backend, fg::cpu>;
      if (slow && out > 100 && batch > 15) continue;
      for (const offset keep : {0, 3, 10}) {
        const problem<T, typename TestType::backend> p(out, in, batch, keep);
        const bool bias = batch % 2 == 0;
        CAPTURE(out, in, batch, keep);
        const auto expected = p.dense(bias);
        REQUIRE(distance(expected, p.csr(p.on, bias)) < gap<T>);
        for (const auto block : block_shapes) {
          CAPTURE(block.rows, block.cols);
          REQUIRE(distance(expected, p.blocks(p.on, block, bias)) < gap<T>);
        }
        REQUIRE(distance(expected, p.groups(p.on, std::max<offset>(keep, 1), 10, bias)) < gap<T>);
        if (keep == 3)
          for (const auto& [n, m] : {std::pair<offset, offset>{2, 4}, {4, 7}, {6, 20}}) {
            CAPTURE(n, m);
            REQUIRE(distance(expected, p.groups(p.on, std::min(n + 2, m), m, bias)) < gap<T>);
          }
      }
    }
}

#ifndef __CUDACC__
TEMPLATE_TEST_CASE("products with sparse weights have the same bits with any threads", "", float,
                   double) {
  for (const offset batch : {1, 7, 40, 257}) {
    const problem<TestType, fg::cpu> p(600, 130, batch, 3);
    CAPTURE(batch);
    for (const int threads : {2, 3}) {
      const fg::cpu one{1}, more{threads};
      REQUIRE(p.csr(one, true) == p.csr(more, true));
      REQUIRE(p.blocks(one, {4, 1}, true) == p.blocks(more, {4, 1}, true));
      REQUIRE(p.groups(one, 3, 10, true) == p.groups(more, 3, 10, true));
    }
  }
}
#endif

TEMPLATE_TEST_CASE("compressed columns multiply by the transposed weight", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  for (const offset batch : {1, 5, 33}) {
    const problem<T, B> p(130, 37, batch, 3), transposed(37, 130, batch, 10);
    const auto a = fg::from_dense(p.on, p.weight);
    const auto columns = fg::transposed(p.on, a);
    const auto x = transposed.x;  // batch x 130
    const auto y = transposed.made([&](fg::matrix_view<T> to) {
      fg::linear_into(p.on,
                      fg::kernels::csr_linear<T>{columns.pattern(), a.values().data, x.view(), to});
    });
    const auto expected = transposed.made([&](fg::matrix_view<T> to) {
      fg::matmul_into(p.on, fg::kernels::matmul_cell<T>{x.view(), p.weight.view(), to});
    });
    CHECK(distance(expected, y) < gap<T>);
  }
}

TEMPLATE_TEST_CASE("sparse weights without rows, columns or batch give nothing or zeros", "",
                   BACKENDS) {
  const problem<float, TestType> none(5, 3, 0, 3), flat(0, 3, 4, 3), thin(4, 0, 20, 3);
  for (const auto* p : {&none, &flat, &thin}) {
    const list<float> expected(static_cast<std::size_t>(p->batch * p->out));
    CHECK(p->csr(p->on, false) == expected);
    CHECK(p->blocks(p->on, {4, 1}, false) == expected);
    CHECK(p->groups(p->on, 1, 4, false) == expected);
  }
}
