// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/kernels/wide.hpp>

#include <cstdint>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// Holds for the first of each run of equal keys.
template <class Key>
struct first_of_key {
  const Key* keys;
  FILIGREE_FN bool operator()(offset k) const { return k == 0 || keys[k] != keys[k - 1]; }
};

/// How to merge the entries of one run: their sum, the first or the last of them.
enum class merge { sum, first, last };

/// For run s, the sorted entries [begin[s], begin[s + 1]): computes its key, its value and the
/// input entry that it comes from: order[.] of its last entry if that one is kept, and of its first
/// otherwise.
template <class T, class Offset>
struct merge_run {
  static constexpr offset grain = 512;
  const offset* begin;
  const std::uint64_t* keys;
  const Offset* order;
  const T* value;  ///< by input entry
  merge how;
  std::uint64_t* run_key;
  Offset* run_order;
  T* run_value;
  FILIGREE_FN void operator()(offset s) const {
    const offset first = begin[s], last = begin[s + 1] - 1;
    const Offset kept = order[how == merge::last ? last : first];
    auto v = static_cast<sum_of<T>>(value[kept]);
    if (how == merge::sum)
      for (offset k = first + 1; k <= last; ++k)
        v = plus(v, static_cast<sum_of<T>>(value[order[k]]));
    run_key[s] = keys[first];
    run_order[s] = kept;
    run_value[s] = static_cast<T>(v);
  }
};

/// to[i] = from[at[i]]
template <class T, class Offset>
struct gather {
  const Offset* at;
  const T* from;
  T* to;
  FILIGREE_FN void operator()(offset i) const { to[i] = from[at[i]]; }
};

/// to[i] = from[i], as another type
template <class From, class To>
struct cast_copy {
  const From* from;
  To* to;
  FILIGREE_FN void operator()(offset i) const { to[i] = static_cast<To>(from[i]); }
};

/// to[i] = first + i
template <class To>
struct count_up {
  To* to;
  offset first = 0;
  FILIGREE_FN void operator()(offset i) const { to[i] = static_cast<To>(first + i); }
};

/// The row of a sorted entry key.
template <class Index>
struct key_row {
  const std::uint64_t* keys;
  offset cols;
  Index* row;
  FILIGREE_FN void operator()(offset k) const {
    row[k] = static_cast<Index>(keys[k] / static_cast<std::uint64_t>(cols));
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
