// SPDX-License-Identifier: Apache-2.0
#include <filigree/data/npz.hpp>
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

  const fg::cpu on;
  const std::vector<fg::index> row{0, 1, 1}, column{2, 0, 1};
  const std::vector<float> value{1, 2, 3};
  const auto a = fg::csr<float, fg::cpu>::from_entries(on, {2, 3}, row, column, value);
  fg::write_npz(on, "a.npz", a);
  return report["recall@1"] == 1 && fg::read_npz<float>(on, "a.npz").entries() == 3 ? 0 : 1;
}
