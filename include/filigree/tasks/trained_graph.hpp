// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/set_mask.hpp>
#include <filigree/kernels/prune.hpp>
#include <filigree/networks/embedding_rows.hpp>
#include <filigree/nn/edges/edge_policy.hpp>
#include <filigree/prune/prune_policy.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/subgraph.hpp>

#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree {

/// A graph whose edges a model weighs while it learns, and what a policy prunes: edges, those of an
/// undirected graph in pairs, and rows of the nodes' embeddings. What is pruned leaves at once,
/// unless it may grow again or the policy keeps it masked.
template <class T, backend B, class Edges, class Prune>
class trained_graph {
 public:
  static constexpr bool prunes = !std::is_same_v<Prune, keep_all>;
  static constexpr bool prunes_rows = requires(const typename Prune::template state<T, B>& s) {
    s.prunes_rows();
  };
  using edge_state = typename Edges::template state<T, B>;
  using prune_state = typename Prune::template state<T, B>;
  using rows = embedding_rows<T, B>;
  static_assert(
      !requires(prune_state & s) { s.compacts(); } ||
          requires(prune_state & s, const B& on) { s.shrink(on, shape{}, 0); },
      "prune policy: compacts: expected shrink with it, got none");

  /// Throws what the policies throw; embeddings are of that shape.
  trained_graph(const B& on, graph<B> g, const Edges& edges, const Prune& prune, shape embeddings)
      : edge_options_(edges),
        prune_options_(prune),
        dim_(embeddings.cols),
        now_{.graph = std::move(g)},
        original_(now_.graph.edges()) {
    make_edges(on, now_);
    now_.prune.emplace(prune, on);
    if constexpr (prunes) {
      bool prunes_edges = true;
      if constexpr (prunes_rows) prunes_edges = now_.prune->prunes_edges();
      if (prunes_edges)
        edge_target_ = now_.prune->add(on, "edges", {now_.graph.edges(), 1}, &now_.graph);
      if constexpr (prunes_rows)
        if (now_.prune->prunes_rows())
          row_target_ = now_.prune->add_rows(on, "embedding", embeddings);
    }
  }

  [[nodiscard]] const filigree::graph<B>& graph() const { return now_.graph; }
  [[nodiscard]] const edge_state& edges() const { return *now_.edges; }
  [[nodiscard]] const Prune& prune_options() const { return prune_options_; }
  /// How many edges there were at first, and how many are left. Waits.
  [[nodiscard]] offset original_edges() const { return original_; }
  [[nodiscard]] offset kept_edges(const B& on) const {
    if constexpr (prunes)
      if (edge_target_) return static_cast<offset>(now_.prune->kept(on, *edge_target_).size());
    return now_.graph.edges();
  }

  /// How many rows of the embeddings are left. Waits.
  [[nodiscard]] offset kept_rows(const B& on, const rows& x) const {
    if constexpr (prunes)
      if (row_target_) return static_cast<offset>(now_.prune->kept(on, *row_target_).size()) / dim_;
    return x.rows();
  }

  /// What layer 0 holds.
  template <recorder R>
  [[nodiscard]] typename R::var features(R& r, const rows& x) const {
    return x.features(r, gate(r, row_target_));
  }
  /// A pass of features along the graph, x being layer 0's.
  template <recorder R>
  [[nodiscard]] propagation<R, edge_state> along(R& r, typename R::var x) const {
    return {r, *now_.edges, gated_view<R>(now_.graph, gate(r, edge_target_)), x};
  }
  static void members(auto& self, auto&& see) { see("", self.now_.edges); }

