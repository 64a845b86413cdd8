// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>

#include <concepts>
#include <cstdint>
#include <span>

namespace filigree {

namespace detail {
/// Holds for every number; takes the place of any kernel and any term too.
struct any_predicate {
  FILIGREE_FN bool operator()(offset) const { return true; }
};
}  // namespace detail

/// Where work runs and memory lives: a small copyable value, passed first, named `on`.
///
/// - `buffer<T>`: n elements of a trivial type: movable, copyable, `data()`, `size()`
/// - `allocate<T>(n)`: a buffer with unspecified contents; `zeros<T>(n)`: one of zeros
/// - `upload(span)`, `download(buffer, span)`: copies from and to host memory
/// - `fill(data, n, value)`, `copy(from, to, n)`: elementary memory work
/// - `for_each(n, kernel)`: kernel(i) for 0 <= i < n, in any order, at once
/// - `sum(n, term, out, by)`: *out = by * the sum of term(i), added up in double, in the same bits
/// for
///   any number of threads; out stays where it is and nobody waits
/// - `scan(values, n)`: exclusive prefix sum in place; values[n] becomes the total: n + 1 elements
/// - `sort_pairs(keys, values, n, bits)`: stable, ascending by unsigned key, in place; keys below
///   2^bits
/// - `select(n, predicate)`: a buffer of the i, ascending, for which predicate(i) holds
/// - `count(at, most)`: the number at `at`, or `most`, which it never exceeds, on a backend where
/// the
///   host would have to wait to read it
/// - `segmented_sum(begin, segments, term, out)`: out[s] = the sum of term(k) for begin[s] <= k <
///   begin[s + 1]
/// - `synchronize()`: returns when all work given so far is done
/// - `trim()`: gives memory that is kept for reuse, and in no use now, back to the system
template <class B>
concept backend = std::copyable<B> && std::default_initializable<B> &&
    requires(const B& on, offset n, std::span<const float> host, std::span<float> out,
             typename B::template buffer<float> b, float* x, offset* o, std::uint64_t* k) {
  { on.template allocate<float>(n) } -> std::same_as<typename B::template buffer<float>>;
  { on.template zeros<float>(n) } -> std::same_as<typename B::template buffer<float>>;
  { on.upload(host) } -> std::same_as<typename B::template buffer<float>>;
  on.download(b, out);
  on.fill(x, n, 0.0f);
  on.copy(static_cast<const float*>(x), x, n);
  on.for_each(n, detail::any_predicate{});
  on.sum(n, detail::any_predicate{}, x, 0.5);
  on.scan(o, n);
  on.sort_pairs(k, o, n, 64);
  { on.count(static_cast<const offset*>(o), n) } -> std::same_as<offset>;
  { on.select(n, detail::any_predicate{}) } -> std::same_as<typename B::template buffer<offset>>;
  on.segmented_sum(static_cast<const offset*>(o), n, detail::any_predicate{}, x);
  on.synchronize();
  on.trim();
};

}  // namespace filigree
