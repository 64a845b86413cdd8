// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/core/random.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/top_rows.hpp>

#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace filigree {

namespace {
/// The rows that stay of rows in groups.
template <class T, backend B>
std::vector<index> top_of(const B& on, const std::vector<index>& group, offset groups,
                          const std::vector<T>& score, float ratio) {
  std::vector<index> row(group.size());
  std::iota(row.begin(), row.end(), 0);
  const auto n = static_cast<offset>(row.size());
  const graph<B> members(on, {groups, n}, group, row);
  const matrix<T, B> s(on, std::span<const T>(score), {n, 1});
  return detail::fetch_all(on, top_rows(on, members, s, ratio).rows);
}
}  // namespace

TEMPLATE_TEST_CASE("the top rows of each group stay, of equal ones the lower, NaN last", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  const auto nan = std::numeric_limits<T>::quiet_NaN();
  // Group 0: rows 0 2 4 6 7, group 1: none, group 2: rows 1 3, group 3: row 5.
  const std::vector<index> group{0, 2, 0, 2, 0, 3, 0, 0};
  const std::vector<T> score{T(-1), T(-5), T(2), T(-4), T(2), nan, T(2), nan};
  using rows = std::vector<index>;
  CHECK(top_of(on, group, 4, score, 0.5f) == rows{2, 3, 4, 5, 6});
  CHECK(top_of(on, group, 4, score, 0.4f) == rows{2, 3, 4, 5});
  CHECK(top_of(on, group, 4, score, 0.8f) == rows{0, 1, 2, 3, 4, 5, 6});
  CHECK(top_of(on, group, 4, score, 1e-6f) == rows{2, 3, 5});
  CHECK(top_of(on, group, 4, score, 1) == rows{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(top_of(on, {0, 0, 0}, 1, std::vector<T>{T(-0.0), T(0), T(-1)}, 0.3f) == rows{0});
  CHECK(top_of(on, {}, 2, std::vector<T>{}, 0.5f).empty());
  // What was written counts, of which the float may be more or less.
  CHECK(top_of(on, rows(10, 0), 1, std::vector<T>(10, T(1)), 0.8f) == rows{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(top_of(on, rows(100, 0), 1, std::vector<T>(100, T(1)), 0.07f).size() == 7);
  CHECK(top_of(on, rows(100, 0), 2, std::vector<T>(100, T(1)), 1e-16f) == rows{0});
  CHECK(top_of(on, rows(100, 0), 2, std::vector<T>(100, T(1)), 1e-30f) == rows{0});
  CHECK(top_of(on, rows(100, 0), 1, std::vector<T>(100, T(1)), 0.0700001f).size() == 8);
}

TEST_CASE("as many scores, the same top rows as reference: <fast>") {
  std::vector<index> group;
  std::vector<float> score;
  for (std::uint64_t k = 0; k < 3000; ++k) {
    group.push_back(static_cast<index>(philox{5}.below(k, 40)));
    score.push_back(static_cast<float>(philox{6}.below(k, 50)) - 20);
  }
  CHECK(top_of(fast{}, group, 41, score, 0.37f) == top_of(reference{}, group, 41, score, 0.37f));
}

TEST_CASE("top_rows says what it expects") {
  const reference on;
  for (const float ratio : {0.0f, 1.5f, std::numeric_limits<float>::quiet_NaN()})
    CHECK_THROWS_WITH(top_of(on, {0}, 1, std::vector<float>{1}, ratio),
                      Catch::Contains("top_rows: ratio: expected above 0, at most 1, got "));
  const graph<reference> members(on, {1, 2}, std::vector<index>{0, 0}, std::vector<index>{0, 1});
  CHECK_THROWS_WITH(top_rows(on, members, matrix<float, reference>(on, {3, 1}), 0.5f),
                    "top_rows: rows of the scores: expected 2, got 3");
  CHECK_THROWS_WITH(top_rows(on, members, matrix<float, reference>(on, {2, 2}), 0.5f),
                    "top_rows: columns of the scores: expected 1, got 2");
  const graph<reference> some(on, {1, 2}, std::vector<index>{0}, std::vector<index>{0});
  CHECK_THROWS_WITH(top_rows(on, some, matrix<float, reference>(on, {2, 1}), 0.5f),
                    "top_rows: members of groups: expected 2, got 1");
}

}  // namespace filigree
