// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/backend/generic/inverse.hpp>
#include <filigree/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace fg = filigree;

namespace {
/// Symmetric and positive definite: a diagonal that outweighs its row, row by row in `host`.
template <class T>
std::vector<T> definite(fg::offset n) {
  std::vector<T> a(static_cast<std::size_t>(n * n));
  for (fg::offset i = 0; i < n; ++i)
    for (fg::offset j = 0; j <= i; ++j) {
      const auto x = static_cast<T>(fg::philox{3}.normal(static_cast<std::uint64_t>(i * n + j)));
      a[static_cast<std::size_t>(i * n + j)] = a[static_cast<std::size_t>(j * n + i)] =
          i == j ? std::abs(x) + static_cast<T>(n) : x;
    }
  return a;
}

template <class T, class B>
std::vector<T> inverse(const B& on, const std::vector<T>& host, fg::offset n) {
  auto a = on.upload(std::span(host));
  auto x = on.template allocate<T>(n * n);
  fg::inverse_spd_into(on, fg::matrix_view<T>{x.data(), n, n}, fg::matrix_view<T>{a.data(), n, n});
  std::vector<T> out(host.size());
  on.download(x, std::span<T>(out));
  return out;
}
}  // namespace

TEMPLATE_TEST_CASE("a matrix times its inverse is the identity", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  for (const fg::offset n : {0, 1, 2, 63, 64, 65, 128, 129, 300}) {
    const auto a = definite<T>(n), x = inverse(on, a, n);
    double worst = 0;
    for (fg::offset i = 0; i < n; ++i)
      for (fg::offset j = 0; j < n; ++j) {
        double sum = i == j ? -1 : 0;
        for (fg::offset k = 0; k < n; ++k)
          sum += static_cast<double>(a[static_cast<std::size_t>(i * n + k)]) *
                 static_cast<double>(x[static_cast<std::size_t>(k * n + j)]);
        worst = std::max(worst, std::abs(sum));
      }
    INFO(n);
    CHECK(worst < (sizeof(T) == 4 ? 2e-5 : 1e-12));
  }
}

TEST_CASE("an inverse has the same bits with one thread and with two") {
  const auto a = definite<float>(700);
  CHECK(inverse(fg::cpu{1}, a, 700) == inverse(fg::cpu{2}, a, 700));
}

// [ 4 2 ]     pivots 4, 1 - 2 * 2 / 4 = 0
// [ 2 1 ]
TEMPLATE_TEST_CASE("a matrix that is not positive definite is refused", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  CHECK_THROWS_WITH(inverse(on, std::vector<T>{4, 2, 2, 1}, 2),
                    "inverse_spd: pivot 1: expected above 0, got 0.000000 (the matrix is not "
                    "positive definite)");
  CHECK_THROWS_WITH(inverse(on, std::vector<T>{-4, 0, 0, 1}, 2),
                    "inverse_spd: pivot 0: expected above 0, got -4.000000 (the matrix is not "
                    "positive definite)");
  CHECK_THROWS_WITH(inverse(on, std::vector<T>{1, 0, 0, static_cast<T>(NAN)}, 2),
                    Catch::Contains("inverse_spd: pivot 1: expected above 0, got nan") ||
                        Catch::Contains("got -nan"));
}

TEMPLATE_TEST_CASE("an inverse wants square matrices of one size", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  std::vector<T> m(6);
  const fg::matrix_view<T> wide{m.data(), 2, 3}, square{m.data(), 2, 2}, one{m.data(), 1, 2};
  CHECK_THROWS_WITH(fg::inverse_spd_into(on, square, wide),
                    "inverse_spd: columns: expected 2, got 3");
  CHECK_THROWS_WITH(fg::inverse_spd_into(on, one, square),
                    "inverse_spd: rows of the inverse: expected 2, got 1");
  CHECK_THROWS_WITH(fg::inverse_spd_into(on, wide, square),
                    "inverse_spd: columns of the inverse: expected 2, got 3");
}
