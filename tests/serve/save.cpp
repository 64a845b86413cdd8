// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "save_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/sgd.hpp>
#include <filigree/serve/save.hpp>
#include <filigree/train/fit.hpp>

#include <string>

namespace fg = filigree;
using Catch::Contains;

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
