// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/index.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <span>
#include <string>
#include <vector>

namespace filigree {

/// One user's ranking: the items, best first, which of them are relevant, and the total number of
/// relevant items of the user.
struct ranking {
  std::span<const index> items;
  std::span<const char> hit;
  index relevant = 0;
  index catalog = 0;  ///< total number of items

  /// Hits among the first k.
  [[nodiscard]] index hits(index k) const {
    const auto first = hit.begin();
    return static_cast<index>(std::count(first, first + k, char{1}));
  }
};

/// A ranking metric at a cutoff: `k`, `name()`, and a `tally` that is given each user once and
/// returns the result.
template <class M>
concept metric = std::copyable<M> && requires(const M& m, typename M::tally& t, const ranking& r) {
  { m.k } -> std::convertible_to<index>;
  { m.name() } -> std::convertible_to<std::string>;
  t.add(m, r);
  { t.result() } -> std::convertible_to<double>;
};

namespace detail {
/// Averages m.of(ranking) over users.
struct mean_tally {
  double sum = 0;
  offset users = 0;
  template <class M>
  void add(const M& m, const ranking& r) {
    sum += m.of(r);
    ++users;
  }
  /// Throws `range_error` if there are no users.
  [[nodiscard]] double result() const {
    expect_least("metric: users", users, 1);
    return sum / static_cast<double>(users);
  }
};
}  // namespace detail

/// Hits among the first k, divided by k.
struct precision_at {
  index k = 10;
  using tally = detail::mean_tally;
  [[nodiscard]] std::string name() const { return "precision@" + std::to_string(k); }
  [[nodiscard]] double of(const ranking& r) const { return static_cast<double>(r.hits(k)) / k; }
};

/// Hits among the first k, divided by the number of relevant items.
struct recall_at {
  index k = 20;
  using tally = detail::mean_tally;
  [[nodiscard]] std::string name() const { return "recall@" + std::to_string(k); }
  [[nodiscard]] double of(const ranking& r) const {
    return static_cast<double>(r.hits(k)) / r.relevant;
  }
};

/// Discounted gain, where a hit at rank r (from 1) counts 1 / log2(r + 1), divided by that of the
/// ideal ranking, which has min(k, relevant) hits at the top (Jarvelin and Kekalainen, 2002).
struct ndcg_at {
  index k = 20;
  using tally = detail::mean_tally;
  [[nodiscard]] std::string name() const { return "ndcg@" + std::to_string(k); }
  [[nodiscard]] double of(const ranking& r) const {
    double gain = 0, ideal = 0;
    for (index i = 0; i < k; ++i) {
      const double discount = 1 / std::log2(i + 2.0);
      if (r.hit[static_cast<std::size_t>(i)]) gain += discount;
      if (i < r.relevant) ideal += discount;
    }
    return gain / ideal;
  }
};

/// 1 if any of the first k is relevant, else 0.
struct hit_rate_at {
  index k = 10;
  using tally = detail::mean_tally;
  [[nodiscard]] std::string name() const { return "hit_rate@" + std::to_string(k); }
  [[nodiscard]] double of(const ranking& r) const { return r.hits(k) ? 1 : 0; }
};

/// One over the rank of the first hit, 0 if there is none among the first k.
struct mrr_at {
  index k = 10;
  using tally = detail::mean_tally;
  [[nodiscard]] std::string name() const { return "mrr@" + std::to_string(k); }
  [[nodiscard]] double of(const ranking& r) const {
    for (index i = 0; i < k; ++i)
      if (r.hit[static_cast<std::size_t>(i)]) return 1.0 / (i + 1);
    return 0;
  }
};

/// The share of the catalog that is among the first k of at least one user.
struct coverage_at {
  index k = 10;
  class tally {
   public:
    void add(const coverage_at& m, const ranking& r) {
      shown_.resize(static_cast<std::size_t>(r.catalog));
      for (index i = 0; i < m.k; ++i)
        if (const index id = r.items[static_cast<std::size_t>(i)]; id >= 0)
          shown_[static_cast<std::size_t>(id)] = 1;
    }
    [[nodiscard]] double result() const {
      detail::expect_least("coverage: items", std::ssize(shown_), 1);
      const auto shown = std::count(shown_.begin(), shown_.end(), char{1});
      return static_cast<double>(shown) / static_cast<double>(shown_.size());
    }

   private:
    std::vector<char> shown_;
  };
  [[nodiscard]] std::string name() const { return "coverage@" + std::to_string(k); }
};

}  // namespace filigree
