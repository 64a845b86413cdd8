// SPDX-License-Identifier: Apache-2.0
#include "recommend.hpp"

int main(int count, char** arguments) {
  return run_program("recommend", [&] {
    return recommend_main(count, arguments, [](int threads) { return fg::cpu{threads}; });
  });
}
