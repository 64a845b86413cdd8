// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "temporary_file.hpp"
#include "toy.hpp"
#include <filigree/backend/reference.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/ops/mean_squared.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/optim/sgd.hpp>
#include <filigree/serve/save.hpp>
#include <filigree/tasks/matrix_factorization.hpp>
#include <filigree/train/evaluate.hpp>
#include <filigree/train/fit.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <thread>

namespace fg = filigree;
using Catch::Contains;

namespace {
/// |w - 1|^2 / 2
struct simple : fg::nothing_to_observe, fg::no_identity {
  using scalar = float;
  using backend_type = fg::cpu;
  struct batch {};
  fg::cpu where{};
  fg::matrix<float, fg::cpu> goal{where, std::vector<float>{1, 1}, {1, 2}};
  fg::parameter<float, fg::cpu> w{fg::matrix<float, fg::cpu>::zeros(where, {1, 2})};
  [[nodiscard]] const fg::cpu& on() const { return where; }
  [[nodiscard]] static fg::offset steps(fg::offset) { return 1; }
  [[nodiscard]] static batch sample(std::uint64_t, fg::offset, fg::offset, fg::offset) {
    return {};
  }
  [[nodiscard]] auto loss(auto& r, const batch&) const {
    return r(fg::mean_squared{goal}, r.leaf(w));
  }
  static void members(auto& self, auto&& see) { see("w", self.w); }
};
}  // namespace

TEST_CASE("training tells two camps apart") {
  fg::lightgcn<fg::cpu> m(toy::camps(60, 40, 2), {.dim = 8, .layers = 2});
  std::vector<double> losses;
  struct : fg::idle_watcher {
    std::vector<double>* losses = nullptr;
    void on_epoch(fg::lightgcn<fg::cpu>&, fg::progress& p) { losses->push_back(p.loss()); }
  } watch{{}, &losses};
  const auto r = fg::fit(m, fg::adam{.rate = 2e-2f}, {.epochs = 15, .batch = 64}, watch);
  REQUIRE(losses.size() == 15);
  CHECK(r.epochs == 15);
  CHECK(r.loss == losses.back());
  CHECK(losses.back() < 0.6 * losses.front());
  int own = 0;
  for (const auto& [id, score] : fg::recommend(m, fg::user{1}, 10))
    own += static_cast<fg::index>(id) >= 20;
  CHECK(own >= 9);
}

TEST_CASE("the same seed gives the same bits with one thread and with two") {
  std::vector<std::vector<float>> all;
  for (const int threads : {1, 2, 2}) {
    fg::lightgcn<fg::cpu> m(toy::camps(400, 300, 4),
                            {.dim = 20, .layers = 3, .sampling = {.count = 3}}, {},
                            fg::cpu{threads});
    fg::fit(m, fg::adam{}, {.epochs = 3, .batch = 256, .clip = 1});
    all.push_back(toy::parameters(m));
  }
  CHECK(all[0] == all[1]);
  CHECK(all[1] == all[2]);
}

TEST_CASE("models with other numbers of threads learn side by side what each learns alone") {
  using model = fg::lightgcn<fg::cpu, fg::learned_edges>;
  const auto made = [](int threads) {
    return model(toy::camps(400, 300, static_cast<std::uint64_t>(threads)),
                 {.dim = 20, .layers = 2}, {}, fg::cpu{threads});
  };
  const auto learn = [](model& m, auto&&... watchers) {
    fg::fit(m, fg::adam{}, {.epochs = 3, .batch = 256}, watchers...);
  };
  std::vector<std::vector<float>> alone;
  for (const int threads : {1, 2, 3}) {
    auto m = made(threads);
    learn(m);
    alone.push_back(toy::parameters(m));
  }

  SECTION("one inside an epoch of another") {
    auto outer = made(1), inner = made(2);
    struct : fg::idle_watcher {
      std::function<void()> other;
      void on_epoch(model&, fg::progress& p) {
        if (p.epoch == 1) other();
      }
    } between{{}, [&] { learn(inner); }};
    learn(outer, between);
    CHECK(toy::parameters(outer) == alone[0]);
    CHECK(toy::parameters(inner) == alone[1]);
  }
  SECTION("at once") {
    std::vector<model> all;
    for (const int threads : {1, 2, 3}) all.push_back(made(threads));
    std::vector<std::thread> running;
    for (auto& m : all) running.emplace_back([&learn, &m] { learn(m); });
    for (auto& t : running) t.join();
    for (std::size_t k = 0; k < all.size(); ++k) CHECK(toy::parameters(all[k]) == alone[k]);
  }
}

