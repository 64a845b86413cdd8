// SPDX-License-Identifier: Apache-2.0
// A layer with a pruned weight of 1024 x 1024, y = x W', on one thread, beside dense products.
//
//   bench_sparse_linear [--benchmark_filter=batch:256] [--benchmark_repetitions=5]
//
// The weight is pruned by magnitude for csr, by the norm of its blocks for block, within groups of
// columns for nm (2 of 5 at 60 %, 3 of 10, 1 of 5, 1 of 10, 1 of 20). ratio_to_openblas is how much
// faster than cblas_sgemm (cblas_sgemv for a batch of 1) with the dense weight, ratio_to_eigen how
// much faster than Eigen's product with it; both are measured beside it in the same run, before and
// after. An OpenBLAS that does not know the processor chooses kernels for an old one (the context
// says which): Eigen is the bar there. GFLOP/s counts two for each weight that is not pruned and
// each element of the batch.
#include "common.hpp"
#include <filigree/backend/generic/linear.hpp>
#include <filigree/tensor/block_csr.hpp>
#include <filigree/tensor/convert.hpp>
#include <filigree/tensor/n_of_m.hpp>

#include <Eigen/Core>
#include <cblas.h>
#include <cstdlib>
#include <unistd.h>  // execv

namespace {

namespace fg = filigree;
using dense = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using matrix = fg::matrix<float, fg::cpu>;

enum class implementation { openblas, eigen, csr, block, nm };
constexpr fg::offset size = 1024;

/// Standard normal numbers.
[[nodiscard]] dense normals(fg::offset rows, std::uint64_t stream) {
  dense m(rows, size);
  for (fg::offset i = 0; i < m.size(); ++i)
    m.data()[i] = static_cast<float>(fg::philox{3, stream}.normal(static_cast<std::uint64_t>(i)));
  return m;
}

/// Sets the share of blocks with the smallest norms to zero.
void prune(dense& w, fg::offset rows, fg::offset cols, int percent) {
  std::vector<std::pair<float, fg::offset>> norms;
  const fg::offset across = size / cols;
  const auto block = [&](fg::offset b) {
    return w.block(b / across * rows, b % across * cols, rows, cols);
  };
  for (fg::offset b = 0; b < size / rows * across; ++b)
    norms.emplace_back(block(b).squaredNorm(), b);
  std::ranges::sort(norms);
  for (std::size_t k = 0; k < norms.size() * static_cast<std::size_t>(percent) / 100; ++k)
    block(norms[k].second).setZero();
}

/// The n of m columns that a percentage of zeros leaves.
[[nodiscard]] std::pair<fg::offset, fg::offset> pattern_of(int percent) {
  switch (percent) {
    case 0:
      return {1, 1};
    case 60:
      return {2, 5};
    case 70:
      return {3, 10};
    default:
      return {1, 100 / (100 - percent)};
  }
}

/// Keeps the n largest of each m columns of a row.
void prune_groups(dense& w, fg::offset n, fg::offset m) {
  for (fg::offset r = 0; r < size; ++r)
    for (fg::offset c = 0; c < size; c += m) {
      std::vector<std::pair<float, fg::offset>> group;
      for (fg::offset j = c; j < std::min(size, c + m); ++j)
        group.emplace_back(-std::abs(w(r, j)), j);
      std::ranges::sort(group);
      for (std::size_t k = static_cast<std::size_t>(n); k < group.size(); ++k)
        w(r, group[k].second) = 0;
    }
}

struct setting {
  implementation which;
  fg::shape block;
  int percent;
  fg::offset batch;
};

void measure(benchmark::State& state, const setting& s) {
  const fg::cpu on{1};
  Eigen::setNbThreads(1);
  dense w = normals(size, 0);
  const auto [n, m] = pattern_of(s.percent);
  if (s.which == implementation::nm)
    prune_groups(w, n, m);
  else
    prune(w, s.block.rows, s.block.cols, s.percent);
  const dense x = normals(s.batch, 1);
  const dense expected = x * w.transpose();
  dense y(s.batch, size);
  const matrix weight(on, {w.data(), static_cast<std::size_t>(w.size())}, {size, size});
  const auto csr = fg::from_dense(on, weight);
  const fg::block_csr blocks(on, weight, s.block);
  fg::n_of_m<float, fg::cpu> groups;
  if (s.which == implementation::nm) groups = {on, weight, n, m};
  const fg::matrix_view<const float> from{x.data(), s.batch, size};
  const fg::matrix_view<float> to{y.data(), s.batch, size};

  const auto multiply = [&](implementation which) {
    switch (which) {
      case implementation::openblas:
        if (s.batch == 1)
          cblas_sgemv(CblasRowMajor, CblasNoTrans, size, size, 1, w.data(), size, x.data(), 1, 0,
                      y.data(), 1);
        else
          cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(s.batch), size,
                      size, 1, x.data(), size, w.data(), size, 0, y.data(), size);
        break;
      case implementation::eigen:
        y.noalias() = x * w.transpose();
        break;
      case implementation::csr:
        fg::linear_into(on,
                        fg::kernels::csr_linear<float>{csr.pattern(), csr.values().data, from, to});
        break;
      case implementation::block:
        fg::linear_into(on, fg::kernels::block_linear<float>{blocks.view(), from, to});
        break;
      case implementation::nm:
        fg::linear_into(on, fg::kernels::n_of_m_linear<float>{groups.view(), from, to});
        break;
    }
    benchmark::ClobberMemory();
  };
  for (const auto which : {implementation::openblas, s.which}) {
    y.setConstant(7);
    multiply(which);
    if (!((y - expected).cwiseAbs().maxCoeff() < 1e-3f))
      return state.SkipWithError("the result differs from Eigen's");
  }
  std::vector<double> own, openblas, eigen;
  const auto compare = [&] {
    for (int i = 0; i < 7; ++i) {
      openblas.push_back(bench::seconds_of([&] { multiply(implementation::openblas); }));
      eigen.push_back(bench::seconds_of([&] { multiply(implementation::eigen); }));
    }
  };
  compare();
  for (auto _ : state) own.push_back(bench::seconds_of([&] { multiply(s.which); }));
  compare();
  const double seconds = bench::median(own);
  const auto kept = static_cast<double>(csr.entries());
  state.counters["ms"] = seconds * 1e3;
  state.counters["ratio_to_openblas"] = bench::median(openblas) / seconds;
  state.counters["ratio_to_eigen"] = bench::median(eigen) / seconds;
  state.counters["GFLOP/s"] = 2 * kept * static_cast<double>(s.batch) / seconds / 1e9;
}

