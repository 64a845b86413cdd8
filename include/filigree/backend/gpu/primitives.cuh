// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/gpu/launch.cuh>

#include <cstdint>
#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_scan.cuh>
#include <cub/device/device_segmented_reduce.cuh>
#include <cub/device/device_select.cuh>
#include <memory>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/transform_iterator.h>

namespace filigree::detail {

/// The calling convention of CUB's algorithms: call(room, bytes) first reports how much temporary
/// storage it needs, then runs with it.
template <class Call>
void with_room(const std::shared_ptr<gpu_context>& context, const char* what, const Call& call) {
  const auto stream = context->stream();
  std::size_t bytes = 0;
  check(call(nullptr, bytes, stream), what);
  device_buffer<char> room(context, bytes ? bytes : 1);
  check(call(room.data(), bytes, stream), what);
  ++context->library_calls;
}

/// values[i] = the sum of values[j] for j < i <= n, in place.
template <class T>
void exclusive_scan(const std::shared_ptr<gpu_context>& context, T* values, offset n) {
  with_room(context, "cub::DeviceScan", [&](void* room, std::size_t& bytes, cudaStream_t stream) {
    return cub::DeviceScan::ExclusiveSum(room, bytes, values, values, n + 1, stream);
  });
}

/// Stable, ascending, in place; keys below 2^bits.
template <class Key, class Value>
void radix_sort(const std::shared_ptr<gpu_context>& context, Key* keys, Value* values, offset n,
                int bits) {
  const auto count = static_cast<std::size_t>(n);
  device_buffer<Key> other_keys(context, count);
  device_buffer<Value> other_values(context, count);
  cub::DoubleBuffer<Key> k(keys, other_keys.data());
  cub::DoubleBuffer<Value> v(values, other_values.data());
  with_room(context, "cub::DeviceRadixSort",
            [&](void* room, std::size_t& bytes, cudaStream_t stream) {
              return cub::DeviceRadixSort::SortPairs(room, bytes, k, v, n, 0, bits, stream);
            });
  if (k.Current() != keys) context->copy(k.Current(), keys, count * sizeof(Key));
  if (v.Current() != values) context->copy(v.Current(), values, count * sizeof(Value));
}

/// Writes the i < n whose flag is set to out, ascending, and their number to *count.
template <class Flag>
void select_flagged(const std::shared_ptr<gpu_context>& context, const Flag* flags, offset n,
                    offset* out, offset* count) {
  with_room(context, "cub::DeviceSelect", [&](void* room, std::size_t& bytes, cudaStream_t stream) {
    return cub::DeviceSelect::Flagged(room, bytes, thrust::counting_iterator<offset>(0), flags, out,
                                      count, n, stream);
  });
}

/// flags[i] = whether predicate(i) holds
template <class Predicate>
struct flag_element {
  Predicate predicate;
  std::uint8_t* flags;
  FILIGREE_FN void operator()(offset i) const { flags[i] = predicate(i) ? 1 : 0; }
};

/// out[s] = the sum of term(k) for begin[s] <= k < begin[s + 1]
template <class Term, class T>
void segmented_reduce(const std::shared_ptr<gpu_context>& context, const offset* begin,
                      offset segments, const Term& term, T* out) {
  const auto terms = thrust::make_transform_iterator(thrust::counting_iterator<offset>(0), term);
  with_room(context, "cub::DeviceSegmentedReduce",
            [&](void* room, std::size_t& bytes, cudaStream_t stream) {
              return cub::DeviceSegmentedReduce::Sum(room, bytes, terms, out, segments, begin,
                                                     begin + 1, stream);
            });
}

}  // namespace filigree::detail
