// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/file.hpp>
#include <filigree/data/dense_ids.hpp>
#include <filigree/data/interactions.hpp>
#include <filigree/data/text.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace filigree {

/// What a file of interactions may contain.
struct interaction_rules {
  bool users_without_items = false;  ///< allowed in held-out files, but not in training
  index users = std::numeric_limits<index>::max();  ///< every user id is below this
  index items = std::numeric_limits<index>::max();  ///< every item id is below this
};

namespace detail {
/// The user ids, or the item ids, of all pairs.
[[nodiscard]] inline std::vector<index> ids_of(const std::vector<interaction>& pairs,
                                               index interaction::*which) {
  std::vector<index> ids;
  ids.reserve(pairs.size());
  for (const auto& p : pairs) ids.push_back(p.*which);
  return ids;
}
}  // namespace detail

/// Reads LightGCN's text format, one user per line: `user item item ...`, ids from 0. Throws
/// `file_error` naming path, line and text for: a missing or empty file, a malformed, negative or
/// overflowing id, one that the rules exclude, ids that are too sparse, a duplicate user or a
/// duplicate item of a user, and, unless the rules allow it, a user without items.
[[nodiscard]] inline interactions load_interactions(const std::string& path,
                                                    interaction_rules rules = {}) {
  line_reader in(path);
  std::vector<interaction> pairs;
  std::unordered_set<index> known;
  detail::dense_ids users, items;
  while (in.next()) {
    if (in.blank()) continue;
    const auto u = in.parse<index>(in.word(), "user", 0, rules.users - 1);
    if (!known.insert(u).second) in.fail("user " + std::to_string(u), "one line", "a second");
    users.see(u, in);
    std::unordered_set<index> seen;  // fresh: clear() would cost as much as the longest line
    while (in.more()) {
      const auto word = in.word();
      if (word.empty()) break;
      const auto i = in.parse<index>(word, "item", 0, rules.items - 1);
      if (!seen.insert(i).second)
        in.fail("item " + std::to_string(i) + " of user " + std::to_string(u), "once", "it again");
      pairs.push_back({u, i});
      items.see(i, in);
    }
    if (seen.empty() && !rules.users_without_items)
      in.fail("items of user " + std::to_string(u), "at least one", "none");
  }
  if (known.empty()) in.fail_file("interactions", "lines `user item item ...`", "none");
  if (!rules.users_without_items)
    for (index u = 0; u < static_cast<index>(known.size()); ++u)
      if (!known.contains(u)) in.fail_file("user " + std::to_string(u), "a line", "none");
  constexpr auto any = std::numeric_limits<index>::max();
  if (rules.users == any)
    users.expect(in, "user", [&] { return std::vector<index>(known.begin(), known.end()); });
  if (rules.items == any)
    items.expect(in, "item", [&] { return detail::ids_of(pairs, &interaction::item); });
  return interactions(std::move(pairs), *std::ranges::max_element(known) + 1);
}

/// Writes the same format, omitting users without items. The file is written atomically.
inline void save_interactions(const interactions& data, const std::string& path) {
  std::string text;
  for (index u = 0; u < data.users(); ++u) {
    if (data.items_of(u).empty()) continue;
    append_number(text, u);
    for (const index i : data.items_of(u)) append_number(text += ' ', i);
    text += '\n';
  }
  write_file(path, text);
}

/// Reads names from lines `name id`; every id from 0 to count - 1 must occur, and each name only
/// once. Names may contain blanks. Throws `file_error` naming path and line.
[[nodiscard]] inline std::vector<std::string> load_names(const std::string& path, index count) {
  line_reader in(path);
  std::vector<std::string> names(static_cast<std::size_t>(count));
  std::vector<char> known(names.size());
  std::unordered_map<std::string, offset> line_of;
  while (in.next()) {
    if (in.blank()) continue;
    const auto line = in.line();
    const auto gap = line.find_last_of(" \t");
    if (gap == line.npos || gap == 0) in.fail("name", "a line `name id`", "one word");
    const auto id = in.parse<index>(line.substr(gap + 1), "id", 0, count - 1);
    const auto at = static_cast<std::size_t>(id);
    if (std::exchange(known[at], char{1})) in.fail("id " + std::to_string(id), "once", "it again");
    names[at] = line.substr(0, gap);
    const auto [before, anew] = line_of.emplace(names[at], in.number());
    if (!anew)
      in.fail("name " + line_reader::quoted(names[at]), "once",
              "it again after line " + std::to_string(before->second));
  }
  for (std::size_t i = 0; i < known.size(); ++i)
    if (!known[i]) in.fail_file("id " + std::to_string(i), "a name", "none");
  return names;
}

}  // namespace filigree
