// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/archive_reader.hpp>
#include <filigree/data/archive_writer.hpp>
#include <filigree/data/interactions.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Writes interactions with their times and names as records `interactions/...`.
inline void put_interactions(archive_writer& out, const interactions& data) {
  const auto row = [](auto values) { return shape{1, static_cast<offset>(values.size())}; };
  out.put("interactions/users", data.users());
  out.put("interactions/items", data.items());
  out.put("interactions/begin", data.row_begin(), row(data.row_begin()));
  out.put("interactions/columns", data.columns(), row(data.columns()));
  out.put("interactions/times", data.times(), row(data.times()));
  out.put("interactions/user_names", data.user_names);
  out.put("interactions/item_names", data.item_names);
}

/// Reads them back; throws `file_error` if the records contradict each other.
[[nodiscard]] inline interactions get_interactions(const archive_reader& in) {
  const auto users = in.number<index>("interactions/users");
  const auto items = in.number<index>("interactions/items");
  const auto begin = in.get<offset>("interactions/begin");
  const auto columns = in.get<index>("interactions/columns");
  const auto times = in.get<std::int64_t>("interactions/times");
  const auto wrong = [&](const char* what, std::size_t expected, std::size_t got) {
    if (expected != got) in.fail(what, std::to_string(expected), std::to_string(got));
  };
  if (begin.empty() || begin.front() != 0)
    in.fail("offsets of users", "ascending ones from 0",
            begin.empty() ? "none" : std::to_string(begin.front()));
  if (const auto fall = std::ranges::is_sorted_until(begin); fall != begin.end())
    in.fail("offsets of users", "ascending ones from 0",
            std::to_string(*fall) + " after " + std::to_string(fall[-1]));
  wrong("users", static_cast<std::size_t>(users) + 1, begin.size());
  if (!times.empty()) wrong("times", columns.size(), times.size());
  wrong("interactions", static_cast<std::size_t>(begin.back()), columns.size());
  std::vector<interaction> pairs;
  pairs.reserve(columns.size());
  for (index u = 0; u < users; ++u) {
    const auto at = static_cast<std::size_t>(u);
    const auto first = static_cast<std::size_t>(begin[at]);
    for (auto k = first; k < static_cast<std::size_t>(begin[at + 1]); ++k) {
      const index item = columns[k];
      if (item < 0 || item >= items)
        in.fail("item", "0 to " + std::to_string(items - 1), std::to_string(item));
      if (k > first && item <= columns[k - 1])
        in.fail("items of user " + std::to_string(u), "each once, ascending",
                std::to_string(item) + " after " + std::to_string(columns[k - 1]));
      pairs.push_back({u, item, times.empty() ? 0 : times[k]});
    }
  }
  interactions data(std::move(pairs), users, items, !times.empty());
  data.user_names = in.texts("interactions/user_names");
  data.item_names = in.texts("interactions/item_names");
  const auto names = [&](const char* what, const auto& list, index ids) {
    if (!list.empty()) wrong(what, static_cast<std::size_t>(ids), list.size());
  };
  names("names of users", data.user_names, data.users());
  names("names of items", data.item_names, data.items());
  return data;
}

}  // namespace filigree
