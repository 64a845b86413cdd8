// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "nn/policy_check.hpp"
#include <filigree/autograd/archive_options.hpp>
#include <filigree/nn/pool/pooling.hpp>
#include <filigree/tensor/fetch.hpp>

#include <cmath>
#include <span>
#include <string>
#include <vector>

namespace filigree {

namespace {
/// The nodes of small_graph: 0 to 6 are of graph 0, none of graph 1, 7 to 11 of graph 2; with
/// clusters that lie within them, two levels of them.
template <class T, backend B>
node_level<T, B> small_level(const B& on) {
  const std::vector<index> of{0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2}, a{0, 0, 0, 1, 3, 5, 7, 8, 4},
      b{1, 2, 4, 2, 5, 6, 9, 10, 4};
  const auto levels = coarsen(12, a, b, 2);
  return {graph<B>::undirected(on, 12, a, b), groups<T, B>(on, std::span<const index>(of), 3),
          make_clusters<T>(on, levels, of, 3, true)};
}

/// Two poolings, one after the other.
template <class Pool, class T, backend B>
class pool_run {
 public:
  pool_run(const B& on, const Pool& pool, std::uint64_t seed = 5)
      : on_(on),
        level_(small_level<T>(on)),
        first_(pool, on, {.in = 3, .out = 3, .seed = 1}),
        second_(pool, on, {.in = 3, .out = 3, .seed = 2}),
        x_(normal_parameter<T>(on, {12, 3}, seed)) {}

  template <recorder R>
  typename R::var operator()(R& r) const {
    const auto once = first_.pool(r, level_, r.leaf(x_));
    return second_.pool(r, once.of, once.x).x;
  }
  static void members(auto& self, auto&& see) {
    see("first", self.first_);
    see("second", self.second_);
    see("x", self.x_);
  }
  std::vector<T> result() const {
    eager<T, B> r(on_);
    return r.value((*this)(r)).to_host(on_);
  }

 private:
  B on_;
  node_level<T, B> level_;
  typename Pool::template state<T, B> first_, second_;
  parameter<T, B> x_;
};

template <class Pool, backend B>
double pool_error(const B& on, const Pool& pool = {}) {
  pool_run<Pool, double, B> run(on, pool);
  return parameter_error(
      on, [&](const auto& f) { for_each_parameter(run, f); }, [&](auto& r) { return run(r); });
}
template <class Pool>
void check_pool(const Pool& pool = {}) {
  for (std::uint64_t seed = 5; seed < 8; ++seed) {
    const auto expected = pool_run<Pool, double, reference>(reference{}, pool, seed).result();
    const auto got = pool_run<Pool, double, fast>(fast{}, pool, seed).result();
    REQUIRE(got.size() == expected.size());
    REQUIRE(!got.empty());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(expected[i]).margin(1e-12));
    const auto in_float = pool_run<Pool, float, fast>(fast{}, pool, seed).result();
    REQUIRE(in_float.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i)
      CHECK(static_cast<double>(in_float[i]) == Approx(expected[i]).epsilon(1e-4).margin(1e-5));
  }
}
}  // namespace

TEMPLATE_TEST_CASE("what is pooled agrees with differences", "", BACKENDS) {
  const TestType on;
  CHECK(pool_error<no_pooling>(on) < 1e-6);
  CHECK(pool_error<top_k_pooling>(on) < 1e-6);
  CHECK(pool_error(on, top_k_pooling{.ratio = 0.8f}) < 1e-6);
  CHECK(pool_error<cluster_pooling<>>(on) < 1e-6);
  CHECK(pool_error<cluster_pooling<attention_readout>>(on) < 1e-6);
}

TEST_CASE("pooling keeps and computes what it does on reference: <fast>") {
  check_pool(top_k_pooling{});
  check_pool(top_k_pooling{.ratio = 0.8f});
  check_pool(cluster_pooling<>{});
  check_pool(cluster_pooling<max_readout>{});
}

