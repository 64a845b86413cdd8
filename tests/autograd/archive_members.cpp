// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/autograd/archive_members.hpp>
#include <filigree/autograd/archive_options.hpp>
#include <filigree/backend/reference.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace filigree {

namespace {
using host = reference;
using host_matrix = matrix<float, host>;

[[nodiscard]] host_matrix as_column(const std::vector<float>& x) {
  return {host{}, std::span<const float>(x), {static_cast<offset>(x.size()), 1}};
}

/// A model with a member of each kind, whose graph is a path 0 - 1 - 2: four edges.
struct of_all_kinds {
  using scalar = float;
  using backend_type = host;
  gated_graph<float, host> graph{[] {
    return filigree::graph<host>::undirected({}, 3, std::vector<index>{0, 1},
                                             std::vector<index>{1, 2});
  }};
  embedding_rows<float, host> rows{as_column({1, 2, 3})};
  parameter<float, host> logit{as_column({1, 2, 3, 4})};
  running_average<float, host> average{as_column({5, 6, 7, 8})}, later{};
  host_matrix code = as_column({9, 10, 11, 12}), table = as_column({13});

  of_all_kinds() { graph.make(); }
  [[nodiscard]] static host on() { return {}; }
  static void members(auto& self, auto&& see) {
    see("graph", self.graph);
    see("rows", self.rows);
    see("logit", per_edge(self.logit));
    see("average", per_edge(self.average));
    see("later", self.later);
    see("code", per_edge(buffer(self.code)));
    see("table", buffer(self.table));
  }
  /// Closes the edges of a pair.
  void close(bool first) {
    set_gates(host{}, graph, first ? as_column({0, 0, 1, 1}) : as_column({1, 1, 0, 0}));
  }
  [[nodiscard]] std::vector<std::vector<float>> values() const {
    std::vector<std::vector<float>> all;
    for_each_value(*this, [&](const std::string&, const auto& m) { all.push_back(m.to_host({})); });
    return all;
  }
};

/// All of a model as a checkpoint holds it.
[[nodiscard]] std::string saved(of_all_kinds& m) {
  archive_writer out;
  detail::state_saver saver{out};
  detail::archive_members(host{}, m, saver);
  put_parameters(out, m, true);
  return out.bytes();
}
void load_into(of_all_kinds& m, const std::string& bytes) {
  const archive_reader in("bytes", bytes);
  detail::state_loader loader{in};
  detail::archive_members(host{}, m, loader);
  get_parameters(in, m, true);
}
}  // namespace

TEST_CASE("members of each kind come back, with the edges and rows that were left") {
  of_all_kinds m;
  m.later.value = as_column({20});
  m.close(true);
  m.rows.table.mask = as_column({1, 0, 1});
  take_out_pruned(host{}, m);
  REQUIRE(m.graph.pattern().edges() == 2);
  REQUIRE(m.rows.rows() == 2);
  const auto bytes = saved(m);
  of_all_kinds fresh;
  load_into(fresh, bytes);
  CHECK(fresh.values() == m.values());
  CHECK(fresh.graph.kept().size() == 2);
  of_all_kinds whole;
  load_into(fresh, saved(whole));  // and back: all edges are there again
  CHECK(fresh.graph.is_whole());
  CHECK(fresh.rows.is_whole());
}

TEST_CASE("what serving needs is what is left of members of each kind, without masks") {
  of_all_kinds m;
  m.later.value = as_column({20});
  m.close(true);
  m.rows.table.mask = as_column({1, 0, 1});
  archive_writer out;
  detail::put_to_serve(out, m);
  const archive_reader in("bytes", out.bytes());
  of_all_kinds fresh;
  detail::state_loader loader{in};
  detail::archive_members(host{}, fresh, loader);
  get_parameters(in, fresh, false);
  take_out_pruned(host{}, m);
  CHECK(fresh.values() == m.values());
  CHECK(fresh.code.to_host({}) == std::vector<float>{11, 12});
  CHECK(fresh.graph.kept().size() == 2);
  CHECK_FALSE(fresh.graph.has_closed());
}

TEST_CASE("edges that are masked stay so in a checkpoint, and open where it has none") {
  of_all_kinds m, masked;
  masked.close(false);
  const auto open = saved(m), closed = saved(masked);
  load_into(m, closed);
  CHECK(m.graph.has_closed());
  CHECK(m.graph.gate().to_host({}) == std::vector<float>{1, 1, 0, 0});
  load_into(m, open);
  CHECK_FALSE(m.graph.has_closed());
}

TEST_CASE("a snapshot brings back members of each kind, or their values for what is left") {
  of_all_kinds m;
  snapshot then(m);
  CHECK(snapshot::is_whole(m));
  m.table = as_column({0});
  m.logit.value = as_column({0, 0, 0, 0});
  m.logit.mask = as_column({1, 0, 1, 1});
  m.close(true);
  take_out_pruned(host{}, m);
  CHECK_FALSE(snapshot::is_whole(m));
  CHECK(m.logit.mask.size() == 0);  // ones alone were left of it
  then.rewind(host{}, m);
  CHECK(m.logit.value.rows() == 2);
  CHECK(m.code.rows() == 2);
  CHECK(m.table.to_host({}) == std::vector<float>{13});
  then.restore(host{}, m);
  CHECK(m.values() == of_all_kinds().values());
  CHECK(m.graph.is_whole());
}

namespace {
struct with_optional {
  std::optional<int> first{}, second = 2;
  std::string name = "x";
  static void options(auto& self, auto&& see) {
    see("first", self.first);
    see("second", self.second);
    see("name", self.name);
  }
};
}  // namespace

TEST_CASE("choices may be missing, and texts") {
  std::string text;
  detail::append_options(text, "it", with_optional{});
  CHECK(text == ", it.first none, it.second 2, it.name x");
}

}  // namespace filigree
