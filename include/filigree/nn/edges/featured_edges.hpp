// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/checksum.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/data/edge_features.hpp>
#include <filigree/nn/edges/edge_choices.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/ops/add_bias.hpp>
#include <filigree/ops/matmul.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/tensor/fetch.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Edges whose features f_e determine their weights: w = squash((f_e . w + b) / temperature),
/// scaled; w and b are learned, (columns x 1) and (1 x 1). With types in place of numbers, each
/// type learns a weight of its own. An edge without features, such as a self-loop that a layer
/// requires, is treated as if its features were 0. Both directions of an undirected edge have the
/// same weight. Features are required; cannot be saved, since the file would need them too.
struct featured_edges {
  std::shared_ptr<const edge_features> features{};
  float temperature = 1;  ///< divides the scores
  filigree::squash squash = filigree::squash::sigmoid;
  edge_scaling scaling = edge_scaling::by_degree;
  bool detached = false;  ///< no gradient through weighted degrees
  float start = 0;        ///< initial value of b; w starts at 0
  float l2 = 0;  ///< lambda of lambda / 2 * the mean over edges of the squared penalized quantity
  edge_penalty penalize = edge_penalty::weight;
  float ema_decay = 0;  ///< b of the moving average b m + (1 - b) w, used for inference; 0: none

  /// Lists each option, and for the features their checksum.
  static void options(auto& self, auto&& see) {
    if (self.features)
      see("features", detail::checksum_of(self.features->from, self.features->to,
                                          self.features->value, self.features->type));
    see("temperature", self.temperature);
    see("squash", self.squash);
    see("scaling", self.scaling);
    see("detached", self.detached);
    see("start", self.start);
    see("l2", self.l2);
    see("penalize", self.penalize);
    see("ema_decay", self.ema_decay);
  }

  static constexpr bool tied = false;  // the score of both directions is the same to begin with
  template <class T, backend B>
  class state;
};

template <class T, backend B>
class featured_edges::state : public weighed_once, public needs_whole_graph {
 public:
  /// Throws `error` without features, and whatever their consistency check throws.
  state(const featured_edges& p, const B& on, const part_spec<B>& spec)
      : finish_(p), given_(p.features) {
    if (!given_) throw error("featured_edges: features: expected some, got none");
    given_->check();
    weight_ = parameter<T, B>(matrix<T, B>::zeros(on, {given_->columns, 1}));
    detail::expect_finite("featured_edges: start", p.start);
    bias_ = detail::row_of<T, B>(on, 1, static_cast<T>(p.start));
    if (p.ema_decay > 0) (void)detail::one_graph(spec);
    if (spec.of) (void)of(on, *spec.of);
  }

  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> weigh(R& r, const gated_view<R>& g, typename R::var,
                                                     random_streams&) const {
    if (finish_.template remembers<R>()) return finish_.from_average(r, g);
    const auto& own = of(r.on(), g.pattern());
    const auto f = r.constant(own.value), w = r.leaf(weight_);
    const auto score = typed() ? r(spmm{own.type}, f, w) : r(matmul{}, f, w);
    return finish_.from_scores(r, g, r(add_bias{}, score, r.leaf(bias_)));
  }
  [[nodiscard]] bool tied() const { return finish_.tied(true); }
  static void members(auto& self, auto&& see) {
    see("edges.weight", self.weight_);
    see("edges.bias", self.bias_);
    see("", self.finish_);
  }

 private:
  [[nodiscard]] bool typed() const { return !given_->type.empty(); }
  /// Features of the edges of a graph.
  struct matched {
    std::shared_ptr<const edge_features> from;
    matrix<T, B> value;  ///< (edges x columns), or a 1 for each entry of `type`
    graph<B> type;       ///< edges x types: the type of each edge
  };
  /// The features of the edges of a graph, matched only once for each graph.
  [[nodiscard]] const matched& of(const B& on, const graph<B>& g) const {
    const auto address = reinterpret_cast<std::uintptr_t>(given_.get());
    const auto key = "features." + std::to_string(address);
    return g.template once<matched>(key, [&] { return match(on, g); });
  }
  [[nodiscard]] matched match(const B& on, const graph<B>& g) const {
    const auto& d = *given_;
    using pair = std::pair<index, index>;
    const auto ends = [&](index row, index column) {
      return g.is_undirected() ? pair(std::minmax(row, column)) : pair(row, column);
    };
    std::vector<std::pair<pair, std::size_t>> by_ends;
    for (std::size_t k = 0; k < d.from.size(); ++k)
      by_ends.emplace_back(ends(d.to[k], d.from[k]), k);
    std::ranges::sort(by_ends);
    for (std::size_t k = 1; k < by_ends.size(); ++k)
      if (by_ends[k].first == by_ends[k - 1].first)
        throw range_error(
            "featured_edges: features of edge " + std::to_string(d.from[by_ends[k].second]) + " " +
            std::to_string(d.to[by_ends[k].second]) + ": expected once, got them again");

    const auto begin = detail::fetch(on, g.forward().row_begin, g.rows() + 1);
    const auto column = detail::fetch(on, g.forward().neighbor, g.edges());
    const auto width = static_cast<std::size_t>(d.columns);
    std::vector<T> value(typed() ? 0 : column.size() * width);
    std::vector<index> edge, type;
    for (std::size_t row = 0; row + 1 < begin.size(); ++row)
      for (auto e = static_cast<std::size_t>(begin[row]);
           e < static_cast<std::size_t>(begin[row + 1]); ++e) {
        const auto wanted = ends(static_cast<index>(row), column[e]);
        const auto at = std::ranges::lower_bound(by_ends, std::pair(wanted, std::size_t{0}));
        if (at == by_ends.end() || at->first != wanted) continue;
        if (typed()) {
          edge.push_back(narrow<index>(e, "featured_edges: edge"));
          type.push_back(d.type[at->second]);
        } else {
          for (std::size_t c = 0; c < width; ++c)
            value[e * width + c] = static_cast<T>(d.value[at->second * width + c]);
        }
      }
    const filigree::shape s{g.edges(), d.columns};
    if (!typed()) return {given_, matrix<T, B>(on, value, s), {}};
    return {given_, matrix<T, B>(on, std::vector<T>(edge.size(), T(1)), {std::ssize(edge), 1}),
            graph<B>(on, s, edge, type)};
  }

  detail::edge_finish<T, B, featured_edges> finish_;
  std::shared_ptr<const edge_features> given_;
  parameter<T, B> weight_, bias_;
};

}  // namespace filigree
