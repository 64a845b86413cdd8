// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/file.hpp>
#include <filigree/core/index.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace filigree {

/// A user's id, from 0.
enum class user : index {};
/// An item's id, from 0.
enum class item : index {};

/// A (user, item) pair, and its time if known.
struct interaction {
  index user = 0, item = 0;  ///< ids from 0
  std::int64_t time = 0;     ///< in any unit, for example seconds
};

/// The items of each user, ascending and without duplicates. Lives on the host. Names and times are
/// optional (empty, or one for each).
class interactions {
 public:
  interactions() : begin_(1) {}

  /// Takes pairs in any order. Throws `range_error` for a negative id or a duplicate pair. `users`
  /// and `items` are lower bounds on the counts, which otherwise follow from the largest ids.
  explicit interactions(std::vector<interaction> pairs, index users = 0, index items = 0,
                        bool with_times = false) {
    std::ranges::stable_sort(pairs, [](const interaction& a, const interaction& b) {
      return std::pair(a.user, a.item) < std::pair(b.user, b.item);
    });
    for (std::size_t k = 0; k < pairs.size(); ++k) {
      const auto& p = pairs[k];
      if (p.user < 0 || p.item < 0)
        throw range_error("interactions: pair (" + std::to_string(p.user) + ", " +
                          std::to_string(p.item) + "): expected ids from 0, got a negative one");
      if (k && p.user == pairs[k - 1].user && p.item == pairs[k - 1].item)
        throw range_error("interactions: pair (" + std::to_string(p.user) + ", " +
                          std::to_string(p.item) + "): expected once, got it again");
      // The largest index is reserved so that counts fit.
      users = std::max(users, narrow<index>(offset{p.user} + 1, "interactions: users"));
      items = std::max(items, narrow<index>(offset{p.item} + 1, "interactions: items"));
    }
    items_ = items;
    begin_.assign(static_cast<std::size_t>(users) + 1, 0);
    for (const auto& p : pairs) {
      ++begin_[static_cast<std::size_t>(p.user) + 1];
      item_.push_back(p.item);
      if (with_times) time_.push_back(p.time);
    }
    for (std::size_t u = 1; u < begin_.size(); ++u) begin_[u] += begin_[u - 1];
  }

  [[nodiscard]] index users() const { return static_cast<index>(begin_.size() - 1); }
  [[nodiscard]] index items() const { return items_; }
  [[nodiscard]] offset size() const { return static_cast<offset>(item_.size()); }
  /// The items of user u, ascending.
  [[nodiscard]] std::span<const index> items_of(index u) const {
    const auto first = begin_[static_cast<std::size_t>(u)];
    const auto last = begin_[static_cast<std::size_t>(u) + 1];
    return std::span(item_).subspan(static_cast<std::size_t>(first),
                                    static_cast<std::size_t>(last - first));
  }
  /// users() + 1 offsets into `columns`.
  [[nodiscard]] std::span<const offset> row_begin() const { return begin_; }
  /// The items of user 0, then of user 1, ...
  [[nodiscard]] std::span<const index> columns() const { return item_; }
  /// The time of each interaction, in the order of `columns`; empty if unknown.
  [[nodiscard]] std::span<const std::int64_t> times() const { return time_; }

  /// All pairs, ordered by user, then item.
  [[nodiscard]] std::vector<interaction> pairs() const {
    std::vector<interaction> out;
    out.reserve(item_.size());
    for (index u = 0; u < users(); ++u)
      for (const index i : items_of(u))
        out.push_back({u, i, time_.empty() ? 0 : time_[out.size()]});
    return out;
  }

  /// CRC-32 of the users' items, ignoring times and names.
  [[nodiscard]] std::uint32_t checksum() const {
    const auto bytes = [](const auto& values) {
      return std::string_view(reinterpret_cast<const char*>(values.data()),
                              values.size() * sizeof values[0]);
    };
    return crc32(bytes(item_), crc32(bytes(begin_)));
  }

  /// The number of interactions of each item.
  [[nodiscard]] std::vector<index> popularity() const {
    std::vector<index> count(static_cast<std::size_t>(items_));
    for (const index i : item_) ++count[static_cast<std::size_t>(i)];
    return count;
  }

  /// Makes room for ids that occur only elsewhere (in held-out data); never shrinks.
  void grow(index users, index items) {
    items_ = std::max(items_, items);
    if (users > this->users()) begin_.resize(static_cast<std::size_t>(users) + 1, begin_.back());
  }

  std::vector<std::string> user_names;  ///< by user id, or empty
  std::vector<std::string> item_names;  ///< by item id, or empty

  /// The name of a user for messages, or `user 7` if it has none.
  [[nodiscard]] std::string name_of(user u) const {
    return named(user_names, static_cast<index>(u), "user ");
  }
  /// The name of an item for messages, or `item 7` if it has none.
  [[nodiscard]] std::string name_of(item i) const {
    return named(item_names, static_cast<index>(i), "item ");
  }
  /// The user with that name; throws `range_error` if there is none.
  [[nodiscard]] user find_user(const std::string& name) const {
    const auto at = std::ranges::find(user_names, name);
    if (at == user_names.end())
      throw range_error("user: expected a name that the data knows, got \"" + name + "\"");
    return user{static_cast<index>(at - user_names.begin())};
  }

 private:
  static std::string named(const std::vector<std::string>& names, index id, const char* what) {
    const auto at = static_cast<std::size_t>(id);
    return at < names.size() ? names[at] : what + std::to_string(id);
  }

  index items_ = 0;
  std::vector<offset> begin_;
  std::vector<index> item_;
  std::vector<std::int64_t> time_;
};

/// Gives all data sets the counts of the largest, so that the same ids are valid in each.
template <class... Data>
void align(interactions& first, Data&... rest) {
  index users = first.users(), items = first.items();
  ((users = std::max(users, rest.users()), items = std::max(items, rest.items())), ...);
  first.grow(users, items);
  (rest.grow(users, items), ...);
}

}  // namespace filigree
