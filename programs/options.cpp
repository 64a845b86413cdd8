// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <filigree/core/error.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace {

/// Throws for values that CLI11 accepts but no program wants.
void expect_values(const CLI::App& app) {
  for (const auto* given : app.get_options())
    for (const auto& value : given->results()) {
      const auto refuse = [&](const char* expected) {
        throw filigree::error(given->get_name() + ": expected " + expected + ", got " +
                              (value.empty() ? "an empty one" : value));
      };
      if (value.empty()) refuse("a value");
      const auto type = given->get_type_name();
      if (type.starts_with("FLOAT") && !std::isfinite(std::strtof(value.c_str(), nullptr)))
        refuse("a finite number");
      if (type.starts_with("UINT") && value.front() == '-') refuse("at least 0");
    }
}

std::string text_of(double number) {
  std::ostringstream out;
  out << std::setprecision(12) << number;
  return out.str();
}

/// A validator for CLI11: the help shows the description; a non-empty result is an error message.
CLI::Validator number_where(const std::string& description,
                            const std::function<bool(double)>& holds) {
  return {[=](const std::string& text) {
            double x = 0;  // non-finite numbers are refused later
            const bool fits = CLI::detail::lexical_cast(text, x) && (!std::isfinite(x) || holds(x));
            return fits ? "" : "expected " + description + ", got " + text;
          },
          description};
}

}  // namespace

const option& option::one_of(const std::vector<std::string>& choices) const {
  std::string listed;
  for (const auto& choice : choices) listed += (listed.empty() ? "" : ", ") + choice;
  cli_->check(CLI::Validator(
      [=](const std::string& text) {
        const bool known = std::ranges::find(choices, text) != choices.end();
        return known ? "" : "expected one of " + listed + ", got " + text;
      },
      listed));
  return *this;
}
const option& option::within(double least, double most) const {
  cli_->check(number_where(text_of(least) + " to " + text_of(most),
                           [=](double x) { return x >= least && x <= most; }));
  return *this;
}
const option& option::not_negative() const {
  cli_->check(number_where("at least 0", [](double x) { return x >= 0; }));
  return *this;
}
const option& option::required() const {
  cli_->required();
  return *this;
}
const option& option::needs(const option& other) const {
  cli_->needs(other.cli_);
  return *this;
}

options::options(const std::string& about) : app_(std::make_unique<CLI::App>(about)) {}
options::~options() = default;

option options::add_value(const std::string& name, option_value value, const std::string& help) {
  return std::visit(
      [&]<class T>(T* to) {
        if constexpr (std::is_same_v<T, bool>)
          return option(*app_->add_flag(name, *to, help));
        else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>)
          return option(*app_->add_option(name, *to, help));
        else
          return option(*app_->add_option(name, *to, help)->delimiter(','));
      },
      value);
}

bool options::parse(int count, const char* const* arguments) try {
  app_->parse(count, arguments);
  expect_values(*app_);
  return true;
} catch (const CLI::CallForHelp&) {
  std::cout << app_->help();
  return false;
} catch (const CLI::ParseError& e) {
  throw filigree::error(e.what());
}

bool options::has(const std::string& name) const { return app_->count(name) > 0; }
