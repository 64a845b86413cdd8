// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/tensor/compressed_columns.hpp>
#include <filigree/tensor/entries.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <typeindex>
#include <typeinfo>
#include <utility>
#include <vector>

namespace filigree {

namespace detail {
/// The data that a backend stores with a pattern (B::plan), if any. A copy starts empty.
template <class B>
struct plan_of {
  struct type {};
};
template <class B>
requires requires { typename B::plan; }
struct plan_of<B> {
  using type = typename B::plan;
};
}  // namespace detail

/// A sparse pattern (rows x cols) stored in both directions, so that every pass pulls and none
/// needs atomics. Row r pulls from its neighbors, which are columns. Edge ids are positions in the
/// forward direction; values are stored separately, one per edge id. In an undirected graph an edge
/// (a, b) and its reverse (b, a) are two entries, each the `partner` of the other.
template <backend B>
class graph {
 public:
  graph() = default;

  /// Makes a directed graph, rectangular in general, from entries (row[k], col[k]). `order()[e]` is
  /// the k that became edge e. Throws `shape_error` if the spans differ in length, `range_error`
  /// for an entry outside the shape or a duplicate.
  graph(const B& on, shape s, std::span<const index> row, std::span<const index> col)
      : graph(on, s, on.upload(row).data(), checked(on, row, col).data(),
              static_cast<offset>(row.size())) {}
  /// Same, from entries that are already on the backend.
  graph(const B& on, shape s, const index* row, const index* col, offset entries)
      : graph(sorted_forward{}, on, s, row, col, entries) {
    auto back = compress_columns(on, forward());
    back_begin_ = std::move(back.column_begin);
    back_neighbor_ = std::move(back.row);
    back_edge_ = std::move(back.order);
  }

  /// Makes a square graph in which each pair (a[k], b[k]) stands for both directions; a == b is a
  /// self-loop and its own partner. Throws like the constructor; (a, b) and (b, a) count as the
  /// same pair.
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
    const auto r = on.upload(std::span<const index>(row)),
               c = on.upload(std::span<const index>(col));
    return symmetric(on, nodes, r.data(), c.data(), static_cast<offset>(row.size()));
  }

  /// Same, from entries on the backend that include both directions of each pair. Throws like the
  /// constructor, and `range_error` for an entry whose reverse is missing.
  [[nodiscard]] static graph symmetric(const B& on, offset nodes, const index* row,
                                       const index* col, offset entries) {
    graph g(sorted_forward{}, on, {nodes, nodes}, row, col, entries);
    auto back = compress_columns(on, g.forward());
    g.expect_symmetric(on, back);
    g.back_edge_ = std::move(back.order);
    g.undirected_ = true;
    return g;
  }

  [[nodiscard]] offset rows() const { return shape_.rows; }
  [[nodiscard]] offset cols() const { return shape_.cols; }
  [[nodiscard]] offset edges() const { return edges_; }
  [[nodiscard]] bool is_undirected() const { return undirected_; }

  /// The rows and the columns they pull from; entry k is edge k.
  [[nodiscard]] pattern_view<> forward() const {
    return {row_begin_.data(), neighbor_.data(), nullptr, shape_.rows, shape_.cols, edges_, &plan_};
  }
  /// The columns and the rows that pull from them; entry k is edge `edge[k]`.
  [[nodiscard]] pattern_view<> backward() const {
    return {(undirected_ ? row_begin_ : back_begin_).data(),
            (undirected_ ? neighbor_ : back_neighbor_).data(),
            back_edge_.data(),
            shape_.cols,
            shape_.rows,
            edges_,
            undirected_ ? &plan_ : &back_plan_};
  }
  /// Same, for values that are equal for both partners, which can therefore be read in order.
  [[nodiscard]] pattern_view<> backward_tied() const {
    auto view = backward();
    view.edge = nullptr;
    return view;
  }
  /// partner()[e] is the edge id of the reverse of edge e; null in a directed graph.
  [[nodiscard]] const offset* partner() const { return undirected_ ? back_edge_.data() : nullptr; }
  /// order()[e] is the position of edge e among the input entries. In an undirected graph the input
  /// entries are a[0] b[0], b[0] a[0], a[1] b[1], ..., with each self-loop once.
  [[nodiscard]] const offset* order() const { return order_.data(); }

