// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/recorder.hpp>
#include <filigree/ops/take_rows.hpp>

namespace filigree::detail {

/// The rows of `only`, or all if it is null.
template <recorder R, backend B>
[[nodiscard]] typename R::var take(R& r, const row_set<B>* only, typename R::var x) {
  return only ? r(take_rows<B>{*only}, x) : x;
}

}  // namespace filigree::detail
