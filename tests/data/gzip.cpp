// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "temporary_file.hpp"
#include <filigree/data/gzip.hpp>
#include <filigree/data/load_interactions.hpp>

#include <limits>
#include <string>
#include <string_view>

namespace filigree {

namespace {
/// Bytes as one member of a gzip file.
std::string packed(std::string_view bytes) {
  detail::zlib_state<deflateEnd> z;
  REQUIRE(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&z, bytes.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  return out;
}
}  // namespace

TEST_CASE("what reads text reads gzip") {
  const temporary_file file(".txt.gz", packed("0 1 2\n1 0\n"));
  const auto d = load_interactions(file.path());
  CHECK(d.users() == 2);
  CHECK(d.size() == 3);
  const temporary_file wrong(".txt.gz", packed("0 1 2\n1 x\n"));
  CHECK_THROWS_WITH(load_interactions(wrong.path()),
                    wrong.path() + ":2: item: expected an integer, got \"x\": \"1 x\"");
}

TEST_CASE("gzip of any size, in one or more members, padded or not, gives its bytes") {
  std::string text;
  for (int line = 0; line < 60'000; ++line) append_number(text, line), text += '\n';
  CHECK(unpack_gzip("a.gz", packed(text)) == text);
  CHECK(unpack_gzip("a.gz", packed(text) + packed("and more")) == text + "and more");
  CHECK(unpack_gzip("a.gz", packed(text) + packed("") + std::string(7, '\0')) == text);
  CHECK(unpack_gzip("a.gz", packed("")).empty());
}

TEST_CASE("gzip that is cut short or corrupted is refused, wherever it is") {
  const std::string text = "some text, some text, some more of it";
  const auto whole = packed(text);
  for (std::size_t n = 0; n < whole.size(); ++n)
    CHECK_THROWS_WITH(unpack_gzip("a.gz", std::string_view(whole).substr(0, n)),
                      "a.gz: gzip: expected more bytes, got a file that was cut short");
  for (std::size_t n = 10; n < whole.size(); ++n) {  // behind the header, which has no checksum
    auto bad = whole;
    bad[n] ^= 1;  // the lowest bit: the highest of the last packed byte mean nothing
    CHECK_THROWS_AS(unpack_gzip("a.gz", bad), file_error);
  }
  CHECK_THROWS_WITH(unpack_gzip("a.gz", whole + "more"),
                    "a.gz: gzip: expected the end, zeros or a further member, got other bytes");
  CHECK_THROWS_WITH(
      [&] {
        auto bad = whole;
        bad[bad.size() - 8] ^= 1;
        (void)unpack_gzip("a.gz", bad);
      }(),
      "a.gz: gzip: expected intact data, got corrupted data (incorrect data check)");
}

}  // namespace filigree
