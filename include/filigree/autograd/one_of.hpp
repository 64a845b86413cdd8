// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>

#include <concepts>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace filigree {

/// A policy that is chosen at run time from several alternatives for the same role:
///
///     using any_layer = fg::one_of<fg::gcn, fg::sage, fg::gat>;
///     any_layer chosen;
///     if (name == "gat") chosen = fg::gat{};
///     fg::node_classifier<fg::cpu, any_layer> model{data, {}, chosen};
///
/// A program that lets its user choose among five kinds of layers and four fusions compiles nine
/// parts instead of twenty models. Layers, edges, jumps, readouts, fusions, prompts and heads can
/// be chosen this way. Files and checkpoints are the same as those of the chosen policy.
template <class... P>
struct one_of {
  std::variant<P...> chosen{};  ///< the first by default

  one_of() = default;
  template <class C>
  requires(std::same_as<C, P> || ...) one_of(C choice) : chosen(std::move(choice)) {}

  /// f(std::type_identity<P>{}) for each alternative.
  static void each_type(const auto& f) { (f(std::type_identity<P>{}), ...); }

  /// Forwards the functions of policies that need no state.
  [[nodiscard]] auto columns(auto... of) const {
    return std::visit([&](const auto& p) { return p.columns(of...); }, chosen);
  }
  [[nodiscard]] auto join(auto& r, const auto& xs) const {
    return std::visit([&](const auto& p) { return p.join(r, xs); }, chosen);
  }
  [[nodiscard]] auto extra_nodes() const {
    return std::visit([](const auto& p) { return p.extra_nodes(); }, chosen);
  }
  [[nodiscard]] int layer() const {
    return std::visit([](const auto& p) { return p.layer(); }, chosen);
  }
  /// Whether any alternative may read a node's own features; `ask` queries the chosen one.
  static constexpr bool needs_node = [] {
    if constexpr ((requires { P::needs_node; } && ...))
      return (P::needs_node || ...);
    else
      return false;
  }();

  template <class T, class B>
  class state;
};

namespace detail {
template <class P>
inline constexpr bool is_one_of = false;
template <class... P>
inline constexpr bool is_one_of<one_of<P...>> = true;

/// f(policy); for a `one_of`, f(chosen policy).
template <class P, class F>
decltype(auto) ask(P& p, const F& f) {
  if constexpr (is_one_of<std::remove_const_t<P>>)
    return std::visit(f, p.chosen);
  else
    return f(p);
}
}  // namespace detail

/// The state of the chosen policy; it forwards the functions of its role.
template <class... P>
template <class T, class B>
class one_of<P...>::state {
  using any = std::variant<typename P::template state<T, B>...>;

 public:
  /// Throws whatever the chosen policy throws.
  state(const one_of& p, const B& on, const auto& spec)
      : of_(std::visit(
            [&]<class C>(const C& c) {
              return any(std::in_place_type<typename C::template state<T, B>>, c, on, spec);
            },
            p.chosen)) {}

  /// Whether any alternative can work on a sample of the neighbors.
  static constexpr bool can_sample = (P::template state<T, B>::can_sample || ...);

  /// Applies a layer.
  auto operator()(auto& r, const auto& g, const auto& x, auto& random, auto... only) const {
    return std::visit(
        [&]<class S>(const S& s) -> typename std::remove_cvref_t<decltype(r)>::var {
          if constexpr (S::can_sample || !requires { g.block; })
            return s(r, g, x, random, only...);
          else
            throw error(
                "graph_conv: a sampled block: expected edges and an aggregate that can do with a "
                "sample, got ones that need the whole graph");
        },
        of_);
  }
  auto weigh(auto& r, const auto& g, const auto& x, auto& random) const {
    return std::visit([&](const auto& s) { return s.weigh(r, g, x, random); }, of_);
  }
  [[nodiscard]] bool tied() const {
    return std::visit([](const auto& s) { return s.tied(); }, of_);
  }
  [[nodiscard]] bool per_layer() const {
    return std::visit([](const auto& s) { return s.per_layer(); }, of_);
  }
  auto read(auto& r, const auto& groups, const auto& x) const {
    return std::visit([&](const auto& s) { return s.read(r, groups, x); }, of_);
  }
  auto fuse(auto& r, const auto& node, const auto& context) const {
    return std::visit([&](const auto& s) { return s.fuse(r, node, context); }, of_);
  }
  auto apply(auto& r, const auto& x) const {
    return std::visit([&](const auto& s) { return s.apply(r, x); }, of_);
  }
  auto scores(auto& r, const auto& x) const {
    return std::visit([&](const auto& s) { return s.scores(r, x); }, of_);
  }

  static void members(auto& self, auto&& see) {
    std::visit([&](auto& s) { see("", s); }, self.of_);
  }

 private:
  any of_;
};

}  // namespace filigree
