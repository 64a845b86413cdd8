// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "save_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/nn/conv/batch_norm.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/serve/save.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fg = filigree;
using Catch::Contains;

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
