// SPDX-License-Identifier: Apache-2.0
#include <filigree/filigree.hpp>

#include <iostream>
#include <vector>

namespace fg = filigree;

/// Two circles of three users and three items, where everyone lacks one item of the circle's.
int main() {
  std::vector<fg::interaction> pairs, lacking;
  for (fg::index user = 0; user < 6; ++user)
    for (fg::index item = user / 3 * 3; item < user / 3 * 3 + 3; ++item)
      ((user + item) % 3 == 2 ? lacking : pairs).push_back({user, item});
  const fg::interactions train(pairs), held_out(lacking);

  fg::lightgcn<fg::cpu> model{train, {.dim = 8, .layers = 2}};
  fg::fit(model, fg::adam{.rate = 1e-2f}, {.epochs = 50, .batch = 8});

  const auto report = fg::evaluate(model, held_out, fg::recall_at{1});
  std::cout << report;
  return report["recall@1"] == 1 ? 0 : 1;
}
