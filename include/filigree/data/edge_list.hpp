// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/read_entries.hpp>
#include <filigree/data/text.hpp>
#include <filigree/tensor/convert.hpp>
#include <filigree/tensor/coo.hpp>
#include <filigree/tensor/csr.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace filigree {

/// How an edge list is written.
struct edge_list_format {
  char separator = '\0';  ///< ',' '\t' ';' or ' ' (any run of blanks); 0: as the first line has it
  offset first_id = 0;    ///< what the first row and the first column are called: 0 or 1
  std::optional<shape> size{};  ///< rows and columns; none: as many as the ids need
  bool square = false;          ///< without `size`: rows and columns number the same things
};

namespace detail {
/// The fields of one line of an edge list.
class edge_fields {
 public:
  explicit edge_fields(char separator) : separator_(separator) {}

  const std::vector<std::string_view>& operator()(line_reader& in) {
    if (separator_ == '\0') separator_ = found_in(in.line());
    fields_.clear();
    while (in.more()) fields_.push_back(separator_ == ' ' ? in.word() : in.field(separator_));
    return fields_;
  }

 private:
  static char found_in(std::string_view line) {
    for (const char s : {',', ';', '\t'})
      if (line.find(s) != line.npos) return s;
    return ' ';
  }
  char separator_;
  std::vector<std::string_view> fields_;
};

/// Whether no field starts like a number: names of columns.
inline bool is_header(const std::vector<std::string_view>& fields) {
  return std::ranges::none_of(fields, [](std::string_view f) {
    const auto at = f.find_first_not_of("+-.");
    return at < f.size() && f[at] >= '0' && f[at] <= '9';
  });
}
}  // namespace detail

/// Reads an edge list: lines `row column` or `row column weight`, all alike; without weights each
/// edge weighs 1. Lines that start with # and blank lines are skipped, and so is the first line if
/// none of its fields is a number. Throws `file_error` naming path and line for anything else, for
/// a weight that is not finite and, unless a policy says what to do, for an edge that occurs twice.
template <class T, class Index = index, class Offset = offset, backend B>
[[nodiscard]] coo<T, B, Index, Offset> read_edge_list(const B& on, const std::string& path,
                                                      const edge_list_format& format = {},
                                                      duplicates policy = duplicates::error) {
  line_reader in(path);
  if (in.size() == 0 && !format.size)
    in.fail_file("edge list", "lines \"row column weight\"", "an empty file");
  detail::edge_fields split(format.separator);
  detail::read_entries<T, Index> out;
  std::size_t width = 0;
  shape needed;
  const auto id = [&](std::string_view token, std::string_view thing, offset bound, offset& seen) {
    const auto high = format.size ? format.first_id + bound - 1
                                  : offset{std::numeric_limits<Index>::max()} + format.first_id - 1;
    if (high < format.first_id) in.fail(thing, "none", std::string(token));
    const auto k = in.parse<offset>(token, thing, format.first_id, high) - format.first_id;
    seen = std::max(seen, k + 1);
    return static_cast<Index>(k);
  };
  for (bool first = true; in.next();) {
    if (in.blank() || in.line().starts_with('#')) continue;
    const auto& fields = split(in);
    if (std::exchange(first, false) && detail::is_header(fields)) continue;
    if (width == 0) {
      width = fields.size();
      if (width != 2 && width != 3) in.fail("fields", "2 or 3", std::to_string(width));
    }
    if (fields.size() != width)
      in.fail("fields", std::to_string(width), std::to_string(fields.size()));
    const auto size = format.size.value_or(shape{});
    const auto r = id(fields[0], "row", size.rows, needed.rows);
    const auto c = id(fields[1], "column", size.cols, needed.cols);
    out.add(in, r, c, width == 3 ? in.parse<T>(fields[2], "weight") : T(1));
  }
  if (format.square) needed.rows = needed.cols = std::max(needed.rows, needed.cols);
  return out.template to_coo<Offset>(on, path, format.size.value_or(needed), policy);
}

/// Writes the entries as lines `row column weight`; values read back as the same bits. The file
/// appears as a whole or not at all. Throws `file_error`, for values that are not finite too.
template <class T, backend B, class Index, class Offset>
void write_edge_list(const B& on, const std::string& path, const coo<T, B, Index, Offset>& a,
                     const edge_list_format& format = {.separator = '\t'}) {
  const auto host = a.to_host(on);
  detail::expect_finite(path, host.value);
  const char separator = format.separator ? format.separator : '\t';
  std::string out;
  for (std::size_t k = 0; k < host.row.size(); ++k) {
    append_number(out, static_cast<offset>(host.row[k]) + format.first_id);
    append_number(out += separator, static_cast<offset>(host.col[k]) + format.first_id);
    append_number(out += separator, host.value[k]);
    out += '\n';
  }
  write_file(path, out);
}

/// Same, for csr.
template <class T, backend B, class Index, class Offset>
void write_edge_list(const B& on, const std::string& path, const csr<T, B, Index, Offset>& a,
                     const edge_list_format& format = {.separator = '\t'}) {
  write_edge_list(on, path, to_coo(on, a).matrix, format);
}

}  // namespace filigree
