// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_interactions.hpp"
#include "temporary_file.hpp"
#include <filigree/models/save.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/optim/sgd.hpp>
#include <filigree/train/fit.hpp>
#include <filigree/train/rank.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace fg = filigree;
using Catch::Contains;

namespace {
fg::interactions named() {
  auto data = random_interactions(40, 30);
  for (fg::index u = 0; u < 40; ++u) data.user_names.push_back("user " + std::to_string(u));
  for (fg::index i = 0; i < 30; ++i) data.item_names.push_back("thing no. " + std::to_string(i));
  return data;
}

/// Saves a model and loads it again, on a backend of its own.
template <class M>
M again(const M& m, const std::string& kind) {
  const temporary_file file(".model");
  fg::save(m, file.path());
  CHECK(fg::kind_of(file.path()) == kind);
  auto back = fg::load<M>(file.path());
  CHECK(scores(back) == scores(m));
  CHECK(back.train().user_names == m.train().user_names);
  CHECK(back.train().item_names == m.train().item_names);
  CHECK(std::ranges::equal(back.train().columns(), m.train().columns()));
  CHECK(back.train().find_user("user 7") == fg::user{7});
  const auto best = fg::recommend(m, fg::user{7}, 5), same = fg::recommend(back, fg::user{7}, 5);
  REQUIRE(best.size() == same.size());
  for (std::size_t r = 0; r < best.size(); ++r) {
    CHECK(best[r].id == same[r].id);
    CHECK(best[r].score == same[r].score);
  }
  return back;
}
}  // namespace

TEST_CASE("the baselines are saved with their names") {
  again(fg::popularity<fg::cpu>(named()), "popularity");
  const auto knn = again(fg::item_knn<fg::cpu>(named(), {.neighbors = 4,
                                                         .shrink = 2,
                                                         .user_exponent = 0.5f,
                                                         .source_exponent = 0.7f,
                                                         .target_exponent = 0.2f}),
                         "item-knn");
  CHECK(knn.options().neighbors == 4);
  CHECK(knn.options().target_exponent == 0.2f);
  const auto ease = again(fg::ease<fg::cpu>(named(), {.lambda = 7}), "ease");
  CHECK(ease.options().lambda == 7);
}

TEMPLATE_TEST_CASE("trained models are saved with their names and options", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const fg::bpr_sampling sampling{fg::positives::per_user, fg::negatives::popularity, 2};
  for (const auto combine :
       {fg::layer_weights::mean, fg::layer_weights::last, fg::layer_weights::learned}) {
    fg::lightgcn<B, fg::fixed_edges, fg::keep_all, T> m(named(),
                                                        {.dim = 5,
                                                         .layers = 2,
                                                         .l2 = 0.25f,
                                                         .combine = combine,
                                                         .sampling = sampling,
                                                         .spread = 0.3f,
                                                         .seed = 1ull << 40},
                                                        {fg::normalization::row});
    fg::fit(m, fg::adam{.rate = 0.01f}, {.epochs = 2, .batch = 50});
    const auto back = again(m, "lightgcn");
    CHECK(back.options().combine == combine);
    CHECK(back.options().l2 == 0.25f);
    CHECK(back.options().seed == 1ull << 40);
    CHECK(back.options().sampling.positive == fg::positives::per_user);
    CHECK(back.options().sampling.negative == fg::negatives::popularity);
    CHECK(back.options().sampling.count == 2);
    CHECK(back.edge_options().normalize == fg::normalization::row);
  }
  fg::matrix_factorization<B, T> mf(named(), {.dim = 5, .l2 = 0.5f});
  fg::fit(mf, fg::adam{.rate = 0.01f}, {.epochs = 2, .batch = 50});
  CHECK(again(mf, "mf").options().l2 == 0.5f);
}

TEST_CASE("a loaded model learns on as the saved one would") {
  fg::lightgcn<fg::cpu> m(named(), {.dim = 5, .layers = 2});
  fg::fit(m, fg::sgd{.rate = 0.1f}, {.epochs = 1, .batch = 50});
  const temporary_file file(".model");
  fg::save(m, file.path());
  auto back = fg::load<fg::lightgcn<fg::cpu>>(file.path());
  fg::fit(m, fg::sgd{.rate = 0.1f}, {.epochs = 2, .batch = 50});
  fg::fit(back, fg::sgd{.rate = 0.1f}, {.epochs = 2, .batch = 50});
  CHECK(scores(m) == scores(back));
}

TEST_CASE("a file of another kind, another scalar or with damage is refused") {
  const temporary_file file(".model");
  fg::save(fg::popularity<fg::cpu>(named()), file.path());
  CHECK_THROWS_WITH(fg::load<fg::ease<fg::cpu>>(file.path()),
                    file.path() + ": kind of model: expected ease, got popularity");
  fg::save(fg::lightgcn<fg::cpu>(named(), {.dim = 3}), file.path());
  CHECK_THROWS_WITH(fg::load<fg::matrix_factorization<fg::cpu>>(file.path()),
                    file.path() + ": kind of model: expected mf, got lightgcn");
  CHECK_THROWS_WITH(
      (fg::load<fg::lightgcn<fg::cpu, fg::fixed_edges, fg::keep_all, double>>(file.path())),
      file.path() + ": type of parameter/embedding/value: expected f64, got f32");
  auto bytes = file.bytes();
  bytes[bytes.size() / 2] ^= 4;
  file.write(bytes);
  CHECK_THROWS_WITH(fg::load<fg::lightgcn<fg::cpu>>(file.path()),
                    Contains(": checksum: expected") && Contains("(corrupted?)"));
  CHECK_THROWS_WITH(fg::kind_of(file.path()), Contains(": checksum: expected"));
  file.write(bytes.substr(0, bytes.size() - 1));
  CHECK_THROWS_WITH(fg::load<fg::lightgcn<fg::cpu>>(file.path()),
                    Contains(": size: expected") && Contains("(truncated?)"));
  CHECK_THROWS_WITH(fg::kind_of("/no/such/file"),
                    "/no/such/file: expected a readable file, got none");
  fg::archive_writer other;
  other.put("fit.seed", 1);
  other.save(file.path());
  CHECK_THROWS_WITH(fg::kind_of(file.path()),
                    file.path() + ": content: expected kind, got none of that name");
}

TEST_CASE("saving where nothing can be written is an error") {
  CHECK_THROWS_WITH(fg::save(fg::popularity<fg::cpu>(named()), "/no/such/folder/model"),
                    "/no/such/folder/model: cannot be written");
}
