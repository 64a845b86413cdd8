// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "complaint_about.hpp"
#include "everywhere.hpp"
#include "paths.hpp"
#include "random_entries.hpp"
#include "temporary_file.hpp"
#include <filigree/data/npz.hpp>
#include <filigree/tensor/convert.hpp>

#include <limits>
#include <optional>

namespace fg = filigree;
using Catch::Contains;

namespace {
template <class T>
using list = std::vector<T>;
using ids = std::vector<fg::index>;
using starts = std::vector<fg::offset>;

/// [ 1 0 2.5 ]
/// [ 0 0 0   ]
/// [ 0 -3 0  ]
/// [ 4 5 6   ]
template <class T, class B>
fg::csr<T, B> drawn(const B& on) {
  return {
      on, {4, 3}, starts{0, 2, 2, 3, 6}, ids{0, 2, 1, 0, 1, 2}, list<T>{1, T(2.5), -3, 4, 5, 6}};
}

/// Members of an .npz file, to be spoiled one by one.
struct parts {
  std::string indices = fg::detail::npy_bytes(list<std::int32_t>{0, 2, 1});
  std::string indptr = fg::detail::npy_bytes(list<std::int32_t>{0, 2, 3});
  std::string format = fg::detail::npy_bytes("|S3", "()", "csr");
  std::string shape = fg::detail::npy_bytes(list<std::int64_t>{2, 3});
  std::string data = fg::detail::npy_bytes(list<float>{1, 2, 3});

  [[nodiscard]] std::string zipped() const {
    std::vector<fg::detail::zip_member> members;
    const auto add = [&](const char* name, const std::string& bytes) {
      if (!bytes.empty()) members.push_back({name, 0, fg::crc32(bytes), bytes.size(), bytes});
    };
    add("indices.npy", indices);
    add("indptr.npy", indptr);
    add("format.npy", format);
    add("shape.npy", shape);
    add("data.npy", data);
    return fg::detail::write_zip(members);
  }
};

/// What reading these bytes complains about, without the path.
template <class T = float>
std::string npz_complaint(const std::string& bytes) {
  return complaint_about(temporary_file(".npz", bytes), ": ", [](const std::string& path) {
    (void)fg::read_npz<T>(fg::reference{}, path);
  });
}
template <class T = float>
std::string npz_complaint(const parts& p) {
  return npz_complaint<T>(p.zipped());
}
}  // namespace

TEMPLATE_TEST_CASE("npz: files that SciPy wrote are read", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto folder = paths::test_data() / "files";
  for (const auto* name : {"scipy_float32.npz", "scipy_float64_stored.npz"})
    CHECK(equal(on, fg::read_npz<T>(on, (folder / name).string()), drawn<T>(on)));
}

TEMPLATE_TEST_CASE("npz: what is written is read again, bit for bit", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const random_entries<T> e(90, 140);
  const auto a = fg::csr<T, B>::from_entries(on, e.shape, e.row, e.col, e.value);
  const temporary_file file(".npz");
  for (const auto packing : {fg::npz_packing::deflated, fg::npz_packing::stored}) {
    write_npz(on, file.path(), a, packing);
    CHECK(equal(on, fg::read_npz<T>(on, file.path()), a));
    write_npz(on, file.path(), drawn<T>(on), packing);
    CHECK(equal(on, fg::read_npz<T>(on, file.path()), drawn<T>(on)));
    for (const fg::shape s : {fg::shape{0, 0}, fg::shape{0, 4}, fg::shape{4, 0}}) {
      write_npz(on, file.path(), fg::csr<T, B>(on, s), packing);
      CHECK(fg::read_npz<T>(on, file.path()).shape() == s);
    }
  }
  const auto b = fg::cast<fg::csr<T, B, std::int64_t, std::int32_t>>(on, a);
  write_npz(on, file.path(), b);
  CHECK(equal(on, fg::read_npz<T, std::int64_t, std::int32_t>(on, file.path()), b));
}

