// SPDX-License-Identifier: Apache-2.0
#include "transfer.hpp"

int main(int count, char** arguments) {
  return run_program("transfer", [&] {
    return transfer_main(count, arguments, [](int threads) { return fg::cpu{threads}; });
  });
}
