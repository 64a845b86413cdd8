// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "expression.hpp"
#include <filigree/autograd/parameter.hpp>

#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("a slot of a parameter is zeros of its shape, and stays", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  parameter p(drawn<T>(on, {{1, 2}, {3, 4}, {5, 6}}));
  auto& slot = p.slot(on, "first");
  CHECK(slot.shape() == shape{3, 2});
  CHECK(slot.to_host(on) == std::vector<T>(6, T(0)));
  slot = drawn<T>(on, {{1, 2}, {3, 4}, {5, 6}});
  CHECK(p.slot(on, "first").to_host(on)[5] == 6);
  CHECK(p.slot(on, "second").to_host(on)[5] == 0);
  CHECK(p.slots.size() == 2);
}

TEMPLATE_TEST_CASE("a slot begins anew when the parameter changes its shape", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  parameter p(drawn<T>(on, {{1, 2}, {3, 4}}));
  p.slot(on, "first") = drawn<T>(on, {{1, 2}, {3, 4}});
  p.value = drawn<T>(on, {{1, 2}});
  CHECK(p.slot(on, "first").to_host(on) == std::vector<T>(2, T(0)));
}

}  // namespace filigree
