// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/duplicates.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/limits.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// A matrix in coordinate format on the host, for inspection and comparison.
template <class T, class Index = index>
struct host_coo {
  filigree::shape shape;
  std::vector<Index> row, col;  ///< one per entry
  std::vector<T> value;         ///< one per entry
  friend bool operator==(const host_coo&, const host_coo&) = default;
};

/// A sparse matrix (rows x cols) in coordinate format on backend B: entries (row, col, value) in
/// the order in which they were given, without duplicates. Copies are deep.
template <class T, backend B, class Index = index, class Offset = offset>
class coo {
 public:
  using scalar = T;
  using index_type = Index;
  using offset_type = Offset;
  using backend_type = B;
  template <class U>
  using buffer = typename B::template buffer<U>;

  /// 0 x 0.
  coo() = default;
  /// Makes a matrix from entries in host memory. When duplicates are merged, the resulting entry
  /// takes the position of one of them: of the last if that is the policy, of the first otherwise.
  /// Throws `shape_error` if the spans differ in length; `range_error` for an entry outside the
  /// shape, for a NaN and, unless a policy says how to handle it, for a duplicate entry.
  coo(const B& on, filigree::shape s, std::span<const Index> row, std::span<const Index> col,
      std::span<const T> value, duplicates policy = duplicates::error)
      : coo(s, on.upload(row), on.upload(col), on.upload(value)) {
    detail::expect_numbers(on, value_.data(), entries(), "coo");
    auto merged = merge_keys<Offset>(on, row_.data(), col_.data(), value_.data(), entries(), s,
                                     policy, "coo");
    if (static_cast<offset>(merged.order.size()) != entries()) keep(on, merged);
  }
  /// Takes over buffers, owned or borrowed. Throws `shape_error` if the lengths disagree;
  /// `validate` checks the contents.
  coo(filigree::shape s, buffer<Index> row, buffer<Index> col, buffer<T> value)
      : shape_(s), row_(std::move(row)), col_(std::move(col)), value_(std::move(value)) {
    detail::expect_fits<Index, Offset>(s, entries(), "coo");
    detail::expect_equal("coo: columns", entries(), static_cast<offset>(col_.size()));
    detail::expect_equal("coo: values", entries(), static_cast<offset>(value_.size()));
  }

  [[nodiscard]] offset rows() const { return shape_.rows; }
  [[nodiscard]] offset cols() const { return shape_.cols; }
  [[nodiscard]] offset entries() const { return static_cast<offset>(row_.size()); }
  [[nodiscard]] filigree::shape shape() const { return shape_; }
  /// The row of each entry.
  [[nodiscard]] const Index* row() const { return row_.data(); }
  /// The column of each entry.
  [[nodiscard]] const Index* col() const { return col_.data(); }
  /// The values, entries x 1.
  [[nodiscard]] matrix_view<T> values() { return {value_.data(), entries(), 1}; }
  [[nodiscard]] matrix_view<const T> values() const { return {value_.data(), entries(), 1}; }

  /// Throws `range_error` naming the first entry that is outside the shape, is a duplicate or has a
  /// NaN value.
  void validate(const B& on) const {
    static_cast<void>(merge_keys<Offset>(on, row_.data(), col_.data(), value_.data(), entries(),
                                         shape_, duplicates::error, "coo"));
    detail::expect_numbers(on, value_.data(), entries(), "coo");
  }

  /// A copy on the host. Waits for the backend.
  [[nodiscard]] host_coo<T, Index> to_host(const B& on) const {
    return {shape_, detail::fetch_all(on, row_), detail::fetch_all(on, col_),
            detail::fetch_all(on, value_)};
  }

 private:
  /// Takes the merged entries, in their original order.
  void keep(const B& on, const merged_keys<T, B, Offset>& merged) {
    const auto n = static_cast<offset>(merged.order.size());
    auto stood = on.template allocate<std::uint64_t>(n);
    auto at = on.template allocate<offset>(n);
    on.for_each(n, kernels::cast_copy<Offset, std::uint64_t>{merged.order.data(), stood.data()});
    on.for_each(n, kernels::count_up<offset>{at.data()});
    on.sort_pairs(stood.data(), at.data(), n);
    auto keys = on.template allocate<std::uint64_t>(n);
    auto value = on.template allocate<T>(n);
    on.for_each(n,
                kernels::gather<std::uint64_t, offset>{at.data(), merged.keys.data(), keys.data()});
    on.for_each(n, kernels::gather<T, offset>{at.data(), merged.value.data(), value.data()});
    row_ = on.template allocate<Index>(n);
    col_ = on.template allocate<Index>(n);
    on.for_each(n, kernels::key_row<Index>{keys.data(), cols(), row_.data()});
    on.for_each(n, kernels::key_column<Index>{keys.data(), cols(), col_.data()});
    value_ = std::move(value);
  }

  filigree::shape shape_;
  buffer<Index> row_, col_;
  buffer<T> value_;
};

/// Whether two matrices have the same shape and the same entries in the same order.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] bool equal(const B& on, const coo<T, B, Index, Offset>& a,
                         const coo<T, B, Index, Offset>& b) {
  if (a.shape() != b.shape() || a.entries() != b.entries()) return false;
  const auto same = [&]<class U>(const U* x, const U* y) {
    return on.select(a.entries(), kernels::differs<U>{x, y}).size() == 0;
  };
  return same(a.row(), b.row()) && same(a.col(), b.col()) && same(a.values().data, b.values().data);
}

}  // namespace filigree
