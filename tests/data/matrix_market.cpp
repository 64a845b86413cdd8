// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "complaint_about.hpp"
#include "everywhere.hpp"
#include "random_entries.hpp"
#include "temporary_file.hpp"
#include <filigree/data/matrix_market.hpp>

#include <limits>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;
using ids = std::vector<fg::index>;

/// What reading a file with this text complains about, without its path.
template <class T = float>
std::string mtx_complaint(const std::string& text) {
  return complaint_about(temporary_file(".mtx", text), ":", [](const std::string& path) {
    (void)fg::read_matrix_market<T>(fg::reference{}, path);
  });
}
}  // namespace

TEMPLATE_TEST_CASE("Matrix Market: a general matrix is read as it stands", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  const temporary_file file(".mtx",
                            "%%MatrixMarket matrix coordinate real general\r\n% a comment\r\n\r\n"
                            "3 4 3\n2 4 -1.5e1\n  1\t1 +2\n% another\n3 1 0.25\n\n");
  const auto a = fg::read_matrix_market<T>(on, file.path()).to_host(on);
  CHECK(a.shape == fg::shape{3, 4});
  CHECK(a.row == ids{1, 0, 2});
  CHECK(a.col == ids{3, 0, 0});
  CHECK(a.value == list<T>{-15, 2, T(0.25)});
}

TEMPLATE_TEST_CASE("Matrix Market: symmetric and skew files give both halves", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  const std::string entries = "3 3 2\n2 1 5\n3 2 7\n";
  const temporary_file symmetric(".mtx",
                                 "%%MatrixMarket matrix coordinate integer symmetric\n" + entries);
  const temporary_file skew(".mtx",
                            "%%matrixmarket MATRIX Coordinate Real Skew-Symmetric\n" + entries);
  const auto a = fg::read_matrix_market<T>(on, symmetric.path()).to_host(on);
  CHECK(a.row == ids{1, 0, 2, 1});
  CHECK(a.col == ids{0, 1, 1, 2});
  CHECK(a.value == list<T>{5, 5, 7, 7});
  const auto b = fg::read_matrix_market<T>(on, skew.path()).to_host(on);
  CHECK(b.value == list<T>{5, -5, 7, -7});
  const temporary_file diagonal(
      ".mtx", "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 2\n1 1\n2 1\n");
  const auto c = fg::read_matrix_market<T>(on, diagonal.path()).to_host(on);
  CHECK(c.row == ids{0, 1, 0});
  CHECK(c.value == list<T>{1, 1, 1});
}

TEMPLATE_TEST_CASE("Matrix Market: what is written is read again, bit for bit", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const random_entries<T> e(70, 130);
  const temporary_file file(".mtx");
  const fg::coo<T, B> a(on, e.shape, e.row, e.col, e.value);
  write_matrix_market(on, file.path(), a);
  CHECK(equal(on, fg::read_matrix_market<T>(on, file.path()), a));
  const auto b = to_csr(on, a).matrix;
  write_matrix_market(on, file.path(), b);
  CHECK(equal(on, to_csr(on, fg::read_matrix_market<T>(on, file.path())).matrix, b));
  const T extremes[] = {std::numeric_limits<T>::max(), std::numeric_limits<T>::denorm_min(),
                        T(1) / 3, T(-0.0)};
  const fg::coo<T, B> c(on, {1, 4}, ids{0, 0, 0, 0}, ids{0, 1, 2, 3}, extremes);
  write_matrix_market(on, file.path(), c);
  CHECK(equal(on, fg::read_matrix_market<T>(on, file.path()), c));
}

TEST_CASE("Matrix Market: the text is the format's") {
  const fg::reference on;
  const temporary_file file(".mtx");
  write_matrix_market(
      on, file.path(),
      fg::coo<float, fg::reference>(on, {2, 3}, ids{1, 0}, ids{2, 0}, list<float>{0.5f, -3}));
  CHECK(file.bytes() == "%%MatrixMarket matrix coordinate real general\n2 3 2\n2 3 0.5\n1 1 -3\n");
  write_matrix_market(on, file.path(),
                      fg::coo<int, fg::reference>(on, {1, 1}, ids{0}, ids{0}, list<int>{7}));
  CHECK(file.bytes() == "%%MatrixMarket matrix coordinate integer general\n1 1 1\n1 1 7\n");
  write_matrix_market(on, file.path(), fg::csr<float, fg::reference>(on, {0, 5}));
  CHECK(file.bytes() == "%%MatrixMarket matrix coordinate real general\n0 5 0\n");
  CHECK(fg::read_matrix_market<float>(on, file.path()).shape() == fg::shape{0, 5});
}

