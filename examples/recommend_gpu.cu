// SPDX-License-Identifier: Apache-2.0
#include "recommend.hpp"
#include <filigree/cuda.cuh>

int main(int count, char** arguments) {
  return run_program(
      "recommend", [&] { return recommend_main(count, arguments, [](int) { return fg::gpu(); }); });
}
