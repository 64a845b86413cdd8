// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "node_classifier_setting.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/fit.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("the loss agrees with differences, penalties and prompts included", "",
                   BACKENDS) {
  const TestType on;
  const auto check = [&](auto m) { CHECK(loss_error(on, m, 100) < 1e-6); };
  const auto data = toy::camps_of_nodes(24);
  const node_classifier_options small{.hidden = 4, .l2 = 0.1f, .l2_rest = 0.2f};
  check(plain_nodes<TestType, double>(data, small, {}, {}, {.at = 1}, {}, on));
  check(fused_nodes<TestType, double>(data, small, {}, {}, {.tokens = 2}, {}, on));
  check(joined_nodes<TestType, double>(data, small, {}, {}, {.count = 2}, {}, on));
}

TEMPLATE_TEST_CASE("the same seed learns the same, in the same bits for any threads", "",
                   BACKENDS) {
  const auto data = toy::camps_of_nodes();
  const auto after = [&]<class B>(const B& on, std::uint64_t seed) {
    fused_nodes<B, double> m(data, {.hidden = 8, .seed = seed}, {}, {}, {}, {}, on);
    fit(m, adam{.rate = 0.02f}, {.epochs = 4, .batch = 13, .seed = seed});
    return values_of(m);
  };
  const auto got = learned_alike<TestType>([&](const auto& on) { return after(on, 1); });
  CHECK(after(TestType{}, 2) != got);
}

TEST_CASE("scores of some nodes are those of all, with prompt nodes too") {
  const auto data = toy::camps_of_nodes(30);
  const auto check = [&](const auto& m) {
    using M = std::remove_cvref_t<decltype(m)>;
    const auto part =
        detail::make_part(m.on(), {4, 1, 29}, m.labels(), m.scored_graph().rows(), m.classes());
    eager<typename M::scalar, cpu> r(m.on());
    random_streams random;
    const auto all = r.value(m.scores(r, random)).to_host(m.on());
    const auto some = r.value(m.scores(r, random, part.get())).to_host(m.on());
    REQUIRE(all.size() == 90);
    REQUIRE(some.size() == 9);
    const std::vector<std::size_t> ids{1, 4, 29};
    for (std::size_t k = 0; k < 3; ++k)
      for (std::size_t c = 0; c < 3; ++c)
        CHECK(some[3 * k + c] == Approx(all[3 * ids[k] + c]).margin(1e-6));
  };
  check(plain_nodes<cpu, double>(data));
  check(fused_nodes<cpu, double>(data));
  check(joined_nodes<cpu, double>(data));
}

TEST_CASE("the log likelihood of a classifier is minus its cross entropy") {
  const auto data = toy::camps_of_nodes(30);
  const plain_nodes<cpu, double> m(data);
  const std::vector<index> ids{29, 1, 4};
  const auto part = detail::make_part(m.on(), ids, m.labels(), 30, m.classes());
  eager<double, cpu> r(m.on());
  random_streams random;
  const auto loss = r(cross_entropy{part->labels}, m.scores(r, random, part.get()));
  const auto measured = evaluate(m, ids, accuracy{}, log_likelihood{});
  CHECK(measured["log_likelihood"] == Approx(-r.value(loss).to_host(m.on())[0]));
  const auto scores = m.scores_of(ids);
  REQUIRE(scores.size() == 9);
  const std::vector<double> last{scores.end() - 3, scores.end()};
  CHECK(last == m.scores_of(std::vector<index>{4}));
  CHECK(best_classes(scores, m.classes()) == m.predict(ids));
  CHECK_THROWS_WITH(m.predict(std::vector<index>{3, 30}),
                    "node_classifier: node 1: expected 0 to 29, got 30");
}

}  // namespace filigree
