// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/nn/conv/batch_norm.hpp>

#include <span>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("a batch of one row, or of none, leaves the running statistics as they are", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  detail::batch_norm_part<T, B> norm(on, 1, 0.9);
  const auto column = [&](const std::vector<T>& x) {
    return matrix<T, B>(on, std::span<const T>(x), {static_cast<offset>(x.size()), 1});
  };
  const auto learn = [&](const std::vector<T>& x) {
    tape<T, B> r(on);
    const auto y = r.value(norm.apply(r, r.constant(column(x)))).to_host(on);
    move_averages(on, norm);
    return y;
  };
  const auto memory = [&] {
    std::vector<T> all;
    for_each_buffer(norm, [&](const std::string&, const matrix<T, B>& m) {
      all.push_back(m.to_host(on).front());
    });
    return all;
  };
  for (int step = 0; step < 200; ++step) (void)learn({8, 12});  // mean 10, variance 8
  const auto before = memory();
  CHECK(static_cast<double>(before[0]) == Approx(10));
  CHECK(static_cast<double>(before[1]) == Approx(8));
  for (int step = 0; step < 30; ++step) {
    CHECK(learn({10}) == std::vector<T>{0});  // its own mean, so that the shift is left
    CHECK(learn({}).empty());
  }
  CHECK(memory() == before);
  eager<T, B> r(on);
  const auto y = r.value(norm.apply(r, r.constant(column({12})))).to_host(on);
  CHECK(static_cast<double>(y.front()) == Approx(0.7071).epsilon(1e-3));
}

}  // namespace filigree
