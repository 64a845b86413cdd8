// SPDX-License-Identifier: Apache-2.0
#include "../train/toy.hpp"
#include "catch.hpp"
#include "paths.hpp"
#include "temporary_file.hpp"
#include <filigree/cuda.cuh>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace fg = filigree;

namespace {

template <class B, class T = double>
using model_on = fg::lightgcn<B, fg::fixed_edges, T>;

/// All parameters, one after the other.
template <class M>
std::vector<double> values(M& m) {
  std::vector<double> all;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    for (const auto v : p.value.to_host(m.on())) all.push_back(static_cast<double>(v));
  });
  return all;
}

/// |a - b| / |b|
double relative(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return a.size() == b.size() ? std::sqrt(difference / norm) : INFINITY;
}

/// Writes down what the stream was given, after each step. Nobody waits.
struct counts_by_step : fg::idle_watcher {
  explicit counts_by_step(const fg::gpu& stream) : on(stream) {}
  fg::gpu on;
  std::vector<fg::gpu_counters> at{};
  void on_step(const auto&, const fg::progress&) { at.push_back(on.counters()); }
};

/// A run that goes on step by step.
class run {
 public:
  run(const fg::gpu& on, std::uint64_t seed)
      : model_(toy::camps(70, 50, seed), {.dim = 16, .layers = 2, .seed = seed}, {}, on) {}
  void step(fg::offset s) {
    const auto batch = model_.sample(1, s / 4, s % 4, 64);
    fg::tape<float, fg::gpu> r(model_.on());
    const auto loss = model_.loss(r, batch);
    r.backward(loss);
    for_each_parameter(model_,
                       [&](const std::string&, auto& p) { optimize_.step(model_.on(), p); });
  }
  [[nodiscard]] std::vector<double> result() { return values(model_); }

 private:
  model_on<fg::gpu, float> model_;
  fg::adam::state<float, fg::gpu> optimize_{fg::adam{.rate = 1e-2f}};
};

}  // namespace

TEST_CASE("20 steps on Debian's dependencies give the parameters that the cpu gives", "[long]") {
  const auto train =
      fg::load_interactions((paths::bundled_data() / "debian" / "train.txt").string());
  const auto after = [&]<class B>(const B& on) {
    model_on<B> m(train, {.dim = 16, .layers = 3}, {}, on);
    fg::fit(m, fg::adam{.rate = 5e-3f}, {.epochs = 1, .batch = (train.size() + 19) / 20});
    return values(m);
  };
  const auto expected = after(fg::cpu{}), got = after(fg::gpu{});
  CHECK(relative(got, expected) < 1e-6);
  CHECK(relative(got, expected) > 0);  // nobody computed the same thing twice
}

TEST_CASE("a training step waits for nothing, allocates nothing and launches few kernels") {
  const auto on = fg::gpu::with_own_stream();
  model_on<fg::gpu, float> m(toy::camps(300, 200, 3), {.dim = 64, .layers = 3}, {}, on);
  counts_by_step counts{on};
  fg::fit(m, fg::adam{}, {.epochs = 1, .batch = 256}, counts);
  REQUIRE(counts.at.size() > 3);
  const bool keeps = on.context()->pool().keeps();
  for (std::size_t s = 2; s + 1 < counts.at.size(); ++s) {  // the last batch is smaller
    const auto &before = counts.at[s - 1], &after = counts.at[s];
    CHECK(after.synchronizations == before.synchronizations);
    CHECK(after.uploads == before.uploads);
    if (keeps) CHECK(after.fresh_bytes == before.fresh_bytes);
    const auto launches = after.launches - before.launches;
    const auto calls = after.library_calls - before.library_calls;
    INFO(launches << " launches, " << calls << " library calls, " << after.fills - before.fills
                  << " fills");
    CHECK(launches + calls < 40);
  }
}

TEST_CASE("two models that train interleaved in two streams end as one after the other", "[long]") {
  constexpr fg::offset steps = 12;
  const auto alone = [&](std::uint64_t seed) {
    run one(fg::gpu::with_own_stream(), seed);
    for (fg::offset s = 0; s < steps; ++s) one.step(s);
    return one.result();
  };
  const auto first = alone(1), second = alone(2);
  CHECK(first != second);
  CHECK(first == alone(1));

  run a(fg::gpu::with_own_stream(), 1), b(fg::gpu::with_own_stream(), 2);
  for (fg::offset s = 0; s < steps; ++s) {
    a.step(s);
    b.step(s);
  }
  CHECK(a.result() == first);
  CHECK(b.result() == second);

  run c(fg::gpu::with_own_stream(), 1), d(fg::gpu::with_own_stream(), 2);
  const auto train = [&](run& one) {
    for (fg::offset s = 0; s < steps; ++s) one.step(s);
  };
  std::thread other([&] { train(d); });
  train(c);
  other.join();
  CHECK(c.result() == first);
  CHECK(d.result() == second);
}

