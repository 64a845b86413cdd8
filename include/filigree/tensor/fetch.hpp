// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>

#include <span>
#include <type_traits>
#include <vector>

namespace filigree::detail {

/// Copies a buffer of the backend to the host.
template <backend B, class Buffer>
[[nodiscard]] auto fetch_all(const B& on, const Buffer& from) {
  std::vector<std::remove_cvref_t<decltype(*from.data())>> host(from.size());
  if (!host.empty()) on.download(from, std::span(host));
  return host;
}

/// Copies n elements from the backend to the host.
template <backend B, class T>
[[nodiscard]] std::vector<std::remove_const_t<T>> fetch(const B& on, T* from, offset n) {
  using U = std::remove_const_t<T>;
  std::vector<U> host(static_cast<std::size_t>(n));
  if (n == 0) return host;
  auto some = on.template allocate<U>(n);
  on.copy(static_cast<const U*>(from), some.data(), n);
  on.download(some, std::span<U>(host));
  return host;
}

/// Copies one element from the backend to the host.
template <backend B, class T>
[[nodiscard]] std::remove_const_t<T> fetch(const B& on, T* from) {
  return fetch(on, from, 1).front();
}

}  // namespace filigree::detail
