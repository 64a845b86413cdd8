// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <concepts>

namespace filigree {

/// What you choose: an aggregate with defaults, whose nested `state<T, B>` is what one run
/// remembers.
template <class P, class T, class B>
concept policy = std::copyable<P> && std::default_initializable<P> && requires {
  typename P::template state<T, B>;
};

}  // namespace filigree
