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

/// A policy: an aggregate of options with defaults, whose nested `state<T, B>` holds its run-time
/// state.
template <class P, class T, class B>
concept policy = std::copyable<P> && std::default_initializable<P> && requires {
  typename P::template state<T, B>;
};

/// Anything that lists its options, so that they can be saved and a checkpoint can require the same
/// ones, in one static function, where self may be const:
///
///     static void options(auto& self, auto&& see) {
///       see("rate", self.rate);                       // a number or a bool
///       see("kind", self.kind, last_kind);            // an enum, whose values are 0 to the last
///       see("edges", self.edges);                     // anything that lists options
///     }
///
/// In classes that are not saved, options may also be optionals, strings or vectors.
template <class P>
concept has_options = requires(P& p, const P& c) {
  P::options(p, detail::any_option{});
  P::options(c, detail::any_option{});
};

/// A policy that lists its options and has a `kind`: a word that is unique among the policies for
/// its role.
template <class P>
concept described_policy = has_options<P> && requires {
  { P::kind } -> std::convertible_to<std::string_view>;
};

}  // namespace filigree
