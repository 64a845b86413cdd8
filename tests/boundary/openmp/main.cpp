// SPDX-License-Identifier: Apache-2.0
// Prints the scores of a trained model, bit for bit: the same with OpenMP and without, and with any
// number of threads in one process.
#include <filigree/filigree.hpp>

#include <iostream>
#include <vector>

namespace fg = filigree;

namespace {
using recommender = fg::lightgcn<fg::cpu, fg::fixed_edges>;

/// 2000 users with 8 of 3000 items each.
fg::interactions many() {
  std::vector<fg::interaction> pairs;
  for (fg::index user = 0; user < 2000; ++user)
    for (fg::index k = 0; k < 8; ++k) pairs.push_back({user, (user * 7 + k * k * 31) % 3000});
  return fg::interactions(pairs, 2000, 3000);
}

/// Trains in turns with another model, which has another number of threads.
void train(recommender& first, recommender& second) {
  for (int turn = 0; turn < 2; ++turn)
    for (auto* model : {&first, &second})
      fg::fit(*model, fg::adam{.rate = 5e-3f}, {.epochs = 1, .batch = 1024});
}

void print(const recommender& model) {
  for (fg::index user = 0; user < 2000; user += 50)
    for (const auto& [item, score] : fg::recommend(model, fg::user{user}, 10))
      std::cout << static_cast<fg::index>(item) << ' ' << score << '\n';
}
}  // namespace

int main() {
  std::cout << std::hexfloat;
  recommender one{many(), {.dim = 32, .layers = 2}, {}, fg::cpu{.threads = 1}};
  recommender three{many(), {.dim = 32, .layers = 2}, {}, fg::cpu{.threads = 3}};
  train(one, three);
  print(one);
  print(three);
}
