// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/gpu.cuh>
#include <filigree/backend/runs.hpp>

#include <cub/device/device_run_length_encode.cuh>
#include <limits>
#include <span>

namespace filigree {

namespace detail {
/// A number on the device, on the host. Waits.
[[nodiscard]] inline offset fetched(const gpu& on, const gpu::buffer<offset>& number) {
  offset host = 0;
  on.download(number, std::span(&host, 1));
  return host;
}
/// The first n elements, in memory of their own size.
template <class T>
[[nodiscard]] gpu::buffer<T> first_of(const gpu& on, const gpu::buffer<T>& all, offset n) {
  auto out = on.allocate<T>(n);
  on.copy(all.data(), out.data(), n);
  return out;
}
}  // namespace detail

/// The runs of n keys on CUB, which counts in 31 bits; more keys take the way of any backend.
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
  const offset runs = detail::fetched(on, count);
  on.scan(begin.data(), runs);
  return {detail::first_of(on, distinct, runs), detail::first_of(on, begin, runs + 1)};
}

}  // namespace filigree
