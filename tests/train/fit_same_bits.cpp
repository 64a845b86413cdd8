// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "toy.hpp"
#include <filigree/backend/reference.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/train/fit.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace fg = filigree;

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
