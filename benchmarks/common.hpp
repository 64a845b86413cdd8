// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu.hpp>
#include <filigree/core/random.hpp>
#include <filigree/data/load_interactions.hpp>
#include <filigree/kernels/degree_weights.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>

#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>
#include <iostream>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

/// What the benchmarks share: the graph they run on, clocks, and the machine's limit.
namespace bench {

namespace fg = filigree;

/// Runs work() and returns the seconds it took.
template <class Work>
[[nodiscard]] double seconds_of(Work&& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

[[nodiscard]] inline double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Who took what, drawn at random to resemble Gowalla: 29,858 users, 40,981 items, about 750,000
/// interactions, both sides with power-law degrees.
[[nodiscard]] inline fg::interactions power_law() {
  constexpr fg::index users = 29858, items = 40981, fewest = 8, most = 800;
  const fg::philox random{1, 0};
  std::uint64_t counter = 0;
  std::vector<fg::interaction> pairs;
  std::unordered_set<fg::index> taken;
  for (fg::index u = 0; u < users; ++u) {
    const double wanted = fewest * std::pow(1 - random.uniform(counter++), -1 / 1.36);
    const auto count = static_cast<std::size_t>(std::min<double>(most, wanted));
    taken.clear();
    while (taken.size() < count) {
      const double rank = items * std::pow(random.uniform(counter++), 1.7);
      // Popular items get ids from all over the range.
      const auto i = static_cast<fg::index>(static_cast<fg::offset>(rank) * 7919 % items);
      if (taken.insert(i).second) pairs.push_back({u, i});
    }
  }
  return fg::interactions(std::move(pairs), users, items);
}

/// The interactions of a file in LightGCN's form; of `power_law` where the path is empty.
[[nodiscard]] inline fg::interactions interactions_of(const std::string& path) {
  auto data = path.empty() ? power_law() : fg::load_interactions(path);
  benchmark::AddCustomContext("graph", (path.empty() ? "power law" : path) + ", " +
                                           std::to_string(data.users()) + " users x " +
                                           std::to_string(data.items()) + " items, " +
                                           std::to_string(data.size()) + " interactions");
  return data;
}

/// The symmetrically normalized adjacency over users, then items.
struct adjacency {
  adjacency(const fg::cpu& on, const fg::interactions& data) {
    std::vector<fg::index> a, b;
    for (const auto& p : data.pairs()) {
      a.push_back(p.user);
      b.push_back(data.users() + p.item);
    }
    graph = fg::graph<fg::cpu>::undirected(on, fg::offset{data.users()} + data.items(), a, b);
    weight = fg::matrix<float, fg::cpu>(on, {graph.edges(), 1});
    on.for_each(graph.rows(), fg::kernels::degree_weights<float>{
                                  graph.forward(), graph.backward().row_begin, weight.data()});
  }
  fg::graph<fg::cpu> graph;
  fg::matrix<float, fg::cpu> weight;
};

/// A matrix of uniform numbers in [-1/2, 1/2).
[[nodiscard]] inline fg::matrix<float, fg::cpu> random_matrix(const fg::cpu& on, fg::shape s) {
  struct fill {
    float* out;
    void operator()(fg::offset i) const {
      out[i] = static_cast<float>(fg::philox{2, 0}.uniform(static_cast<std::uint64_t>(i)) - 0.5);
    }
  };
  fg::matrix<float, fg::cpu> m(on, s);
  on.for_each(m.size(), fill{m.data()});
  return m;
}

/// Bytes per second that `on` can read in order: sums 64 MiB, more than the caches of its cores
/// hold, on huge pages; the median of several passes.
[[nodiscard]] inline double read_bandwidth(const fg::cpu& on) {
  constexpr fg::offset size = fg::offset{1} << 24, piece = fg::offset{1} << 16;
  static const auto buffer = on.zeros<float>(size);
  std::vector<double> seconds;
  for (int pass = 0; pass < 7; ++pass)
    seconds.push_back(seconds_of([&] {
      on.in_chunks(size, piece, [](fg::offset first, fg::offset last) {
        constexpr fg::offset width = 128;  // eight registers of sixteen floats
        std::array<float, width> lane{};
        for (fg::offset i = first; i < last; i += width)
          for (fg::offset l = 0; l < width; ++l)
            lane[static_cast<std::size_t>(l)] += buffer.data()[i + l];
        benchmark::DoNotOptimize(lane);
      });
    }));
  return static_cast<double>(size * 4) / median(seconds);
}

/// Takes `--graph FILE` out of the arguments, lets `add` register benchmarks on its interactions,
/// and runs them.
template <class Add>
int run(int argc, char** argv, Add&& add) {
  std::string path;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--graph" && i + 1 < argc)
      path = argv[++i];
    else if (argument.starts_with("--graph="))
      path = argument.substr(8);
    else
      argv[kept++] = argv[i];
  }
  argc = kept;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  try {
    add(interactions_of(path));
    benchmark::RunSpecifiedBenchmarks();
  } catch (const fg::error& e) {
    std::cerr << e.what() << '\n';
    return 1;
  }
  benchmark::Shutdown();
  return 0;
}

}  // namespace bench