  /// A training step is over. Returns whether it is time to prune.
  bool observe([[maybe_unused]] const B& on, [[maybe_unused]] const rows& x) {
    if constexpr (prunes) return now_.prune->observe(on, subject{*this, on, x});
    return false;
  }
  void prune(const B& on, rows& x) {
    now_.prune->prune(on, subject{*this, on, x});
    compacts() ? take_out_pruned(on, x) : mask_pruned(on, x);
  }
  /// Whether the policy can undo; whether it goes back to this step's values after each pruning.
  [[nodiscard]] bool undoable() const {
    if constexpr (requires { now_.prune->undoable(); }) return now_.prune->undoable();
    return false;
  }
  [[nodiscard]] bool rewinds_to_here() const {
    if constexpr (requires { now_.prune->rewind_to(); })
      return now_.prune->steps() == now_.prune->rewind_to();
    return false;
  }
  /// All that pruning changes, to be put back by `restore`.
  [[nodiscard]] auto remember() const { return now_; }
  template <class Memory>
  void restore(Memory&& memory) {
    now_ = std::forward<Memory>(memory);
  }
  /// The values of a time when nothing had been pruned, for what is left; masks stay.
  template <class Memory>
  void rewind(const B& on, const Memory& early, rows& x, const rows& early_x) {
    *now_.edges = *early.edges;
    if (now_.graph.edges() < original_) keep_edges(on, *now_.edges, now_.kept);
    x.take_values(on, early_x);
    if (!compacts()) mask_pruned(on, x);
  }

  /// Sees what a checkpoint must hold. `whole()` makes the graph that training began with.
  template <class Archive, class Whole>
  void archive(const B& on, Archive& archive, const Whole& whole, rows& x) {
    archive_graph(on, archive, whole, now_);
    if (x.archive(on, archive)) shrink_gates(on, now_, row_target_, x.table.value.shape());
    if constexpr (prunes) now_.prune->archive(on, archive);
  }
  /// The same of what `remember` gave, the edges' parameters included.
  template <class Archive, class Whole, class Memory>
  void archive_memory(const B& on, Archive& archive, const Whole& whole, Memory& then,
                      rows& x) const {
    archive_graph(on, archive, whole, then);
    if (x.archive(on, archive)) shrink_gates(on, then, row_target_, x.table.value.shape());
    archive.parameter(on, "embedding", x.table);
    if constexpr (prunes) then.prune->archive(on, archive);
    for_each_parameter(*then.edges,
                       [&](const auto& name, auto& p) { archive.parameter(on, name, p); });
  }
  /// What serving takes: the edges and rows that are left, with their parameters, none masked.
  template <class Archive, class Whole>
  void archive_to_serve(const B& on, Archive& archive, const Whole& whole, rows x) const {
    auto light = *this;
    if constexpr (prunes) light.take_out_pruned(on, x);
    x.archive(on, archive);
    archive.parameter(on, "parameter/embedding", x.table);
    archive_graph(on, archive, whole, light.now_);
    for_each_parameter(light, [&](const std::string& name, auto& p) {
      archive.parameter(on, "parameter/" + name, p);
    });
  }

 private:
  struct state {
    filigree::graph<B> graph{};
    std::optional<edge_state> edges{};
    std::optional<prune_state> prune{};
    typename B::template buffer<offset> kept{};  ///< of the original edges, once some have left
  };
  /// What the prune policy asks about edges and rows.
  struct subject {
    const trained_graph& of;
    const B& on;
    const rows& x;
    [[nodiscard]] const filigree::graph<B>* graph(std::size_t k) const {
      return k == of.row_target_ ? nullptr : &of.now_.graph;
    }
    [[nodiscard]] matrix<T, B> weight(std::size_t k) const {
      if (k == of.row_target_) return x.table.value;
      eager<T, B> r(on);
      const gated_view<eager<T, B>> view(of.now_.graph, of.gate(r, of.edge_target_));
      pass now;
      return r.value(of.now_.edges->weigh(r, view, of.features(r, x), now).weight);
    }
  };

