// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <concepts>
#include <string>

namespace filigree {

namespace detail {
struct any_visitor {
  template <class P>
  void operator()(const std::string&, const P&) const {}
};
}  // namespace detail

/// What you choose: an aggregate with defaults, whose nested `state<T, B>` is what one run
/// remembers.
template <class P, class T, class B>
concept policy = std::copyable<P> && std::default_initializable<P> && requires {
  typename P::template state<T, B>;
};

}  // namespace filigree
