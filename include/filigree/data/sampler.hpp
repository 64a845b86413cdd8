// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/share.hpp>
#include <filigree/data/interactions.hpp>
#include <filigree/kernels/sample.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace filigree {

/// Where positives come from: each interaction once per epoch, in random order; or a user drawn
/// uniformly, then one of their items (like the LightGCN reference code).
enum class positives { per_interaction, per_user };

/// Where negatives come from: drawn uniformly from the items that the user does not have, or in
/// proportion to item popularity (again only items the user does not have; after 32 failed tries,
/// for example for a user who has almost all popular items, uniformly).
enum class negatives { uniform, popularity };

/// How triples (user, positive, negatives) are drawn for BPR.
struct bpr_sampling {
  positives positive = positives::per_interaction;  ///< where positives come from
  negatives negative = negatives::uniform;          ///< where negatives come from
  int count = 1;                                    ///< negatives for each positive

  /// Lists all options.
  static void options(auto& self, auto&& see) {
    see("positive", self.positive, positives::per_user);
    see("negative", self.negative, negatives::popularity);
    see("negatives", self.count);
  }
};

/// Draws batches of triples on backend B. All randomness is a function of (seed, epoch, step), so a
/// run can resume at any step. Node ids: users first, then items.
template <backend B>
class triple_sampler {
 public:
  /// Throws `range_error` if there are no interactions, if less than one negative is requested, and
  /// for a user who has every item, naming the user.
  triple_sampler(const B& on, const interactions& data, bpr_sampling how)
      : on_(on), how_(how), users_(data.users()), items_(data.items()), size_(data.size()) {
    if (size_ == 0) throw range_error("sampling: interactions: expected at least 1, got 0");
    detail::expect_least("sampling: negatives", how.count, 1);
    std::vector<index> user_of(static_cast<std::size_t>(size_)), active;
    for (index u = 0; u < users_; ++u) {
      const auto begin = data.row_begin()[static_cast<std::size_t>(u)];
      const auto n = data.items_of(u).size();
      std::fill_n(user_of.begin() + begin, n, u);
      if (n) active.push_back(u);
      if (n == static_cast<std::size_t>(items_))
        throw range_error(
            "sampling: " + data.name_of(user{u}) +
            ": expected an item left to draw as a negative, got a user that owns all " +
            std::to_string(items_));
    }
    begin_ = on.upload(data.row_begin());
    item_ = on.upload(data.columns());
    user_of_ = on.upload(std::span(user_of));
    active_ = on.upload(std::span(active));
  }

  [[nodiscard]] const bpr_sampling& how() const { return how_; }
  /// The number of batches in an epoch.
  [[nodiscard]] offset steps(offset batch) const { return detail::batches_of(size_, batch); }

  /// The triples of one batch.
  struct drawn {
    typename B::template buffer<index> list;  ///< users, positives, negatives, as node ids
    offset count = 0, negatives = 1;
  };
  /// Batch `step` of an epoch: a pure function of its arguments. Throws `range_error` for a step
  /// out of range.
  [[nodiscard]] drawn draw(std::uint64_t seed, offset epoch, offset step, offset batch) {
    detail::expect_least("sampling: batch", batch, 1);
    if (step < 0 || step >= steps(batch))
      throw range_error("sampling: step: expected 0 to " + std::to_string(steps(batch) - 1) +
                        ", got " + std::to_string(step));
    const bool shuffled = how_.positive == positives::per_interaction;
    if (shuffled && (epoch != epoch_ || seed != seed_)) shuffle(seed, epoch);
    drawn out;
    const offset first = step * batch;
    out.count = std::min(batch, size_ - first);
    out.negatives = how_.count;
    out.list = on_.template allocate<index>(out.count * (2 + out.negatives));
    on_.for_each(out.count,
                 kernels::sample_triple{.seen = {begin_.data(), item_.data(), items_},
                                        .user_of = user_of_.data(),
                                        .order = shuffled ? order_.data() : nullptr,
                                        .active = active_.data(),
                                        .active_users = static_cast<offset>(active_.size()),
                                        .interactions = size_,
                                        .users = users_,
                                        .first = first,
                                        .count = out.count,
                                        .negatives = out.negatives,
                                        .by_popularity = how_.negative == negatives::popularity,
                                        .random = {seed, stream(epoch, 1)},
                                        .out = out.list.data()});
    return out;
  }

 private:
  static std::uint64_t stream(offset epoch, std::uint64_t purpose) {
    return static_cast<std::uint64_t>(epoch) * 4 + purpose;
  }
  void shuffle(std::uint64_t seed, offset epoch) {
    auto keys = on_.template allocate<std::uint32_t>(size_);
    if (order_.size() == 0) order_ = on_.template allocate<offset>(size_);
    on_.for_each(size_,
                 kernels::shuffle_keys{{seed, stream(epoch, 0)}, keys.data(), order_.data()});
    on_.sort_pairs(keys.data(), order_.data(), size_);
    seed_ = seed;
    epoch_ = epoch;
  }

  B on_;
  bpr_sampling how_;
  index users_, items_;
  offset size_;
  std::uint64_t seed_ = 0;
  offset epoch_ = -1;
  typename B::template buffer<offset> begin_, order_;
  typename B::template buffer<index> item_, user_of_, active_;
};

}  // namespace filigree