// 0 - 1 - 2 - 3 of graph 0, 4 - 5 of graph 1; scores are the first column, 1 and 3 as good.
TEMPLATE_TEST_CASE("top-k keeps the best nodes of each graph and the edges among them", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const std::vector<index> of{0, 0, 0, 0, 1, 1};
  const node_level<T, B> level{
      graph<B>::undirected(on, 6, std::vector<index>{0, 1, 2, 4}, std::vector<index>{1, 2, 3, 5}),
      groups<T, B>(on, std::span<const index>(of), 2)};
  top_k_pooling::state<T, B> pool({.ratio = 0.75f}, on, {.in = 2, .out = 2});
  for_each_parameter(pool, [&](const std::string& name, auto& p) {
    CHECK(name == "direction");
    p.value.from_host(on, std::vector<T>{7, 0});
  });
  const matrix<T, B> x(on, std::vector<T>{0, 1, 2, 3, -1, 5, 2, 7, -3, 8, -4, 9}, {6, 2});
  eager<T, B> r(on);
  const auto kept = pool.pool(r, level, r.constant(x));
  const auto s = [](double v) { return 1 / (1 + std::exp(-v)); };
  const auto got = r.value(kept.x).to_host(on);
  const std::vector<double> expected{0,        s(0),       2 * s(2),  3 * s(2),   2 * s(2),
                                     7 * s(2), -3 * s(-3), 8 * s(-3), -4 * s(-4), 9 * s(-4)};
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(static_cast<double>(got[i]) == Approx(expected[i]).epsilon(1e-5));
  CHECK(kept.of.adjacency.is_undirected());
  CHECK(detail::fetch(on, kept.of.adjacency.forward().row_begin, 6) ==
        std::vector<offset>{0, 1, 2, 2, 3, 4});
  CHECK(detail::fetch(on, kept.of.adjacency.forward().neighbor, 4) ==
        std::vector<index>{1, 0, 4, 3});
  CHECK(detail::fetch(on, kept.of.nodes_of.group(), 5) == std::vector<index>{0, 0, 0, 1, 1});
  CHECK(kept.of.nodes_of.count() == 2);
  // Of equal ones the lower stays.
  top_k_pooling::state<T, B> one({.ratio = 0.2f}, on, {.in = 2, .out = 2});
  for_each_parameter(one, [&](const std::string&, auto& p) {
    p.value.from_host(on, std::vector<T>{1, 0});
  });
  const auto best = r.value(one.pool(r, level, r.constant(x)).x).to_host(on);
  REQUIRE(best.size() == 4);
  CHECK(static_cast<double>(best[1]) == Approx(3 * s(2)));
}

// 0 - 1, 2 - 3, 1 - 2 of graph 1, 4 of graph 0, with loops.
TEMPLATE_TEST_CASE("clusters are the mean of their members and next to their neighbors", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const std::vector<index> of{1, 1, 1, 1, 0}, a{0, 2, 1}, b{1, 3, 2};
  node_level<T, B> level{graph<B>::undirected(on, 5, a, b),
                         groups<T, B>(on, std::span<const index>(of), 2)};
  const cluster_pooling<>::state<T, B> pool({}, on, {.in = 1, .out = 1});
  const matrix<T, B> x(on, std::vector<T>{1, 3, 5, 9, 4}, {5, 1});
  eager<T, B> r(on);
  CHECK_THROWS_WITH(pool.pool(r, level, r.constant(x)),
                    "cluster_pooling: level: expected one with clusters, got one without");
  level.clusters = make_clusters<T>(on, coarsen(5, a, b), of, 2, true);
  const auto coarse = pool.pool(r, level, r.constant(x));
  CHECK(r.value(coarse.x).to_host(on) == std::vector<T>{2, 7, 4});
  CHECK(detail::fetch(on, coarse.of.adjacency.forward().row_begin, 4) ==
        std::vector<offset>{0, 2, 4, 5});
  CHECK(detail::fetch(on, coarse.of.adjacency.forward().neighbor, 5) ==
        std::vector<index>{0, 1, 0, 1, 2});
  CHECK(detail::fetch(on, coarse.of.nodes_of.group(), 3) == std::vector<index>{1, 1, 0});
  CHECK(!coarse.of.clusters);
}

TEMPLATE_TEST_CASE("of a graph without nodes top-k pooling leaves none, of others at least one", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  top_k_pooling::state<T, B> pool({.ratio = 1e-6f}, on, {.in = 2, .out = 2});
  const auto left = [&](const std::vector<index>& of) {
    const auto n = static_cast<offset>(of.size());
    const node_level<T, B> level{graph<B>(on, {n, n}, std::vector<index>{}, std::vector<index>{}),
                                 groups<T, B>(on, std::span<const index>(of), 3)};
    eager<T, B> r(on);
    const auto kept = pool.pool(r, level, r.constant(matrix<T, B>::zeros(on, {n, 2})));
    CHECK(kept.of.adjacency.rows() == r.value(kept.x).rows());
    CHECK(kept.of.nodes_of.count() == 3);
    return detail::fetch(on, kept.of.nodes_of.group(), r.value(kept.x).rows());
  };
  CHECK(left({0, 0, 2}) == std::vector<index>{0, 2});
  CHECK(left({}).empty());
}

TEST_CASE("top-k pooling says which ratio it expects") {
  using state = top_k_pooling::state<float, reference>;
  for (const float ratio : {0.0f, -0.5f, 1.25f, std::nanf("")})
    CHECK_THROWS_WITH(state({.ratio = ratio}, reference{}, {.in = 2, .out = 2}),
                      Catch::StartsWith("top_k_pooling: ratio: expected above 0, at most 1, got "));
}

TEST_CASE("a pooling tells its choices") {
  std::string text;
  detail::append_policy(text, "pool", top_k_pooling{.ratio = 0.25f});
  detail::append_policy(text, "then", cluster_pooling<>{});
  CHECK(text == ", pool top_k, pool.ratio 0.25, then clusters");
}

}  // namespace filigree