void add(const std::string& name, const setting& s) {
  benchmark::RegisterBenchmark(("sparse_linear/" + name + "/sparsity:" + std::to_string(s.percent) +
                                "/batch:" + std::to_string(s.batch))
                                   .c_str(),
                               [s](benchmark::State& state) { measure(state, s); })
      ->Unit(benchmark::kMillisecond);
}

}  // namespace

int main(int argc, char** argv) {
  // OpenBLAS reads this while it is loaded: only a new process measures its own choice.
  if (const char* const type = std::getenv("OPENBLAS_CORETYPE")) {
    std::cerr << "bench_sparse_linear: starts again without OPENBLAS_CORETYPE=" << type << '\n';
    ::unsetenv("OPENBLAS_CORETYPE");
    ::execv("/proc/self/exe", argv);
    std::cerr << "bench_sparse_linear: cannot start again\n";
    return 1;
  }
  openblas_set_num_threads(1);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext(
      "openblas", std::string(openblas_get_config()) + ", kernels for " + openblas_get_corename());
  using enum implementation;
  for (const fg::offset batch : {1, 16, 256}) {
    for (const int percent : {0, 60, 70, 80, 90, 95})
      for (const auto& [which, name] :
           {std::pair{openblas, "openblas"}, std::pair{eigen, "eigen"}, std::pair{csr, "csr"},
            std::pair{block, "block"}, std::pair{nm, "nm"}}) {
        fg::shape shape{1, 1};
        if (which == block) shape = {4, 1};
        add(name, {which, shape, percent, batch});
      }
    for (const fg::shape shape :
         {fg::shape{2, 1}, {8, 1}, {16, 1}, {1, 4}, {1, 8}, {4, 4}, {8, 8}, {16, 16}})
      for (const int percent : {0, 60, 90})
        add("block_" + std::to_string(shape.rows) + "x" + std::to_string(shape.cols),
            {block, shape, percent, batch});
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
