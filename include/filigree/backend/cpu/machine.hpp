// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/backend.hpp>
#include <filigree/backend/cpu/simd.hpp>
#include <filigree/backend/generic/machine.hpp>

#include <fstream>
#include <istream>
#include <string>

namespace filigree {

namespace detail {
/// The model that lines `name : value` tell of.
[[nodiscard]] inline std::string processor_in(std::istream& in) {
  for (std::string line; std::getline(in, line);)
    if (const auto colon = line.find(": ");
        line.starts_with("model name") && colon != std::string::npos)
      return line.substr(colon + 2);
  return "unknown processor";
}
/// The processor as the system names it.
[[nodiscard]] inline const std::string& processor() {
  static const std::string name = [] {
    std::ifstream in("/proc/cpuinfo");
    return processor_in(in);
  }();
  return name;
}
}  // namespace detail

/// The processor, the width of the vectors this code was compiled for, and the number of threads.
[[nodiscard]] inline std::string machine_of(const cpu& on) {
  return detail::processor() + ", vectors of " + std::to_string(detail::vector_bytes) +
         " bytes, threads: " + std::to_string(on.thread_count());
}

}  // namespace filigree
