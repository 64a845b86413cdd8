// SPDX-License-Identifier: Apache-2.0
// What the programs' command lines say of pruning.
#pragma once
#include <filigree/filigree.hpp>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fg = filigree;

struct prune_settings {
  std::string by = "none", scope = "graph", course = "gradual";
  double keep = 0.6, from = -1, to = -1;
  int prunings = 8;
};

/// Adds --prune and what belongs to it.
inline void add_prune_options(CLI::App& app, prune_settings& s, const std::string& what) {
  app.add_option("--prune", s.by, what)
      ->check(
          CLI::IsMember({"none", "saliency", "net-saliency", "movement", "magnitude", "random"}));
  app.add_option("--prune-scope", s.scope,
                 "what edges compete with: all of the graph, or those of the same nodes")
      ->check(CLI::IsMember({"graph", "node"}));
  app.add_option("--keep", s.keep, "the share that is left in the end")->check(CLI::Range(0.0, 1.0));
  app.add_option("--prune-from", s.from, "epoch of the first pruning; -1: a third of all")
      ->check(CLI::Range(-1.0, 1e9));
  app.add_option("--prune-to", s.to, "epoch of the last pruning; -1: two thirds of all")
      ->check(CLI::Range(-1.0, 1e9));
  app.add_option("--prunings", s.prunings, "how many")->check(CLI::Range(1, 1000000));
}
