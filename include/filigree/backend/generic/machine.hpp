// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>

#include <string>

namespace filigree {

/// What decides how fast a backend is, in words, to keep measurements under. Empty: unknown, and
/// nothing is kept. `cpu` names the processor.
template <backend B>
[[nodiscard]] std::string machine_of(const B&) {
  return {};
}

}  // namespace filigree
