// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "tasks/random_interactions.hpp"
#include "temporary_file.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/serve/any_recommender.hpp>
#include <filigree/train/evaluate.hpp>
#include <filigree/train/fit.hpp>

#include <string>
#include <vector>

namespace filigree {

namespace {
const auto& data() {
  static const auto train = random_interactions(40, 30);
  return train;
}
std::vector<std::string> best(const any_recommender<cpu>& m) {
  std::vector<std::string> out;
  for (const auto& [id, score] : recommend(m, user{3}, 5))
    out.push_back(data().name_of(id) + ' ' + std::to_string(score));
  return out;
}
/// A model, held, kept in a file and read back, recommends the same.
template <class M>
void check(M model, const std::string& kind) {
  std::vector<std::string> expected;
  for (const auto& [id, score] : recommend(model, user{3}, 5))
    expected.push_back(data().name_of(id) + ' ' + std::to_string(score));
  const any_recommender<cpu> held(std::move(model));
  CHECK(held.kind() == kind);
  REQUIRE(held.as<M>());
  CHECK(held.train().size() == data().size());
  CHECK(best(held) == expected);
  const temporary_file file(".model");
  save(held, file.path());
  const auto read = load_any<cpu>(file.path());
  CHECK(read.kind() == kind);
  CHECK(best(read) == expected);
  CHECK(best(any_recommender(load<M>(file.path()))) == expected);
}
}  // namespace

TEST_CASE("a recommender of any type is held, saved, loaded and asked alike") {
  check(popularity<cpu>(data()), "popularity");
  check(item_knn<cpu>(data()), "item-knn");
  check(ease<cpu>(data()), "ease");
  matrix_factorization<cpu> mf(data(), {.dim = 8});
  fit(mf, adam{}, {.epochs = 2});
  check(std::move(mf), "mf");
  const auto of_edges = [](any_edges edges) {
    lightgcn<cpu, any_edges> m(data(), {.dim = 8, .layers = 2}, edges);
    fit(m, adam{}, {.epochs = 2});
    check(std::move(m), "lightgcn");
  };
  of_edges(fixed_edges{});
  of_edges(adaptive_edges{.temperature = 0.5f});
  of_edges(learned_edges{});
}

TEST_CASE("what is held is of one type") {
  const any_recommender<cpu> m{popularity<cpu>(data())};
  CHECK(m.as<popularity<cpu>>());
  CHECK(!m.as<ease<cpu>>());
}

TEST_CASE("a file of no recommender, or of edges that are not known, says what was expected") {
  const temporary_file file(".model");
  archive_writer network;
  network.put("kind", std::string_view("node-network"));
  network.save(file.path());
  CHECK_THROWS_WITH(load_any<cpu>(file.path()),
                    Catch::EndsWith("kind of model: expected a recommender, got node-network"));
  save(lightgcn<cpu, adaptive_edges>(data(), {.dim = 4}), file.path());
  using known = lightgcn<cpu, one_of<fixed_edges, learned_edges>>;
  CHECK_THROWS_WITH(load<known>(file.path()),
                    Catch::EndsWith("edges: expected fixed or learned, got adaptive"));
}

}  // namespace filigree
