// SPDX-License-Identifier: Apache-2.0
#include <filigree/filigree.hpp>

double other_unit();

double this_unit() {
  filigree::lightgcn<filigree::cpu> model{filigree::interactions({{0, 0}, {1, 1}}), {.dim = 4}};
  return filigree::fit(model, filigree::adam{}, {.epochs = 1}).loss;
}

int main() { return this_unit() == other_unit() ? 0 : 1; }