TEST_CASE("cpu learns what reference learns") {
  const auto data = toy::camps(40, 30, 6);
  fg::lightgcn<fg::cpu, fg::fixed_edges, double> fast(data, {.dim = 9, .layers = 2});
  fg::lightgcn<fg::reference, fg::fixed_edges, double> plain(data, {.dim = 9, .layers = 2});
  const auto a = fg::fit(fast, fg::adam{}, {.epochs = 3, .batch = 50});
  const auto b = fg::fit(plain, fg::adam{}, {.epochs = 3, .batch = 50});
  CHECK(a.loss == Approx(b.loss).epsilon(1e-10));
}

TEST_CASE("after the first step training allocates nothing") {
  fg::lightgcn<fg::cpu> m(toy::camps(200, 100, 8), {.dim = 16, .layers = 3});
  struct : fg::idle_watcher {
    std::vector<std::size_t> after;
    void on_step(const fg::lightgcn<fg::cpu>&, const fg::progress&) {
      after.push_back(fg::memory_pool::instance().fresh_blocks());
    }
  } watch;
  fg::memory_pool::instance().trim();
  fg::fit(m, fg::adam{}, {.epochs = 3, .batch = 128}, watch);
  REQUIRE(watch.after.size() > 10);
  for (const auto blocks : watch.after) CHECK(blocks == watch.after.front());
}

TEST_CASE("a watcher sees the gradients before the step is taken, and may change them") {
  using model = fg::lightgcn<fg::cpu>;
  model m(toy::camps(20, 20, 8), {.dim = 4, .layers = 1, .l2 = 0});
  struct : fg::idle_watcher {
    std::vector<float> before, after;
    void on_backward(model& of, const fg::progress&) {
      before = toy::parameters(of);
      for_each_parameter(of, [&](const std::string&, auto& p) {
        REQUIRE(p.gradient.size() == p.value.size());
        of.on().fill(p.gradient.data(), p.gradient.size(), 1.0f);
      });
    }
    void on_step(model& of, const fg::progress&) { after = toy::parameters(of); }
  } watch;
  fg::fit(m, fg::sgd{.rate = 0.5f}, {.epochs = 1, .batch = 1000}, watch);
  REQUIRE(watch.after.size() == watch.before.size());
  for (std::size_t i = 0; i < watch.after.size(); ++i)
    CHECK(watch.after[i] == Approx(watch.before[i] - 0.5f));
}

TEST_CASE("a model without an identity goes on from its checkpoint, watched or not") {
  const temporary_file file(".checkpoint");
  simple once, twice, resumed;
  fg::fit(once, fg::sgd{.rate = 0.1f}, {.epochs = 4});
  fg::fit(twice, fg::sgd{.rate = 0.1f}, {.epochs = 2, .checkpoint = {.path = file.path()}},
          fg::idle_watcher{});
  fg::fit(resumed, fg::sgd{.rate = 0.1f}, {.epochs = 4, .checkpoint = {.path = file.path()}},
          fg::idle_watcher{});
  CHECK(toy::parameters(resumed) == toy::parameters(once));
  CHECK(toy::parameters(resumed) != toy::parameters(twice));
}

TEST_CASE("a watcher can end training") {
  fg::lightgcn<fg::cpu> m(toy::camps(20, 20, 8), {.dim = 4, .layers = 1});
  struct : fg::idle_watcher {
    void on_epoch(fg::lightgcn<fg::cpu>&, fg::progress& p) { p.stop = p.epoch == 2; }
  } watch;
  CHECK(fg::fit(m, fg::adam{}, {.epochs = 9, .batch = 64}, watch).epochs == 2);
}

TEST_CASE("fit names settings out of range and a loss that is no number") {
  fg::lightgcn<fg::cpu> m(toy::camps(20, 20, 8), {.dim = 4, .layers = 1});
  CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, {.epochs = 1, .batch = 0}),
                    "fit: batch: expected at least 1, got 0");
  CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, {.epochs = -1}),
                    "fit: epochs: expected at least 0, got -1");
  for (const auto clip : {-1.f, NAN})
    CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, {.epochs = 1, .clip = clip}),
                      Contains("fit: clip: expected at least 0, got "));
  CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, {.epochs = 1, .checkpoint = {.every_steps = -1}}),
                    "checkpoint: every_steps: expected at least 0, got -1");
  CHECK(
      fg::fit(m, fg::sgd{.rate = 0}, {.epochs = 1, .batch = std::numeric_limits<fg::offset>::max()})
          .loss > 0);
  for_each_parameter(m, [&](const std::string&, auto& p) {
    m.on().fill(p.value.data(), p.value.size(), std::numeric_limits<float>::quiet_NaN());
  });
  CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, {.epochs = 1, .batch = 16}),
                    Contains("fit: loss of epoch 1: expected a finite number, got"));
}

