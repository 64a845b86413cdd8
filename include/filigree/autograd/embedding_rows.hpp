// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/keep_rows.hpp>
#include <filigree/autograd/mask.hpp>
#include <filigree/autograd/parameter.hpp>
#include <filigree/autograd/recorder.hpp>
#include <filigree/autograd/set_mask.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/kernels/prune.hpp>
#include <filigree/ops/scatter_add_rows.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/row_set.hpp>

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// An embedding for each node, whose rows may be removed during training: a node without a row of
/// its own starts at 0 and relies on what it pulls from its neighbors.
template <class T, backend B>
class embedding_rows {
 public:
  /// One row for each node: (nodes x dim).
  explicit embedding_rows(matrix<T, B> all) : table(std::move(all)), nodes_(table.value.rows()) {}

  parameter<T, B> table;  ///< (remaining rows x dim)

  [[nodiscard]] offset nodes() const { return nodes_; }
  [[nodiscard]] offset rows() const { return table.value.rows(); }
  [[nodiscard]] bool is_whole() const { return !set_; }
  /// The nodes whose rows remain, once some have been removed; else none.
  [[nodiscard]] const std::optional<row_set<B>>& set() const { return set_; }
  /// The number of remaining rows that are not masked. Waits for the backend.
  [[nodiscard]] offset open_rows(const B& on) const {
    const auto& mask = table.mask;
    return mask.size() ? detail::count_open(on, mask) / mask.cols() : rows();
  }
  /// The nodes whose rows remain, ascending; empty if all do. Waits for the backend.
  [[nodiscard]] std::vector<index> kept(const B& on) const {
    return set_ ? detail::fetch_all(on, set_->rows) : std::vector<index>();
  }

  /// The features of all nodes, (nodes x dim).
  template <recorder R>
  [[nodiscard]] typename R::var features(R& r) const {
    const auto x = r.leaf(table);
    return set_ ? r(scatter_add_rows<B>{*set_}, x) : x;
  }
  /// Removes fully masked rows for good. Returns whether any were removed. Waits for the backend.
  bool compact(const B& on) {
    if (!table.mask.size()) return false;
    const offset dim = table.value.cols();
    const auto elements = detail::open_elements(on, table.mask);
    const auto n = static_cast<offset>(elements.size()) / dim;
    if (n == rows()) return false;
    auto left = on.template allocate<offset>(n);
    on.for_each(n, kernels::row_of_first{elements.data(), dim, left.data()});
    table.mask = {};
    keep(on, left);
    return true;
  }
  /// Keeps only the rows kept[0] < kept[1] < ... of the current ones.
  void keep(const B& on, const typename B::template buffer<offset>& kept) {
    const auto n = static_cast<offset>(kept.size());
    auto node = on.template allocate<index>(n);
    if (set_)
      on.for_each(n, kernels::gather<index, offset>{kept.data(), set_->rows.data(), node.data()});
    else
      on.for_each(n, kernels::cast_copy<offset, index>{kept.data(), node.data()});
    keep_rows(on, table, kept);
    set_ = make_row_set(on, static_cast<const index*>(node.data()), n, nodes_);
  }
  /// Takes the values of another object, which has all rows, for the rows that remain here; masked
  /// elements stay masked.
  void take_values(const B& on, const embedding_rows& whole) {
    const auto left = std::exchange(set_, {});
    auto was = std::exchange(table, whole.table);
    table.mask = {};
    if (left) {
      auto at = on.template allocate<offset>(left->size());
      on.for_each(left->size(), kernels::cast_copy<index, offset>{left->rows.data(), at.data()});
      keep(on, at);
    }
    table.frozen = was.frozen;
    table = std::move(table).with_flags_of(was);
    set_mask(on, table, std::move(was.mask));
  }

  /// Archives which rows remain, and resizes the table to match.
  template <class Archive>
  void archive(const B& on, Archive& archive, const std::string& name) {
    auto ids = kept(on);
    bool all = is_whole();
    const auto before = std::pair(all, ids);
    archive.value(name + ".whole", all);
    archive.ids(name + ".kept", ids, nodes_);
    if (std::pair(all, ids) == before) return;
    const auto n = all ? nodes_ : static_cast<offset>(ids.size());
    table = parameter<T, B>(matrix<T, B>::zeros(on, {n, table.value.cols()})).with_flags_of(table);
    set_.reset();
    if (!all) set_ = make_row_set(on, on.upload(std::span<const index>(ids)).data(), n, nodes_);
  }

 private:
  offset nodes_;
  std::optional<row_set<B>> set_;  ///< the nodes whose rows remain, once some have been removed
};

}  // namespace filigree
