// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"

#include <string>
#include <vector>

namespace filigree {

TEST_CASE("every operation agrees with differences, with reference and with any threads") {
  const std::vector<std::string> operations{
#define OPERATION(name) #name,
#include "operations.inc"
#undef OPERATION
  };
  REQUIRE(operations.size() > 15);
  for (const auto& name : operations) {
    INFO(name);
    CHECK(complaint(name, registered_checks()) == "");
  }
}

TEST_CASE("an operation without a check is named") {
  const operation_checks checks{
      {"no_gradient", [] { return operation_report{.gradients = 0, .elements = 3}; }},
      {"no_reference", [] { return operation_report{.gradients = 3, .elements = 0}; }},
      {"complete", [] { return operation_report{.gradients = 3, .elements = 3}; }}};
  CHECK(complaint("forgotten", checks) == "forgotten: expected an OPERATION_CHECK, got none");
  CHECK(complaint("no_gradient", checks) == "no_gradient: expected gradients compared, got 0");
  CHECK(complaint("no_reference", checks) ==
        "no_reference: expected elements compared with reference, got 0");
  CHECK(complaint("complete", checks) == "");
}

}  // namespace filigree
