// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "tasks/random_interactions.hpp"
#include "temporary_file.hpp"
#include <filigree/nn/conv/batch_norm.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/optim/sgd.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/serve/save.hpp>
#include <filigree/train/fit.hpp>
#include <filigree/train/rank.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
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

constexpr fg::lightgcn_options tiny{.dim = 5, .layers = 2};

template <class B, class Edges>
fg::lightgcn<B, Edges> trained(const Edges& edges) {
  fg::lightgcn<B, Edges> m(named(), tiny, edges);
  fg::fit(m, fg::adam{.rate = 0.05f}, {.epochs = 2, .batch = 50});
  return m;
}
template <class B, class Edges>
fg::lightgcn<B, Edges> trained(const Edges& edges, const fg::pruning& how) {
  fg::lightgcn<B, Edges> m(named(), tiny, edges);
  fg::pruner sparser{m, how};
  fg::fit(m, fg::adam{.rate = 0.05f}, {.epochs = 2, .batch = 50}, sparser);
  return m;
}
/// Saves a trained model and loads it to serve, on a backend that may be another.
template <class To, class From, class Edges>
fg::lightgcn<To, Edges> to_serve(const fg::lightgcn<From, Edges>& m) {
  const temporary_file file(".model");
  fg::save(m, file.path());
  CHECK(fg::kind_of(file.path()) == "lightgcn");
  CHECK(fg::edges_of(file.path()) == Edges::kind);
  return fg::load<fg::lightgcn<To, Edges>>(file.path());
}
/// f(edges) for edge policies of each kind, of which none has its defaults.
template <class F>
void each_edge_policy(const F& f) {
  f(fg::fixed_edges{});
  f(fg::fixed_edges{fg::normalization::row});
  f(fg::learned_edges{.temperature = 2, .start = 0.5f});
  f(fg::learned_edges{.scaling = fg::edge_scaling::symmetric, .tied = false, .ema_decay = 0.5f});
  f(fg::adaptive_edges{.temperature = 2, .l2 = 0.1f});
  f(fg::adaptive_edges{.score = fg::edge_score::cosine, .ema_decay = 0.5f});
  f(fg::adaptive_edges{.score = fg::edge_score::bilinear, .squash = fg::squash::softmax});
  f(fg::adaptive_edges{.score = fg::edge_score::additive, .layerwise = true});
}
const fg::pruning to_half{.keep = fg::share{0.5f}, .schedule = fg::prune_every(3, 2)};
}  // namespace

TEMPLATE_TEST_CASE("a LightGCN is saved with its edges, and those that are left", "", BACKENDS) {
  each_edge_policy([](const auto& edges) {
    const auto whole = trained<TestType>(edges);
    const auto same = to_serve<TestType>(whole);
    CHECK(same.edges() == whole.edges());
    CHECK(scores(same) == scores(whole));

    const auto pruned = trained<TestType>(edges, to_half);
    REQUIRE(pruned.edges() < pruned.original_edges());
    const auto light = to_serve<TestType>(pruned);
    CHECK(light.edges() == pruned.edges());
    CHECK(light.original_edges() == pruned.original_edges());
    CHECK(scores(light) == scores(pruned));
    CHECK(scores(to_serve<TestType>(light)) == scores(pruned));  // and so on

    auto how = to_half;
    how.compact = false;
    const auto masked = trained<TestType>(edges, how);
    const auto lighter = to_serve<TestType>(masked);
    CHECK(lighter.edges() == masked.edges());
    const auto expected = scores(masked), got = scores(lighter);
    for (std::size_t i = 0; i < got.size(); ++i)
      REQUIRE(got[i] == Approx(expected[i]).margin(1e-5));
  });
}

