// SPDX-License-Identifier: Apache-2.0
// Sparse times dense: one propagation of d features over the normalized adjacency of a graph.
//
//   bench_spmm [--graph FILE] [--benchmark_repetitions=5]
//
// GB/s counts what must be gathered and written: entries * (4 d + 8) + rows * 4 d bytes.
// ratio_to_limit compares it with the machine's bandwidth for reading in order, ratio_to_eigen the
// time with that of `y.noalias() = a * x`, Eigen's fastest; both are measured beside it with as
// many threads. The implementation eigen_assign is `y = a * x`, which takes a detour over a
// temporary; bf16 reads and writes features of half the size (2 d instead of 4 d bytes), and
// ratio_to_float compares it with filigree's product of floats.
#include "common.hpp"
#include <filigree/backend/generic/spmm.hpp>
#include <filigree/backend/reference.hpp>
#include <filigree/core/bf16.hpp>

#include <Eigen/Sparse>
#include <algorithm>
#include <memory>
#include <optional>

namespace {

namespace fg = filigree;
using dense = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

enum class implementation { filigree, bf16, reference, eigen, eigen_assign };

/// The same adjacency for all; Eigen's lives where Eigen allocates.
struct problem {
  explicit problem(const fg::interactions& data) : ours(fg::cpu{}, data) {
    const auto a = ours.graph.forward();
    eigen.resize(a.rows, a.cols);
    eigen.resizeNonZeros(a.entries);
    std::copy_n(a.row_begin, a.rows + 1, eigen.outerIndexPtr());
    std::copy_n(a.neighbor, a.entries, eigen.innerIndexPtr());
    std::copy_n(ours.weight.data(), a.entries, eigen.valuePtr());
  }
  bench::adjacency ours;
  Eigen::SparseMatrix<float, Eigen::RowMajor, int> eigen;
};

/// Features of one width, and room for the results.
struct features {
  features(const problem& p, fg::offset d)
      : x(bench::random_matrix({}, {p.eigen.cols(), d})),
        y(fg::cpu{}, x.shape()),
        narrow_x(fg::cpu{}, x.shape()),
        narrow_y(fg::cpu{}, x.shape()),
        eigen_x(Eigen::Map<const dense>(x.data(), x.rows(), d)),
        eigen_y(x.rows(), d) {
    std::transform(x.data(), x.data() + x.size(), narrow_x.data(),
                   [](float v) { return fg::bf16(v); });
  }
  fg::matrix<float, fg::cpu> x, y;
  fg::matrix<fg::bf16, fg::cpu> narrow_x, narrow_y;
  dense eigen_x, eigen_y;
};

/// One product.
void multiply(const problem& p, features& f, implementation which, int threads) {
  const fg::kernels::spmm_row<float> ours{.a = p.ours.graph.forward(),
                                          .weight = p.ours.weight.data(),
                                          .x = std::as_const(f.x).view(),
                                          .y = f.y.view()};
  switch (which) {
    case implementation::filigree:
      fg::spmm_into(fg::cpu{threads}, ours);
      break;
    case implementation::bf16:
      fg::spmm_into(fg::cpu{threads}, fg::kernels::spmm_row<float, fg::bf16, fg::bf16>{
                                          .a = ours.a,
                                          .weight = ours.weight,
                                          .x = std::as_const(f.narrow_x).view(),
                                          .y = f.narrow_y.view()});
      break;
    case implementation::reference:
      fg::spmm_into(fg::reference{}, ours);
      break;
    case implementation::eigen:
      Eigen::setNbThreads(threads);
      f.eigen_y.noalias() = p.eigen * f.eigen_x;
      break;
    case implementation::eigen_assign:
      Eigen::setNbThreads(threads);
      f.eigen_y = p.eigen * f.eigen_x;
      break;
  }
  benchmark::ClobberMemory();
}

void measure(benchmark::State& state, const problem& p, implementation which, fg::offset d,
             int threads) {
  static std::optional<features> kept;  // of the width at hand
  if (!kept || kept->x.cols() != d) kept.emplace(p, d);
  auto& f = *kept;
  const auto time = [&](implementation i) {
    return bench::seconds_of([&] { multiply(p, f, i, threads); });
  };
  (void)time(which);
  std::vector<double> own, eigen, whole;
  const bool narrow = which == implementation::bf16;
  const auto compare = [&] {
    for (int i = 0; i < 3; ++i) eigen.push_back(time(implementation::eigen));
  };
  compare();
  for (auto _ : state) {
    own.push_back(time(which));
    if (narrow) whole.push_back(time(implementation::filigree));
  }
  compare();
  if (narrow) std::copy_n(f.narrow_y.data(), f.y.size(), f.y.data());
  const double apart = static_cast<double>(
      (f.eigen_y - Eigen::Map<dense>(f.y.data(), f.y.rows(), d)).cwiseAbs().maxCoeff());
  const double within = narrow ? 0.05 : 1e-4;
  if (which <= implementation::reference && !(apart < within))
    return state.SkipWithError("the result differs from Eigen's");
  const auto entries = static_cast<double>(p.ours.graph.edges());
  const auto row = (narrow ? 2 : 4) * static_cast<double>(d);
  const double bytes = entries * (row + 8) + static_cast<double>(f.y.rows()) * row;
  const double seconds = bench::median(own);
  state.counters["GB/s"] = bytes / seconds / 1e9;
  state.counters["ratio_to_limit"] = bytes / seconds / bench::read_bandwidth(fg::cpu{threads});
  state.counters["ratio_to_eigen"] = seconds / bench::median(eigen);
  if (narrow) state.counters["ratio_to_float"] = seconds / bench::median(whole);
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const fg::interactions& data) {
    const auto p = std::make_shared<problem>(data);
    for (const int threads : {1, 2})
      benchmark::RegisterBenchmark(("bandwidth/read/threads:" + std::to_string(threads)).c_str(),
                                   [threads](benchmark::State& state) {
                                     double rate = 0;
                                     for (auto _ : state)
                                       rate = bench::read_bandwidth(fg::cpu{threads});
                                     state.counters["GB/s"] = rate / 1e9;
                                   })
          ->Unit(benchmark::kMillisecond);
    using enum implementation;
    for (const int d : {16, 32, 64, 128, 256})
      for (const auto& [which, name] :
           {std::pair{eigen, "eigen"}, std::pair{eigen_assign, "eigen_assign"},
            std::pair{filigree, "filigree"}, std::pair{bf16, "bf16"},
            std::pair{reference, "reference"}})
        for (const int threads : {1, 2}) {
          if (which == reference && threads > 1) continue;  // it is serial
          benchmark::RegisterBenchmark((std::string("spmm/") + name + "/d:" + std::to_string(d) +
                                        "/threads:" + std::to_string(threads))
                                           .c_str(),
                                       [p, which = which, d, threads](benchmark::State& state) {
                                         measure(state, *p, which, d, threads);
                                       })
              ->Unit(benchmark::kMillisecond);
        }
  });
}
