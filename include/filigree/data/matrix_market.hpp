// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/read_entries.hpp>
#include <filigree/data/text.hpp>
#include <filigree/tensor/convert.hpp>
#include <filigree/tensor/coo.hpp>
#include <filigree/tensor/csr.hpp>

#include <algorithm>
#include <concepts>
#include <limits>
#include <string>
#include <vector>

namespace filigree {

namespace detail {
/// The contents of the first line of a Matrix Market file.
struct matrix_market_kind {
  enum class symmetry { general, symmetric, skew } mirrored = symmetry::general;
  bool pattern = false;

  explicit matrix_market_kind(line_reader& in) {
    if (in.size() == 0) in.fail_file("header", "%%MatrixMarket", "an empty file");
    in.next();
    expect(in, "header", {"%%matrixmarket"});
    expect(in, "object", {"matrix"});
    expect(in, "format", {"coordinate"});
    pattern = expect(in, "field", {"real", "integer", "double", "pattern"}) == 3;
    mirrored =
        static_cast<symmetry>(expect(in, "symmetry", {"general", "symmetric", "skew-symmetric"}));
    if (in.more()) in.fail("header", "5 words", "more");
  }

 private:
  /// The position of the next word in the list, ignoring case.
  static std::size_t expect(line_reader& in, std::string_view thing,
                            const std::vector<std::string_view>& allowed) {
    const auto word = in.word();
    std::string lower(word), list;
    for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (std::size_t i = 0; i < allowed.size(); ++i) {
      if (lower == allowed[i]) return i;
      list += (i == 0 ? "" : i + 1 == allowed.size() ? " or " : ", ") + std::string(allowed[i]);
    }
    in.fail(thing, list, line_reader::quoted(word));
  }
};
}  // namespace detail

/// Reads a Matrix Market file: coordinate; real, integer or pattern (values 1); general, symmetric
/// or skew-symmetric (the missing half is added, right after each entry). Throws `file_error`
/// naming path and line for anything else, for a non-finite value, for a sum that T cannot hold,
/// and for a duplicate entry unless a policy says how to handle it. Format: Boisvert, Pozo,
/// Remington, "The Matrix Market exchange formats", 1996.
template <class T, class Index = index, class Offset = offset, backend B>
[[nodiscard]] coo<T, B, Index, Offset> read_matrix_market(const B& on, const std::string& path,
                                                          duplicates policy = duplicates::error) {
  using symmetry = detail::matrix_market_kind::symmetry;
  line_reader in(path);
  const detail::matrix_market_kind kind(in);
  do {
    if (!in.next()) in.fail_file("size", "a line \"rows columns entries\"", "the end of the file");
  } while (in.blank() || in.line().starts_with('%'));
  const auto rows = in.parse<Index>(in.word(), "rows", 0);
  const auto cols = in.parse<Index>(in.word(), "columns", 0);
  const auto entries = in.parse<offset>(in.word(), "entries", 0);
  if (in.more()) in.fail("size", "3 numbers", "more");
  if (kind.mirrored != symmetry::general && rows != cols)
    in.fail("columns of a symmetric matrix", std::to_string(rows), std::to_string(cols));

  detail::read_entries<T, Index> out;
  offset read = 0;
  while (in.next()) {
    if (in.blank() || in.line().starts_with('%')) continue;
    if (read++ == entries) in.fail("entries", std::to_string(entries), "more");
    const auto r = static_cast<Index>(in.parse<Index>(in.word(), "row", 1, rows) - 1);
    const auto c = static_cast<Index>(in.parse<Index>(in.word(), "column", 1, cols) - 1);
    const auto v = kind.pattern ? T(1) : in.parse<T>(in.word(), "value");
    if (in.more()) in.fail("entry", kind.pattern ? "2 numbers" : "3 numbers", "more");
    if constexpr (std::integral<T>) {
      constexpr auto least = std::numeric_limits<T>::min();
      if (kind.mirrored == symmetry::skew && (std::unsigned_integral<T> ? v != 0 : v == least))
        in.fail("value",
                (std::unsigned_integral<T> ? "0" : "at least " + std::to_string(least + 1)) +
                    std::string(", for its negative must fit"),
                std::to_string(v));
    }
    out.add(in, r, c, v);
    if (kind.mirrored == symmetry::general) continue;
    if (kind.mirrored == symmetry::skew && r == c)
      in.fail("entry of a skew-symmetric matrix", "one off the diagonal", "one on it");
    if (r != c) out.add(in, c, r, kind.mirrored == symmetry::skew ? static_cast<T>(-v) : v);
  }
  if (read != entries) in.fail_file("entries", std::to_string(entries), std::to_string(read));
  return out.template to_coo<Offset>(on, path, {rows, cols}, policy);
}

/// Writes a matrix as coordinate, general, and real or integer; reading the values back gives the
/// same bits. The file is written atomically. Throws `file_error`, also for non-finite values.
template <class T, backend B, class Index, class Offset>
void write_matrix_market(const B& on, const std::string& path, const coo<T, B, Index, Offset>& a) {
  const auto host = a.to_host(on);
  detail::expect_finite(path, host.value);
  std::string out = "%%MatrixMarket matrix coordinate ";
  out += std::integral<T> ? "integer general\n" : "real general\n";
  const auto line = [&](auto x, auto y, auto z) {
    append_number(out, x);
    append_number(out += ' ', y);
    append_number(out += ' ', z);
    out += '\n';
  };
  line(a.rows(), a.cols(), a.entries());
  for (std::size_t k = 0; k < host.row.size(); ++k)
    line(static_cast<offset>(host.row[k]) + 1, static_cast<offset>(host.col[k]) + 1, host.value[k]);
  write_file(path, out);
}

/// Same, for csr.
template <class T, backend B, class Index, class Offset>
void write_matrix_market(const B& on, const std::string& path, const csr<T, B, Index, Offset>& a) {
  write_matrix_market(on, path, to_coo(on, a).matrix);
}

}  // namespace filigree
