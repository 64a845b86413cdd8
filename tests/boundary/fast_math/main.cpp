// SPDX-License-Identifier: Apache-2.0
// Compiled with -ffast-math, under which a compiler may take every number for finite: the checks
// hold nevertheless. Says what fails.
#include <filigree/backend/cpu.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/optim/sgd.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/train/early_stopping.hpp>
#include <filigree/train/evaluate.hpp>
#include <filigree/train/fit.hpp>

#include <iostream>
#include <limits>
#include <string>
#include <string_view>

namespace fg = filigree;

namespace {
int failures = 0;

/// Runs f, which must throw an error with those words.
template <class F>
void expect(std::string_view words, const F& f) {
  std::string said = "nothing";
  try {
    f();
  } catch (const fg::error& e) {
    said = e.what();
  }
  if (said.find(words) != said.npos) return;
  std::cerr << "expected \"" << words << "\", got " << said << '\n';
  ++failures;
}
}  // namespace

int main() {
  const fg::interactions train({{0, 0}, {0, 1}, {1, 2}, {1, 3}, {2, 0}, {2, 3}}, 3, 40);
  const fg::interactions held_out({{0, 2}, {1, 0}}, 3, 40);
  using model = fg::lightgcn<fg::cpu>;
  const auto fresh = [&] { return model(train, {.dim = 8, .layers = 2}); };
  for (const auto epochs : {1, 3})
    expect("expected", [&] {
      auto m = fresh();
      fg::fit(m, fg::sgd{.rate = 1e30f}, {.epochs = epochs, .batch = 2});
    });
  expect("fit: ", [&] {
    auto m = fresh();
    fg::fit(m, fg::adam{.rate = 1e30f}, {.epochs = 3, .batch = 2});
  });

  const volatile float none = std::numeric_limits<float>::quiet_NaN();
  auto spoiled = fresh();
  for_each_parameter(spoiled, [&](const std::string&, auto& p) {
    spoiled.on().fill(p.value.data(), p.value.size(), float{none});
  });
  expect("expected numbers, got NaN",
         [&] { (void)fg::evaluate(spoiled, held_out, fg::ndcg_at{3}); });
  expect("expected numbers, got NaN", [&] { (void)fg::recommend(spoiled, fg::user{0}, 5); });
  expect("fit: ", [&] { fg::fit(spoiled, fg::adam{}, {.epochs = 1, .batch = 6}); });

  expect("adam: rate: expected at least 0, got nan", [&] {
    auto m = fresh();
    fg::fit(m, fg::adam{.rate = none}, {.epochs = 1, .batch = 2});
  });
  expect("clip_gradients: norm: expected above 0", [&] {
    auto m = fresh();
    fg::clip_gradients(m.on(), m, static_cast<double>(none));
  });

  // What is fine stays fine.
  auto good = fresh();
  fg::early_stopping best{good, held_out, fg::ndcg_at{3}};
  fg::fit(good, fg::adam{}, {.epochs = 3, .batch = 4}, best);
  if (best.best_epoch() < 1 || fg::recommend(good, fg::user{0}, 38).size() != 38) {
    std::cerr << "expected a model that ranks\n";
    ++failures;
  }
  return failures;
}
