// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/gpu.cuh>
#include <filigree/backend/gpu_error.cuh>
#include <filigree/backend/machine.hpp>

#include <string>

namespace filigree {

/// The device.
[[nodiscard]] inline std::string machine_of(const gpu&) { return detail::device_name(); }

}  // namespace filigree
