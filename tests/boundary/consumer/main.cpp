// SPDX-License-Identifier: Apache-2.0
#include <filigree/filigree.hpp>

#include <iostream>

namespace fg = filigree;

/// Two circles of friends, whose members share items: who lacks one of their circle's gets it.
int main() {
  const fg::interactions train({{0, 0},
                                {0, 1},
                                {1, 0},
                                {1, 1},
                                {1, 2},
                                {2, 1},
                                {2, 2},
                                {3, 3},
                                {3, 4},
                                {4, 3},
                                {4, 4},
                                {4, 5},
                                {5, 4},
                                {5, 5}});
  const fg::interactions held_out({{0, 2}, {2, 0}, {3, 5}, {5, 3}});

  fg::lightgcn<fg::cpu> model{train, {.dim = 8, .layers = 2}};
  fg::fit(model, fg::adam{.rate = 1e-2f}, {.epochs = 50, .batch = 8});

  const auto report = fg::evaluate(model, held_out, fg::recall_at{1});
  std::cout << report;
  return report["recall@1"] == 1 ? 0 : 1;
}
