// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/bpr.hpp>

#include <cmath>
#include <vector>

namespace filigree {

namespace {
/// The term of one triple whose user scores its positive and its negatives like this.
template <class T>
T term(T positive, const std::vector<T>& negatives, std::vector<T>& odds) {
  std::vector<T> x{1, positive};
  x.insert(x.end(), negatives.begin(), negatives.end());
  std::vector<index> local;
  for (std::size_t i = 0; i < x.size(); ++i) local.push_back(static_cast<index>(i));
  odds.assign(negatives.size(), T(-1));
  const kernels::bpr_term<T> kernel{{local.data(), 1, static_cast<offset>(negatives.size())},
                                    {x.data(), static_cast<offset>(x.size()), 1},
                                    odds.data()};
  return kernel(0);
}
}  // namespace

TEMPLATE_TEST_CASE("bpr_term is finite for huge scores", "", float, double) {
  using T = TestType;
  std::vector<T> odds;
  CHECK(term<T>(1e6, {-1e6}, odds) == 0);
  CHECK(odds[0] == 0);
  CHECK(term<T>(-1e6, {1e6}, odds) == T(2e6));
  CHECK(odds[0] == 1);
  CHECK(term<T>(0, {1e6, 1e6, -1e6}, odds) == Approx(1e6));
  CHECK(odds[0] == Approx(0.5));
  CHECK(odds[1] == Approx(0.5));
  CHECK(odds[2] == 0);
}

TEMPLATE_TEST_CASE("bpr_term keeps its precision where the order is right", "", float, double) {
  using T = TestType;
  std::vector<T> odds;
  CHECK(static_cast<double>(term<T>(30, {0}, odds)) == Approx(std::exp(-30.0)).epsilon(1e-5));
  CHECK(static_cast<double>(odds[0]) == Approx(std::exp(-30.0)).epsilon(1e-5));
  CHECK(static_cast<double>(term<T>(30, {0, 0}, odds)) ==
        Approx(2 * std::exp(-30.0)).epsilon(1e-5));
}

TEMPLATE_TEST_CASE("bpr_term does not depend on the order of the negatives", "", float, double) {
  using T = TestType;
  std::vector<T> odds;
  const double expected = std::log(1 + std::exp(1) + std::exp(-2) + std::exp(3));
  CHECK(static_cast<double>(term<T>(1, {2, -1, 4}, odds)) == Approx(expected));
  CHECK(static_cast<double>(odds[2]) == Approx(std::exp(3 - expected)));
  CHECK(static_cast<double>(term<T>(1, {4, 2, -1}, odds)) == Approx(expected));
  CHECK(static_cast<double>(odds[0]) == Approx(std::exp(3 - expected)));
}

}  // namespace filigree
