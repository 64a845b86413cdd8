// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "link_predictor_setting.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/train/fit.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace filigree {

namespace {
template <class B, class T>
using joined_links = link_predictor<B, encoder<sage, concat_layers>, T>;
}  // namespace

TEMPLATE_TEST_CASE("the loss of a link predictor agrees with differences, penalties included", "",
                   BACKENDS) {
  const TestType on;
  const auto check = [&](auto m) { CHECK(loss_error(on, m, 20) < 1e-6); };
  const auto data = two_communities(14);
  const link_predictor_options small{.hidden = 4, .columns = 3, .input_dropout = 0.25f, .l2 = 0.1f};
  check(plain_links<TestType, double>(data, small, {}, on));
  check(joined_links<TestType, double>(data, small, {}, on));
}

TEMPLATE_TEST_CASE("a batch is edges and as many different non-edges, the same on every backend",
                   "", BACKENDS) {
  const auto data = two_communities(20);
  std::set<std::pair<index, index>> edges;
  for (std::size_t e = 0; e < data.from.size(); ++e) edges.emplace(data.from[e], data.to[e]);
  plain_links<TestType, double> m(data);
  plain_links<reference, double> other(data);
  std::set<std::pair<index, index>> seen;
  const auto pairs_of = [](const auto& on, const auto& batch) {
    const auto& pattern = batch.pairs->pattern;
    const auto begin = detail::fetch(on, pattern.forward().row_begin, pattern.rows() + 1);
    const auto to = detail::fetch(on, pattern.forward().neighbor, pattern.edges());
    const auto target = batch.pairs->target.to_host(on);
    std::vector<std::tuple<index, index, double>> out;
    for (index v = 0; v < 20; ++v)
      for (auto e = static_cast<std::size_t>(begin[static_cast<std::size_t>(v)]);
           e < static_cast<std::size_t>(begin[static_cast<std::size_t>(v) + 1]); ++e)
        out.emplace_back(v, to[e], target[e]);
    return out;
  };
  for (offset step = 0; step < m.steps(16); ++step) {
    const auto got = pairs_of(m.on(), m.sample(3, 1, step, 16));
    CHECK(got == pairs_of(other.on(), other.sample(3, 1, step, 16)));
    std::size_t joined = 0;
    for (const auto& [u, v, target] : got) {
      CHECK((target == 1) == (edges.count(std::minmax(u, v)) == 1));
      if (target != 1) continue;
      ++joined;
      seen.emplace(u, v);
    }
    CHECK(got.size() == 2 * joined);
  }
  CHECK(seen == edges);  // an epoch has each
}

TEMPLATE_TEST_CASE("the same seed learns the same links, in the same bits for any threads", "",
                   BACKENDS) {
  const auto data = two_communities(40);
  const auto after = [&]<class B>(const B& on, std::uint64_t seed) {
    joined_links<B, double> m(data, {.hidden = 8, .seed = seed}, {}, on);
    fit(m, adam{.rate = 0.02f}, {.epochs = 3, .batch = 50, .seed = seed});
    return values_of(m);
  };
  const auto got = learned_alike<TestType>([&](const auto& on) { return after(on, 1); });
  CHECK(after(TestType{}, 2) != got);
}

TEMPLATE_TEST_CASE("the score of a pair is the dot product of its rows, in the order asked", "",
                   BACKENDS) {
  const TestType on;
  const plain_links<TestType, double> m(two_communities(10), {.columns = 3}, {}, on);
  eager<double, TestType> r(on);
  random_streams random;
  const auto z = r.value(m.embeddings(r, random)).to_host(on);
  const std::vector<index> from{9, 0, 4, 0}, to{1, 5, 4, 2};
  const auto score = m.scores_of(from, to);
  REQUIRE(score.size() == 4);
  for (std::size_t k = 0; k < 4; ++k) {
    double dot = 0;
    for (std::size_t j = 0; j < 3; ++j)
      dot +=
          z[3 * static_cast<std::size_t>(from[k]) + j] * z[3 * static_cast<std::size_t>(to[k]) + j];
    CHECK(score[k] == Approx(dot));
  }
  CHECK(m.scores_of({}, {}).empty());
}

}  // namespace filigree
