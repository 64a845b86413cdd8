// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/backend/gpu/cusparse.cuh>
#include <filigree/backend/gpu/primitives.cuh>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>

namespace filigree {

/// A stream of a CUDA device. Copies share the stream, and so do all default-constructed values.
/// Work is submitted asynchronously: the host waits only when it reads a value (`download`,
/// `select`, `synchronize`), and while more than 4 MiB of uploads are in flight. Sums have the same
/// bits in every run. Thread-safe.
class gpu {
 public:
  template <class T>
  using buffer = device_buffer<T>;
  using plan = detail::cusparse_plan;

  /// The stream shared by all default-constructed values, on device 0. Throws `device_error` if
  /// there is no device.
  gpu() : context_(detail::gpu_context::shared()) {}
  /// A separate stream with its own memory and library handles, whose work may run concurrently
  /// with that of other streams. They share only CUDA's memory pool of the device, which supplies
  /// fresh memory. Throws `range_error` for a device that does not exist.
  [[nodiscard]] static gpu with_own_stream(int device = 0) {
    return gpu(std::make_shared<detail::gpu_context>(device));
  }

  [[nodiscard]] cudaStream_t stream() const { return context_->stream(); }
  [[nodiscard]] int device() const { return context_->device(); }
  /// The work submitted to the stream so far.
  [[nodiscard]] gpu_counters counters() const {
    return {.launches = context_->launches,
            .library_calls = context_->library_calls,
            .fills = context_->fills,
            .uploads = context_->uploads,
            .synchronizations = context_->synchronizations + context_->staging().waits(),
            .fresh_bytes = context_->pool().fresh_bytes()};
  }
  [[nodiscard]] const std::shared_ptr<detail::gpu_context>& context() const { return context_; }

  template <class T>
  [[nodiscard]] buffer<T> allocate(offset n) const {
    return buffer<T>(context_, static_cast<std::size_t>(n));
  }
  template <class T>
  [[nodiscard]] buffer<T> zeros(offset n) const {
    auto b = allocate<T>(n);
    fill(b.data(), n, T{});
    return b;
  }
  template <class T>
  [[nodiscard]] buffer<std::remove_const_t<T>> upload(std::span<T> host) const {
    buffer<std::remove_const_t<T>> b(context_, host.size());
    if (host.empty()) return b;
    context_->use();
    context_->staging().upload(host.data(), b.data(), host.size_bytes());
    ++context_->uploads;
    return b;
  }
  template <class T>
  void download(const buffer<T>& from, std::span<T> to) const {
    if (to.empty()) return;
    context_->use();
    context_->staging().download(from.data(), to.data(), to.size_bytes());
    ++context_->synchronizations;
  }
  template <class T>
  void fill(T* data, offset n, T value) const {
    if (n <= 0) return;
    unsigned char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    if (std::all_of(bytes, bytes + sizeof(T), [&](unsigned char b) { return b == bytes[0]; })) {
      detail::check(
          cudaMemsetAsync(data, bytes[0], static_cast<std::size_t>(n) * sizeof(T), stream()),
          "cudaMemsetAsync");
      ++context_->fills;
    } else {
      for_each(n, detail::fill_element<T>{data, value});
    }
  }
  template <class T>
  void copy(const T* from, T* to, offset n) const {
    if (n > 0) context_->copy(from, to, static_cast<std::size_t>(n) * sizeof(T));
  }
  template <class Kernel>
  void for_each(offset n, const Kernel& kernel) const {
    if (n <= 0) return;
    if constexpr (detail::works_on_rows<Kernel>)
      detail::launch(*context_, &detail::run_rows<Kernel>,
                     detail::blocks_for(n, detail::block_warps), n, kernel);
    else
      detail::launch(*context_, &detail::run_elements<Kernel>,
                     detail::blocks_for(n, detail::block_threads), n, kernel);
  }
  template <class Term, class T>
  void sum(offset n, const Term& term, T* out, double by = 1) const {
    constexpr offset each = detail::works_on_rows<Term> ? 8 : 2048, most = 1024;
    const offset blocks = std::clamp<offset>((n + each - 1) / each, 1, most);
    auto partial = allocate<double>(blocks);
    detail::launch(*context_, &detail::run_sum<Term, T>, blocks, n, term, by, partial.data(),
                   context_->done(), out);
  }
  template <class T>
  void scan(T* values, offset n) const {
    detail::exclusive_scan(context_, values, n);
  }
  template <class Key, class Value>
  void sort_pairs(Key* keys, Value* values, offset n, int bits = 8 * sizeof(Key)) const {
    if (n > 1) detail::radix_sort(context_, keys, values, n, std::max(1, bits));
  }
  template <class Predicate>
  [[nodiscard]] buffer<offset> select(offset n, const Predicate& predicate) const {
    if (n <= 0) return {};
    auto flags = allocate<std::uint8_t>(n);
    auto found = allocate<offset>(n), count = allocate<offset>(1);
    for_each(n, detail::flag_element<Predicate>{predicate, flags.data()});
    detail::select_flagged(context_, flags.data(), n, found.data(), count.data());
    return first_of(found, value_of(count));
  }
  template <class Count>
  [[nodiscard]] offset count(const Count*, offset most) const {
    return most;
  }
  template <class Term, class T>
  void segmented_sum(const offset* begin, offset segments, const Term& term, T* out) const {
    if (segments > 0) detail::segmented_reduce(context_, begin, segments, term, out);
  }
  void synchronize() const {
    detail::check(cudaStreamSynchronize(stream()), "cudaStreamSynchronize");
    ++context_->synchronizations;
  }
  void trim() const { context_->pool().trim(); }

  /// A number read from the device. Waits for the device.
  [[nodiscard]] offset value_of(const buffer<offset>& number) const {
    offset value = 0;
    download(number, std::span(&value, 1));
    return value;
  }
  /// A copy of the first n elements.
  template <class T>
  [[nodiscard]] buffer<T> first_of(const buffer<T>& all, offset n) const {
    auto out = allocate<T>(n);
    copy(all.data(), out.data(), n);
    return out;
  }

 private:
  explicit gpu(std::shared_ptr<detail::gpu_context> context) : context_(std::move(context)) {}

  std::shared_ptr<detail::gpu_context> context_;
};

}  // namespace filigree
