// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/machine.hpp>
#include <filigree/backend/gpu/backend.cuh>
#include <filigree/backend/gpu/error.cuh>

#include <string>

namespace filigree {

/// The name of the device.
[[nodiscard]] inline std::string machine_of(const gpu&) { return detail::device_name(); }

}  // namespace filigree
