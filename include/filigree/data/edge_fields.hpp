// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace filigree::detail {

/// What a column of a table of edges holds.
enum class column { from, to, weight, time };

/// The column that a name in a header stands for, ignoring case; none if the name is unknown.
[[nodiscard]] inline std::optional<column> column_named(std::string_view name) {
  std::string small(name);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto is = [&](auto... names) { return (... || (small == names)); };
  if (is("user", "user_id", "userid", "src", "source", "row")) return column::from;
  if (is("item", "item_id", "itemid", "dst", "target", "column")) return column::to;
  if (is("weight", "rating")) return column::weight;
  if (is("time", "timestamp")) return column::time;
  return std::nullopt;
}

/// Iterates over the lines of a table of edges: two ids and, on all lines or on none, one value.
/// Fields may be quoted. Skips blank lines, lines that start with # and the header, which is the
/// first line if none of its fields is a number. If all names in the header are known, they
/// determine the columns; a value of another kind is ignored. If some are unknown, the columns are
/// in the default order, and any known name must agree with it.
class edge_fields {
 public:
  /// `value`: what the third column holds; `separator`: 0 means to detect it from the first line.
  edge_fields(char separator, column value) : separator_(separator), value_(value) {}

  /// Advances to the next edge; false at the end.
  bool next(line_reader& in) {
    while (in.next()) {
      if (in.blank() || in.line().starts_with('#')) continue;
      split(in);
      const bool first = !std::exchange(begun_, true);
      if (first && is_header()) {
        read_header(in);
        continue;
      }
      if (width_ == 0) {
        width_ = fields_.size();
        if (width_ != 2 && width_ != 3) in.fail("fields", "2 or 3", std::to_string(width_));
        if (width_ == 3) place_[2] = 2;
      }
      if (fields_.size() != width_)
        in.fail("fields", std::to_string(width_), std::to_string(fields_.size()));
      return true;
    }
    return false;
  }

  [[nodiscard]] std::string_view from() const { return fields_[*place_[0]]; }
  [[nodiscard]] std::string_view to() const { return fields_[*place_[1]]; }
  [[nodiscard]] bool has_value() const { return place_[2].has_value(); }
  [[nodiscard]] std::string_view value() const { return fields_[*place_[2]]; }

 private:
  static char found_in(std::string_view line) {
    for (const char s : {',', ';', '\t'})
      if (line.find(s) != line.npos) return s;
    return ' ';
  }
  void split(line_reader& in) {
    if (separator_ == '\0') separator_ = found_in(in.line());
    fields_.clear();
    while (in.more()) {
      auto f = separator_ == ' ' ? in.word() : in.field(separator_);
      if (f.size() > 1 && f.front() == '"' && f.back() == '"') f = f.substr(1, f.size() - 2);
      fields_.push_back(f);
    }
  }
  /// Whether no field starts like a number.
  [[nodiscard]] bool is_header() const {
    return std::ranges::none_of(fields_, [](std::string_view f) {
      const auto at = f.find_first_not_of(" +-.");
      return at < f.size() && f[at] >= '0' && f[at] <= '9';
    });
  }
  void read_header(const line_reader& in) {
    const bool all_known = std::ranges::all_of(
        fields_, [](std::string_view name) { return column_named(name).has_value(); });
    std::array<std::optional<std::size_t>, 3> place;
    for (std::size_t k = 0; k < fields_.size(); ++k) {
      const auto name = column_named(fields_[k]);
      if (!name) continue;
      const auto at = *name == column::from ? 0u : *name == column::to ? 1u : 2u;
      const bool wanted = at < 2 || *name == value_;
      if (!all_known && (!wanted || at != k))
        in.fail("column " + line_reader::quoted(fields_[k]), "in its place or among known names",
                "it beside " + line_reader::quoted(*std::ranges::find_if(
                                   fields_, [](std::string_view f) { return !column_named(f); })));
      if (!wanted) continue;
      if (place[at])
        in.fail("column " + line_reader::quoted(fields_[k]), "once",
                "it after " + line_reader::quoted(fields_[*place[at]]));
      place[at] = k;
    }
    if (!all_known) return;
    if (!place[0] || !place[1])
      in.fail("header", "both of user and item, source and target or src and dst", "one or none");
    place_ = place;
    width_ = fields_.size();
  }

  char separator_;
  column value_;
  bool begun_ = false;
  std::size_t width_ = 0;
  std::array<std::optional<std::size_t>, 3> place_{0, 1, std::nullopt};
  std::vector<std::string_view> fields_;
};

}  // namespace filigree::detail
