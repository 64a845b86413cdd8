// SPDX-License-Identifier: Apache-2.0
#include "classify_graphs.hpp"
#include <filigree/cuda.cuh>

int main(int count, char** arguments) {
  return run_program("classify_graphs", [&] {
    return classify_graphs_main(count, arguments, [](int) { return fg::gpu(); });
  });
}
