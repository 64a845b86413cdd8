// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/data/dense_ids.hpp>
#include <filigree/data/edge_fields.hpp>
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

/// The format of an edge list.
struct edge_list_format {
  char separator = '\0';  ///< ',' '\t' ';' or ' ' (any run of blanks); 0: as in the first line
  offset first_id = 0;    ///< the id of the first row and the first column: 0 or 1
  std::optional<shape> size{};  ///< rows and columns; none: as many as the ids require
  bool square = false;          ///< without `size`: rows and columns share the same ids
};

/// Reads an edge list: lines `row column` or `row column weight`, all of the same form; without
/// weights, each edge has weight 1. Blank lines and lines that start with # are skipped. The first
/// line is a header if none of its fields is a number. If all its names are known (source, src,
/// user or row; target, dst, item or column; weight or rating; time or timestamp, which is
/// skipped), they determine the columns. Throws `file_error` naming path and line for anything
/// else, for a non-finite weight, for a sum of weights that T cannot hold, for ids that are too
/// sparse if no size is given, and for a duplicate edge unless a policy says how to handle it.
template <class T, class Index = index, class Offset = offset, backend B>
[[nodiscard]] coo<T, B, Index, Offset> read_edge_list(const B& on, const std::string& path,
                                                      const edge_list_format& format = {},
                                                      duplicates policy = duplicates::error) {
  detail::expect_choice("edge list: first_id", format.first_id,
                        format.first_id == 0 || format.first_id == 1, "0 or 1");
  line_reader in(path);
  if (in.size() == 0 && !format.size)
    in.fail_file("edge list", "lines \"row column weight\"", "an empty file");
  detail::edge_fields fields(format.separator, detail::column::weight);
  detail::read_entries<T, Index> out;
  shape needed;
  detail::dense_ids rows, columns;
  const auto id = [&](std::string_view token, std::string_view thing, offset bound, offset& seen,
                      detail::dense_ids& ids) {
    const auto high = format.size ? format.first_id + bound - 1
                                  : offset{std::numeric_limits<Index>::max()} + format.first_id - 1;
    if (high < format.first_id) in.fail(thing, "none", detail::shortened(token));
    const auto k = in.parse<offset>(token, thing, format.first_id, high) - format.first_id;
    seen = std::max(seen, k + 1);
    ids.see(k, in);
    return static_cast<Index>(k);
  };
  while (fields.next(in)) {
    const auto size = format.size.value_or(shape{});
    const auto r = id(fields.from(), "row", size.rows, needed.rows, rows);
    const auto c =
        id(fields.to(), "column", size.cols, needed.cols, format.square ? rows : columns);
    out.add(in, r, c, fields.has_value() ? in.parse<T>(fields.value(), "weight") : T(1));
  }
  if (!format.size) {
    const auto both = [&] {
      auto all = out.row;
      all.insert(all.end(), out.col.begin(), out.col.end());
      return all;
    };
    const auto of_rows = [&] { return out.row; };
    const auto of_columns = [&] { return out.col; };
    if (format.square) rows.expect(in, "node", both);
    if (!format.square) rows.expect(in, "row", of_rows);
    columns.expect(in, "column", of_columns);
  }
  if (format.square) needed.rows = needed.cols = std::max(needed.rows, needed.cols);
  return out.template to_coo<Offset>(on, path, format.size.value_or(needed), policy);
}

/// Writes the entries as lines `row column weight`; reading the values back gives the same bits.
/// The file is written atomically. Throws `file_error`, also for non-finite values.
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
