// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/error.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/kernels/order.hpp>

#include <string>
#include <utility>

namespace filigree {

/// The runs of equal keys in a list: run s has the key keys[s] at positions begin[s] ... begin[s +
/// 1] - 1.
template <class Key, backend B>
struct key_runs {
  typename B::template buffer<Key> keys;      ///< one per run
  typename B::template buffer<offset> begin;  ///< runs + 1
};

/// Finds the runs of n keys (run-length encoding). Waits for the backend. Any backend; `gpu` uses
/// CUB.
template <backend B, class Key>
[[nodiscard]] key_runs<Key, B> run_length_encode(const B& on, const Key* keys, offset n) {
  const auto heads = on.select(n, kernels::first_of_key<Key>{keys});
  const auto runs = static_cast<offset>(heads.size());
  key_runs<Key, B> out{on.template allocate<Key>(runs), on.template allocate<offset>(runs + 1)};
  on.for_each(runs, kernels::gather<Key, offset>{heads.data(), keys, out.keys.data()});
  on.copy(heads.data(), out.begin.data(), runs);
  on.fill(out.begin.data() + runs, 1, n);
  return out;
}

/// One sum per run of equal keys.
template <class Key, class T, backend B>
struct key_sums {
  typename B::template buffer<Key> keys;  ///< one per run
  typename B::template buffer<T> sums;    ///< one per run
};

/// The sum of term(k) over each run of n keys, accumulated in T (reduce by key), with the same bits
/// every time. Waits for the backend.
template <class T, backend B, class Key, class Term>
[[nodiscard]] key_sums<Key, T, B> reduce_by_key(const B& on, const Key* keys, offset n,
                                                const Term& term) {
  auto runs = run_length_encode(on, keys, n);
  const auto count = static_cast<offset>(runs.keys.size());
  key_sums<Key, T, B> out{std::move(runs.keys), on.template allocate<T>(count)};
  on.segmented_sum(static_cast<const offset*>(runs.begin.data()), count, term, out.sums.data());
  return out;
}

/// The positions of the k largest of n numbers, largest first; ties go to the lower position, and
/// NaN ranks last. Throws `range_error` unless 0 <= k <= n.
template <backend B, class T>
[[nodiscard]] typename B::template buffer<offset> top_k(const B& on, const T* x, offset n,
                                                        offset k) {
  if (k < 0 || k > n)
    throw range_error("top_k: k: expected 0 to " + std::to_string(n) + ", got " +
                      std::to_string(k));
  auto keys = on.template allocate<kernels::bits_of<T>>(n);
  auto position = on.template allocate<offset>(n);
  on.for_each(n, kernels::descending_keys<T>{x, keys.data(), position.data()});
  on.sort_pairs(keys.data(), position.data(), n);
  auto out = on.template allocate<offset>(k);
  on.copy(static_cast<const offset*>(position.data()), out.data(), k);
  return out;
}

}  // namespace filigree
