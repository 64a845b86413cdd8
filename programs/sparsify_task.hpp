// SPDX-License-Identifier: Apache-2.0
// What sparsify trains and prunes: a network that labels documents, and the documents in batches.
#pragma once
#include "section_data.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

using matrix = fg::matrix<float, fg::cpu>;
using parameter = fg::parameter<float, fg::cpu>;

/// The command-line settings.
struct settings {
  std::string data, by = "saliency", structure = "element", scope = "each", prune = "hidden", json,
                    svg;
  std::vector<double> sparsity{0, 30, 50, 60, 70, 80, 90, 95};
  fg::offset hidden = 1024, batch = 256, epochs = 8, finetune = 3;
  int layers = 3, runs = 31, threads = 0;
  double rate = 1e-3, dropout = 0.3;
  std::uint64_t seed = 1;
};

/// Some documents as a sparse matrix, documents x (words + 1): the last column is 1, for the bias.
struct document_batch {
  fg::graph<fg::cpu> pattern;
  matrix value;
  std::vector<fg::index> label;
};

inline document_batch make_batch(const fg::cpu& on, const fg::node_data& d,
                                 std::span<const fg::index> documents) {
  std::vector<fg::index> row, col, label;
  std::vector<float> value;
  for (fg::index r = 0; const auto id : documents) {
    const auto k = static_cast<std::size_t>(id);
    for (auto e = static_cast<std::size_t>(d.feature_begin[k]);
         e < static_cast<std::size_t>(d.feature_begin[k + 1]); ++e) {
      row.push_back(r);
      col.push_back(d.feature[e]);
      value.push_back(d.value[e]);
    }
    row.push_back(r++);
    col.push_back(d.features);
    value.push_back(1);
    label.push_back(d.label[k]);
  }
  const fg::shape s{static_cast<fg::offset>(documents.size()), d.features + 1};
  const auto edges = static_cast<fg::offset>(value.size());
  return {fg::graph<fg::cpu>(on, s, row, col), matrix(on, value, {edges, 1}), std::move(label)};
}

inline std::vector<document_batch> make_batches(const fg::cpu& on, const fg::node_data& d,
                                                const std::vector<fg::index>& documents,
                                                fg::offset batch) {
  std::vector<document_batch> all;
  const std::span<const fg::index> rest(documents);
  const auto size = static_cast<std::size_t>(batch);
  for (std::size_t first = 0; first < rest.size(); first += size)
    all.push_back(make_batch(on, d, rest.subspan(first, std::min(size, rest.size() - first))));
  return all;
}

/// Labels documents: words -> hidden -> ... -> hidden -> classes with relu between them. The first
/// weight is (words + 1) x hidden, and a sparse product reads only the rows of a document's words;
/// the others are out x in.
class labeler : public fg::nothing_to_observe, public fg::no_identity {
 public:
  using scalar = float;
  using backend_type = fg::cpu;
  /// Documents to train on, and the random streams of the step.
  struct batch {
    std::shared_ptr<const document_batch> documents;
    std::shared_ptr<const fg::labeled_rows<fg::cpu>> labels;
    fg::random_streams random;
  };

  labeler(const settings& s, const fg::node_data& d, const fg::cpu& on)
      : on_(on), data_(&d), dropout_(s.dropout) {
    std::uint64_t stream = 0;
    const auto normal = [&](fg::shape shape, double deviation) {
      matrix m(on, shape);
      on.for_each(m.size(), fg::kernels::fill_normal<float>{
                                {s.seed, ++stream}, static_cast<float>(deviation), m.data()});
      return parameter(std::move(m));
    };
    first = normal({d.features + 1, s.hidden}, 0.1);
    for (int k = 1; k <= s.layers; ++k) {
      const auto out = k < s.layers ? s.hidden : static_cast<fg::offset>(d.classes);
      weight.push_back(normal({out, s.hidden}, std::sqrt(2 / static_cast<double>(s.hidden))));
      bias.emplace_back(matrix::zeros(on, {1, out}));
    }
  }

