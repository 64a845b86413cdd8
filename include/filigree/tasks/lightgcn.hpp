// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/add_penalty.hpp>
#include <filigree/autograd/archive_options.hpp>
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/embedding_rows.hpp>
#include <filigree/autograd/gated_graph.hpp>
#include <filigree/backend/generic/matmul.hpp>
#include <filigree/core/bf16.hpp>
#include <filigree/data/interaction_graph.hpp>
#include <filigree/data/sampler.hpp>
#include <filigree/kernels/fill_normal.hpp>
#include <filigree/nn/edges/edge_policy.hpp>
#include <filigree/nn/edges/fixed_edges.hpp>
#include <filigree/nn/take.hpp>
#include <filigree/ops/bpr_loss.hpp>
#include <filigree/ops/l2_penalty.hpp>
#include <filigree/tasks/combine_layers.hpp>
#include <filigree/tasks/lightgcn_options.hpp>
#include <filigree/tasks/recommender.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// LightGCN (He et al., "LightGCN: simplifying and powering graph convolution network for
/// recommendation", 2020): embeddings of users and items, propagated over the graph of interactions
/// without weights or non-linearities, combined over the layers, trained with BPR. `Edges` defines
/// the edge weights. Items are nodes users() ... users() + items() - 1. A const model may be used
/// from many threads at once.
template <backend B, class Edges = fixed_edges, class T = float>
requires edge_policy<Edges, T, B>
class lightgcn {
 public:
  using scalar = T;
  using backend_type = B;
  using batch = triples<B>;

