// SPDX-License-Identifier: Apache-2.0
// How the programs report training progress.
#pragma once
#include "options.hpp"
#include <filigree/train/progress_bar.hpp>

#include <cstdio>
#include <string>

/// Adds --progress.
inline void add_progress_option(options& cli, std::string& style) {
  cli.add("--progress", style,
          "training on standard error: auto (a bar on a terminal, lines elsewhere)")
      .one_of({"auto", "lines", "json", "none"});
}
/// The progress bar that it selects.
inline filigree::progress_bar progress_of(const std::string& style) {
  using filigree::progress_style;
  return filigree::progress_bar{stderr, style == "lines"  ? progress_style::lines
                                        : style == "json" ? progress_style::json
                                        : style == "none" ? progress_style::none
                                                          : progress_style::automatic};
}
