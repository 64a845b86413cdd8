// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/parameter.hpp>
#include <filigree/data/archive_reader.hpp>
#include <filigree/data/archive_writer.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace filigree {

namespace detail {
template <class T, backend B>
void put_matrix(archive_writer& out, const B& on, const std::string& name, const matrix<T, B>& m) {
  const auto host = m.to_host(on);
  out.put(name, std::span<const T>(host), m.shape());
}

/// Throws `file_error` unless an array has the expected shape.
inline void expect_shape(const archive_reader& in, const std::string& name, shape expected) {
  const auto text = [](shape s) { return std::to_string(s.rows) + " x " + std::to_string(s.cols); };
  const auto got = in.shape_of(name);
  if (got != expected) in.fail("shape of " + name, text(expected), text(got));
}

template <class T, backend B>
[[nodiscard]] matrix<T, B> get_matrix(const archive_reader& in, const B& on,
                                      const std::string& name, shape expected) {
  expect_shape(in, name, expected);
  const auto host = in.get<T>(name);
  return matrix<T, B>(on, std::span<const T>(host), expected);
}

/// Writes a parameter's value and mask under names that start with `at`; with `whole`, also its
/// slots and counts.
template <class T, backend B>
void put_parameter(archive_writer& out, const B& on, const std::string& at,
                   const parameter<T, B>& p, bool whole) {
  put_matrix(out, on, at + "/value", p.value);
  if (p.mask.size()) put_matrix(out, on, at + "/mask", p.mask);
  if (!whole) return;
  out.put(at + "/frozen", std::uint8_t{p.frozen});
  const std::string counts = at + "/count/", prefix = at + "/slot/";
  for (const auto& [name, count] : p.counts) out.put(counts + name, count);
  for (const auto& [slot, values] : p.slots) put_matrix(out, on, prefix + slot, values);
}

/// Reads it back; throws `file_error`.
template <class T, backend B>
[[nodiscard]] parameter<T, B> get_parameter(const archive_reader& in, const B& on,
                                            const std::string& at, shape expected, bool whole) {
  const auto matrix_of = [&](const std::string& name) {
    return get_matrix<T>(in, on, name, expected);
  };
  parameter<T, B> p(matrix_of(at + "/value"));
  if (in.has(at + "/mask")) p.mask = matrix_of(at + "/mask");
  if (!whole) return p;
  const std::string counts = at + "/count/";
  for (const auto& name : in.names(counts))
    p.counts[name.substr(counts.size())] = in.number<std::int64_t>(name);
  p.frozen = in.number<std::uint8_t>(at + "/frozen") != 0;
  const std::string prefix = at + "/slot/";
  for (const auto& slot : in.names(prefix)) p.slots[slot.substr(prefix.size())] = matrix_of(slot);
  return p;
}
}  // namespace detail

/// Writes the values of a model's parameters; with `whole`, also masks, optimizer slots and counts:
/// everything training needs to resume.
template <class M>
void put_parameters(archive_writer& out, M& m, bool whole) {
  const auto& on = m.on();
  for_each_parameter(m, [&](const std::string& name, auto& p) {
    detail::put_parameter(out, on, "parameter/" + name, p, whole);
  });
}

/// Reads them back into a model with the same shapes. Throws `file_error` naming a parameter that
/// is missing or has a different shape, and then changes nothing.
template <class M>
void get_parameters(const archive_reader& in, M& m, bool whole) {
  const auto& on = m.on();
  const auto read = [&](bool assign) {
    for_each_parameter(m, [&](const std::string& name, auto& p) {
      using T = typename std::remove_reference_t<decltype(p.value)>::scalar;
      auto next = detail::get_parameter<T>(in, on, "parameter/" + name, p.value.shape(), whole);
      if (assign) p = std::move(next).with_flags_of(p);
    });
  };
  read(false);
  read(true);
}

}  // namespace filigree
