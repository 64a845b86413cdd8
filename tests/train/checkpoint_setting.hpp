// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "toy.hpp"
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/train/fit.hpp>

#include <filesystem>
#include <string>
#include <unistd.h>  // getpid

namespace fg = filigree;

inline constexpr fg::lightgcn_options small{.dim = 8, .layers = 2};
inline fg::interactions data() { return toy::camps(80, 60, 9); }
inline fg::training plan(const std::string& path) {
  return {.epochs = 6,
          .batch = 40,
          .rate = fg::cosine_rate(1),
          .checkpoint = {.path = path, .every_steps = 2}};
}
inline std::string fresh_path(const char* name) {
  const auto path = std::filesystem::temp_directory_path() /
                    (std::string("filigree-") + name + "-" + std::to_string(::getpid()));
  std::filesystem::remove(path);
  return path;
}
