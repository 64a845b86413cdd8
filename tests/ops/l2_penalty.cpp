// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/l2_penalty.hpp>

#include <span>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("l2_penalty is half the squared length, by the occurrences of a row", "",
                   EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 0}}), dy = s.drawn({{10}});
  check_close(s.forward(l2_penalty{.by = 2}, x), {14});
  check_close(s.backward(l2_penalty{.by = 2}, dy, x)[0], {20, 40, 60, 0});
  const std::vector<offset> host{0, 2, 3};
  const auto begin = s.on.upload(std::span(host));
  const l2_penalty often{.by = 2, .occurrences = begin.data()};
  check_close(s.forward(often, x), {19});
  check_close(s.backward(often, dy, x)[0], {40, 80, 60, 0});
}

OPERATION_CHECK(l2_penalty) {
  return check_operation([](auto& run) {
    const offset n = run.choose(4, 300);
    run(l2_penalty{.by = 0.7}, shape{n, run.choose(3, 70)});
    std::vector<offset> host{0};
    for (offset r = 0; r < n; ++r) host.push_back(host.back() + r % 3);
    const auto begin = run.on().upload(std::span(host));
    run(l2_penalty{.by = 0.7, .occurrences = begin.data()}, shape{n, run.choose(3, 70)});
  });
}

}  // namespace filigree
