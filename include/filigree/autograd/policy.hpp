// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <concepts>
#include <string>
#include <string_view>

namespace filigree {

namespace detail {
struct any_option {
  void operator()(const std::string&, const auto&...) const {}
};
}  // namespace detail

/// What you choose: an aggregate with defaults, whose nested `state<T, B>` is what one run
/// remembers.
template <class P, class T, class B>
concept policy = std::copyable<P> && std::default_initializable<P> && requires {
  typename P::template state<T, B>;
};

/// A policy that tells what was chosen, so that it can be saved and a checkpoint can ask for the
/// same:
///
/// - `P::kind`: one word that no other policy in its place has
/// - `P::options(self, see)`, static, self const or not: calls see(name, choice) for each number
///   and truth value, and see(name, choice, last) for each enum, whose values are 0 to `last`; of a
///   policy that is not saved, choices may be optional or have choices themselves
template <class P>
concept described_policy = requires(P& p, const P& c) {
  { P::kind } -> std::convertible_to<std::string_view>;
  P::options(p, detail::any_option{});
  P::options(c, detail::any_option{});
};

}  // namespace filigree
