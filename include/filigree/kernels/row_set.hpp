// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/kernels/merge.hpp>

#include <cstdint>
#include <type_traits>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// keys[k] = id[k], position[k] = k
template <class Id = index, class Position = index>
struct id_keys {
  using key = std::make_unsigned_t<Id>;
  const Id* id;
  key* keys;
  Position* position;
  FILIGREE_FN void operator()(offset k) const {
    keys[k] = static_cast<key>(id[k]);
    position[k] = static_cast<Position>(k);
  }
};

/// run[k] = 1 if a run of equal keys starts at k, else 0
struct run_starts {
  const std::uint32_t* keys;
  index* run;
  FILIGREE_FN void operator()(offset k) const { run[k] = first_of_key<std::uint32_t>{keys}(k); }
};

/// Numbers the distinct ids among n sorted ids, given run[k] = how many runs start before k, for k
/// = 0 ... n. There is room for `room` of them; unused places become padding: rows of -1 that do
/// not occur in the list. To be called for k = 0 ... n.
struct number_runs {
  const std::uint32_t* keys;
  const index *position, *run;
  offset n, room;
  index* rows;    ///< room
  offset* begin;  ///< room + 1
  index *local, *slot;
  FILIGREE_FN void operator()(offset k) const {
    const offset distinct = run[n];
    if (k >= distinct && k <= room) {
      begin[k] = n;
      if (k < room) rows[k] = -1;
    }
    if (k == n) return;
    const index s = run[k + 1] - 1;
    local[position[k]] = s;
    if (run[k + 1] == run[k]) return;
    const auto row = static_cast<index>(keys[k]);
    rows[s] = row;
    begin[s] = k;
    slot[row] = s;
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
