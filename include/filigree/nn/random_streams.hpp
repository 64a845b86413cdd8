// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>
#include <filigree/core/random.hpp>

#include <cstdint>

namespace filigree {

/// The random numbers of one pass through a model, for example for dropout: each consumer gets a
/// stream of its own. The same key and step give the same numbers on every backend.
class random_streams {
 public:
  random_streams() = default;
  /// For a training step, counted from 0 over all epochs.
  random_streams(std::uint64_t key, offset step)
      : next_{key, static_cast<std::uint64_t>(step + 1) << 16} {}

  /// Numbers that no other consumer gets, in one or more streams.
  [[nodiscard]] philox next(std::uint64_t streams = 1) {
    const auto mine = next_;
    next_.stream += streams;
    return mine;
  }

 private:
  philox next_{};
};

}  // namespace filigree
