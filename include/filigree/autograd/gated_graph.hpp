// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/mask.hpp>
#include <filigree/autograd/parameter.hpp>
#include <filigree/autograd/recorder.hpp>
#include <filigree/core/error.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/gate.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/kernels/prune.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/subgraph.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Which edges of a graph no pruning takes: those that a model added to the data's.
struct lasting_edges {
  bool loops = false;                                 ///< an edge from a node to itself
  offset nodes = std::numeric_limits<offset>::max();  ///< edges of the nodes from this one on
};

/// A graph whose edges can be pruned: a gate for each, 1 while it is open and 0 while it is closed,
/// and which of the edges it began with are left, once closed ones have left for good. The gradient
/// at a gate is g w: how much the loss depends on its edge.
template <class T, backend B>
class gated_graph {
 public:
  /// `whole()` builds the graph with all its edges, for `make` and for a checkpoint that brings
  /// edges back.
  explicit gated_graph(std::function<graph<B>()> whole, lasting_edges lasting = {})
      : whole_(std::move(whole)), lasting_(lasting) {
    gate_.watched = 1;  // of the gradient, the data's part alone
  }
  /// Makes the graph, if that has not been done: a model that reads its graph does so at once.
  gated_graph& make() {
    if (made_) return *this;
    now_ = whole_();
    original_ = now_.edges();
    made_ = true;
    return *this;
  }

  /// The edges that have not left, closed ones among them.
  [[nodiscard]] const graph<B>& pattern() const { return now_; }
  /// How many edges there were at first.
  [[nodiscard]] offset original_edges() const { return original_; }
  /// How many are left and open. Waits.
  [[nodiscard]] offset open_edges(const B& on) const {
    return closed_ ? detail::count_open(on, gate_.value) : now_.edges();
  }
  /// How many edges could be pruned at first, those of an undirected graph counted in pairs. Waits.
  [[nodiscard]] offset units(const B& on) {
    if (!units_) {
      const auto can = prunable(on);
      const kernels::first_of_prunable<T> first{now_.partner(), can.size() ? can.data() : nullptr};
      units_ = static_cast<offset>(on.select(now_.edges(), first).size());
    }
    return *units_;
  }
  /// The original ids of the edges that have not left, ascending; empty while none has.
  [[nodiscard]] const typename B::template buffer<offset>& kept() const { return kept_; }
  [[nodiscard]] bool is_whole() const { return now_.edges() == original_; }
  /// `kept()` on the host, fetched once.
  [[nodiscard]] const std::vector<offset>& kept_on_host(const B& on) {
    if (kept_here_.size() != kept_.size()) kept_here_ = detail::fetch_all(on, kept_);
    return kept_here_;
  }
  /// Whether edges are closed that have not left.
  [[nodiscard]] bool has_closed() const { return closed_; }

  /// (edges x 1): 1 for open edges, 0 for closed ones; empty where nobody asked for any.
  [[nodiscard]] const matrix<T, B>& gate() const { return gate_.value; }
  /// The gradient of the data's loss at each gate, after a backward pass while watched.
  [[nodiscard]] const matrix<T, B>& gradient() const { return gate_.gradient_of_data(); }
  /// Whether it is more than a graph: edges have left or are closed, or somebody watches them.
  [[nodiscard]] bool is_gated() const {
    return made_ && (!is_whole() || closed_ || is_watched() || collects_weights());
  }
  [[nodiscard]] bool is_watched() const { return watchers_ > 0; }
  /// Adds `more` (1 or -1) to the number of watchers; while there are any, backward passes find the
  /// gradients of the gates.
  void watch(const B& on, int more) {
    watchers_ += more;
    if (is_watched() && gate_.value.size() != now_.edges()) gate_.value = ones(on);
    if (!is_watched() && !closed_) gate_.value = {};
  }
  /// Goes back to an earlier state, but keeps its watchers.
  void restore(const B& on, const gated_graph& then) {
    const int watchers = watchers_;
    *this = then;
    watchers_ = 0;
    watch(on, watchers);
  }
  /// Opens and closes edges: (edges x 1). Waits.
  void set(const B& on, matrix<T, B> gate) {
    detail::expect_equal("gated_graph: gates", now_.edges(), gate.size());
    gate_.value = std::move(gate);
    gate_.forget_gradient();
    closed_ = detail::count_open(on, gate_.value) < now_.edges();
  }
  /// Closed edges leave for good. Returns which of the edges stay, none where all do.
  std::optional<typename B::template buffer<offset>> compact(const B& on) {
    if (!closed_) return {};
    auto stay = detail::open_elements(on, gate_.value);
    const auto n = static_cast<offset>(stay.size());
    (void)units(on);  // of all edges, while they are here
    const bool first_time = is_whole();
    now_ = subgraph(on, now_, stay);
    auto first = on.template allocate<offset>(n);
    if (first_time)
      on.copy(stay.data(), first.data(), n);
    else
      on.for_each(n, kernels::gather<offset, offset>{stay.data(), kept_.data(), first.data()});
    kept_ = std::move(first);
    kept_here_ = {};
    open_all(on);
    return stay;
  }

