// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "temporary_file.hpp"
#include "toy.hpp"
#include <filigree/backend/pool.hpp>
#include <filigree/ops/mean_squared.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/optim/sgd.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/train/fit.hpp>
#include <filigree/train/rank.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

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
