// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/edge_list.hpp>
#include <filigree/data/interactions.hpp>
#include <filigree/data/text.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace filigree {

/// Reads lines `user item time`, or `user item` without times, all alike and in any order,
/// separated by commas, semicolons, tabs or blanks, as the first line has it. Ids start at 0; a
/// time is an integer, seconds for instance. Lines that start with # and blank lines are skipped,
/// and so is the first line if none of its fields is a number. Throws `file_error` naming path,
/// line and text for: a missing or empty file, a malformed, negative or overflowing number, a pair
/// that comes twice.
[[nodiscard]] inline interactions load_timed_interactions(const std::string& path) {
  constexpr index largest = std::numeric_limits<index>::max() - 1;
  line_reader in(path);
  detail::edge_fields split('\0');
  std::vector<interaction> pairs;
  std::unordered_set<std::uint64_t> seen;
  std::size_t width = 0;
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
    const auto u = in.parse<index>(fields[0], "user", 0, largest);
    const auto i = in.parse<index>(fields[1], "item", 0, largest);
    const auto time = width == 3 ? in.parse<std::int64_t>(fields[2], "time") : 0;
    if (!seen.insert(static_cast<std::uint64_t>(u) << 32 | static_cast<std::uint64_t>(i)).second)
      in.fail("item " + std::to_string(i) + " of user " + std::to_string(u), "once", "it again");
    pairs.push_back({u, i, time});
  }
  if (pairs.empty()) in.fail_file("interactions", "lines `user item time`", "none");
  return interactions(std::move(pairs), 0, 0, width == 3);
}

}  // namespace filigree
