// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/runs.hpp>
#include <filigree/backend/gpu/backend.cuh>

#include <cub/device/device_run_length_encode.cuh>
#include <limits>

namespace filigree {

/// Finds the runs of n keys with CUB, which uses 31-bit counts; for more keys, falls back to the
/// generic version.
template <class Key>
[[nodiscard]] key_runs<Key, gpu> run_length_encode(const gpu& on, const Key* keys, offset n) {
  if (n > std::numeric_limits<int>::max()) return run_length_encode<gpu, Key>(on, keys, n);
  auto distinct = on.allocate<Key>(n);
  auto begin = on.zeros<offset>(n + 1);
  auto count = on.zeros<offset>(1);
  if (n > 0)
    detail::with_room(on.context(), "cub::DeviceRunLengthEncode",
                      [&](void* room, std::size_t& bytes, cudaStream_t stream) {
                        return cub::DeviceRunLengthEncode::Encode(room, bytes, keys,
                                                                  distinct.data(), begin.data(),
                                                                  count.data(), n, stream);
                      });
  const offset runs = on.value_of(count);
  on.scan(begin.data(), runs);
  return {on.first_of(distinct, runs), on.first_of(begin, runs + 1)};
}

}  // namespace filigree