TEST_CASE("Matrix Market: values that text cannot hold are not written") {
  const fg::reference on;
  const temporary_file file(".mtx", "before");
  const fg::coo<float, fg::reference> a(on, {1, 2}, ids{0, 0}, ids{0, 1},
                                        list<float>{1, std::numeric_limits<float>::infinity()});
  CHECK_THROWS_WITH(write_matrix_market(on, file.path(), a),
                    file.path() + ": value of entry 1: expected a finite number, got inf");
  CHECK(file.bytes() == "before");
  CHECK_THROWS_WITH(write_matrix_market(on, "/nowhere/at/all.mtx", fg::csr<float, fg::reference>()),
                    "/nowhere/at/all.mtx: cannot be written: No such file or directory");
}

TEST_CASE("Matrix Market: every complaint names path, line and text") {
  const std::string general = "%%MatrixMarket matrix coordinate real general\n";
  CHECK_THROWS_WITH(fg::read_matrix_market<float>(fg::reference{}, "/nowhere.mtx"),
                    "/nowhere.mtx: expected a readable file, got none: No such file or directory");
  CHECK(mtx_complaint("") == " header: expected %%MatrixMarket, got an empty file");
  CHECK(mtx_complaint("1 2 3\n") == "1: header: expected %%matrixmarket, got \"1\": \"1 2 3\"");
  CHECK(mtx_complaint("%%MatrixMarket matrix array real general\n") ==
        "1: format: expected coordinate, got \"array\": \"%%MatrixMarket matrix array real "
        "general\"");
  CHECK(mtx_complaint("%%MatrixMarket vector coordinate real general\n") ==
        "1: object: expected matrix, got \"vector\": \"%%MatrixMarket vector coordinate real "
        "general\"");
  CHECK(mtx_complaint("%%MatrixMarket matrix coordinate complex general\n") ==
        "1: field: expected real, integer, double or pattern, got \"complex\": \"%%MatrixMarket "
        "matrix coordinate complex general\"");
  CHECK(mtx_complaint("%%MatrixMarket matrix coordinate real\n") ==
        "1: symmetry: expected general, symmetric or skew-symmetric, got nothing: "
        "\"%%MatrixMarket matrix coordinate real\"");
  CHECK(mtx_complaint(general) ==
        " size: expected a line \"rows columns entries\", got the end of the file");
  CHECK(mtx_complaint(general + "2 -3 1\n") ==
        "2: columns: expected 0 to 2147483647, got -3: \"2 -3 1\"");
  CHECK(mtx_complaint(general + "2 3000000000 1\n") ==
        "2: columns: expected 0 to 2147483647, got 3000000000: \"2 3000000000 1\"");
  CHECK(mtx_complaint(general + "2 3\n") ==
        "2: entries: expected an integer, got nothing: \"2 3\"");
  CHECK(mtx_complaint(general + "2 3 1 4\n") ==
        "2: size: expected 3 numbers, got more: \"2 3 1 4\"");
  CHECK(mtx_complaint(general + "% c\n2 3 1\n3 1 1\n") ==
        "4: row: expected 1 to 2, got 3: \"3 1 1\"");
  CHECK(mtx_complaint(general + "2 3 1\n0 1 1\n") == "3: row: expected 1 to 2, got 0: \"0 1 1\"");
  CHECK(mtx_complaint(general + "2 3 1\n1 4 1\n") ==
        "3: column: expected 1 to 3, got 4: \"1 4 1\"");
  CHECK(mtx_complaint(general + "2 3 1\n1 x 1\n") ==
        "3: column: expected an integer, got \"x\": \"1 x 1\"");
  CHECK(mtx_complaint(general + "2 3 1\n1 1\n") ==
        "3: value: expected a number, got nothing: \"1 1\"");
  CHECK(mtx_complaint(general + "2 3 1\n1 1 nan\n") ==
        "3: value: expected a finite number, got nan: \"1 1 nan\"");
  CHECK(mtx_complaint(general + "2 3 1\n1 1 1e39\n") ==
        "3: value: expected a finite number, got 1e39: \"1 1 1e39\"");
  CHECK(mtx_complaint<int>(general + "2 3 1\n1 1 1.5\n") ==
        "3: value: expected an integer, got \"1.5\": \"1 1 1.5\"");
  CHECK(mtx_complaint(general + "2 3 1\n1 1 1 9\n") ==
        "3: entry: expected 3 numbers, got more: \"1 1 1 9\"");
  CHECK(mtx_complaint("%%MatrixMarket matrix coordinate pattern general\n2 3 1\n1 1 1\n") ==
        "3: entry: expected 2 numbers, got more: \"1 1 1\"");
  CHECK(mtx_complaint(general + "2 3 2\n1 1 1\n") == " entries: expected 2, got 1");
  CHECK(mtx_complaint(general + "2 3 1\n1 1 1\n2 1 1\n") ==
        "4: entries: expected 1, got more: \"2 1 1\"");
  CHECK(mtx_complaint("%%MatrixMarket matrix coordinate real symmetric\n2 3 0\n") ==
        "2: columns of a symmetric matrix: expected 2, got 3: \"2 3 0\"");
  CHECK(mtx_complaint("%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n1 1 3\n") ==
        "3: entry of a skew-symmetric matrix: expected one off the diagonal, got one on it: "
        "\"1 1 3\"");
  CHECK(mtx_complaint(general + "2 3 3\n1 1 1\n2 1 1\n1 1 5\n") ==
        "5: entry: expected once, got it again after line 3: \"1 1 5\"");
  CHECK(mtx_complaint("%%MatrixMarket matrix coordinate real symmetric\n2 2 2\n1 2 1\n2 1 1\n") ==
        "4: entry: expected once, got it again after line 3: \"2 1 1\"");
}

