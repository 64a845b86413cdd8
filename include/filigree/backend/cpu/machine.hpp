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
/// The model name found in lines of the form `name : value`.
[[nodiscard]] inline std::string processor_in(std::istream& in) {
  for (std::string line; std::getline(in, line);)
    if (const auto colon = line.find(": ");
        line.starts_with("model name") && colon != std::string::npos)
      return line.substr(colon + 2);
  return "unknown processor";
}
/// The name that the system reports for the processor.
[[nodiscard]] inline const std::string& processor() {
  static const std::string name = [] {
    std::ifstream in("/proc/cpuinfo");
    return processor_in(in);
  }();
  return name;
}
}  // namespace detail

/// The processor, the vector width that this code was compiled for, and the number of threads.
[[nodiscard]] inline std::string machine_of(const cpu& on) {
  return detail::processor() + ", vectors of " + std::to_string(detail::vector_bytes) +
         " bytes, threads: " + std::to_string(on.thread_count());
}

}  // namespace filigree
