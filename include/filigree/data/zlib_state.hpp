// SPDX-License-Identifier: Apache-2.0
#pragma once
// Opt-in: needs zlib.
#include <zlib.h>

namespace filigree::detail {

/// zlib's state, freed by `End` at the end of the scope.
template <int (*End)(z_stream*)>
struct zlib_state : z_stream {
  zlib_state() : z_stream{} {}
  ~zlib_state() { End(this); }
  zlib_state(const zlib_state&) = delete;
  zlib_state& operator=(const zlib_state&) = delete;
};

}  // namespace filigree::detail