TEST_CASE("Matrix Market: duplicates are merged where a policy says so") {
  const fg::reference on;
  const temporary_file file(
      ".mtx", "%%MatrixMarket matrix coordinate real general\n2 2 3\n1 1 1\n2 1 2\n1 1 4\n");
  const auto a = fg::read_matrix_market<float>(on, file.path(), fg::duplicates::sum).to_host(on);
  CHECK(a.row == ids{0, 1});
  CHECK(a.value == list<float>{5, 2});
}

TEST_CASE("Matrix Market: a mirrored value that its type cannot hold is named") {
  const auto complaint = [](auto zero, const std::string& value) {
    const std::string header = "%%MatrixMarket matrix coordinate integer skew-symmetric\n2 2 1\n";
    const temporary_file file(".mtx", header + "2 1 " + value + "\n");
    return complaint_about(file, "", [](const std::string& path) {
      (void)fg::read_matrix_market<decltype(zero)>(fg::reference{}, path);
    });
  };
  CHECK(complaint(std::uint32_t{}, "5") ==
        ":3: value: expected 0, for its negative must fit, got 5: \"2 1 5\"");
  CHECK(complaint(std::uint8_t{}, "1") ==
        ":3: value: expected 0, for its negative must fit, got 1: \"2 1 1\"");
  CHECK(complaint(std::uint32_t{}, "0") == "nothing");
  CHECK(complaint(std::int32_t{}, "-2147483648") ==
        ":3: value: expected at least -2147483647, for its negative must fit, got -2147483648: "
        "\"2 1 -2147483648\"");
  CHECK(complaint(std::int32_t{}, "-2147483647") == "nothing");
  CHECK(complaint(float{}, "-2147483648") == "nothing");
}

TEST_CASE("Matrix Market: a sum of entries that its type cannot hold is named by its last line") {
  const auto complaint = [](auto zero, const std::string& entries) {
    const temporary_file file(
        ".mtx", "%%MatrixMarket matrix coordinate integer general\n2 2 3\n" + entries);
    return complaint_about(file, "", [](const std::string& path) {
      (void)fg::read_matrix_market<decltype(zero)>(fg::reference{}, path, fg::duplicates::sum);
    });
  };
  CHECK(complaint(std::uint8_t{}, "1 2 255\n2 1 7\n1 2 1\n") ==
        ":5: sum of the entries of this place: expected 0 to 255, got 256: \"1 2 1\"");
  CHECK(complaint(std::int32_t{}, "2 1 2147483647\n2 1 1\n1 1 1\n") ==
        ":4: sum of the entries of this place: expected -2147483648 to 2147483647, got 2147483648: "
        "\"2 1 1\"");
  CHECK(complaint(std::int8_t{}, "1 1 127\n1 1 1\n1 1 -1\n") == "nothing");
  CHECK(complaint(float{}, "1 1 127\n1 1 1\n1 1 -1\n") == "nothing");
}