TEST_CASE("a run begun on the cpu goes on on the gpu, and the other way round", "[long]") {
  const auto data = toy::camps(80, 60, 9);
  const auto train = [&]<class B>(const B& on, fg::offset epochs, const std::string& path) {
    model_on<B> m(data, {.dim = 8, .layers = 2}, {}, on);
    fg::fit(m, fg::adam{.rate = 1e-2f},
            {.epochs = epochs, .batch = 40, .clip = 5, .checkpoint = {.path = path}});
    return values(m);
  };
  const auto expected = train(fg::cpu{}, 4, "");
  const temporary_file one(".checkpoint"), two(".checkpoint");
  (void)train(fg::cpu{}, 2, one.path());
  CHECK(relative(train(fg::gpu{}, 4, one.path()), expected) < 1e-6);
  (void)train(fg::gpu{}, 2, two.path());
  CHECK(relative(train(fg::cpu{}, 4, two.path()), expected) < 1e-6);
}

TEST_CASE("a model saved on one backend ranks on the other as it did", "[long]") {
  const auto data = toy::camps(80, 60, 9);
  const temporary_file file(".model");
  const auto ranked = [&](const auto& m) {
    std::vector<fg::index> users(80), all;
    for (fg::index u = 0; u < 80; ++u) users[static_cast<std::size_t>(u)] = u;
    fg::rank(m, users, 7, [&](fg::index, auto items, auto) {
      all.insert(all.end(), items.begin(), items.end());
    });
    return all;
  };
  {
    model_on<fg::gpu> m(data, {.dim = 8, .layers = 2}, {}, fg::gpu{});
    fg::fit(m, fg::adam{.rate = 1e-2f}, {.epochs = 3, .batch = 40});
    fg::save(m, file.path());
    CHECK(ranked(m) == ranked(fg::load<model_on<fg::cpu>>(file.path())));
  }
  const auto back = fg::load<model_on<fg::gpu>>(file.path());
  CHECK(ranked(back) == ranked(fg::load<model_on<fg::cpu>>(file.path())));
  const auto [rest, held_out] = fg::split(data, fg::leave_out{.share = 0.3f});
  const auto measured = [&]<class B>(const B& on) {
    model_on<B> m(rest, {.dim = 8, .layers = 2}, {}, on);
    fg::early_stopping best{m, held_out, fg::ndcg_at{5}};
    fg::fit(m, fg::adam{.rate = 1e-2f}, {.epochs = 3, .batch = 40}, best);
    const auto r = fg::evaluate(m, held_out, fg::recall_at{5}, fg::ndcg_at{5}, fg::mrr_at{5},
                                fg::precision_at{5}, fg::hit_rate_at{5}, fg::coverage_at{5});
    return r.values();
  };
  const auto expected = measured(fg::cpu{}), got = measured(fg::gpu{});
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(expected[i].first);
    CHECK(got[i].second == Approx(expected[i].second));
  }
}

TEST_CASE("a const model on the gpu may be asked from several threads at once") {
  model_on<fg::gpu> m(toy::camps(60, 40, 2), {.dim = 8, .layers = 2}, {}, fg::gpu{});
  const auto& shared = m;
  const auto asked = [&](fg::index u) {
    std::vector<fg::index> ids;
    for (const auto& [id, score] : fg::recommend(shared, fg::user{u}, 5))
      ids.push_back(static_cast<fg::index>(id));
    return ids;
  };
  std::vector<std::vector<fg::index>> expected, got(8);
  for (fg::index u = 0; u < 8; ++u) expected.push_back(asked(u));
  for_each_parameter(m, [](const std::string&, auto&) {});  // forgets what it has computed
  std::vector<std::thread> threads;
  for (fg::index u = 0; u < 8; ++u)
    threads.emplace_back([&, u] { got[static_cast<std::size_t>(u)] = asked(u); });
  for (auto& t : threads) t.join();
  CHECK(got == expected);
}
