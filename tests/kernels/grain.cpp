// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/elementwise.hpp>
#include <filigree/kernels/grain.hpp>
#include <filigree/kernels/spmm.hpp>

namespace filigree {

TEST_CASE("a kernel says how many of its calls are worth a thread, or works on an element") {
  CHECK(kernels::grain_of<kernels::spmm_row<float>> == 64);
  CHECK(kernels::grain_of<kernels::axpy<float>> == 8192);
}

}  // namespace filigree
