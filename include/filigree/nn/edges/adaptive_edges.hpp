// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/random.hpp>
#include <filigree/kernels/fill_normal.hpp>
#include <filigree/nn/edges/edge_choices.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/ops/affinity.hpp>
#include <filigree/ops/leaky_relu.hpp>
#include <filigree/ops/matmul.hpp>
#include <filigree/ops/normalize_rows.hpp>
#include <filigree/ops/sddmm.hpp>
#include <filigree/ops/sum_ends.hpp>

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace filigree {

/// The similarity score of the ends r and c of an edge:
enum class edge_score {
  dot,       ///< <x_r, x_c>
  cosine,    ///< <x_r, x_c> / (|x_r| |x_c|)
  bilinear,  ///< x_r' M x_c, M learned, the identity at first
  additive,  ///< leaky_relu(<a, x_r> + <b, x_c>), a and b learned (graph attention; Velickovic et
             ///< al., 2018)
};

/// Edges whose weights are computed from the features of their ends as these are learned:
/// w = squash(score(x_r, x_c) / temperature), scaled. By default, sigma(<x_r, x_c>) of the ego
/// (layer 0) rows, once per step, times 1 / sqrt(deg r * deg c). The graph must be square.
struct adaptive_edges {
  edge_score score = edge_score::dot;
  float temperature = 1;  ///< divides the scores; sqrt(dim) keeps the sigmoid from saturating
  filigree::squash squash = filigree::squash::sigmoid;
  edge_scaling scaling = edge_scaling::by_degree;
  bool detached = false;   ///< no gradient through weighted degrees
  bool layerwise = false;  ///< scores each layer's own rows instead of the ego rows
  bool tied = true;        ///< both directions of an undirected edge get the mean of their scores
  float l2 = 0;  ///< lambda of lambda / 2 * the mean over edges of the squared penalized quantity
  edge_penalty penalize = edge_penalty::weight;
  float ema_decay = 0;     ///< b of the moving average b m + (1 - b) w, used for inference; 0: none
  std::uint64_t seed = 1;  ///< for the initial a and b of additive attention

  static constexpr const char* kind = "adaptive";
  /// Lists each option, with the last value of each enum.
  static void options(auto& self, auto&& see) {
    see("score", self.score, edge_score::additive);
    detail::see_edge_choices(self, see);
    see("layerwise", self.layerwise);
    see("seed", self.seed);
  }
  template <class T, backend B>
  class state;
};

template <class T, backend B>
class adaptive_edges::state : public needs_whole_graph {
 public:
  /// For features (nodes x spec.out); the initial vectors of layers differ by spec.seed. Throws
  /// `range_error` for a temperature that is not above 0, a negative l2, an `ema_decay` outside [0,
  /// 1), and for an average with layerwise scores, since each layer would need its own; `error` for
  /// an average if any graph may be used.
  state(const adaptive_edges& p, const B& on, const part_spec<B>& spec)
      : p_(p), finish_(settled(p)) {
    if (p.ema_decay > 0) (void)detail::one_graph(spec);
    const offset dim = spec.out;
    if (p.layerwise && p.ema_decay > 0)
      throw range_error("edges: ema_decay: expected 0 with layerwise scores, got " +
                        std::to_string(p.ema_decay));
    if (p.score == edge_score::bilinear) {
      std::vector<T> identity(static_cast<std::size_t>(dim * dim));
      for (offset i = 0; i < dim; ++i) identity[static_cast<std::size_t>(i * (dim + 1))] = 1;
      form_.value = matrix<T, B>(on, std::span<const T>(identity), {dim, dim});
    }
    if (p.score == edge_score::additive) {
      from_.value = matrix<T, B>(on, {dim, 1});
      to_.value = matrix<T, B>(on, {dim, 1});
      const auto spread = static_cast<T>(1 / std::sqrt(static_cast<double>(dim)));
      const auto draw = [&](const char* name, parameter<T, B>& vector) {
        const philox random{.key = seed_of(p.seed, name), .stream = spec.seed};
        on.for_each(dim, kernels::fill_normal<T>{random, spread, vector.value.data()});
      };
      draw("edges.from", from_);
      draw("edges.to", to_);
    }
  }

  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> weigh(R& r, const gated_view<R>& of,
                                                     typename R::var x, random_streams&) const {
    const auto& g = of.pattern();
    if (finish_.template remembers<R>()) return finish_.from_average(r, of);
    if (p_.score == edge_score::cosine) x = r(normalize_rows{}, x);
    const double t = p_.temperature;
    if (is_dot() && finish_.is_plain() && !of.is_gated())
      return {r(affinity<T, B>{g, t, finish_.base(r.on(), of)}, x)};
    if (is_dot() && p_.squash == squash::sigmoid && p_.penalize != edge_penalty::logit)
      return finish_.from_weights(r, of, r(affinity<T, B>{g, t}, x));
    if (p_.score == edge_score::bilinear)
      return finish_.from_scores(r, of, r(sddmm{g}, r(matmul{}, x, r.leaf(form_)), x));
    if (p_.score == edge_score::additive)
      return finish_.from_scores(r, of,
                                 r(leaky_relu{}, r(sum_ends{g}, r(matmul{}, x, r.leaf(from_)),
                                                   r(matmul{}, x, r.leaf(to_)))));
    return finish_.from_scores(r, of, r(sddmm{g}, x, x));
  }
  [[nodiscard]] bool tied() const { return finish_.tied(is_dot()); }
  [[nodiscard]] bool per_layer() const { return p_.layerwise; }
  static void members(auto& self, auto&& see) {
    if (self.p_.score == edge_score::bilinear) see("edges.form", self.form_);
    if (self.p_.score == edge_score::additive) {
      see("edges.from", self.from_);
      see("edges.to", self.to_);
    }
    see("", self.finish_);
  }

 private:
  /// Symmetric scores need not be tied.
  [[nodiscard]] static adaptive_edges settled(adaptive_edges p) {
    if (p.score == edge_score::dot || p.score == edge_score::cosine) p.tied = false;
    return p;
  }
  [[nodiscard]] bool is_dot() const {
    return p_.score == edge_score::dot || p_.score == edge_score::cosine;
  }

  adaptive_edges p_;
  detail::edge_finish<T, B, adaptive_edges> finish_;
  parameter<T, B> form_, from_, to_;
};

}  // namespace filigree
