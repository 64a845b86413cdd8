// SPDX-License-Identifier: Apache-2.0
// The 20 best items for every user, what the user has left out: LightGCN's first embeddings, 64
// dimensions.
//
//   bench_rank [--graph FILE] [--benchmark_repetitions=5]
//
// ratio_to_gemm is its time over that of the dense products alone: each thread takes 512 users at a
// time and multiplies them by tiles of 512 items with Eigen, into a tile of scores that it keeps
// and nobody reads. gemm_gflops is the speed of that. peak_mb is the most memory the process has
// held.
#include "common.hpp"
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/train/rank.hpp>

#include <Eigen/Core>
#include <fstream>
#include <map>
#include <memory>
#include <numeric>

namespace {

namespace fg = filigree;
constexpr fg::index dim = 64, users_at_once = 512, items_at_once = 512;

/// All scores, tile by tile, and nothing else.
[[nodiscard]] double gemm_seconds(const fg::interactions& data, fg::cpu on) {
  using dense = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  static const auto z = bench::random_matrix(on, {fg::offset{data.users()} + data.items(), dim});
  const Eigen::Map<const dense> users(z.data(), data.users(), dim),
      items(z.view().row(data.users()), data.items(), dim);
  return bench::seconds_of([&] {
    on.in_chunks(data.users(), users_at_once, [&](fg::offset first, fg::offset last) {
      const fg::detail::one_thread guard;
      thread_local dense scores(users_at_once, items_at_once);
      for (fg::offset at = 0; at < items.rows(); at += items_at_once) {
        const auto width = std::min<fg::offset>(items_at_once, items.rows() - at);
        scores.topLeftCorner(last - first, width).noalias() =
            users.middleRows(first, last - first) * items.middleRows(at, width).transpose();
        benchmark::DoNotOptimize(scores.data());
      }
    });
  });
}

/// Most memory this process has held so far, in MB; 0 where the system does not tell.
[[nodiscard]] double peak_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (double kilobytes; word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024 / 1e6;
  return 0;
}

void measure(benchmark::State& state, const fg::interactions& data, int threads) {
  static std::map<int, std::unique_ptr<fg::lightgcn<fg::cpu>>> kept;
  auto& model = kept[threads];
  const fg::cpu on{threads};
  if (!model) {
    model = std::make_unique<fg::lightgcn<fg::cpu>>(data, fg::lightgcn_options{.dim = dim},
                                                    fg::fixed_edges{}, on);
    (void)fg::recommend(*model, fg::user{0}, 1);  // propagates, once
  }
  std::vector<fg::index> users(static_cast<std::size_t>(data.users()));
  std::iota(users.begin(), users.end(), 0);
  std::vector<double> gemm, ranking;
  const auto compare = [&] {
    for (int i = 0; i < 3; ++i) gemm.push_back(gemm_seconds(data, on));
  };
  compare();
  for (auto _ : state)
    ranking.push_back(bench::seconds_of([&] {
      fg::offset sum = 0;
      fg::rank(*model, users, 20, [&](fg::index, auto items, auto) { sum += items[0]; });
      benchmark::DoNotOptimize(sum);
    }));
  compare();
  const double products = bench::median(gemm);
  state.counters["ratio_to_gemm"] = bench::median(ranking) / products;
  state.counters["gemm_ms"] = 1e3 * products;
  state.counters["gemm_gflops"] = 2e-9 * data.users() * data.items() * dim / products;
  state.counters["peak_mb"] = peak_mb();
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const fg::interactions& data) {
    const auto kept = std::make_shared<fg::interactions>(data);
    for (const int threads : {1, 2})
      benchmark::RegisterBenchmark(
          ("rank/top20/threads:" + std::to_string(threads)).c_str(),
          [kept, threads](benchmark::State& state) { measure(state, *kept, threads); })
          ->Unit(benchmark::kMillisecond);
  });
}
