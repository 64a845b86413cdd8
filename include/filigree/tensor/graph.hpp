// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/tensor/entries.hpp>

#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree {

namespace detail {
/// What a backend keeps with a pattern (B::plan), if it keeps anything. A copy starts empty.
struct no_plan {};
template <class B>
[[nodiscard]] auto plan_type() {
  if constexpr (requires { typename B::plan; })
    return std::type_identity<typename B::plan>{};
  else
    return std::type_identity<no_plan>{};
}
template <class B>
using plan_of = typename decltype(plan_type<B>())::type;
}  // namespace detail

/// A sparse pattern (rows x cols) with both directions, so that every pass pulls and none needs
/// atomics. Row r pulls from its neighbors, which are columns. Edge ids are positions in the
/// forward direction; values live outside, one per edge id. In an undirected graph an edge (a, b)
/// and its reverse (b, a) are two entries and each other's `partner`.
template <backend B>
class graph {
 public:
  graph() = default;

  /// A directed, in general rectangular graph from entries (row[k], col[k]). `order()[e]` tells
  /// which k became edge e. Throws `shape_error` where the spans differ in length, `range_error`
  /// for an entry outside the shape or one that occurs twice.
  graph(const B& on, shape s, std::span<const index> row, std::span<const index> col)
      : graph(on, s, row, col, "graph") {
    auto back = sorted_back(on);
    back_begin_ = std::move(back.row_begin);
    back_neighbor_ = std::move(back.column);
    back_edge_ = std::move(back.order);
  }

  /// A square graph in which each pair (a[k], b[k]) stands for both directions; a == b is a
  /// self-loop and its own partner. Throws like the constructor; (a, b) and (b, a) are the same
  /// pair.
  [[nodiscard]] static graph undirected(const B& on, offset nodes, std::span<const index> a,
                                        std::span<const index> b) {
    detail::expect_equal("graph: columns", static_cast<offset>(a.size()),
                         static_cast<offset>(b.size()));
    std::vector<index> row, col;
    row.reserve(2 * a.size());
    col.reserve(2 * a.size());
    for (std::size_t k = 0; k < a.size(); ++k) {
      for (const index node : {a[k], b[k]})
        if (node < 0 || node >= nodes)
          throw range_error("graph: node of edge " + std::to_string(k) + ": expected 0 to " +
                            std::to_string(nodes - 1) + ", got " + std::to_string(node));
      row.push_back(a[k]);
      col.push_back(b[k]);
      if (a[k] == b[k]) continue;
      row.push_back(b[k]);
      col.push_back(a[k]);
    }
    graph g(on, {nodes, nodes}, row, col, "graph");
    g.back_edge_ = std::move(g.sorted_back(on).order);
    g.undirected_ = true;
    return g;
  }

  [[nodiscard]] offset rows() const { return shape_.rows; }
  [[nodiscard]] offset cols() const { return shape_.cols; }
  [[nodiscard]] offset edges() const { return edges_; }
  [[nodiscard]] bool is_undirected() const { return undirected_; }

  /// Rows and the columns they pull from; entry k is edge k.
  [[nodiscard]] pattern_view<> forward() const {
    return {row_begin_.data(), neighbor_.data(), nullptr, shape_.rows, shape_.cols, edges_, &plan_};
  }
  /// Columns and the rows that pull from them; entry k is edge `edge[k]`.
  [[nodiscard]] pattern_view<> backward() const {
    return {(undirected_ ? row_begin_ : back_begin_).data(),
            (undirected_ ? neighbor_ : back_neighbor_).data(),
            back_edge_.data(),
            shape_.cols,
            shape_.rows,
            edges_,
            undirected_ ? &plan_ : &back_plan_};
  }
  /// The same where the values of partners are equal, so that they can be read in order.
  [[nodiscard]] pattern_view<> backward_tied() const {
    auto view = backward();
    view.edge = nullptr;
    return view;
  }
  /// partner()[e] is the edge id of the reverse of edge e; null in a directed graph.
  [[nodiscard]] const offset* partner() const { return undirected_ ? back_edge_.data() : nullptr; }
  /// order()[e] is the position, among the entries given, of edge e. In an undirected graph the
  /// entries are a[0] b[0], b[0] a[0], a[1] b[1], ..., a self-loop once.
  [[nodiscard]] const offset* order() const { return order_.data(); }

 private:
  graph(const B& on, shape s, std::span<const index> row, std::span<const index> col,
        const std::string& operation)
      : shape_(s), edges_(static_cast<offset>(row.size())) {
    detail::expect_equal(operation + ": columns", edges_, static_cast<offset>(col.size()));
    const auto r = on.upload(row), c = on.upload(col);
    auto sorted = sort_entries(on, r.data(), c.data(), edges_, s, operation);
    const auto twice = on.select(edges_, kernels::repeated_key{sorted.keys.data()});
    if (twice.size()) {
      const auto at = detail::fetch(on, twice.data());
      const auto key = static_cast<offset>(detail::fetch(on, sorted.keys.data() + at));
      throw range_error(operation + ": edge (" + std::to_string(key / s.cols) + ", " +
                        std::to_string(key % s.cols) + "): expected once, got it again");
    }
    row_begin_ = std::move(sorted.row_begin);
    neighbor_ = std::move(sorted.column);
    order_ = std::move(sorted.order);
  }

  /// The entries by column, then row.
  [[nodiscard]] sorted_entries<B> sorted_back(const B& on) const {
    auto row_of = on.template allocate<index>(edges_);
    on.for_each(shape_.rows, kernels::expand_rows<index, offset>{row_begin_.data(), row_of.data()});
    return sort_entries(on, neighbor_.data(), static_cast<const index*>(row_of.data()), edges_,
                        {shape_.cols, shape_.rows}, "graph");
  }

  shape shape_;
  offset edges_ = 0;
  bool undirected_ = false;
  typename B::template buffer<offset> row_begin_, back_begin_, back_edge_, order_;
  typename B::template buffer<index> neighbor_, back_neighbor_;
  mutable detail::plan_of<B> plan_, back_plan_;
};

}  // namespace filigree
