// SPDX-License-Identifier: Apache-2.0
// Sparsify's network at inference: its accuracy, size and latency.
#pragma once
#include "sparsify_task.hpp"
#include "stopwatch.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

/// best[r] = the column of the highest of row r's scores, the first among equals
struct best_column {
  static constexpr fg::offset grain = 64;
  fg::matrix_view<const float> score;
  fg::index* best;

  void operator()(fg::offset r) const {
    const float* const row = score.row(r);
    best[r] = static_cast<fg::index>(std::max_element(row, row + score.cols) - row);
  }
};

/// An inference-only network with its weights in one format. With the automatic format, neurons
/// that have no effect are removed; with the others, they are kept.
class served {
 public:
  served(const settings& s, const labeler& n, fg::weight_format format, fg::crossover& kept,
         const fg::cpu& on)
      : first_(fg::eager<float, fg::cpu>(on).leaf(n.first)) {
    std::vector<fg::dense_layer<float, fg::cpu>> layers;
    for (std::size_t k = 0; k < n.weight.size(); ++k)
      layers.push_back({*fg::eager<float, fg::cpu>(on).leaf(n.weight[k]), n.bias[k].value});
    if (format == fg::weight_format::automatic)
      layers = fg::drop_dead_neurons(on, std::move(layers), fg::relu{}).layers;
    const bool groups = s.structure == "n_of_m";
    for (auto& [weight, bias] : layers)
      layer_.emplace_back(
          on, weight, std::move(bias),
          fg::sparse_linear_options{
              .format = format, .batch = s.batch, .m = groups ? 20 : 0, .kept = &kept});
  }

  /// The class of each document.
  void classify(const fg::cpu& on, const document_batch& batch, std::span<fg::index> best) const {
    matrix h(on, {batch.pattern.rows(), first_->cols()});
    fg::spmm_into(on, fg::kernels::spmm_row<float>{.a = batch.pattern.forward(),
                                                   .weight = batch.value.data(),
                                                   .x = first_->view(),
                                                   .y = h.view()});
    for (const auto& layer : layer_) {
      on.for_each(h.size(), fg::kernels::relu<float>{h.data(), h.data()});
      h = layer.apply(on, h);
    }
    on.for_each(h.rows(), best_column{std::as_const(h).view(), best.data()});
  }
  /// The share of documents that it classifies correctly.
  [[nodiscard]] double accuracy(const fg::cpu& on, const std::vector<document_batch>& all) const {
    double right = 0, count = 0;
    for (const auto& batch : all) {
      std::vector<fg::index> best(batch.label.size());
      classify(on, batch, best);
      for (std::size_t k = 0; k < best.size(); ++k) right += best[k] == batch.label[k];
      count += static_cast<double>(best.size());
    }
    return right / count;
  }
  [[nodiscard]] double megabytes() const {
    auto bytes = 4 * first_->size();
    for (const auto& layer : layer_) bytes += layer.bytes() + 4 * layer.out();
    return static_cast<double>(bytes) * 1e-6;
  }
  [[nodiscard]] const std::vector<fg::sparse_linear<fg::cpu>>& layers() const { return layer_; }

 private:
  std::shared_ptr<const matrix> first_;
  std::vector<fg::sparse_linear<fg::cpu>> layer_;
};

/// The formats in which a network is served, automatic last.
inline constexpr std::array formats{fg::weight_format::dense, fg::weight_format::csr,
                                    fg::weight_format::block, fg::weight_format::automatic};

/// Milliseconds per batch, from documents to classes, in each format: the median of several runs,
/// in which the formats alternate.
inline std::vector<double> latencies(const settings& s, const fg::cpu& on,
                                     const std::vector<served>& networks,
                                     const std::vector<document_batch>& batches) {
  const auto full = std::max<std::size_t>(
      1, batches.size() - (std::ssize(batches.back().label) < s.batch ? 1 : 0));
  std::vector<std::vector<double>> taken(networks.size());
  std::vector<fg::index> best(static_cast<std::size_t>(s.batch));
  for (int run = -1; run < s.runs; ++run)  // the first does not count
    for (std::size_t f = 0; f < networks.size(); ++f) {
      const auto& batch = batches[static_cast<std::size_t>(run + 1) % full];
      const stopwatch watch;
      networks[f].classify(on, batch, best);
      if (run >= 0) taken[f].push_back(watch.seconds() * 1e3);
    }
  std::vector<double> median;
  for (auto& t : taken) {
    std::nth_element(t.begin(), t.begin() + std::ssize(t) / 2, t.end());
    median.push_back(t[t.size() / 2]);
  }
  return median;
}
