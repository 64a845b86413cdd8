// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "temporary_file.hpp"
#include "toy.hpp"
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/serve/save.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/tasks/matrix_factorization.hpp>
#include <filigree/train/fit.hpp>

#include <filesystem>
#include <limits>
#include <string>

namespace fg = filigree;
using Catch::Contains;

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
