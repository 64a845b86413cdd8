// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/policy.hpp>
#include <filigree/data/archive_reader.hpp>
#include <filigree/data/archive_writer.hpp>
#include <filigree/data/text.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace filigree::detail {

/// One of the choices 0 to `last`.
template <class Enum>
[[nodiscard]] Enum get_choice(const archive_reader& in, const std::string& name, Enum last) {
  const int written = in.number<int>(name), most = static_cast<int>(last);
  if (written < 0 || written > most)
    in.fail(name, "0 to " + std::to_string(most), std::to_string(written));
  return static_cast<Enum>(written);
}

/// A type as the compiler spells it, without blanks and the library's own namespace.
template <class P>
[[nodiscard]] std::string type_text() {
  std::string_view text = __PRETTY_FUNCTION__;  // ... [with P = TYPE; ...], or [P = TYPE]
  text.remove_prefix(text.find("P = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  std::string out(text);
  std::erase(out, ' ');
  const std::string_view own = "filigree::";
  for (auto at = out.find(own); at != out.npos; at = out.find(own)) out.erase(at, own.size());
  return out;
}

/// The kind of a policy; of one that says none, the name of its type.
template <class P>
[[nodiscard]] std::string kind_text() {
  if constexpr (described_policy<P>) {
    return P::kind;
  } else {
    const auto text = type_text<P>();
    return text.substr(0, text.find('<'));
  }
}
/// Whether a choice is a policy, with a kind and perhaps choices of its own.
template <class C>
inline constexpr bool is_policy = std::is_class_v<C>;

/// Writes what was chosen, each choice under `prefix` and its name, of a policy its kind and
/// choices.
template <has_options P>
void put_options(archive_writer& out, const std::string& prefix, const P& p) {
  P::options(p, [&](const std::string& name, const auto& choice, auto... last) {
    using C = std::remove_cvref_t<decltype(choice)>;
    if constexpr (is_policy<C>) {
      static_assert(has_options<C> || std::is_empty_v<C>,
                    "save: a policy: expected it to list its choices, got one that does not");
      out.put(prefix + name + "/kind", std::string_view(kind_text<C>()));
      if constexpr (has_options<C>) put_options(out, prefix + name + '/', choice);
    } else if constexpr (std::is_enum_v<C>) {
      static_assert(sizeof...(last) == 1,
                    "save: a choice: expected an enum with its last value, got one without");
      out.put(prefix + name, static_cast<int>(choice));
    } else if constexpr (std::is_same_v<C, bool>) {
      out.put(prefix + name, std::uint8_t{choice});
    } else {
      out.put(prefix + name, choice);
    }
  });
}

/// How many records `put_options` writes.
template <has_options P>
[[nodiscard]] std::size_t count_options(const P& p) {
  std::size_t n = 0;
  P::options(p, [&](const std::string&, const auto& choice, auto...) {
    ++n;
    if constexpr (has_options<std::remove_cvref_t<decltype(choice)>>) n += count_options(choice);
  });
  return n;
}

/// The name of a choice in a file: filigree 0.1 called `ema_decay` `average` (of edges) or `keep`
/// (of norms).
[[nodiscard]] inline std::string name_in(const archive_reader& in, const std::string& prefix,
                                         const std::string& name) {
  if (name == "ema_decay" && !in.has(prefix + name))
    for (const auto* before : {"average", "keep"})
      if (in.has(prefix + before)) return prefix + before;
  return prefix + name;
}

/// Reads it back; throws `file_error`, for policies of other kinds too.
template <has_options P>
[[nodiscard]] P get_options(const archive_reader& in, const std::string& prefix) {
  P p{};
  P::options(p, [&](const std::string& name, auto& choice, auto... last) {
    using C = std::remove_cvref_t<decltype(choice)>;
    if constexpr (is_policy<C>) {
      if (const auto kind = in.text(prefix + name + "/kind"); kind != kind_text<C>())
        in.fail(prefix + name, kind_text<C>(), kind);
      if constexpr (has_options<C>) choice = get_options<C>(in, prefix + name + '/');
    } else if constexpr (std::is_enum_v<C>) {
      choice = get_choice<C>(in, prefix + name, last...);
    } else if constexpr (std::is_same_v<C, bool>) {
      choice = in.number<std::uint8_t>(prefix + name) != 0;
    } else {
      choice = in.number<C>(name_in(in, prefix, name));
    }
  });
  return p;
}

template <class P>
void append_policy(std::string& out, const std::string& what, const P& p);

/// Appends `, what.choice value` for each choice, and for those within choices; of a choice that is
/// an object and lists none, nothing.
template <class P>
void append_options(std::string& out, const std::string& what, const P& p) {
  P::options(p, [&](const std::string& name, const auto& choice, auto...) {
    using C = std::remove_cvref_t<decltype(choice)>;
    const auto append = [&]<class N>(N number) {
      out += ", " + what + '.' + name + ' ';
      append_number(out, number);
    };
    if constexpr (has_options<C>)
      append_options(out, what + '.' + name, choice);
    else if constexpr (std::is_enum_v<C> || std::is_same_v<C, bool>)
      append(static_cast<int>(choice));
    else if constexpr (std::is_convertible_v<C, std::string_view>)
      out += ", " + what + '.' + name + ' ' + std::string(choice);
    else if constexpr (requires { choice.has_value(); })
      choice ? append(*choice) : void(out += ", " + what + '.' + name + " none");
    else if constexpr (requires { choice.valueless_by_exception(); })
      std::visit([&](const auto& one) { append_policy(out, what + '.' + name, one); }, choice);
    else if constexpr (requires { choice.begin(); })
      for (const auto& one : choice) append(one);
    else if constexpr (std::is_arithmetic_v<C>)
      append(choice);
  });
}

/// Appends `, what kind` and all choices of a policy, of its own parts too. The kind of one that is
/// not saved is its type, and of one that lists no choices that is all.
template <class P>
void append_policy(std::string& out, const std::string& what, const P& p) {
  out += ", " + what + ' ';
  if constexpr (described_policy<P>)
    out += P::kind;
  else
    out += type_text<P>();
  if constexpr (has_options<P>) append_options(out, what, p);
}

/// What a checkpoint must agree with: the kind of a task, perhaps with policies appended, its
/// options, and the data.
template <class Options>
[[nodiscard]] std::string identity_of(std::string kind, const Options& options,
                                      std::uint32_t checksum) {
  append_options(kind, "options", options);
  append_number(kind += ", data of checksum ", checksum);
  return kind;
}
/// The same with what was chosen of its parts.
template <class Parts, class Options>
[[nodiscard]] std::string identity_of(std::string kind, const Parts& parts, const Options& options,
                                      std::uint32_t checksum) {
  Parts::options(parts, [&](const std::string& name, const auto& policy) {
    append_policy(kind, name, policy);
  });
  return identity_of(std::move(kind), options, checksum);
}

}  // namespace filigree::detail
