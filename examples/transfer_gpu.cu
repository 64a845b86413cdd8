// SPDX-License-Identifier: Apache-2.0
#include "transfer.hpp"
#include <filigree/cuda.cuh>

int main(int count, char** arguments) {
  return run_program(
      "transfer", [&] { return transfer_main(count, arguments, [](int) { return fg::gpu(); }); });
}
