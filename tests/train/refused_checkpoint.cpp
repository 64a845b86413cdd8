// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "checkpoint_setting.hpp"
#include "toy.hpp"
#include <filigree/core/file.hpp>
#include <filigree/core/write_file.hpp>
#include <filigree/data/archive_writer.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/serve/save.hpp>
#include <filigree/train/checkpoint.hpp>
#include <filigree/train/early_stopping.hpp>
#include <filigree/train/evaluate.hpp>
#include <filigree/train/fit.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace fg = filigree;
using Catch::Contains;

TEST_CASE("a checkpoint of another run, or a damaged one, is refused") {
  const auto path = fresh_path("refused");
  {
    fg::lightgcn<fg::cpu> m(data(), small);
    auto how = plan(path);
    how.epochs = 1;
    fg::fit(m, fg::adam{}, how);
  }
  const auto message = [&](fg::training how, fg::lightgcn_options options = small) {
    fg::lightgcn<fg::cpu> m(data(), options);
    const auto before = toy::parameters(m);
    std::string said;
    try {
      fg::fit(m, fg::adam{}, how);
    } catch (const fg::file_error& e) {
      said = e.what();
    }
    CHECK(toy::parameters(m) == before);
    return said;
  };
  auto how = plan(path);
  how.seed = 5;
  CHECK(message(how) == path + ": fit.seed: expected 5, got 1");
  how = plan(path);
  how.batch = 41;
  CHECK(message(how) == path + ": fit.batch: expected 41, got 40");
  CHECK(message(plan(path), {.dim = 8, .layers = 3}) ==
        path + ": fit.model: expected options.layers 3, got options.layers 2");
  CHECK(message(plan(path), {.dim = 8, .layers = 3, .l2 = 0.5f}) ==
        path +
            ": fit.model: expected options.layers 3, options.l2 0.5, got options.layers 2, "
            "options.l2 1e-04");
  {
    fg::lightgcn<fg::cpu> m(toy::camps(80, 60, 11), small);
    CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, plan(path)),
                      Contains(": fit.model: expected") && Contains("of checksum"));
  }
  CHECK_THROWS_WITH(fg::detail::checkpoint_keeper({.path = "/nowhere/run"}),
                    "/nowhere/run: cannot be written: No such file or directory");
  const auto long_name = std::string(300, 'a');
  CHECK_THROWS_WITH(fg::detail::checkpoint_keeper({.path = long_name}),
                    long_name + ": cannot be written: File name too long");
  CHECK_THROWS_WITH(fg::detail::checkpoint_keeper({.path = "/dev/null"}),
                    "/dev/null: checkpoint: expected a regular file, got a pipe or a device");
  CHECK_THROWS_WITH(fg::detail::checkpoint_keeper({.path = "-"}),
                    "standard output: checkpoint: expected a regular file, got a pipe or a device");
  CHECK(message(plan(path), {.dim = 9, .layers = 2}) ==
        path + ": fit.model: expected options.dim 9, got options.dim 8");

  {  // written without early stopping, which now asks for its state
    fg::lightgcn<fg::cpu> m(data(), small);
    const auto before = toy::parameters(m);
    const auto validation = toy::camps(80, 60, 10);
    fg::early_stopping best{m, validation, fg::ndcg_at{5}};
    CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, plan(path), best),
                      Contains("expected early_stopping.best, got none"));
    CHECK(toy::parameters(m) == before);
  }

  const auto whole = fg::read_file(path);
  fg::write_file(path, std::string_view(whole).substr(0, whole.size() - 9));
  CHECK_THAT(message(plan(path)), Contains(": size: expected") && Contains("(truncated?)"));
  auto flipped = whole;
  flipped[flipped.size() / 2] ^= 1;
  fg::write_file(path, flipped);
  CHECK_THAT(message(plan(path)), Contains(": checksum: expected") && Contains("(corrupted?)"));
  fg::write_file(path, "something else altogether");
  CHECK(message(plan(path)) ==
        path + ": format: expected a file of filigree, got one that begins \"somethin\"");
  fg::write_file(path, "");
  CHECK(message(plan(path)) == path + ": format: expected a file of filigree, got an empty file");
  auto other = whole;
  other[8] = 7;
  fg::write_file(path, other);
  CHECK(message(plan(path)) == path + ": version: expected 1, got 7");

  fg::archive_writer old;  // as filigree 0.1 began
  old.put("fit.seed", std::uint64_t{1});
  old.put("fit.batch", fg::offset{40});
  old.put("fit.model", std::string_view("layers 2, combined 0"));
  old.save(path);
  CHECK(message(plan(path)) == path + ": checkpoint: expected one of filigree 0.2, got one of 0.1");
  fg::save(fg::lightgcn<fg::cpu>(data(), small), path);
  CHECK(message(plan(path)) == path + ": kind of file: expected a checkpoint, got lightgcn");
  std::filesystem::remove(path);
}

/// Its identity leaves out the size, so that only the shapes of parameters differ.
struct of_any_size : fg::lightgcn<fg::cpu, fg::learned_edges> {
  using lightgcn::lightgcn;
  [[nodiscard]] static std::string identity() { return "of any size"; }
};

TEST_CASE("a checkpoint that is refused late has changed nothing") {
  const auto path = fresh_path("late");
  const auto validation = toy::camps(80, 60, 10);
  // What prunes edges and rows, so that graph, table and masks are in the file.
  const auto make = [](fg::index dim) {
    return of_any_size(data(), {.dim = dim, .layers = 2}, {.ema_decay = 0.5f}, fg::cpu{1});
  };
  const fg::pruning half{.keep = fg::share{0.5f}, .schedule = fg::prune_every(4, 3)};
  auto how = plan(path);
  how.epochs = 2;
  {
    auto m = make(8);
    fg::pruner sparser{m, half};
    fg::early_stopping best{m, validation, fg::ndcg_at{5}};
    fg::fit(m, fg::adam{}, how, sparser, best);
    REQUIRE(m.edges() < m.original_edges());
  }
  auto m = make(9);
  const auto before = toy::parameters(m);
  const auto ranked = fg::evaluate(m, validation, fg::ndcg_at{5})["ndcg@5"];
  fg::early_stopping best{m, validation, fg::ndcg_at{5}};
  fg::pruner sparser{m, half};
  CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, how, sparser, best),
                    Contains(": shape of ") && Contains("got 140 x 8"));
  CHECK(m.edges() == m.original_edges());
  CHECK(toy::parameters(m) == before);
  CHECK(best.history().empty());
  CHECK(best.best_epoch() == 0);

  CHECK(fg::evaluate(m, validation, fg::ndcg_at{5})["ndcg@5"] == ranked);
  how.checkpoint.path = "";  // and it trains as one that never saw the file
  auto other = make(9);
  fg::pruner same{other, half};
  fg::fit(m, fg::adam{}, how, sparser);
  fg::fit(other, fg::adam{}, how, same);
  CHECK(toy::parameters(m) == toy::parameters(other));
  std::filesystem::remove(path);
}
