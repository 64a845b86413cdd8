// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/dense_ids.hpp>
#include <filigree/data/edge_fields.hpp>
#include <filigree/data/interactions.hpp>
#include <filigree/data/load_interactions.hpp>
#include <filigree/data/text.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace filigree {

/// Reads lines `user item time`, or `user item` without times, all of the same form and in any
/// order, separated by commas, semicolons, tabs or blanks, as detected from the first line. Ids
/// start at 0; a time is an integer, for example in seconds. Blank lines and lines that start with
/// # are skipped. The first line is a header if none of its fields is a number. If all its names
/// are known (user, source or src; item, target or dst; time or timestamp; rating or weight, which
/// is skipped), they determine the columns. Throws `file_error` naming path, line and text for: a
/// missing or empty file, a malformed, negative or overflowing number, ids that are too sparse, and
/// a duplicate pair.
[[nodiscard]] inline interactions load_timed_interactions(const std::string& path) {
  constexpr index largest = std::numeric_limits<index>::max() - 1;
  line_reader in(path);
  detail::edge_fields fields('\0', detail::column::time);
  std::vector<interaction> pairs;
  std::unordered_set<std::uint64_t> seen;
  detail::dense_ids users, items;
  while (fields.next(in)) {
    const auto u = in.parse<index>(fields.from(), "user", 0, largest);
    const auto i = in.parse<index>(fields.to(), "item", 0, largest);
    const auto time = fields.has_value() ? in.parse<std::int64_t>(fields.value(), "time") : 0;
    if (!seen.insert(static_cast<std::uint64_t>(u) << 32 | static_cast<std::uint64_t>(i)).second)
      in.fail("item " + std::to_string(i) + " of user " + std::to_string(u), "once", "it again");
    pairs.push_back({u, i, time});
    users.see(u, in);
    items.see(i, in);
  }
  if (pairs.empty()) in.fail_file("interactions", "lines `user item time`", "none");
  users.expect(in, "user", [&] { return detail::ids_of(pairs, &interaction::user); });
  items.expect(in, "item", [&] { return detail::ids_of(pairs, &interaction::item); });
  return interactions(std::move(pairs), 0, 0, fields.has_value());
}

}  // namespace filigree