  /// How many edges no pruning takes. Waits.
  [[nodiscard]] offset lasting(const B& on) const {
    const auto can = prunable(on);
    return can.size() ? can.size() - detail::count_open(on, can) : 0;
  }
  /// (edges x 1): 0 for edges that last, 1 for those that can be pruned; empty where all can.
  [[nodiscard]] matrix<T, B> prunable(const B& on) const {
    if (!lasting_.loops && lasting_.nodes >= std::max(now_.rows(), now_.cols())) return {};
    const auto pattern = now_.forward();
    auto row = on.template allocate<index>(now_.edges());
    on.for_each(now_.rows(), kernels::expand_rows<index, offset>{pattern.row_begin, row.data()});
    matrix<T, B> m(on, {now_.edges(), 1});
    on.for_each(m.size(), kernels::mark_prunable<T>{row.data(), pattern.neighbor, lasting_.loops,
                                                    lasting_.nodes, m.data()});
    return m;
  }

  /// The gates, where they make a difference to a pass.
  template <recorder R>
  [[nodiscard]] std::optional<typename R::var> gates(R& r) const {
    if (R::learns && is_watched()) return r.leaf(gate_);
    if (closed_) return r.constant(gate_.value);
    return {};
  }
  /// From now on what edges weigh in a pass is added up, (edges x 1), until it is taken.
  void collect_weights(const B& on) { weights_ = matrix<T, B>::zeros(on, {now_.edges(), 1}); }
  [[nodiscard]] bool collects_weights() const { return weights_.size() > 0; }
  [[nodiscard]] matrix<T, B> take_weights() { return std::exchange(weights_, {}); }
  /// Edge id[k], or k where there are no ids, weighs the mean of row k of w, (edges x heads).
  void note_weights(const B& on, const matrix<T, B>& w, const offset* id) const {
    if (!collects_weights()) return;
    on.for_each(w.rows(), kernels::add_row_mean<T>{w.view(), id, weights_.data()});
  }

  /// Sees which edges are left and open. Returns whether others are left now.
  template <class Archive>
  bool archive(const B& on, Archive& archive, const std::string& name) {
    bool all = is_whole();
    const bool was_all = all;
    archive.value(name + ".whole", all);
    if (!all) make();
    auto ids = detail::fetch_all(on, kept_);
    const auto before = ids;
    archive.ids(name + ".kept", ids, original_);
    const bool others = all != was_all || ids != before;
    if (others) {
      now_ = whole_();
      (void)units(on);
      kept_ = on.upload(std::span<const offset>(ids));
      kept_here_ = {};
      if (!all) now_ = subgraph(on, now_, kept_);
      open_all(on);
    }
    auto gate = closed_ ? gate_.value : matrix<T, B>();
    archive.array(on, name + ".gate", gate, {now_.edges(), 1});
    if (gate.size())
      set(on, std::move(gate));
    else if (closed_)
      open_all(on);
    return others;
  }

 private:
  [[nodiscard]] matrix<T, B> ones(const B& on) const {
    return detail::all_open<T>(on, {now_.edges(), 1});
  }
  void open_all(const B& on) {
    closed_ = false;
    gate_.value = is_watched() ? ones(on) : matrix<T, B>();
    gate_.forget_gradient();
  }

  std::function<graph<B>()> whole_;
  lasting_edges lasting_;
  graph<B> now_{};
  offset original_ = 0;
  std::optional<offset> units_{};
  typename B::template buffer<offset> kept_{};
  std::vector<offset> kept_here_{};
  parameter<T, B> gate_{};
  bool made_ = false, closed_ = false;
  int watchers_ = 0;
  mutable matrix<T, B> weights_{};  ///< a forward pass writes it, though the model be const
};

}  // namespace filigree
