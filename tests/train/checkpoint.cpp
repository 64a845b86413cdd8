// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "checkpoint_setting.hpp"
#include "toy.hpp"
#include <filigree/autograd/idle_watcher.hpp>
#include <filigree/core/random.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/train/early_stopping.hpp>
#include <filigree/train/fit.hpp>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace fg = filigree;

namespace {
/// Kills its process, without a word, when a step is reached.
struct assassin : fg::idle_watcher {
  assassin(fg::offset in_epoch, fg::offset at_step) : epoch(in_epoch), step(at_step) {}
  fg::offset epoch, step;
  void on_step(const auto&, const fg::progress& p) const {
    if (p.epoch == epoch && p.step == step) ::kill(::getpid(), SIGKILL);
  }
};

/// Trains in a child process that is killed in mid-epoch.
template <class... Watchers>
void train_and_die(const fg::training& how, Watchers&&... watchers) {
  const auto child = ::fork();
  if (child == 0) {
    fg::lightgcn<fg::cpu> m(data(), small, {}, fg::cpu{1});
    fg::fit(m, fg::adam{}, how, watchers...);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
}
}  // namespace

TEST_CASE("a run killed in mid-epoch goes on and ends in the same bits") {
  const auto path = fresh_path("killed");
  fg::lightgcn<fg::cpu> whole(data(), small, {}, fg::cpu{1});
  const auto uninterrupted = fg::fit(whole, fg::adam{}, plan(""));
  for (const auto& [epoch, step] : {std::pair{1, 5}, {3, 1}, {5, 3}})
    train_and_die(plan(path), assassin{epoch, step});
  fg::lightgcn<fg::cpu> resumed(data(), small, {}, fg::cpu{1});
  const auto rest = fg::fit(resumed, fg::adam{}, plan(path));
  CHECK(toy::parameters(resumed) == toy::parameters(whole));
  CHECK(rest.loss == uninterrupted.loss);
  CHECK(rest.epochs == 6);
  std::filesystem::remove(path);
}

TEST_CASE("a run killed at any moment, again and again, ends in the same bits") {
  const auto path = fresh_path("any-moment");
  auto how = plan(path);
  how.checkpoint.every_steps = 1;  // so that it is often writing
  fg::lightgcn<fg::cpu> whole(data(), small, {}, fg::cpu{1});
  fg::fit(whole, fg::adam{}, plan(""));
  for (std::uint64_t round = 0; round < 12; ++round) {
    const auto child = ::fork();
    if (child == 0) {
      fg::lightgcn<fg::cpu> m(data(), small, {}, fg::cpu{1});
      fg::fit(m, fg::adam{}, how);
      ::_exit(0);
    }
    const auto later = 3000 * (static_cast<std::int64_t>(round) + 1);
    ::usleep(static_cast<unsigned>(fg::philox{2}.below(round, later)));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(path).parent_path()))
      if (entry.path().string().starts_with(path + ".partial."))
        std::filesystem::remove(entry.path());
  }
  fg::lightgcn<fg::cpu> resumed(data(), small, {}, fg::cpu{1});
  fg::fit(resumed, fg::adam{}, how);
  CHECK(toy::parameters(resumed) == toy::parameters(whole));
  std::filesystem::remove(path);
}

TEST_CASE("early stopping goes on from a checkpoint too") {
  const auto path = fresh_path("stopping");
  const auto validation = toy::camps(80, 60, 10);
  const auto run = [&](const std::string& to, auto&&... more) {
    fg::lightgcn<fg::cpu> m(data(), small, {}, fg::cpu{1});
    fg::early_stopping best{m, validation, fg::ndcg_at{5}, 1, 3};
    fg::fit(m, fg::adam{.rate = 5e-2f}, plan(to), best, more...);
    std::vector<double> seen;
    for (const auto& h : best.history()) seen.insert(seen.end(), {h.loss, h.value});
    seen.push_back(static_cast<double>(best.best_epoch()));
    return std::pair(toy::parameters(m), seen);
  };
  const auto whole = run("");
  const auto child = ::fork();
  if (child == 0) {
    run(path, assassin{3, 2});
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  const auto resumed = run(path);
  CHECK(resumed.first == whole.first);
  CHECK(resumed.second == whole.second);
  std::filesystem::remove(path);
}

TEST_CASE("early stopping goes on from a checkpoint while edges leave") {
  const auto path = fresh_path("stopping-pruned");
  const auto validation = toy::camps(80, 60, 10);
  const auto run = [&](const std::string& to, auto&&... more) {
    fg::lightgcn<fg::cpu, fg::learned_edges> m(data(), small, {.ema_decay = 0.5f}, fg::cpu{1});
    fg::pruner sparser{m, {.keep = fg::share{0.5f}, .schedule = fg::prune_every(11, 4)}};
    fg::early_stopping best{m, validation, fg::ndcg_at{5}, 2};
    fg::fit(m, fg::adam{.rate = 5e-2f}, plan(to), sparser, best, more...);
    std::vector<double> seen;
    for (const auto& h : best.history()) seen.insert(seen.end(), {h.loss, h.value});
    seen.push_back(static_cast<double>(best.best_epoch()));
    return std::pair(toy::parameters(m), seen);
  };
  const auto whole = run("");
  const auto child = ::fork();
  if (child == 0) {
    run(path, assassin{4, 4});  // measured after epoch 2, and pruned since
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  const auto resumed = run(path);
  CHECK(resumed.first == whole.first);
  CHECK(resumed.second == whole.second);
  std::filesystem::remove(path);
}