  template <recorder R>
  [[nodiscard]] std::optional<typename R::var> gate(
      R& r, [[maybe_unused]] const std::optional<std::size_t>& target) const {
    if constexpr (prunes)
      if (target) return now_.prune->gate(r, *target);
    return {};
  }
  [[nodiscard]] bool compacts() const {
    if constexpr (requires { now_.prune->compacts(); }) return now_.prune->compacts();
    return false;
  }
  void take_out_pruned(const B& on, rows& x) {
    if (edge_target_) take_out_edges(on);
    if (row_target_) take_out_rows(on, x);
  }
  /// What is masked does not move, and its moments are 0 when it comes back.
  void mask_pruned(const B& on, rows& x) {
    eager<T, B> r(on);
    const auto mask = [&](const auto& target) {
      const auto g = gate(r, target);
      return g ? matrix<T, B>(r.value(*g)) : matrix<T, B>();
    };
    if (row_target_) set_mask(on, x.table, mask(row_target_));
    if (edge_target_)
      for_each_edge_parameter(*now_.edges,
                              [&](const auto&, auto& p) { set_mask(on, p, mask(edge_target_)); });
  }
  void take_out_rows(const B& on, rows& x) {
    const auto elements = now_.prune->kept(on, *row_target_);
    const auto n = static_cast<offset>(elements.size()) / dim_;
    if (n == x.rows()) return;
    auto left = on.template allocate<offset>(n);
    on.for_each(n, kernels::row_of_first{elements.data(), dim_, left.data()});
    x.keep(on, left);
    shrink_gates(on, now_, row_target_, x.table.value.shape());
  }
  void take_out_edges(const B& on) {
    const auto kept = now_.prune->kept(on, *edge_target_);
    if (static_cast<offset>(kept.size()) == now_.graph.edges()) return;
    const bool first_time = now_.graph.edges() == original_;
    now_.graph = subgraph(on, now_.graph, kept);
    keep_edges(on, *now_.edges, kept);
    shrink_gates(on, now_, edge_target_, {now_.graph.edges(), 1});
    const auto n = static_cast<offset>(kept.size());
    auto first = on.template allocate<offset>(n);
    if (first_time)
      on.copy(kept.data(), first.data(), n);
    else
      on.for_each(n, kernels::gather<offset, offset>{kept.data(), now_.kept.data(), first.data()});
    now_.kept = std::move(first);
  }
  static void shrink_gates(const B& on, state& s, const std::optional<std::size_t>& target,
                           shape left) {
    if constexpr (requires { s.prune->shrink(on, left, 0); })
      if (target) s.prune->shrink(on, left, *target);
  }
  void make_edges(const B& on, state& s) const {
    s.edges.emplace(edge_options_, on,
                    place<B>{.in = dim_, .out = dim_, .seed = 0, .of = &s.graph});
  }
  /// Sees which edges are left, and what is remembered of them.
  template <class Archive, class Whole>
  void archive_graph(const B& on, Archive& archive, const Whole& whole, state& s) const {
    auto kept = detail::fetch_all(on, s.kept);
    bool all = s.graph.edges() == original_;
    const auto before = std::pair(all, kept);
    archive.value("graph.whole", all);
    archive.ids("graph.kept", kept, original_);
    if (std::pair(all, kept) != before) {
      s.graph = whole();
      make_edges(on, s);
      s.kept = on.upload(std::span<const offset>(kept));
      if (!all) {
        s.graph = subgraph(on, s.graph, s.kept);
        keep_edges(on, *s.edges, s.kept);
      }
      shrink_gates(on, s, edge_target_, {s.graph.edges(), 1});
    }
    for_each_buffer(*s.edges, [&](const std::string& name, matrix<T, B>& m) {
      archive.array(on, name, m, m.size() ? m.shape() : shape{s.graph.edges(), 1});
    });
  }

  Edges edge_options_;
  Prune prune_options_;
  offset dim_;
  state now_;
  offset original_;
  std::optional<std::size_t> edge_target_{}, row_target_{};  ///< numbers of the policy's tensors
};

}  // namespace filigree
