// SPDX-License-Identifier: Apache-2.0
#include "classify_nodes.hpp"

int main(int count, char** arguments) {
  return run_program("classify_nodes", [&] {
    return classify_nodes_main(count, arguments, [](int threads) { return fg::cpu{threads}; });
  });
}
