// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/core/error.hpp>
#include <filigree/core/printable.hpp>

#include <string>

using filigree::detail::printable;

TEST_CASE("text is shown as it is, everything else by its number") {
  CHECK(printable("").empty());
  CHECK(printable("a \t~") == "a \t~");
  CHECK(printable("J\xC3\xA4gerstra\xC3\x9F"
                  "e \xE2\x82\xAC \xF0\x9F\x98\x80") ==
        "J\xC3\xA4gerstra\xC3\x9F"
        "e \xE2\x82\xAC \xF0\x9F\x98\x80");
  CHECK(printable("\x1b[2J\x7f\r") == "\\x1B[2J\\x7F\\x0D");
  // A control character of two bytes, a lone byte, one too few, one that does not go on.
  CHECK(printable("\xC2\x9B") == "\\xC2\\x9B");
  CHECK(printable("\x80\xFF") == "\\x80\\xFF");
  CHECK(printable("\xE2\x82") == "\\xE2\\x82");
  CHECK(printable("\xC3(") == "\\xC3(");
}

TEST_CASE("no more than 80 bytes are shown") {
  CHECK(filigree::detail::shortened(std::string(80, 'a')) == std::string(80, 'a'));
  CHECK(filigree::detail::shortened(std::string(81, 'a')) == std::string(80, 'a') + "...");
}

TEST_CASE("no complaint about a file carries its control bytes") {
  CHECK(std::string(filigree::file_error("a.txt:1: \x1b[31m\xff").what()) ==
        "a.txt:1: \\x1B[31m\\xFF");
}