TEST_CASE("npz: columns that 32 bits do not count are written with 64") {
  using wide = fg::csr<float, fg::reference, std::int64_t>;
  const fg::reference on;
  const wide a(on, {1, fg::offset{3} << 30}, starts{0, 2}, list<std::int64_t>{1, 3'000'000'000},
               list<float>{1, 2});
  const temporary_file file(".npz");
  fg::write_npz(on, file.path(), a);
  CHECK(fg::equal(on, a, fg::read_npz<float, std::int64_t>(on, file.path())));
  CHECK_THROWS_AS(fg::read_npz<float>(on, file.path()), fg::file_error);
}

TEST_CASE("npz: numbers convert to the types that are asked for, where they fit") {
  const fg::reference on;
  parts p;
  p.data = fg::detail::npy_bytes(list<std::int64_t>{1, -2, 3});
  p.indices = fg::detail::npy_bytes(list<std::int64_t>{0, 2, 1});
  const temporary_file file(".npz", p.zipped());
  CHECK(fg::read_npz<double>(on, file.path()).to_host(on).value == list<double>{1, -2, 3});
  CHECK(fg::read_npz<int>(on, file.path()).to_host(on).value == list<int>{1, -2, 3});
  p.data = fg::detail::npy_bytes(list<double>{0.1, 2, 3});
  CHECK(npz_complaint(p) == "nothing");
  CHECK(npz_complaint<int>(p) == "data: type: expected <i4, <i8, |i1, |u1 or |b1, got <f8");
  p.data = fg::detail::npy_bytes(list<double>{0.1, 2, 1e300});
  CHECK(npz_complaint(p) == "data: element 2: expected a number that fits <f4, got 1e+300");
  p = {};
  p.indices = fg::detail::npy_bytes(list<std::int64_t>{0, std::int64_t{1} << 32, 1});
  CHECK(npz_complaint(p) == "indices: element 1: expected a number that fits <i4, got 4294967296");
}

TEST_CASE("npz: integers that a floating-point type does not hold exactly are refused") {
  parts p;
  p.data = fg::detail::npy_bytes(list<std::int64_t>{1 << 24, -(std::int64_t{1} << 40), 16777217});
  CHECK(npz_complaint(p) == "data: element 2: expected a number that fits <f4, got 16777217");
  CHECK(npz_complaint<double>(p) == "nothing");
  p.data = fg::detail::npy_bytes(
      list<std::int64_t>{0, std::numeric_limits<std::int64_t>::min(), (std::int64_t{1} << 53) + 1});
  CHECK(npz_complaint<double>(p) ==
        "data: element 2: expected a number that fits <f8, got 9007199254740993");
}

TEST_CASE("npz: truth values and integers of eight bits are read") {
  const fg::reference on;
  const auto read = [&](const std::string& type, const std::string& bytes) {
    parts p;
    p.data = fg::detail::npy_bytes(type, "(3,)", bytes);
    const temporary_file file(".npz", p.zipped());
    return fg::read_npz<float>(on, file.path()).to_host(on).value;
  };
  CHECK(read("|b1", {1, 1, 1}) == list<float>{1, 1, 1});
  CHECK(read("|i1", "\x01\xFE\x03") == list<float>{1, -2, 3});
  CHECK(read("|u1", "\x01\xFE\x03") == list<float>{1, 254, 3});
}

TEST_CASE("npz: rows whose columns do not ascend are sorted") {
  const fg::reference on;
  parts p;
  p.indices = fg::detail::npy_bytes(list<std::int32_t>{2, 0, 1});
  const temporary_file file(".npz", p.zipped());
  const auto a = fg::read_npz<float>(on, file.path()).to_host(on);
  CHECK(a.column == ids{0, 2, 1});
  CHECK(a.value == list<float>{2, 1, 3});
  p.indices = fg::detail::npy_bytes(list<std::int32_t>{2, 2, 1});
  CHECK(npz_complaint(p) == "csr: entry (0, 2): expected once, got it again as entry 1");
  file.write(p.zipped());
  const auto b = fg::read_npz<float>(on, file.path(), fg::duplicates::sum).to_host(on);
  CHECK(b.column == ids{2, 1});
  CHECK(b.value == list<float>{3, 3});
}

TEST_CASE("npz: what is no csr matrix is refused by the name of the array") {
  const auto spoiled = [](auto change) {
    parts p;
    change(p);
    return npz_complaint(p);
  };
  using fg::detail::npy_bytes;
  using i32 = list<std::int32_t>;
  using i64 = list<std::int64_t>;
  CHECK(spoiled([](parts&) {}) == "nothing");
  CHECK(spoiled([](parts& p) { p.data.clear(); }) == "array data: expected one, got none");
  CHECK(spoiled([](parts& p) { p.format.clear(); }) == "array format: expected one, got none");
  CHECK(spoiled([](parts& p) { p.format = npy_bytes("|S3", "()", "csc"); }) ==
        "format: expected csr, got csc");
  CHECK(spoiled([](parts& p) {
          p.format = npy_bytes("<U3", "()", std::string("c\0\0\0s\0\0\0r\0\0\0", 12));
        }) == "nothing");
  CHECK(spoiled([](parts& p) {
          p.shape = npy_bytes(i64{2, 3, 4});
        }) == "shape: expected 2 sizes, got 3");
  CHECK(spoiled([](parts& p) {
          p.shape = npy_bytes(i64{2, -3});
        }) == "csr: columns: expected at least 0, got -3");
  CHECK(spoiled([](parts& p) {
          p.shape = npy_bytes(i64{2, std::int64_t{1} << 40});
        }) == "csr: columns: expected at most 2147483647, got 1099511627776");
  CHECK(spoiled([](parts& p) {
          p.shape = npy_bytes(i64{5, 3});
        }) == "csr: row starts: expected 6, got 3");
  CHECK(spoiled([](parts& p) {
          p.indptr = npy_bytes(i32{0, 2, 4});
        }) == "csr: start of row 2: expected 3, got 4");
  CHECK(spoiled([](parts& p) {
          p.indptr = npy_bytes(i32{0, 9, 3});
        }) == "csr: start of row 2: expected at least 9, got 3");
  CHECK(spoiled([](parts& p) {
          p.indices = npy_bytes(i32{0, 3, 1});
        }) == "csr: column of entry 1: expected 0 to 2, got 3");
  CHECK(spoiled([](parts& p) {
          p.indices = npy_bytes(i32{0, -1, 1});
        }) == "csr: column of entry 1: expected 0 to 2, got -1");
  CHECK(spoiled([](parts& p) {
          p.data = npy_bytes(list<float>{1, 2});
        }) == "csr: values: expected 3, got 2");
  CHECK(spoiled([](parts& p) {
          p.data = npy_bytes(list<float>{1, std::numeric_limits<float>::quiet_NaN(), 3});
        }) == "csr: value of entry 1: expected a number, got nan");
}

TEST_CASE("npz: arrays that cannot be understood are refused by name") {
  const auto data = [](const std::string& bytes) {
    parts p;
    p.data = bytes;
    return npz_complaint(p);
  };
  using fg::detail::npy_bytes;
  const std::string twelve(12, '\0');
  CHECK(data("nonsense") == "data: npy header: expected the mark \\x93NUMPY, got none");
  CHECK(data("\x93NUMPY") == "data: npy header: expected a whole one, got the end");
  CHECK(data("\x93NUMPY\x07 and so on") == "data: npy version: expected 1 to 3, got 7");
  CHECK(data(std::string("\x93NUMPY\x01\x00\xff\xff{'descr'", 18)) ==
        "data: npy header: expected a whole one, got the end");
  CHECK(data(npy_bytes("<f2", "(6,)", twelve)) ==
        "data: type: expected <f4, <f8, <i4, <i8, |i1, |u1 or |b1, got <f2");
  CHECK(data(npy_bytes(">f4", "(3,)", twelve)) ==
        "data: type: expected <f4, <f8, <i4, <i8, |i1, |u1 or |b1, got >f4");
  CHECK(data(npy_bytes("|O", "(3,)", twelve)) == "data: type: expected one with a size, got |O");
  CHECK(data(npy_bytes("<f4", "(3, 1)", twelve)) == "data: dimensions: expected 1, got 2");
  CHECK(data(npy_bytes("<f4", "(4,)", twelve)) == "data: bytes of data: expected 4 * 4, got 12");
  auto columns_first = npy_bytes("<f4", "(3, 1)", twelve);
  columns_first.replace(columns_first.find("False"), 5, "True ");
  CHECK(data(columns_first) ==
        "data: npy order: expected rows first (C), got columns first (Fortran)");
  auto structured = npy_bytes("<f4", "(3,)", twelve);
  structured.replace(structured.find("'<f4'"), 5, "[(1)]");
  CHECK(data(structured) == "data: npy descr: expected a plain type, got a structured one");
  CHECK(data(npy_bytes("<f4", "(-3,)", twelve)) == "data: npy shape: expected sizes, got \"-3\"");
  CHECK(data(npy_bytes("<f4", "(3x,)", twelve)) == "data: npy shape: expected sizes, got \"3x\"");
  CHECK(data(npy_bytes("<f4", "(3, ", twelve)) == "data: npy shape: expected a list, got none");
  CHECK(data(npy_bytes("<f0", "(3,)", twelve)) == "data: type: expected one with a size, got <f0");
  CHECK(data(npy_bytes("<f1025", "(3,)", twelve)) ==
        "data: type: expected one with a size, got <f1025");
  CHECK(data(npy_bytes("<f4", "(3, )", std::string("\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40", 12))) ==
        "nothing");
  CHECK(data(npy_bytes("<f4", "(x,)", twelve)) == "data: npy shape: expected sizes, got \"x\"");
  CHECK(data(npy_bytes("<f4", "3", twelve)) == "data: npy shape: expected a list, got none");
  CHECK_THAT(data(npy_bytes("<f4", "(4611686018427387904, 4611686018427387904)", twelve)),
             Contains("data: bytes of data: expected"));
  auto no_shape = npy_bytes("<f4", "(3,)", twelve);
  no_shape.replace(no_shape.find("shape"), 5, "scope");
  CHECK(data(no_shape) == "data: npy header: expected the key shape, got none");
  auto second = npy_bytes("<f4", "(3,)", std::string("\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40", 12));
  second[6] = 2;
  second.insert(10, 2, '\0');  // version 2 counts its header in four bytes
  CHECK(data(second) == "nothing");
}

TEST_CASE("npz: files cut short or corrupted are refused, never half read") {
  CHECK_THROWS_WITH(fg::read_npz<float>(fg::reference{}, "/nowhere.npz"),
                    "/nowhere.npz: expected a readable file, got none: No such file or directory");
  CHECK(npz_complaint("") ==
        "zip directory: expected one at the end of the file, got none, cut short or no zip file");
  const auto folder = paths::test_data() / "files";
  for (const auto* name : {"scipy_float32.npz", "scipy_float64_stored.npz"}) {
    const auto whole = fg::read_file((folder / name).string());
    CHECK(npz_complaint(whole) == "nothing");
    for (std::size_t size = 0; size < whole.size(); size += 7)
      REQUIRE(npz_complaint(whole.substr(0, size)) != "nothing");
    // Whatever byte is spoiled, the result is an error or the same matrix.
    const fg::reference on;
    const auto expected = drawn<float>(on);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      auto spoiled = whole;
      spoiled[at] = static_cast<char>(spoiled[at] ^ 0x15);
      const temporary_file file(".npz", spoiled);
      std::optional<fg::csr<float, fg::reference>> read;
      try {
        read = fg::read_npz<float>(on, file.path());
      } catch (const fg::file_error&) {
        continue;
      }
      REQUIRE(equal(on, *read, expected));
    }
  }
}

