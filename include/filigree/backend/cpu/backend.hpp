// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/backend/cpu/radix_sort.hpp>
#include <filigree/backend/cpu/threads.hpp>
#include <filigree/backend/pool.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/kernels/grain.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace filigree {

inline namespace FILIGREE_VECTORS {
/// The CPU cores that this process may use. Results do not depend on the number of threads: work is
/// divided into pieces of fixed size, and partial results are combined in a fixed order.
struct cpu {
  int threads = 0;  ///< 0: the minimum of cores, affinity and quota, or OMP_NUM_THREADS

  template <class T>
  using buffer = host_buffer<T>;

  [[nodiscard]] int thread_count() const { return detail::threads_for(threads); }

  template <class T>
  [[nodiscard]] buffer<T> allocate(offset n) const {
    return buffer<T>(static_cast<std::size_t>(n));
  }
  template <class T>
  [[nodiscard]] buffer<T> zeros(offset n) const {
    auto b = allocate<T>(n);
    fill(b.data(), n, T{});
    return b;
  }
  template <class T>
  [[nodiscard]] buffer<std::remove_const_t<T>> upload(std::span<T> host) const {
    buffer<std::remove_const_t<T>> b(host.size());
    copy(host.data(), b.data(), static_cast<offset>(host.size()));
    return b;
  }
  template <class T>
  void download(const buffer<T>& from, std::span<T> to) const {
    copy(from.data(), to.data(), static_cast<offset>(to.size()));
  }
  template <class T>
  void fill(T* data, offset n, T value) const {
    in_chunks(n, 1 << 18, [=](offset a, offset b) { std::fill(data + a, data + b, value); });
  }
  template <class T>
  void copy(const T* from, T* to, offset n) const {
    in_chunks(n, 1 << 18, [=](offset a, offset b) { std::copy(from + a, from + b, to + a); });
  }
  template <class Kernel>
  void for_each(offset n, const Kernel& kernel) const {
    in_chunks(n, kernels::grain_of<Kernel>, [&kernel](offset first, offset last) {
      const Kernel k = kernel;
      if constexpr (requires { Kernel::grain; }) {
        for (offset i = first; i < last; ++i) k(i);
      } else {
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC ivdep  // calls are independent; clang would warn about loops it keeps scalar
#endif
        for (offset i = first; i < last; ++i) k(i);
      }
    });
  }
  template <class Term, class T>
  void sum(offset n, const Term& term, T* out, double by = 1) const {
    constexpr offset grain = std::min<offset>(kernels::grain_of<Term>, 4096);
    auto partial = allocate<double>((n + grain - 1) / grain);
    in_chunks(n, grain, [&, sums = partial.data()](offset first, offset last) {
      constexpr offset lanes = 8;
      std::array<double, lanes> lane{};
      offset i = first;
      for (; i + lanes <= last; i += lanes)
        for (offset j = 0; j < lanes; ++j)
          lane[static_cast<std::size_t>(j)] += static_cast<double>(term(i + j));
      for (; i < last; ++i) lane[0] += static_cast<double>(term(i));
      double total = 0;
      for (const double l : lane) total += l;
      sums[first / grain] = total;
    });
    double total = 0;
    for (std::size_t c = 0; c < partial.size(); ++c) total += partial.data()[c];
    *out = static_cast<T>(by * total);
  }
  template <class T>
  void scan(T* values, offset n) const {
    T total{};
    for (offset i = 0; i < n; ++i) total += std::exchange(values[i], total);
    values[n] = total;
  }
  template <class Key, class Value>
  void sort_pairs(Key* keys, Value* values, offset n, int = 8 * sizeof(Key)) const {
    auto other_keys = allocate<Key>(n);
    auto other_values = allocate<Value>(n);
    detail::radix_sort(keys, values, other_keys.data(), other_values.data(), n);
  }
  template <class Predicate>
  [[nodiscard]] buffer<offset> select(offset n, const Predicate& predicate) const {
    constexpr offset grain = 16384;
    const offset chunks = (n + grain - 1) / grain;
    auto begin = allocate<offset>(chunks + 1);
    in_chunks(n, grain, [&, count = begin.data()](offset first, offset last) {
      offset c = 0;
      for (offset i = first; i < last; ++i) c += predicate(i) ? 1 : 0;
      count[first / grain] = c;
    });
    scan(begin.data(), chunks);
    auto kept = allocate<offset>(begin.data()[chunks]);
    in_chunks(n, grain, [&, out = kept.data()](offset first, offset last) {
      offset at = begin.data()[first / grain];
      for (offset i = first; i < last; ++i)
        if (predicate(i)) out[at++] = i;
    });
    return kept;
  }
  template <class Count>
  [[nodiscard]] offset count(const Count* at, offset) const {
    return static_cast<offset>(*at);
  }
  template <class Term, class T>
  void segmented_sum(const offset* begin, offset segments, const Term& term, T* out) const {
    in_chunks(segments, 256, [&](offset first, offset last) {
      for (offset s = first; s < last; ++s) {
        T total{};
        for (offset k = begin[s]; k < begin[s + 1]; ++k) total += term(k);
        out[s] = total;
      }
    });
  }
  void synchronize() const {}
  void trim() const { memory_pool::instance().trim(); }

  /// Calls work(first, last) for pieces of `grain` elements, on all threads. The pieces do not
  /// depend on the number of threads. If several pieces throw, the exception of the first one is
  /// rethrown.
  template <class Work>
  void in_chunks(offset n, offset grain, const Work& work) const {
    const auto call = [](const void* of, offset first, offset last) {
      (*static_cast<const Work*>(of))(first, last);
    };
    detail::in_parallel(thread_count(), {call, &work, n, grain});
  }
};
}  // namespace FILIGREE_VECTORS

}  // namespace filigree
