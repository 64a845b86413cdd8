// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/adam.hpp>
#include <filigree/kernels/sgd.hpp>

#include <limits>
#include <vector>

namespace filigree {

TEST_CASE("adam_step moves one element") {
  double p = 1, first = 0, second = 0;
  const double gradient = 2;
  const kernels::adam_step<double> kernel{&p,  &gradient, &first, &second, 0.25, 0.5,
                                          0.5, 2,         2,      2,       0.5};
  kernel(0);
  CHECK(p == 1 - 0.25 * (0.5 + 0.5));
  CHECK(first == 1);
  CHECK(second == 2);
}

TEST_CASE("masked_adam_step moves one element as its own steps count and leaves a masked one") {
  std::vector<double> p{1, 0.1}, first{0, 3}, second{0, 3}, w1{0, 0.75}, w2{0, 0.75};
  // What a masked element's gradient is does not matter.
  const std::vector<double> gradient{2, std::numeric_limits<double>::infinity()}, mask{1, 0};
  const kernels::masked_adam_step<double> kernel{p.data(),
                                                 gradient.data(),
                                                 first.data(),
                                                 second.data(),
                                                 w1.data(),
                                                 w2.data(),
                                                 mask.data(),
                                                 0.25,
                                                 0.5,
                                                 0.5,
                                                 2,
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
  CHECK(w1 == std::vector<double>{0.5, 0});
  CHECK(w2 == std::vector<double>{0.5, 0});
}

TEST_CASE("sgd_step without momentum needs no memory") {
  std::vector<double> p{1, 0.1};
  const std::vector<double> gradient{2, std::numeric_limits<double>::quiet_NaN()}, mask{1, 0};
  const kernels::sgd_step<double> kernel{p.data(), gradient.data(), nullptr, mask.data(), 0.25, 0,
                                         false};
  kernel(0);
  kernel(1);
  CHECK(p == std::vector<double>{0.5, 0.1});
}

}  // namespace filigree