TEST_CASE("a rate that blows the parameters up ends the epoch it does so in") {
  fg::matrix_factorization<fg::cpu> m(toy::camps(20, 20, 8), {.dim = 4});
  CHECK_THROWS_WITH(fg::fit(m, fg::adam{.rate = 1e38f}, {.epochs = 1, .batch = 1 << 20}),
                    Contains("fit: ") && Contains("epoch 1: expected") &&
                        Contains("a smaller learning rate may help"));
  const temporary_file file(".model");
  CHECK_THROWS_WITH(fg::save(m, file.path()),
                    Contains("save: parameter/") &&
                        Contains(": expected numbers whose squares are finite, got "));
  CHECK_FALSE(std::filesystem::exists(file.path()));
}

TEST_CASE("what has diverged is found wherever it is") {
  const auto data = toy::camps(20, 20, 8);
  using model = fg::lightgcn<fg::cpu, fg::learned_edges>;
  const auto inf = std::numeric_limits<float>::infinity();
  struct spoil : fg::idle_watcher {
    model* m;
    const char* what;
    float with;
    void on_step(const model&, const fg::progress&) const {
      for_each_parameter(*m, [&](const std::string& name, auto& p) {
        if (name != "embedding") return;
        auto& x = std::string(what) == "value"      ? p.value
                  : std::string(what) == "gradient" ? p.gradient
                                                    : p.slot(m->on(), what);
        m->on().fill(x.data() + 3, 1, with);
      });
    }
  };
  const auto said = [&](const char* what, float with) {
    model m(data, {.dim = 4, .layers = 1});
    try {
      fg::fit(m, fg::adam{}, {.epochs = 1, .batch = 1000}, spoil{{}, &m, what, with});
    } catch (const fg::error& e) {
      return std::string(e.what());
    }
    return std::string("nothing");
  };
  const std::string one =
      "fit: embedding after epoch 1: expected elements whose squares are finite, got 1 of 160 that "
      "are not; a smaller learning rate may help";
  for (const auto* const what : {"value", "gradient", "adam.first", "adam.second"}) {
    CHECK(said(what, inf) == one);
    CHECK(said(what, 1) == "nothing");
  }
  CHECK(said("value", 2e19f) == one);
  CHECK(said("gradient", 2e19f) == one);
  CHECK(said("adam.second", 2e19f) == "nothing");
}

TEST_CASE("running means that diverged are found too") {
  const auto data = toy::camps(20, 20, 8);
  using model = fg::lightgcn<fg::cpu, fg::learned_edges>;
  model m(data, {.dim = 4, .layers = 1}, {.ema_decay = 0.5f});
  struct : fg::idle_watcher {
    model* m = nullptr;
    void on_step(const model&, const fg::progress&) const {
      for_each_buffer(*m, [&](const std::string&, auto& x) {
        m->on().fill(x.data(), 2, std::numeric_limits<float>::quiet_NaN());
      });
    }
  } spoil{{}, &m};
  CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, {.epochs = 1, .batch = 1000}, spoil),
                    Contains("after epoch 1: expected elements whose squares are finite, got 2 "
                             "of "));
}

TEST_CASE("the seconds of an epoch are those that training took") {
  fg::lightgcn<fg::cpu> m(toy::camps(60, 40, 2), {.dim = 8, .layers = 2});
  double in_epochs = 0;
  struct : fg::idle_watcher {
    double* in_epochs = nullptr;
    void on_epoch(fg::lightgcn<fg::cpu>&, fg::progress& p) { *in_epochs += p.epoch_seconds; }
  } watch{{}, &in_epochs};
  const auto r = fg::fit(m, fg::adam{}, {.epochs = 4, .batch = 64}, watch);
  CHECK(r.epoch_seconds > 0);
  CHECK(r.epoch_seconds == Approx(in_epochs / 4));
  CHECK(in_epochs <= r.seconds);
}
