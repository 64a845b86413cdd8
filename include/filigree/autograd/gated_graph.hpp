// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/mask.hpp>
#include <filigree/autograd/parameter.hpp>
#include <filigree/autograd/recorder.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/gate.hpp>
#include <filigree/kernels/prune.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/graph.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

template <class T, backend B>
class gated_graph;

namespace detail {  // autograd/close_edges.hpp
template <class T, class B>
void open_all_edges(const B& on, gated_graph<T, B>& g);
template <class T, class B, class Archive>
bool archive_edges(const B& on, gated_graph<T, B>& g, Archive& archive, const std::string& name);
}  // namespace detail

/// Which edges of a graph are never pruned: those that a model added to the data's edges.
struct lasting_edges {
  bool loops = false;                                 ///< an edge from a node to itself
  offset nodes = std::numeric_limits<offset>::max();  ///< edges of nodes from this one on
};

/// A graph whose edges can be pruned: it has a gate for each edge, 1 while open and 0 while closed,
/// and the list of original edges that remain once closed ones have been removed for good. The
/// gradient at a gate is g w: how much the loss depends on its edge. `set_gates` and
/// `remove_closed` close and remove edges.
template <class T, backend B>
class gated_graph {
 public:
  /// `whole()` builds the graph with all its edges, for `make` and for a checkpoint that restores
  /// edges.
  explicit gated_graph(std::function<graph<B>()> whole, lasting_edges lasting = {})
      : whole_(std::move(whole)), lasting_(lasting) {
    gate_.watched = 1;  // only the data part of the gradient
  }
  /// Builds the graph if it has not been built yet: a model that reads its graph does so at once.
  gated_graph& make() {
    if (made_) return *this;
    now_ = whole_();
    original_ = now_.edges();
    made_ = true;
    return *this;
  }

  /// The edges that have not been removed, including closed ones.
  [[nodiscard]] const graph<B>& pattern() const { return now_; }
  /// The original number of edges.
  [[nodiscard]] offset original_edges() const { return original_; }
  /// The number of open edges that remain. Waits for the backend.
  [[nodiscard]] offset open_edges(const B& on) const {
    return closed_ ? detail::count_open(on, gate_.value) : now_.edges();
  }
  /// The original number of edges that could be pruned, those of an undirected graph counted in
  /// pairs. Waits for the backend.
  [[nodiscard]] offset units(const B& on) {
    if (!units_) {
      const auto can = prunable(on);
      const kernels::first_of_prunable<T> first{now_.partner(), can.size() ? can.data() : nullptr};
      units_ = static_cast<offset>(on.select(now_.edges(), first).size());
    }
    return *units_;
  }
  /// The original ids of the edges that have not been removed, ascending; empty while none has
  /// been.
  [[nodiscard]] const typename B::template buffer<offset>& kept() const { return kept_; }
  [[nodiscard]] bool is_whole() const { return now_.edges() == original_; }
  /// `kept()` on the host, fetched once.
  [[nodiscard]] const std::vector<offset>& kept_on_host(const B& on) {
    if (kept_here_.size() != kept_.size()) kept_here_ = detail::fetch_all(on, kept_);
    return kept_here_;
  }
  /// Whether there are closed edges that have not been removed.
  [[nodiscard]] bool has_closed() const { return closed_; }

  /// (edges x 1): 1 for open edges, 0 for closed ones; empty if no gates are needed.
  [[nodiscard]] const matrix<T, B>& gate() const { return gate_.value; }
  /// The gradient of the data's loss at each gate, after a backward pass while watched.
  [[nodiscard]] const matrix<T, B>& gradient() const { return gate_.gradient_of_data(); }
  /// Whether it is more than a plain graph: edges have been removed or are closed, or they are
  /// watched or their weights are collected.
  [[nodiscard]] bool is_gated() const {
    return made_ && (!is_whole() || closed_ || is_watched() || collects_weights());
  }
  [[nodiscard]] bool is_watched() const { return watchers_ > 0; }
  /// Adds `more` (1 or -1) to the number of watchers; while there are any, backward passes compute
  /// the gradients of the gates.
  void watch(const B& on, int more) {
    watchers_ += more;
    if (is_watched() && gate_.value.size() != now_.edges()) gate_.value = ones(on);
    if (!is_watched() && !closed_) gate_.value = {};
  }
  /// Restores an earlier state, but keeps its watchers.
  void restore(const B& on, const gated_graph& then) {
    const int watchers = watchers_;
    *this = then;
    watchers_ = 0;
    watch(on, watchers);
  }

  /// The number of edges that are never pruned. Waits for the backend.
  [[nodiscard]] offset lasting(const B& on) const {
    const auto can = prunable(on);
    return can.size() ? can.size() - detail::count_open(on, can) : 0;
  }
  /// (edges x 1): 0 for edges that are never pruned, 1 for those that can be; empty if all can.
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

  /// The gates, if they affect a pass.
  template <recorder R>
  [[nodiscard]] std::optional<typename R::var> gates(R& r) const {
    if (R::learns && is_watched()) return r.leaf(gate_);
    if (closed_) return r.constant(gate_.value);
    return {};
  }
  /// From now on, accumulates the edge weights of each pass, (edges x 1), until they are taken.
  void collect_weights(const B& on) { weights_ = matrix<T, B>::zeros(on, {now_.edges(), 1}); }
  [[nodiscard]] bool collects_weights() const { return weights_.size() > 0; }
  [[nodiscard]] matrix<T, B> take_weights() { return std::exchange(weights_, {}); }
  /// Records the mean of row k of w, (edges x heads), as the weight of edge id[k], or of edge k if
  /// there are no ids.
  void note_weights(const B& on, const matrix<T, B>& w, const offset* id) const {
    if (!collects_weights()) return;
    on.for_each(w.rows(), kernels::add_row_mean<T>{w.view(), id, weights_.data()});
  }

 private:
  [[nodiscard]] matrix<T, B> ones(const B& on) const {
    return detail::all_open<T>(on, {now_.edges(), 1});
  }
  // autograd/close_edges.hpp
  template <class U, class C>
  friend void detail::open_all_edges(const C& on, gated_graph<U, C>& g);
  template <class U, class C>
  friend void set_gates(const C& on, gated_graph<U, C>& g, matrix<U, C> gate);
  template <class U, class C>
  friend std::optional<typename C::template buffer<offset>> remove_closed(const C& on,
                                                                          gated_graph<U, C>& g);
  template <class U, class C, class Archive>
  friend bool detail::archive_edges(const C& on, gated_graph<U, C>& g, Archive& archive,
                                    const std::string& name);

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
  mutable matrix<T, B> weights_{};  ///< written by forward passes, even if the model is const
};

}  // namespace filigree
