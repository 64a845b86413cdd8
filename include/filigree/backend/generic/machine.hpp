// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>

#include <string>

namespace filigree {

/// A description of what determines the speed of a backend, used as a key for stored measurements.
/// Empty: unknown, and nothing is stored. `cpu` names the processor.
template <backend B>
[[nodiscard]] std::string machine_of(const B&) {
  return {};
}

}  // namespace filigree
