// SPDX-License-Identifier: Apache-2.0
#include <filigree/cuda.cuh>

#include <cerrno>
#include <iostream>
#include <system_error>

namespace fg = filigree;

int main(int count, char** arguments) try {
  if (count != 2) throw fg::error("usage: hello_gpu FILE (lines `user item item ...`)");
  const auto [train, held_out] =
      fg::split(fg::load_interactions(arguments[1]), fg::leave_out{.share = 0.2f});

  using recommender = fg::lightgcn<fg::gpu, fg::fixed_edges>;
  recommender model{train, {.dim = 64, .layers = 2, .l2 = 1e-3f}};

  fg::fit(model, fg::adam{.rate = 5e-3f}, {.epochs = 5, .batch = 1024}, fg::progress_bar{});

  std::cout << fg::evaluate(model, held_out, fg::recall_at{20}, fg::ndcg_at{20},
                            fg::coverage_at{20});
  if (!std::cout.flush())
    throw fg::file_error("standard output: cannot be written: " +
                         std::generic_category().message(errno));
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
