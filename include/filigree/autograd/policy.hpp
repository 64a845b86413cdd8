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

/// Whatever lists its choices, so that they can be saved and a checkpoint can ask for the same, in
/// one static function, self const or not:
///
///     static void options(auto& self, auto&& see) {
///       see("rate", self.rate);                       // a number or a truth value
///       see("kind", self.kind, last_kind);            // an enum, whose values are 0 to the last
///       see("edges", self.edges);                     // what lists choices of its own
///     }
///
/// Of what is not saved, choices may be optional, texts or vectors too.
template <class P>
concept has_options = requires(P& p, const P& c) {
  P::options(p, detail::any_option{});
  P::options(c, detail::any_option{});
};

/// A policy that lists its choices and has a `kind`: one word that no other policy in its place
/// has.
template <class P>
concept described_policy = has_options<P> && requires {
  { P::kind } -> std::convertible_to<std::string_view>;
};

}  // namespace filigree