  parameter first;
  std::vector<parameter> weight, bias;

  [[nodiscard]] const fg::cpu& on() const { return on_; }
  [[nodiscard]] fg::offset steps(fg::offset size) const {
    return (static_cast<fg::offset>(data_->train.size()) + size - 1) / size;
  }
  /// Part `step` of the training documents in the order of the epoch.
  [[nodiscard]] batch sample(std::uint64_t seed, fg::offset epoch, fg::offset step,
                             fg::offset size) const {
    auto order = data_->train;
    const fg::philox random{seed, 500 + static_cast<std::uint64_t>(epoch)};
    for (std::size_t k = order.size() - 1; k > 0; --k)
      std::swap(order[k],
                order[static_cast<std::size_t>(random.below(k, static_cast<fg::offset>(k) + 1))]);
    const auto at = static_cast<std::size_t>(step * size);
    const auto count = std::min(static_cast<std::size_t>(size), order.size() - at);
    auto documents = std::make_shared<const document_batch>(
        make_batch(on_, *data_, std::span(order).subspan(at, count)));
    std::vector<fg::index> row(count);
    std::iota(row.begin(), row.end(), 0);
    const fg::shape scores{static_cast<fg::offset>(count), data_->classes};
    auto labels = std::make_shared<const fg::labeled_rows<fg::cpu>>(
        fg::make_labeled_rows(on_, row, documents->label, scores));
    return {std::move(documents), std::move(labels),
            fg::random_streams(seed, epoch * steps(size) + step)};
  }
  template <fg::recorder R>
  [[nodiscard]] typename R::var loss(R& r, const batch& b) const {
    auto random = b.random;
    const auto& d = *b.documents;
    auto h = r(fg::spmm{d.pattern}, r.constant(d.value), r.leaf(first));
    for (std::size_t k = 0; k < weight.size(); ++k) {
      h = r(fg::relu{}, h);
      if (R::learns && dropout_ > 0) h = r(fg::dropout{dropout_, random.next()}, h);
      h = r(fg::add_bias{}, r(fg::matmul{.transpose_b = true}, h, r.leaf(weight[k])),
            r.leaf(bias[k]));
    }
    return r(fg::cross_entropy{*b.labels}, h);
  }
  static void members(auto& self, auto&& see) {
    see("first", self.first);
    see("weight", self.weight);
    see("bias", self.bias);
  }

 private:
  fg::cpu on_;
  const fg::node_data* data_;
  double dropout_;
};

/// The names of the weights that are pruned: those between hidden layers, or all.
inline std::vector<std::string> pruned_names(const settings& s) {
  if (s.prune == "all") return {"first", "weight.*"};
  std::vector<std::string> names;
  for (int k = 0; k + 1 < s.layers; ++k) names.push_back("weight." + std::to_string(k));
  return names;
}

/// Options that prune to `percent` percent of zeros after `steps` steps; at 0 percent, no gradients
/// are watched.
inline fg::pruning policy(const settings& s, double percent, fg::offset steps) {
  fg::pruning p{.by = fg::criterion::magnitude,
                .of = pruned_names(s),
                .schedule = fg::prune_once(steps),
                .seed = s.seed + static_cast<std::uint64_t>(10 * percent)};
  fg::by_block units;
  if (s.structure == "block") units = fg::by_block{4, 1};
  if (s.structure == "row") units = fg::by_row;
  fg::share keep{.of = static_cast<float>(1 - percent / 100), .among = fg::each{units}};
  if (s.scope == "global") keep.among = fg::together{.units = units};
  if (s.structure == "n_of_m") keep.among = fg::by_group{20};
  p.keep = keep;
  if (percent > 0 && s.by == "saliency") p.by = fg::criterion::saliency;
  if (percent > 0 && s.by == "movement") p.by = fg::criterion::movement;
  if (s.by == "random") p.by = fg::criterion::random;
  return p;
}