TEMPLATE_TEST_CASE("a LightGCN is saved with the weights of its layers, where these are learned",
                   "", fg::fixed_edges, fg::learned_edges) {
  fg::lightgcn<fg::cpu, TestType> m(named(),
                                    {.dim = 5, .layers = 2, .combine = fg::layer_weights::learned});
  fg::fit(m, fg::sgd{.rate = 0.5f}, {.epochs = 3, .batch = 50});
  const auto same = to_serve<fg::cpu>(m);
  CHECK(scores(same) == scores(m));
  for_each_parameter(same, [&](const std::string& name, const auto& p) {
    if (name == "layer_logits") CHECK(p.value.to_host(m.on())[0] != 0);
  });
}

TEMPLATE_TEST_CASE("a LightGCN is saved with the rows of embeddings that are left", "", BACKENDS) {
  using names = std::vector<std::string>;
  for (const auto& what : {names{"embedding"}, names{"graph", "embedding"}})
    for (const bool compact : {true, false}) {
      auto how = to_half;
      how.of = what;
      how.compact = compact;
      const auto pruned = trained<TestType>(fg::fixed_edges{}, how);
      const auto light = to_serve<TestType>(pruned);
      CHECK(light.rows() == pruned.rows());
      CHECK(light.edges() == pruned.edges());
      const auto expected = scores(pruned), got = scores(light);
      for (std::size_t i = 0; i < got.size(); ++i)
        REQUIRE(got[i] == Approx(expected[i]).margin(compact ? 0 : 1e-5));
      CHECK(scores(to_serve<TestType>(light)) == got);
    }
}

TEMPLATE_TEST_CASE("a matrix factorization is saved with the rows that are left", "", BACKENDS) {
  using model = fg::matrix_factorization<TestType>;
  for (const bool compact : {true, false}) {
    model m(named(), {.dim = 5});
    fg::pruner sparser{m,
                       {.of = {"embedding"},
                        .keep = fg::share{0.5f},
                        .schedule = fg::prune_every(3, 2),
                        .compact = compact}};
    fg::fit(m, fg::adam{.rate = 0.05f}, {.epochs = 2, .batch = 50}, sparser);
    const temporary_file file(".model");
    fg::save(m, file.path());
    const auto light = fg::load<model>(file.path());
    CHECK(light.rows() == m.rows());
    CHECK(scores(light) == scores(m));
  }
}

TEMPLATE_TEST_CASE("edges that may grow again are no part of a penalty while they are masked", "",
                   BACKENDS) {
  auto how = to_half;
  how.keep = fg::share{.of = 0.5f, .regrow = 0.25f};
  const auto loss_of = [](auto& m) {
    fg::tape<float, TestType> r(m.on());
    return r.value(m.loss(r, m.sample(1, 0, 0, 40))).to_host(m.on())[0];
  };
  for (const auto penalize :
       {fg::edge_penalty::weight, fg::edge_penalty::logit, fg::edge_penalty::deviation}) {
    auto masked = trained<TestType>(fg::adaptive_edges{.l2 = 50, .penalize = penalize}, how);
    REQUIRE(masked.edges() < masked.original_edges());
    auto left = to_serve<TestType>(masked);
    CHECK(loss_of(left) == Approx(loss_of(masked)).epsilon(1e-5));
  }
}

TEST_CASE("a model saved on one backend serves on another") {
  each_edge_policy([](const auto& edges) {
    const auto check = [](const auto& expected, const auto& got) {
      REQUIRE(got.size() == expected.size());
      for (std::size_t i = 0; i < got.size(); ++i)
        REQUIRE(got[i] == Approx(expected[i]).margin(1e-5));
    };
    const auto a = trained<fg::reference>(edges, to_half);
    check(scores(a), scores(to_serve<fg::cpu>(a)));
    const auto b = trained<fg::cpu>(edges, to_half);
    check(scores(b), scores(to_serve<fg::reference>(b)));
  });
}

