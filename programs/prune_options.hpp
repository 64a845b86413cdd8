// SPDX-License-Identifier: Apache-2.0
// The programs' command-line options for pruning.
#pragma once
#include "options.hpp"
#include <filigree/filigree.hpp>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace fg = filigree;

/// The command-line settings.
struct prune_settings {
  std::string by = "none", scope = "graph", what = "edges", course = "gradual";
  double keep = 0.5, from = -1, to = -1;
  int prunings = 10;

  [[nodiscard]] bool prunes() const { return by != "none"; }
};

/// Adds --prune and related options; `what` lists the choices of --prune-what.
inline void add_prune_options(options& cli, prune_settings& s, const std::string& what_leaves,
                              const std::vector<std::string>& what) {
  cli.add("--prune", s.by, what_leaves)
      .one_of({"none", "saliency", "net-saliency", "movement", "magnitude", "random"});
  cli.add("--prune-scope", s.scope,
          "what edges compete with: all of the graph, or those of the same nodes")
      .one_of({"graph", "node"});
  cli.add("--prune-what", s.what, "what is pruned").one_of(what);
  cli.add("--keep", s.keep, "the share that is left in the end").within(0.0, 1.0);
  cli.add("--prune-from", s.from, "epoch of the first pruning; -1: a third of all")
      .within(-1.0, 1e9);
  cli.add("--prune-to", s.to, "epoch of the last pruning; -1: two thirds of all").within(-1.0, 1e9);
  cli.add("--prunings", s.prunings, "how many").within(1, 1000000);
}

/// Adds these settings to the report.
inline void describe_pruning(const prune_settings& s, nlohmann::ordered_json& settings) {
  settings["prune"] = s.by;
  settings["keep"] = s.keep;
  settings["prune_scope"] = s.scope;
  settings["prune_what"] = s.what;
  settings["prune_schedule"] = s.course;
  settings["prune_from"] = s.from;
  settings["prune_to"] = s.to;
  settings["prunings"] = s.prunings;
}

/// The names of the members to prune: edges, embedding rows, both, or all weights that are
/// matrices.
template <class M>
std::vector<std::string> names_of(const M& model, const std::string& what) {
  if (what == "edges") return {"graph"};
  if (what == "rows") return {"embedding"};
  if (what == "both") return {"graph", "embedding"};
  std::vector<std::string> names;
  for_each_parameter(model, [&](const std::string& name, const auto& p) {
    if (p.value.rows() > 1 && p.value.cols() > 1) names.push_back(name);
  });
  return names;
}

/// The pruning schedule; by default, gradual, over the middle third of `epochs` epochs of `steps`
/// steps.
inline fg::prune_schedule schedule_of(const prune_settings& s, fg::offset epochs,
                                      fg::offset steps) {
  const auto at = [&](double epoch, double otherwise) {
    const double e = epoch >= 0 ? epoch : otherwise * static_cast<double>(epochs);
    return std::max<fg::offset>(1, static_cast<fg::offset>(e * static_cast<double>(steps)));
  };
  const auto from = at(s.from, 1 / 3.0);
  if (s.course == "once") return fg::prune_once(from);
  const auto to = std::max(from, at(s.to, 2 / 3.0));
  const auto every = std::max<fg::offset>(1, (to - from) / std::max(1, s.prunings - 1));
  if (s.course == "rewind") return fg::prune_and_rewind(every, s.prunings, 0);
  auto schedule = fg::prune_gradually(from, every, s.prunings);
  if (s.course == "linear") schedule.course = fg::prune_course::linear;
  return schedule;
}

/// A pruner if one was requested; otherwise a watcher that does nothing.
template <class M>
class asked_pruner : public fg::idle_watcher {
 public:
  asked_pruner(M& model, const prune_settings& s, fg::offset epochs, fg::offset batch,
               std::uint64_t seed) {
    if (!s.prunes()) return;
    fg::share keep{.of = static_cast<float>(s.keep)};
    if (s.scope == "node") keep.among = fg::by_node{};
    if (s.what == "weights") keep.among = fg::together{};
    pruner_.emplace(model, fg::pruning{.by = s.by == "saliency"       ? fg::criterion::saliency
                                             : s.by == "net-saliency" ? fg::criterion::net_saliency
                                             : s.by == "movement"     ? fg::criterion::movement
                                             : s.by == "magnitude"    ? fg::criterion::magnitude
                                                                      : fg::criterion::random,
                                       .of = names_of(model, s.what),
                                       .keep = keep,
                                       .schedule = schedule_of(
                                           s, epochs, model.steps(std::max<fg::offset>(1, batch))),
                                       .seed = seed});
  }

  void on_backward(M& model, const auto& at) {
    if (pruner_) pruner_->on_backward(model, at);
  }
  void on_step(M& model, const auto& at) {
    if (pruner_) pruner_->on_step(model, at);
  }
  void state(const auto& on, M& model, auto& archive) {
    if (pruner_) pruner_->state(on, model, archive);
  }
  void identify(std::string& identity) const {
    if (pruner_) pruner_->identify(identity);
  }

 private:
  std::optional<fg::pruner<typename M::backend_type>> pruner_{};
};

/// The share that remains of everything subject to pruning.
template <class M>
double share_left(const M& model, const prune_settings& s) {
  const auto names = names_of(model, s.what);
  double left = 0, all = 0;
  for (const auto& member : fg::count_left(model))
    if (std::find(names.begin(), names.end(), member.name) != names.end()) {
      left += static_cast<double>(member.left);
      all += static_cast<double>(member.of);
    }
  return all > 0 ? left / all : 1;
}
