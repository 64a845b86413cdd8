// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/one_of.hpp>
#include <filigree/autograd/policy.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace filigree::detail {

/// TYPE of `... [with P = TYPE; ...]` or `... [P = TYPE]`, without spaces and the library's own
/// namespace.
[[nodiscard]] inline std::string type_in(std::string_view signature) {
  signature.remove_prefix(signature.find("P = ") + 4);
  std::string out(signature.substr(0, signature.find_first_of(";]")));
  std::erase(out, ' ');
  const std::string_view own = "filigree::";
  for (auto at = out.find(own); at != out.npos; at = out.find(own)) out.erase(at, own.size());
  return out;
}
/// A type's name with all its template arguments: compilers differ in leaving out those that are
/// the default.
template <class P>
struct spelled_type {
  [[nodiscard]] static std::string text() { return type_in(__PRETTY_FUNCTION__); }
};
template <class P>
[[nodiscard]] std::string type_text() {
  return spelled_type<P>::text();
}
template <template <class...> class Of, class First, class... More>
struct spelled_type<Of<First, More...>> {
  template <class P = Of<First, More...>>
  [[nodiscard]] static std::string text() {
    auto name = type_in(__PRETTY_FUNCTION__);
    name.resize(name.find('<') + 1);
    name += type_text<First>();
    ((name += ',' + type_text<More>()), ...);
    return name + '>';
  }
};

/// The kind of a policy; if it declares none, the name of its type.
template <class P>
[[nodiscard]] std::string kind_text() {
  if constexpr (described_policy<P>) {
    return P::kind;
  } else {
    const auto text = type_text<P>();
    return text.substr(0, text.find('<'));
  }
}
/// The type of a policy, with each `one_of` among its parts replaced by the chosen policy.
template <class P>
[[nodiscard]] std::string chosen_text(const P& p) {
  auto text = type_text<P>();
  if constexpr (has_options<P>)
    P::options(p, [&](const std::string&, const auto& part, auto...) {
      using C = std::remove_cvref_t<decltype(part)>;
      if constexpr (std::is_class_v<C>)
        if (const auto whole = type_text<C>(); text.find(whole) != text.npos)
          text.replace(text.find(whole), whole.size(),
                       ask(part, [](const auto& chosen) { return chosen_text(chosen); }));
    });
  return text;
}

}  // namespace filigree::detail