TEST_CASE("all choices of an edge policy come back") {
  const auto learned =
      to_serve<fg::cpu>(trained<fg::cpu>(fg::learned_edges{.temperature = 3,
                                                           .squash = fg::squash::softmax,
                                                           .scaling = fg::edge_scaling::row,
                                                           .detached = true,
                                                           .tied = false,
                                                           .start = 0.25f,
                                                           .l2 = 0.5f,
                                                           .penalize = fg::edge_penalty::deviation,
                                                           .ema_decay = 0.75f}));
  const auto& l = learned.edge_options();
  CHECK((l.temperature == 3 && l.squash == fg::squash::softmax && l.detached && !l.tied));
  CHECK((l.scaling == fg::edge_scaling::row && l.start == 0.25f && l.l2 == 0.5f));
  CHECK((l.penalize == fg::edge_penalty::deviation && l.ema_decay == 0.75f));
  const auto adaptive = to_serve<fg::cpu>(trained<fg::cpu>(fg::adaptive_edges{
      .score = fg::edge_score::additive, .temperature = 3, .layerwise = true, .seed = 1ull << 40}));
  const auto& a = adaptive.edge_options();
  CHECK((a.score == fg::edge_score::additive && a.temperature == 3));
  CHECK((a.layerwise && a.seed == 1ull << 40));
}

/// Adaptive edges with the names of filigree 0.1.
struct edges_of_0_1 : fg::adaptive_edges {
  static void options(auto& self, auto&& see) {
    fg::adaptive_edges::options(self, [&](const std::string& name, auto& choice, auto... last) {
      see(name == "ema_decay" ? "average" : name, choice, last...);
    });
  }
};

TEST_CASE("a model that filigree 0.1 saved is read") {
  const auto m = trained<fg::cpu>(fg::adaptive_edges{.temperature = 2, .ema_decay = 0.25f});
  fg::archive_writer out;
  out.put("kind", std::string_view("lightgcn"));
  fg::put_interactions(out, m.train());
  fg::detail::put_options(out, "options/", m.options());
  out.put("options/edges", std::string_view("adaptive"));
  fg::detail::put_options(out, "options/edges/", edges_of_0_1{m.edge_options()});
  fg::detail::put_to_serve(out, m);
  const fg::archive_reader in("old", out.bytes());
  REQUIRE(in.has("options/edges/average"));
  const auto read = fg::load<fg::lightgcn<fg::cpu, fg::adaptive_edges>>(in);
  CHECK(read.edge_options().ema_decay == 0.25f);
  CHECK(scores(read) == scores(m));
}

TEST_CASE("options are read by the names that filigree 0.1 gave them") {
  fg::archive_writer out;
  out.put("edges/average", 0.25f);
  out.put("edges/start", 0.0f);
  out.put("norm/keep", 0.5f);
  const fg::archive_reader in("old", out.bytes());
  CHECK(fg::detail::get_options<fg::with_batch_norm>(in, "norm/").ema_decay == 0.5f);
  CHECK(in.number<float>(fg::detail::name_in(in, "edges/", "ema_decay")) == 0.25f);
  CHECK(fg::detail::name_in(in, "edges/", "start") == "edges/start");
  CHECK_THROWS_WITH(fg::detail::get_options<fg::with_batch_norm>(in, "none/"),
                    Contains("expected none/ema_decay, got none"));
}

TEST_CASE("a model of which every edge was pruned is saved too") {
  auto none = to_half;
  none.keep = fg::share{0};
  const auto pruned = trained<fg::cpu>(fg::learned_edges{}, none);
  REQUIRE(pruned.edges() == 0);
  const auto light = to_serve<fg::cpu>(pruned);
  CHECK(light.edges() == 0);
  CHECK(scores(light) == scores(pruned));
}

