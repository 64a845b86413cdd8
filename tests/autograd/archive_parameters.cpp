// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "expression.hpp"
#include "temporary_file.hpp"
#include <filigree/autograd/archive_parameters.hpp>

#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("a parameter comes back with its mask, slots and counts", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  parameter p(drawn<T>(on, {{1, 2}}));
  p.mask = drawn<T>(on, {{1, 0}});
  p.slot(on, "adam.first") = drawn<T>(on, {{3, 4}});
  p.counts = {{"adam.steps", 5}, {"own.count", 6}};
  p.frozen = true;
  const temporary_file file;
  archive_writer out;
  detail::put_parameter(out, on, "p", p, true);
  out.save(file.path());
  const auto q = detail::get_parameter<T>(archive_reader(file.path()), on, "p", {1, 2}, true);
  CHECK(q.value.to_host(on) == std::vector<T>{1, 2});
  CHECK(q.mask.to_host(on) == std::vector<T>{1, 0});
  CHECK(q.slots.at("adam.first").to_host(on) == std::vector<T>{3, 4});
  CHECK(q.counts == p.counts);
  CHECK(q.frozen);
}

}  // namespace filigree
