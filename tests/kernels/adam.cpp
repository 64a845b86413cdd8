// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/adam.hpp>
#include <filigree/kernels/sgd.hpp>

#include <vector>

namespace filigree {

TEST_CASE("adam_step moves one element and leaves a masked one") {
  std::vector<double> p{1, 0.1}, first{0, 3}, second{0, 3};
  const std::vector<double> gradient{2, 2}, mask{1, 0};
  const kernels::adam_step<double> kernel{
      p.data(), gradient.data(), first.data(), second.data(), mask.data(), 0.25, 0.5, 0.5, 2, 2, 2,
      0.5};
  kernel(0);
  // The mean 2 * 1 by the root of 2 * 2 plus epsilon 2, and half of p as decay.
  CHECK(p[0] == 1 - 0.25 * (0.5 + 0.5));
  CHECK(first[0] == 1);
  CHECK(second[0] == 2);
  kernel(1);
  CHECK(p[1] == 0.1);
  CHECK(first[1] == 0);
  CHECK(second[1] == 0);
}

TEST_CASE("sgd_step without momentum needs no memory") {
  std::vector<double> p{1, 0.1};
  const std::vector<double> gradient{2, 2}, mask{1, 0};
  const kernels::sgd_step<double> kernel{p.data(), gradient.data(), nullptr, mask.data(), 0.25, 0,
                                         false};
  kernel(0);
  kernel(1);
  CHECK(p == std::vector<double>{0.5, 0.1});
}

}  // namespace filigree
