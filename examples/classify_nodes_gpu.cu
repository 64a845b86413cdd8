// SPDX-License-Identifier: Apache-2.0
#include "classify_nodes.hpp"
#include <filigree/cuda.cuh>

int main(int count, char** arguments) {
  return run_program("classify_nodes", [&] {
    return classify_nodes_main(count, arguments, [](int) { return fg::gpu(); });
  });
}
