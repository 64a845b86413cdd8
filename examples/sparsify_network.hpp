// SPDX-License-Identifier: Apache-2.0
// The network that sparsify prunes, the documents that it learns from, batch by batch, and what the
// command line says of both.
#pragma once
#include "section_data.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

using matrix = fg::matrix<float, fg::cpu>;
using parameter = fg::parameter<float, fg::cpu>;

/// What the command line says.
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

/// words -> hidden -> ... -> hidden -> classes with relu between them. The first weight is (words +
/// 1) x hidden, of which a sparse product takes the rows of a document's words; the others are out
/// x in.
struct network {
  parameter first;
  std::vector<parameter> weight, bias;

  network(const settings& s, const fg::node_data& d, const fg::cpu& on) {
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

  template <class F>
  void visit(const F& f) {
    f(first);
    for (auto& w : weight) f(w);
    for (auto& b : bias) f(b);
  }
};