TEST_CASE("npz: a wrong checksum names the array") {
  parts p;
  auto bytes = p.zipped();
  const auto at = bytes.find("\x93NUMPY");
  bytes[at + 130] = static_cast<char>(bytes[at + 130] ^ 1);
  CHECK_THAT(npz_complaint(bytes),
             Contains("indices: CRC-32: expected ") && Contains(", corrupted"));
  const fg::reference on;
  const temporary_file file(".npz");
  write_npz(on, file.path(), drawn<float>(on));
  auto deflated = file.bytes();
  const auto start = deflated.find("indices.npy") + 11;
  deflated[start + 20] = static_cast<char>(deflated[start + 20] ^ 0xFF);
  CHECK_THAT(npz_complaint(deflated),
             Contains("indices: deflated data: expected") || Contains("indices: CRC-32"));
}

TEST_CASE("npz: members that are encrypted, packed otherwise or too large are refused") {
  const parts p;
  const auto spoiled = [&](std::size_t where, char value) {
    auto bytes = p.zipped();
    bytes[bytes.find("PK\x01\x02") + where] = value;
    return npz_complaint(bytes);
  };
  CHECK(spoiled(8, 1) == "indices.npy: expected a member in the clear, got an encrypted one");
  CHECK(spoiled(10, 12) == "indices: packing: expected 0 (stored) or 8 (deflated), got 12");
  CHECK(spoiled(10, 8) == "indices: deflated data: expected 140 bytes, got corrupted ones");
  CHECK(spoiled(24, 7) == "indices: bytes: expected 7, got 140");
  CHECK_THAT(spoiled(45, 0x7f), Contains("bytes: expected at least") && Contains("cut short"));
  CHECK(spoiled(42, 1) == "zip member indices.npy: expected one at byte 1, got none, corrupted");
  for (const std::size_t where : {20u, 42u}) {  // bytes packed, place
    auto wide = p.zipped();
    wide.replace(wide.find("PK\x01\x02") + where, 4, "\xff\xff\xff\xff");
    CHECK(npz_complaint(wide) == "indices.npy: expected a member below 4 GiB, got a larger one");
  }
  auto many = p.zipped();
  many.replace(many.rfind("PK\x05\x06") + 10, 2, "\xff\xff");
  CHECK(npz_complaint(many) == "zip file: expected one below 4 GiB, got a larger one");
  auto huge = p.zipped();
  huge.replace(huge.find("PK\x01\x02") + 24, 4, "\xff\xff\xff\xff");
  CHECK(npz_complaint(huge) == "indices.npy: expected a member below 4 GiB, got a larger one");
}
