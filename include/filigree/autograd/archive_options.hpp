// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/one_of.hpp>
#include <filigree/autograd/policy.hpp>
#include <filigree/autograd/policy_text.hpp>
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

/// Reads one of the values 0 to `last`.
template <class Enum>
[[nodiscard]] Enum get_choice(const archive_reader& in, const std::string& name, Enum last) {
  const int written = in.number<int>(name), most = static_cast<int>(last);
  if (written < 0 || written > most)
    in.fail(name, "0 to " + std::to_string(most), std::to_string(written));
  return static_cast<Enum>(written);
}

/// Whether an option is a policy, with a kind and perhaps options of its own.
template <class C>
inline constexpr bool is_policy = std::is_class_v<C>;

template <class P>
void put_policy(archive_writer& out, const std::string& name, const P& p);

/// Writes the options, each under `prefix` and its name; for a policy, its kind and options.
template <has_options P>
void put_options(archive_writer& out, const std::string& prefix, const P& p) {
  P::options(p, [&](const std::string& name, const auto& choice, auto... last) {
    using C = std::remove_cvref_t<decltype(choice)>;
    if constexpr (is_policy<C>) {
      ask(choice, [&](const auto& chosen) { put_policy(out, prefix + name, chosen); });
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

template <class P>
void put_policy(archive_writer& out, const std::string& name, const P& p) {
  static_assert(has_options<P> || std::is_empty_v<P>,
                "save: a policy: expected it to list its choices, got one that does not");
  out.put(name + "/kind", std::string_view(kind_text<P>()));
  if constexpr (has_options<P>) put_options(out, name + '/', p);
}

/// How many records `put_options` writes.
template <has_options P>
[[nodiscard]] std::size_t count_options(const P& p) {
  std::size_t n = 0;
  P::options(p, [&](const std::string&, const auto& choice, auto...) {
    ++n;
    ask(choice, [&]<class C>(const C& chosen) {
      if constexpr (has_options<C>) n += count_options(chosen);
    });
  });
  return n;
}

/// The name of an option in a file: filigree 0.1 called `ema_decay` `average` (of edges) or `keep`
/// (of norms).
[[nodiscard]] inline std::string name_in(const archive_reader& in, const std::string& prefix,
                                         const std::string& name) {
  if (name == "ema_decay" && !in.has(prefix + name))
    for (const auto* before : {"average", "keep"})
      if (in.has(prefix + before)) return prefix + before;
  return prefix + name;
}

template <class P>
[[nodiscard]] P get_policy(const archive_reader& in, const std::string& name);

/// Reads them back; throws `file_error`, including for policies of other kinds.
template <has_options P>
[[nodiscard]] P get_options(const archive_reader& in, const std::string& prefix) {
  P p{};
  P::options(p, [&](const std::string& name, auto& choice, auto... last) {
    using C = std::remove_cvref_t<decltype(choice)>;
    if constexpr (is_policy<C>) {
      choice = get_policy<C>(in, prefix + name);
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

/// Whether the policy that was written is of this type, judging by its kind and those of its parts.
template <class P>
[[nodiscard]] bool is_written(const archive_reader& in, const std::string& name) {
  if constexpr (is_one_of<P>) {
    bool some = false;
    P::each_type([&]<class C>(std::type_identity<C>) { some = some || is_written<C>(in, name); });
    return some;
  } else {
    if (!in.has(name + "/kind") || in.text(name + "/kind") != kind_text<P>()) return false;
    bool all = true;
    const P parts{};
    if constexpr (has_options<P>)
      P::options(parts, [&](const std::string& part, const auto& choice, auto...) {
        using C = std::remove_cvref_t<decltype(choice)>;
        if constexpr (is_policy<C>) all = all && is_written<C>(in, name + '/' + part);
      });
    return all;
  }
}

/// Reads a policy; for a `one_of`, the alternative that was written. Throws `file_error` if it is
/// none of them.
template <class P>
[[nodiscard]] P get_policy(const archive_reader& in, const std::string& name) {
  if constexpr (is_one_of<P>) {
    std::optional<P> found;
    std::string expected;
    P::each_type([&]<class C>(std::type_identity<C>) {
      expected += (expected.empty() ? "" : " or ") + type_text<C>();
      if (!found && is_written<C>(in, name)) found = get_policy<C>(in, name);
    });
    if (!found) in.fail(name, expected, in.text(name + "/kind") + " of other parts");
    return *std::move(found);
  } else {
    if (const auto kind = in.text(name + "/kind"); kind != kind_text<P>())
      in.fail(name, kind_text<P>(), kind);
    if constexpr (has_options<P>)
      return get_options<P>(in, name + '/');
    else
      return {};
  }
}

template <class P>
void append_policy(std::string& out, const std::string& what, const P& p);

/// Appends `, what.option value` for each option, including nested ones; appends nothing for an
/// object that lists no options.
template <class P>
void append_options(std::string& out, const std::string& what, const P& p) {
  P::options(p, [&](const std::string& name, const auto& choice, auto...) {
    using C = std::remove_cvref_t<decltype(choice)>;
    const auto append = [&]<class N>(N number) {
      out += ", " + what + '.' + name + ' ';
      append_number(out, number);
    };
    if constexpr (is_one_of<C>)
      ask(choice, [&]<class Chosen>(const Chosen& chosen) {
        if constexpr (has_options<Chosen>) append_options(out, what + '.' + name, chosen);
      });
    else if constexpr (has_options<C>)
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

/// Appends `, what kind` and all options of a policy, including those of its parts. The kind of a
/// policy that is not saved is its type; for one that lists no options, only that is appended.
template <class P>
void append_policy(std::string& out, const std::string& what, const P& p) {
  if constexpr (is_one_of<P>)
    return ask(p, [&](const auto& chosen) { append_policy(out, what, chosen); });
  out += ", " + what + ' ';
  if constexpr (described_policy<P>)
    out += P::kind;
  else
    out += chosen_text(p);
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
/// The same, including the policies chosen for its parts.
template <class Parts, class Options>
[[nodiscard]] std::string identity_of(std::string kind, const Parts& parts, const Options& options,
                                      std::uint32_t checksum) {
  Parts::options(parts, [&](const std::string& name, const auto& policy) {
    append_policy(kind, name, policy);
  });
  return identity_of(std::move(kind), options, checksum);
}

}  // namespace filigree::detail
