// SPDX-License-Identifier: Apache-2.0
// How the programs report training progress.
#pragma once
#include <filigree/train/progress_bar.hpp>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

/// Adds --progress.
inline void add_progress_option(CLI::App& app, std::string& style) {
  app.add_option("--progress", style,
                 "training on standard error: auto (a bar on a terminal, lines elsewhere)")
      ->check(CLI::IsMember({"auto", "lines", "json", "none"}));
}
/// The progress bar that it selects.
inline filigree::progress_bar progress_of(const std::string& style) {
  using filigree::progress_style;
  return filigree::progress_bar{stderr, style == "lines"  ? progress_style::lines
                                        : style == "json" ? progress_style::json
                                        : style == "none" ? progress_style::none
                                                          : progress_style::automatic};
}
