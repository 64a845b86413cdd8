// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/core/random.hpp>
#include <filigree/ops/add_rows.hpp>
#include <filigree/ops/bpr_loss.hpp>
#include <filigree/ops/cross_entropy.hpp>
#include <filigree/ops/gather_rows.hpp>
#include <filigree/ops/l2_penalty.hpp>
#include <filigree/ops/scatter_add_rows.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/ops/take_rows.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/row_set.hpp>

#include <algorithm>
#include <span>
#include <tuple>
#include <vector>

namespace filigree {

namespace {
template <class T>
using list = std::vector<T>;

/// The same set with `more` rows of padding.
template <backend B>
row_set<B> padded(const B& on, const row_set<B>& s, std::size_t more) {
  auto rows = detail::fetch_all(on, s.rows);
  auto begin = detail::fetch_all(on, s.begin);
  rows.insert(rows.end(), more, -1);
  begin.insert(begin.end(), more, begin.back());
  auto out = s;
  out.rows = on.upload(std::span<const index>(rows));
  out.begin = on.upload(std::span<const offset>(begin));
  return out;
}

/// Element by element, of a matrix of some shape.
template <class T, backend B>
matrix<T, B> random(const B& on, shape s, std::uint64_t stream) {
  list<T> host(static_cast<std::size_t>(s.size()));
  for (std::size_t i = 0; i < host.size(); ++i)
    host[i] = static_cast<T>(philox{9, stream}.normal(i));
  return {on, std::span<const T>(host), s};
}

/// The result and the gradients of an operation. Inputs and the result's gradient have ones where
/// they have more rows than `most`.
template <class T, backend B, class Op, class... In>
list<list<T>> run(const B& on, const Op& op, const In&... in) {
  matrix<T, B> y(on, op.shape(in.view()...));
  op.forward(on, y.view(), in.view()...);
  const auto dy = random<T>(on, y.shape(), 77);
  auto d = std::tuple{matrix<T, B>::zeros(on, in.shape())...};
  return std::apply(
      [&](auto&... m) {
        op.backward(on, dy.view(), std::as_const(y).view(), in.view()..., gradient<T>{m.view()}...);
        return list<list<T>>{y.to_host(on), m.to_host(on)...};
      },
      d);
}

/// Results agree as far as the shorter one goes; what the longer one has beyond it is 0.
template <class T>
void check_padded(const list<list<T>>& exact, const list<list<T>>& with) {
  REQUIRE(exact.size() == with.size());
  for (std::size_t r = 0; r < exact.size(); ++r) {
    REQUIRE(exact[r].size() <= with[r].size());
    INFO("result " << r);
    for (std::size_t i = 0; i < with[r].size(); ++i)
      CHECK(static_cast<double>(with[r][i]) ==
            Approx(i < exact[r].size() ? static_cast<double>(exact[r][i]) : 0).margin(1e-6));
  }
}
}  // namespace

TEMPLATE_TEST_CASE("a row set has distinct ids, ascending, and where each occurs", "", EVERYWHERE) {
  const typename TestType::backend on;
  const list<index> ids{7, 2, 7, 0, 7, 2};
  const auto given = on.upload(std::span(ids));
  const auto exact = make_row_set(on, given.data(), 6, 9);
  CHECK(detail::fetch_all(on, exact.rows) == list<index>{0, 2, 7});
  CHECK(detail::fetch_all(on, exact.begin) == list<offset>{0, 1, 3, 6});
  CHECK(detail::fetch_all(on, exact.position) == list<index>{3, 1, 5, 0, 2, 4});
  CHECK(detail::fetch_all(on, exact.local) == list<index>{2, 1, 2, 0, 2, 1});
  CHECK(detail::fetch_all(on, exact.slot) == list<index>{0, -1, 1, -1, -1, -1, -1, 2, -1});

  const auto grouped = group_rows(on, given.data(), 6, 9);  // padded where counting would wait
  auto rows = detail::fetch_all(on, grouped.rows);
  auto begin = detail::fetch_all(on, grouped.begin);
  REQUIRE(begin.size() == rows.size() + 1);
  CHECK(std::all_of(rows.begin() + 3, rows.end(), [](index r) { return r == -1; }));
  CHECK(std::all_of(begin.begin() + 3, begin.end(), [](offset b) { return b == 6; }));
  rows.resize(3);
  begin.resize(4);
  CHECK(rows == list<index>{0, 2, 7});
  CHECK(begin == list<offset>{0, 1, 3, 6});
  CHECK(detail::fetch_all(on, grouped.local) == detail::fetch_all(on, exact.local));
  CHECK(detail::fetch_all(on, grouped.slot) == detail::fetch_all(on, exact.slot));
  CHECK(detail::fetch_all(on, grouped.position) == detail::fetch_all(on, exact.position));

  CHECK(make_row_set(on, given.data(), 0, 9).size() == 0);
  CHECK(group_rows(on, given.data(), 0, 9).size() == 0);
  CHECK_THROWS_WITH(make_row_set(on, given.data(), 6, 7),
                    "row_set: id of entry 0: expected 0 to 6, got 7");
}

TEMPLATE_TEST_CASE("padding changes no result of an operation", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  constexpr offset nodes = 40, d = 9;
  constexpr std::size_t more = 5;
  list<index> ids;
  for (std::uint64_t k = 0; k < 24; ++k)
    ids.push_back(static_cast<index>(philox{3}.below(k, nodes)));
  const auto given = on.upload(std::span(ids));
  const auto exact = make_row_set(on, given.data(), 24, nodes), with = padded(on, exact, more);
  const auto x = random<T>(on, {nodes, d}, 1);
  const auto same = [&](const auto& op) { return run<T>(on, op, x); };
  check_padded(same(take_rows{exact}), same(take_rows{with}));
  check_padded(same(gather_rows{exact}), same(gather_rows{with}));
  const auto listed = random<T>(on, {24, d}, 2);
  check_padded(run<T>(on, scatter_add_rows{exact}, listed),
               run<T>(on, scatter_add_rows{with}, listed));

  // Rows of their own: the same ones, and anything in the padding.
  const auto few = random<T>(on, {exact.size(), d}, 3), many = random<T>(on, {with.size(), d}, 3);
  const auto cut = [&](list<list<T>> results, std::initializer_list<std::size_t> long_ones) {
    for (const auto r : long_ones) results[r].resize(static_cast<std::size_t>(exact.size() * d));
    return results;
  };
  check_padded(run<T>(on, add_rows{exact}, few, x),
               cut(run<T>(on, add_rows{with}, many, x), {0, 1}));
  const triples<typename TestType::backend> batch{exact, 8, 1}, long_batch{with, 8, 1};
  check_padded(run<T>(on, bpr_loss{batch}, few), run<T>(on, bpr_loss{long_batch}, many));
  check_padded(run<T>(on, l2_penalty{0.5, exact.begin.data()}, few),
               run<T>(on, l2_penalty{0.5, with.begin.data()}, many));

  list<index> label(24);
  for (std::size_t k = 0; k < label.size(); ++k) label[k] = static_cast<index>(k % d);
  auto labeled = make_labeled_rows<typename TestType::backend>(on, ids, label, {nodes, d});
  const auto expected = same(cross_entropy{labeled});
  labeled.rows = with;
  check_padded(expected, same(cross_entropy{labeled}));

  list<index> row, col;
  for (index r = 0; r < nodes; ++r)
    for (index c = 0; c < nodes; ++c)
      if (r == 0 || (r * c) % 5 == 1) {
        row.push_back(r);
        col.push_back(c);
      }
  const graph g(on, {nodes, nodes}, row, col);
  const auto w = random<T>(on, {g.edges(), 1}, 4);
  check_padded(run<T>(on, spmm{g, reduction::sum, &exact}, w, x),
               run<T>(on, spmm{g, reduction::sum, &with}, w, x));
}

}  // namespace filigree
