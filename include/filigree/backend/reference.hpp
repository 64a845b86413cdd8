// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/backend/pool.hpp>

#include <algorithm>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree {

inline namespace FILIGREE_VECTORS {
/// Serial, readable and slow: the reference against which every other backend is tested.
struct reference {
  template <class T>
  using buffer = host_buffer<T>;

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
    std::ranges::copy(host, b.data());
    return b;
  }
  template <class T>
  void download(const buffer<T>& from, std::span<T> to) const {
    std::copy_n(from.data(), to.size(), to.begin());
  }
  template <class T>
  void fill(T* data, offset n, T value) const {
    std::fill_n(data, n, value);
  }
  template <class T>
  void copy(const T* from, T* to, offset n) const {
    std::copy_n(from, n, to);
  }
  template <class Kernel>
  void for_each(offset n, Kernel kernel) const {
    for (offset i = 0; i < n; ++i) kernel(i);
  }
  template <class Term, class T>
  void sum(offset n, Term term, T* out, double by = 1) const {
    double total = 0;
    for (offset i = 0; i < n; ++i) total += static_cast<double>(term(i));
    *out = static_cast<T>(by * total);
  }
  template <class T>
  void scan(T* values, offset n) const {
    T total{};
    for (offset i = 0; i <= n; ++i) {
      const T value = i < n ? values[i] : T{};
      values[i] = total;
      total += value;
    }
  }
  template <class Key, class Value>
  void sort_pairs(Key* keys, Value* values, offset n, int = 8 * sizeof(Key)) const {
    std::vector<std::pair<Key, Value>> pairs;
    for (offset i = 0; i < n; ++i) pairs.emplace_back(keys[i], values[i]);
    std::ranges::stable_sort(pairs, {}, &std::pair<Key, Value>::first);
    for (offset i = 0; i < n; ++i)
      std::tie(keys[i], values[i]) = pairs[static_cast<std::size_t>(i)];
  }
  template <class Predicate>
  [[nodiscard]] buffer<offset> select(offset n, Predicate predicate) const {
    std::vector<offset> kept;
    for (offset i = 0; i < n; ++i)
      if (predicate(i)) kept.push_back(i);
    return upload(std::span(kept));
  }
  template <class Count>
  [[nodiscard]] offset count(const Count* at, offset) const {
    return static_cast<offset>(*at);
  }
  template <class Term, class T>
  void segmented_sum(const offset* begin, offset segments, Term term, T* out) const {
    for (offset s = 0; s < segments; ++s) {
      T total{};
      for (offset k = begin[s]; k < begin[s + 1]; ++k) total += term(k);
      out[s] = total;
    }
  }
  void synchronize() const {}
  void trim() const { memory_pool::instance().trim(); }
};
}  // namespace FILIGREE_VECTORS
static_assert(backend<reference>);

}  // namespace filigree