  /// The result of `make()`, called on the first request for a V under this key and cached for the
  /// lifetime of the graph and its copies. Thread-safe.
  template <class V, class Make>
  [[nodiscard]] const V& once(const std::string& key, const Make& make) const {
    const std::pair by(std::type_index(typeid(V)), key);
    {
      const std::lock_guard lock(made_->mutex);
      if (const auto found = made_->by_key.find(by); found != made_->by_key.end())
        return *static_cast<const V*>(found->second.get());
    }
    auto value = std::make_shared<const V>(make());
    const std::lock_guard lock(made_->mutex);
    const auto kept = made_->by_key.try_emplace(by, std::move(value)).first;
    return *static_cast<const V*>(kept->second.get());
  }

 private:
  struct made {
    std::mutex mutex;
    std::map<std::pair<std::type_index, std::string>, std::shared_ptr<const void>> by_key;
  };

  /// The columns, uploaded to the backend, after checking that there are as many as rows.
  [[nodiscard]] static auto checked(const B& on, std::span<const index> row,
                                    std::span<const index> col) {
    detail::expect_equal("graph: columns", static_cast<offset>(row.size()),
                         static_cast<offset>(col.size()));
    return on.upload(col);
  }

  struct sorted_forward {};
  graph(sorted_forward, const B& on, shape s, const index* row, const index* col, offset entries)
      : shape_(s), edges_(entries) {
    auto sorted = sort_entries(on, row, col, edges_, s, "graph");
    const auto twice = on.select(edges_, kernels::repeated_key{sorted.keys.data()});
    if (twice.size()) {
      const auto at = detail::fetch(on, twice.data());
      const auto key = static_cast<offset>(detail::fetch(on, sorted.keys.data() + at));
      throw range_error("graph: edge (" + std::to_string(key / s.cols) + ", " +
                        std::to_string(key % s.cols) + "): expected once, got it again");
    }
    row_begin_ = std::move(sorted.row_begin);
    neighbor_ = std::move(sorted.column);
    order_ = std::move(sorted.order);
  }

  /// Throws unless the backward direction has the same entries as the forward one.
  void expect_symmetric(const B& on, const compressed_columns<B>& back) const {
    const auto differ =
        on.select(edges_, kernels::differs<index>{back.row.data(), neighbor_.data()});
    const auto shifted = on.select(
        rows() + 1, kernels::differs<offset>{back.column_begin.data(), row_begin_.data()});
    if (differ.size() + shifted.size() == 0) return;
    const auto begin = detail::fetch_all(on, row_begin_),
               other = detail::fetch_all(on, back.column_begin);
    const auto to = detail::fetch_all(on, neighbor_), from = detail::fetch_all(on, back.row);
    for (std::size_t r = 0; r + 1 < begin.size(); ++r)
      for (offset k = begin[r]; k < begin[r + 1]; ++k) {
        const auto c = to[static_cast<std::size_t>(k)];
        if (!std::binary_search(from.begin() + other[r], from.begin() + other[r + 1], c))
          throw range_error("graph: reverse of entry (" + std::to_string(r) + ", " +
                            std::to_string(c) + "): expected one, got none");
      }
  }

  shape shape_;
  offset edges_ = 0;
  bool undirected_ = false;
  typename B::template buffer<offset> row_begin_, back_begin_, back_edge_, order_;
  typename B::template buffer<index> neighbor_, back_neighbor_;
  mutable typename detail::plan_of<B>::type plan_, back_plan_;
  std::shared_ptr<made> made_ = std::make_shared<made>();
};

}  // namespace filigree