TEST_CASE("a LightGCN of fixed edges has the file that it always had") {
  const auto m = trained<fg::cpu>(fg::fixed_edges{fg::normalization::none});
  const temporary_file now(".model"), before(".model");
  fg::save(m, now.path());
  fg::archive_writer out;
  out.put("kind", std::string_view("lightgcn"));
  fg::put_interactions(out, m.train());
  out.put("options/dim", fg::index{5});
  out.put("options/layers", 2);
  out.put("options/l2", 1e-4f);
  out.put("options/combine", 0);
  out.put("options/positive", 0);
  out.put("options/negative", 0);
  out.put("options/negatives", 1);
  out.put("options/spread", 0.1f);
  out.put("options/seed", std::uint64_t{1});
  out.put("options/normalize", 2);
  for_each_parameter(m, [&](const std::string& name, const auto& p) {
    REQUIRE(name == "embedding");
    const auto host = p.value.to_host(m.on());
    out.put("parameter/embedding/value", std::span<const float>(host), p.value.shape());
  });
  out.save(before.path());
  CHECK(now.bytes() == before.bytes());
  CHECK(scores(fg::load<fg::lightgcn<fg::cpu>>(before.path())) == scores(m));
  out.put("options/dim", fg::index{4});  // the later record of a name counts
  out.save(before.path());
  CHECK_THROWS_WITH(fg::load<fg::lightgcn<fg::cpu>>(before.path()),
                    Contains(": shape of parameter/embedding/value: expected ") &&
                        Contains(" x 4, got ") && Contains(" x 5"));
}

TEST_CASE("a pruned model that was loaded learns on, and its checkpoint asks for the same edges") {
  const auto pruned = trained<fg::cpu>(fg::learned_edges{.ema_decay = 0.5f}, to_half);
  auto whole = to_serve<fg::cpu>(pruned), first = to_serve<fg::cpu>(pruned);
  const temporary_file file(".checkpoint");
  fg::fit(whole, fg::adam{}, {.epochs = 3, .batch = 50});
  const fg::checkpointing to{.path = file.path(), .resume = false};
  fg::fit(first, fg::adam{}, {.epochs = 2, .batch = 50, .checkpoint = to});
  // Even one that has all edges at first ends with those.
  fg::lightgcn<fg::cpu, fg::learned_edges> second(named(), tiny, {.ema_decay = 0.5f});
  fg::fit(second, fg::adam{}, {.epochs = 3, .batch = 50, .checkpoint = {.path = file.path()}});
  CHECK(second.edges() == whole.edges());
  CHECK(scores(second) == scores(whole));
}

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
    fg::lightgcn<B, fg::fixed_edges, T> m(named(),
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
  CHECK_THROWS_WITH((fg::load<fg::lightgcn<fg::cpu, fg::fixed_edges, double>>(file.path())),
                    file.path() + ": type of parameter/embedding/value: expected f64, got f32");
  CHECK_THROWS_WITH((fg::load<fg::lightgcn<fg::cpu, fg::adaptive_edges>>(file.path())),
                    file.path() + ": edges: expected adaptive, got fixed");
  fg::save(trained<fg::cpu>(fg::learned_edges{}), file.path());
  CHECK_THROWS_WITH(fg::load<fg::lightgcn<fg::cpu>>(file.path()),
                    file.path() + ": edges: expected fixed, got learned");
  fg::save(fg::lightgcn<fg::cpu>(named(), {.dim = 3}), file.path());
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
                    "/no/such/file: expected a readable file, got none: No such file or directory");
  fg::archive_writer other;
  other.put("fit.seed", 1);
  other.save(file.path());
  CHECK_THROWS_WITH(fg::kind_of(file.path()),
                    file.path() + ": content: expected kind, got none of that name");
}

TEST_CASE("a file that can be read once, such as a pipe, tells its kind and is loaded") {
  const temporary_file file(".model");
  fg::save(trained<fg::cpu>(fg::learned_edges{}), file.path());
  const fg::archive_reader in(file.path());
  CHECK(fg::kind_of(in) == "lightgcn");
  CHECK(fg::edges_of(in) == "learned");
  CHECK(fg::load<fg::lightgcn<fg::cpu, fg::learned_edges>>(in).train().size() == named().size());
}

TEST_CASE("saving where nothing can be written is an error") {
  CHECK_THROWS_WITH(fg::save(fg::popularity<fg::cpu>(named()), "/no/such/folder/model"),
                    "/no/such/folder/model: cannot be written: No such file or directory");
}
