// SPDX-License-Identifier: Apache-2.0
// The command line of a program. It is parsed by CLI11, which only options.cpp includes.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// What an option sets: a flag, a number, a string, or a list of numbers or strings, separated by
/// commas or spaces.
using option_value =
    std::variant<bool*, int*, std::int64_t*, std::uint64_t*, float*, double*, std::string*,
                 std::vector<std::int64_t>*, std::vector<double>*, std::vector<std::string>*>;

/// Limits the values of an option that was added; `parse` throws `error` for a value outside the
/// limits.
class option {
 public:
  explicit option(CLI::Option& cli) : cli_(&cli) {}

  const option& one_of(const std::vector<std::string>& choices) const;
  const option& within(double least, double most) const;
  const option& not_negative() const;
  const option& required() const;
  const option& needs(const option& other) const;

 private:
  CLI::Option* cli_;
};

/// The options of a program.
class options {
 public:
  explicit options(const std::string& about);
  ~options();
  options(const options&) = delete;
  options& operator=(const options&) = delete;

  /// Adds `--name`, or `--name,--other-name`, which sets `value`.
  template <class T>
  option add(const std::string& name, T& value, const std::string& help = "") {
    return add_value(name, &value, help);
  }

  /// Sets the values. Returns false if help was requested, after printing it. Throws `error` for an
  /// unknown option, a value that does not fit, or one that CLI11 accepts but no program wants: an
  /// empty value, a number that is not finite, or a negative one where it would wrap around.
  [[nodiscard]] bool parse(int count, const char* const* arguments);

  /// Whether the command line has this option.
  [[nodiscard]] bool has(const std::string& name) const;
  /// Sets the value of an option that is not on the command line.
  template <class T>
  void set_default(const std::string& name, T& value, std::type_identity_t<T> its) const {
    if (!has(name)) value = its;
  }

 private:
  option add_value(const std::string& name, option_value value, const std::string& help);

  std::unique_ptr<CLI::App> app_;
};

/// An upper limit that no sensible number of epochs, runs or rows reaches.
inline constexpr double many = 2e9;
