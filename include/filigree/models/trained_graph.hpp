// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/nn/edges.hpp>
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

/// A graph whose edges a model weighs and prunes while it learns, by policies. Undirected edges
/// leave in pairs. What is pruned leaves the graph at once, unless it may grow again or the policy
/// keeps it masked.
template <class T, backend B, class Edges, class Prune>
class trained_graph {
 public:
  static constexpr bool prunes = !std::is_same_v<Prune, keep_all>;
  using edge_state = typename Edges::template state<T, B>;
  using prune_state = typename Prune::template state<T, B>;

  /// Throws what the policies throw; features are `dim` wide.
  trained_graph(const B& on, graph<B> g, const Edges& edges, const Prune& prune, offset dim)
      : edge_options_(edges),
        prune_options_(prune),
        dim_(dim),
        now_{.graph = std::move(g)},
        original_(now_.graph.edges()) {
    now_.edges.emplace(edges, on, now_.graph, dim);
    now_.prune.emplace(prune, on);
    if constexpr (prunes) now_.prune->add(on, "edges", {now_.graph.edges(), 1}, &now_.graph);
  }

  [[nodiscard]] const filigree::graph<B>& graph() const { return now_.graph; }
  [[nodiscard]] const edge_state& edges() const { return *now_.edges; }
  [[nodiscard]] const Prune& prune_options() const { return prune_options_; }
  /// How many edges there were at first, and how many are left. Waits.
  [[nodiscard]] offset original_edges() const { return original_; }
  [[nodiscard]] offset kept_edges(const B& on) const {
    if constexpr (prunes) return static_cast<offset>(now_.prune->kept(on, 0).size());
    return now_.graph.edges();
  }

  /// A pass of features along the graph, x being layer 0's.
  template <recorder R>
  [[nodiscard]] propagation<R, edge_state> along(R& r, typename R::var x) const {
    std::optional<typename R::var> gate;
    if constexpr (prunes) gate = now_.prune->gate(r, 0);
    return {r, *now_.edges, now_.graph, x, gate};
  }
  template <class F>
  void visit(F&& f) {
    now_.edges->visit(f);
  }
  template <class F>
  void visit(F&& f) const {
    std::as_const(*now_.edges).visit(f);
  }

  template <class F>
  void visit_memory(F&& f) {
    if constexpr (requires { now_.edges->visit_memory(f); }) now_.edges->visit_memory(f);
  }

  /// A training step is over; x holds the features of layer 0. Returns whether it is time to prune.
  bool observe(const B& on, const parameter<T, B>& x) {
    if constexpr (requires { now_.edges->observe(on); }) now_.edges->observe(on);
    if constexpr (prunes) return now_.prune->observe(on, subject{*this, on, x});
    return false;
  }
  void prune(const B& on, const parameter<T, B>& x) {
    now_.prune->prune(on, subject{*this, on, x});
    if constexpr (requires { now_.prune->compacts(); })
      if (now_.prune->compacts()) take_out_pruned(on);
  }
  /// Whether the policy wants to be able to undo; whether it goes back to the values of this step
  /// after each pruning.
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
  /// The edges' own state of an earlier time, when none had been pruned, for those that are left.
  void rewind(const B& on, const edge_state& early) {
    *now_.edges = early;
    if (now_.graph.edges() < original_) follow(on, now_, now_.kept);
  }