  /// Throws `range_error` for options out of range, or data without users or items.
  explicit lightgcn(interactions train, lightgcn_options options = {}, Edges edges = {}, B on = {})
      : on_(on),
        options_(options),
        edge_options_(edges),
        train_(std::make_shared<const interactions>(checked(std::move(train)))),
        embedding_(first_embeddings()),
        layer_logits_(matrix<T, B>::zeros(on, {1, offset{options.layers} + 1})),
        graph_([on, layers = options.layers, data = train_] {
          return layers > 0 ? bipartite_graph(on, *data) : graph<B>();
        }),
        edges_(edges, on,
               part_spec<B>{.in = options.dim,
                            .out = options.dim,
                            .seed = seed_of(options.seed, "edges"),
                            .of = &graph_.make().pattern()}),
        cache_(std::make_unique<cache>()) {}

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] const lightgcn_options& options() const { return options_; }
  [[nodiscard]] const Edges& edge_options() const { return edge_options_; }
  [[nodiscard]] const interactions& train() const { return *train_; }
  /// Remaining entries of the adjacency matrix: two for each remaining interaction.
  [[nodiscard]] offset edges() const { return graph_.open_edges(on_); }
  [[nodiscard]] offset original_edges() const { return graph_.original_edges(); }
  /// The number of users and items whose embeddings have a row of their own; the others rely on
  /// their neighbors'.
  [[nodiscard]] offset rows() const { return embedding_.open_rows(on_); }

  /// The combined embeddings of all nodes, or of the rows of `only`. This is the whole model: run
  /// it on `eager` for inference, on `tape` for training. With `only`, the last layer touches only
  /// the edges of those rows.
  template <recorder R>
  [[nodiscard]] typename R::var embed(R& r, const row_set<B>* only = nullptr) const {
    const auto x = embedding_.features(r);
    propagation<R, edge_state> next(r, edges_, gated_view<R>(r, graph_), x);
    return combine(r, next, x, only, [&] { return detail::take(r, only, x); });
  }

  /// BPR plus L2 on the batch's own (layer 0) rows, counting duplicates, plus the penalty of the
  /// edges.
  template <recorder R>
  [[nodiscard]] typename R::var loss(R& r, const batch& b) const {
    const auto x = embedding_.features(r);
    propagation<R, edge_state> next(r, edges_, gated_view<R>(r, graph_), x);
    std::optional<typename R::var> penalty;  // backward last: it adds to what propagation wrote
    const auto own = detail::take(r, &b.rows, x);
    if (options_.l2 != 0)
      penalty = r(l2_penalty{static_cast<double>(options_.l2) / static_cast<double>(b.count),
                             b.rows.begin.data()},
                  own);
    auto total = r(bpr_loss<B>{b}, combine(r, next, x, &b.rows, [&] { return own; }));
    if (penalty) total = r(add_penalty{}, total, *penalty);
    return next.penalty() ? r(add_penalty{}, total, *next.penalty()) : total;
  }

  /// A pass over all edges, so that their weights can be collected.
  void weigh_edges(eager<T, B>& r) const { (void)embed(r); }

  /// The number of batches of that size in an epoch.
  [[nodiscard]] offset steps(offset size) { return sampler().steps(size); }
  /// Batch `step` of an epoch: a function of its arguments only.
  [[nodiscard]] batch sample(std::uint64_t seed, offset epoch, offset step, offset size) {
    auto drawn = sampler().draw(seed, epoch, step, size);
    return {group_rows(on_, drawn.list.data(), static_cast<offset>(drawn.list.size()), nodes()),
            drawn.count, drawn.negatives};
  }

  /// What a checkpoint must agree with: edges, data, and all options except those that initialize
  /// the embeddings.
  [[nodiscard]] std::string identity() const {
    std::string kind = "lightgcn";
    if (options_.storage == storage_type::bf16) kind += ", storage bf16";
    detail::append_policy(kind, "edges", edge_options_);
    auto chosen = options_;  // 0: not compared
    chosen.spread = 0;
    chosen.seed = 0;
    return detail::identity_of(std::move(kind), chosen, train_->checksum());
  }

  /// Called after each training step.
  void observe() { cache_->valid = false; }

  /// `graph`, `embedding`, `layer_logits` if layers are combined by learned weights, and the
  /// members of the edges. Whatever depends on them is recomputed when it is next needed.
  static void members(auto& self, auto&& see) {
    changing(self);
    see("graph", self.graph_);
    see("embedding", self.embedding_);
    if (self.options_.combine == layer_weights::learned) see("layer_logits", self.layer_logits_);
    see("", self.edges_);
  }

  /// block(u, j) = <embedding of users[u], embedding of item first + j>.
  void score(const B& on, std::span<const index> users, index first, matrix_view<T> block) const {
    const auto& z = final_embeddings();
    const auto ids = on.upload(users);
    matrix<T, B> rows(on, {block.rows, z.cols()});
    on.for_each(block.rows, kernels::copy_row<T>{ids.data(), z.view(), rows.view()});
    const auto items = z.view().rows_from(offset{train_->users()} + first, block.cols);
    matmul_into(on,
                kernels::matmul_cell<T>{
                    .a = std::as_const(rows).view(), .b = items, .c = block, .transpose_b = true});
  }

 private:
  using edge_state = typename Edges::template state<T, B>;
  struct cache {
    std::mutex mutex;
    std::atomic<bool> valid{false};
    matrix<T, B> embeddings;
  };

  template <recorder R, class Next, class Own>
  [[nodiscard]] typename R::var combine(R& r, Next& next, typename R::var x, const row_set<B>* only,
                                        const Own& own) const {
    if constexpr (R::learns)
      if (options_.storage == storage_type::bf16)
        return detail::combine_layers<bf16>(r, options_, layer_logits_, next, x, only, own);
    return detail::combine_layers<void>(r, options_, layer_logits_, next, x, only, own);
  }

  /// Whoever accesses the members may change them.
  static void changing(const lightgcn&) {}
  static void changing(lightgcn& m) {
    m.cache_->valid = false;
    m.cache_->embeddings = {};  // frees memory for training
  }

  /// Returns the data; throws unless every user and item can have a node id.
  [[nodiscard]] static interactions checked(interactions data) {
    (void)narrow<index>(offset{data.users()} + data.items(), "embedding: users and items");
    return data;
  }
  [[nodiscard]] offset nodes() const { return offset{train_->users()} + train_->items(); }

  [[nodiscard]] matrix<T, B> first_embeddings() const {
    detail::expect_choices(options_);
    if (train_->users() == 0 || train_->items() == 0)
      throw range_error("embedding: users and items: expected some, got none");
    matrix<T, B> m(on_, {nodes(), options_.dim});
    on_.for_each(m.size(), kernels::fill_normal<T>{{options_.seed, ~std::uint64_t{0}},
                                                   static_cast<T>(options_.spread),
                                                   m.data()});
    return m;
  }

  [[nodiscard]] triple_sampler<B>& sampler() {
    if (!sampler_) sampler_ = std::make_unique<triple_sampler<B>>(on_, *train_, options_.sampling);
    return *sampler_;
  }

  [[nodiscard]] const matrix<T, B>& final_embeddings() const {
    if (cache_->valid) return cache_->embeddings;
    const std::lock_guard lock(cache_->mutex);
    if (!cache_->valid) {
      eager<T, B> r(on_);
      const auto z = embed(r);
      cache_->embeddings = matrix<T, B>(r.value(z));
      cache_->valid = true;
    }
    return cache_->embeddings;
  }

  B on_;
  lightgcn_options options_;
  Edges edge_options_;
  std::shared_ptr<const interactions> train_;
  embedding_rows<T, B> embedding_;
  parameter<T, B> layer_logits_;
  gated_graph<T, B> graph_;
  edge_state edges_;
  std::unique_ptr<triple_sampler<B>> sampler_;
  std::unique_ptr<cache> cache_;
};

}  // namespace filigree
