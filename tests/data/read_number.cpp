// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/data/read_number.hpp>

#include <clocale>
#include <cmath>
#include <string>

namespace detail = filigree::detail;

namespace {
const char* const tokens[] = {"0",
                              "-0",
                              "1.5",
                              "-1.5e-3",
                              "0.1",
                              ".5",
                              "5.",
                              "1e5",
                              "1E-5",
                              "1e",
                              "1e+",
                              "+1",
                              " 1",
                              "",
                              "-",
                              "-+1",
                              "--1",
                              "e5",
                              "x",
                              "0x10",
                              "1.2.3",
                              "1,5",
                              "1e-45",
                              "1e-60",
                              "1e-4000",
                              "1e39",
                              "1e400",
                              "-1e39",
                              "inf",
                              "-inf",
                              "nan",
                              "1.5ab",
                              "3e-310",
                              "4.9e-324",
                              "9007199254740993",
                              "0.30000000000000004"};

template <class T>
void expect_the_same() {
  for (const std::string token : tokens) {
    T fast = 7, slow = 7;
    const auto a = std::from_chars(token.data(), token.data() + token.size(), fast);
    const auto b = detail::from_chars_slowly(token, slow);
    INFO(token);
    CHECK(a.ec == b.ec);
    CHECK(a.ptr - token.data() == b.ptr - token.data());
    if (a.ec != std::errc{}) continue;
    CHECK(std::signbit(fast) == std::signbit(slow));
    CHECK((fast == slow || (std::isnan(fast) && std::isnan(slow))));
  }
}
}  // namespace

TEST_CASE("numbers read with strtod are those that from_chars reads") {
  expect_the_same<float>();
  expect_the_same<double>();
}

TEST_CASE("numbers read with strtod do not depend on the locale") {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "C"}) {
    if (!std::setlocale(LC_NUMERIC, name)) continue;
    double value = 0;
    const std::string token = "1.5,7";
    CHECK(detail::from_chars_slowly(token, value).ptr == token.data() + 3);
    CHECK(value == 1.5);
  }
  std::setlocale(LC_NUMERIC, before.c_str());
}