  /// Sees what a checkpoint must hold. `whole()` makes the graph that training began with.
  template <class Archive, class Whole>
  void archive(const B& on, Archive& archive, const Whole& whole) {
    archive_graph(on, archive, whole, now_);
    if constexpr (prunes) now_.prune->archive(on, archive);
  }
  /// The same of what `remember` gave, the edges' parameters included.
  template <class Archive, class Whole, class Memory>
  void archive_memory(const B& on, Archive& archive, const Whole& whole, Memory& then) const {
    archive_graph(on, archive, whole, then);
    if constexpr (prunes) then.prune->archive(on, archive);
    then.edges->visit([&](const std::string& name, auto& p) { archive.parameter(on, name, p); });
  }
  /// What serving takes: the edges that are left, with their parameters; none is masked.
  template <class Archive, class Whole>
  void archive_to_serve(const B& on, Archive& archive, const Whole& whole) const {
    auto light = *this;
    if constexpr (prunes) light.take_out_pruned(on);
    archive_graph(on, archive, whole, light.now_);
    light.visit(
        [&](const std::string& name, auto& p) { archive.parameter(on, "parameter/" + name, p); });
  }

 private:
  struct state {
    filigree::graph<B> graph{};
    std::optional<edge_state> edges{};
    std::optional<prune_state> prune{};
    typename B::template buffer<offset> kept{};  ///< of the original edges, once some have left
  };
  /// What the prune policy asks about the edges.
  struct subject {
    const trained_graph& of;
    const B& on;
    const parameter<T, B>& x;
    [[nodiscard]] const filigree::graph<B>* graph(std::size_t) const { return &of.now_.graph; }
    [[nodiscard]] matrix<T, B> weight(std::size_t) const {
      eager<T, B> r(on);
      const auto gate = of.now_.prune->gate(r, 0);
      return r.value(of.now_.edges->weigh(r, of.now_.graph, r.leaf(x), gate).weight);
    }
  };

  void take_out_pruned(const B& on) {
    const auto kept = now_.prune->kept(on, 0);
    if (static_cast<offset>(kept.size()) == now_.graph.edges()) return;
    const bool first_time = now_.graph.edges() == original_;
    now_.graph = subgraph(on, now_.graph, kept);
    follow(on, now_, kept);
    shrink_gates(on, now_);
    if (!first_time) {
      auto first = on.template allocate<offset>(static_cast<offset>(kept.size()));
      on.for_each(static_cast<offset>(kept.size()),
                  kernels::gather<offset, offset>{kept.data(), now_.kept.data(), first.data()});
      now_.kept = std::move(first);
    } else {
      now_.kept = kept;
    }
  }
  static void shrink_gates(const B& on, state& s) {
    if constexpr (requires { s.prune->shrink(on, shape{}, 0); })
      s.prune->shrink(on, {s.graph.edges(), 1}, 0);
  }
  /// Lets the edges' state follow the graph, of whose former edges these were kept.
  void follow(const B& on, state& s, const typename B::template buffer<offset>& kept) const {
    if constexpr (requires { s.edges->shrink(on, s.graph, kept); })
      s.edges->shrink(on, s.graph, kept);
    else
      s.edges.emplace(edge_options_, on, s.graph, dim_);
  }
  /// Sees which edges are left, and what is remembered of them.
  template <class Archive, class Whole>
  void archive_graph(const B& on, Archive& archive, const Whole& whole, state& s) const {
    auto kept = detail::fetch_all(on, s.kept);
    bool all = s.graph.edges() == original_;
    const auto before = std::pair(all, kept);
    archive.value("graph.whole", all);
    archive.value("graph.kept", kept);
    if (std::pair(all, kept) != before) {
      s.graph = whole();
      s.edges.emplace(edge_options_, on, s.graph, dim_);
      s.kept = on.upload(std::span<const offset>(kept));
      if (!all) {
        s.graph = subgraph(on, s.graph, s.kept);
        follow(on, s, s.kept);
      }
      shrink_gates(on, s);
    }
    if constexpr (requires { s.edges->visit_memory(detail::any_visitor{}); })
      s.edges->visit_memory([&](const std::string& name, matrix<T, B>& m) {
        archive.array(on, name, m, {s.graph.edges(), 1});
      });
  }

  Edges edge_options_;
  Prune prune_options_;
  offset dim_;
  state now_;
  offset original_;
};

}  // namespace filigree
