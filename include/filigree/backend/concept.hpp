// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>

#include <concepts>
#include <cstdint>
#include <span>

namespace filigree {

namespace detail {
/// Holds for every number; also stands in for any kernel and any term.
struct any_predicate {
  FILIGREE_FN bool operator()(offset) const { return true; }
};
}  // namespace detail

/// Where work runs and memory lives: a small copyable value, passed first and named `on`.
///
/// - `buffer<T>`: n elements of a trivial type: movable, copyable, `data()`, `size()`
/// - `allocate<T>(n)`: an uninitialized buffer; `zeros<T>(n)`: a buffer of zeros
/// - `upload(span)`, `download(buffer, span)`: copies from and to host memory
/// - `fill(data, n, value)`, `copy(from, to, n)`: elementary memory operations
/// - `for_each(n, kernel)`: kernel(i) for 0 <= i < n, in any order, in parallel
/// - `sum(n, term, out, by)`: *out = by * the sum of term(i), accumulated in double, with the same
///   bits for any number of threads; out stays on the backend and nobody waits
/// - `scan(values, n)`: exclusive prefix sum in place; values[n] becomes the total: n + 1 elements
/// - `sort_pairs(keys, values, n, bits)`: stable, ascending by unsigned key, in place; keys are
///   below 2^bits
/// - `select(n, predicate)`: a buffer of the i, ascending, for which predicate(i) holds
/// - `count(at, most)`: the number at `at`; or, on a backend where the host would have to wait to
///   read it, its upper bound `most`
/// - `segmented_sum(begin, segments, term, out)`: out[s] = the sum of term(k) for
///   begin[s] <= k < begin[s + 1]
/// - `synchronize()`: returns when all work submitted so far is done
/// - `trim()`: returns memory that is cached for reuse, and not in use now, to the system
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
