// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/tensor/duplicates.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/limits.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// A csr matrix on the host, for inspection and comparison.
template <class T, class Index = index, class Offset = offset>
struct host_csr {
  filigree::shape shape;
  std::vector<Offset> row_begin;  ///< rows + 1
  std::vector<Index> column;      ///< one per entry
  std::vector<T> value;           ///< one per entry
  friend bool operator==(const host_csr&, const host_csr&) = default;
};

/// A sparse matrix (rows x cols) in compressed sparse row format (CSR) on backend B: a pattern and
/// one value per entry. Row r holds the entries [row_begin[r], row_begin[r + 1]), with columns
/// strictly ascending. Entries are numbered in this order, which is how edge attributes outside the
/// matrix refer to them. Copies are deep.
template <class T, backend B, class Index = index, class Offset = offset>
class csr {
 public:
  using scalar = T;
  using index_type = Index;
  using offset_type = Offset;
  using backend_type = B;
  template <class U>
  using buffer = typename B::template buffer<U>;

  /// 0 x 0.
  csr() : csr(B{}, filigree::shape{}) {}
  /// No entries.
  csr(const B& on, filigree::shape s) : shape_(s) {
    detail::expect_fits<Index, Offset>(s, 0, "csr");
    row_begin_ = on.template zeros<Offset>(s.rows + 1);
  }
  /// Copies compressed rows from host memory. Throws `shape_error` if the lengths disagree and
  /// `range_error` like `validate`.
  csr(const B& on, filigree::shape s, std::span<const Offset> row_begin,
      std::span<const Index> column, std::span<const T> value)
      : csr(s, on.upload(row_begin), on.upload(column), on.upload(value)) {
    validate(on);
  }
  /// Takes over buffers, owned or borrowed. Throws `shape_error` if the lengths disagree;
  /// `validate` checks the contents.
  csr(filigree::shape s, buffer<Offset> row_begin, buffer<Index> column, buffer<T> value)
      : shape_(s),
        row_begin_(std::move(row_begin)),
        column_(std::move(column)),
        value_(std::move(value)) {
    detail::expect_fits<Index, Offset>(s, entries(), "csr");
    detail::expect_equal("csr: row starts", s.rows + 1, static_cast<offset>(row_begin_.size()));
    detail::expect_equal("csr: values", entries(), static_cast<offset>(value_.size()));
  }
  /// Makes a matrix from entries (row[k], col[k], value[k]) in host memory, in any order. Throws
  /// `shape_error` if the spans differ in length; `range_error` for an entry outside the shape, for
  /// a NaN and, unless a policy says how to handle it, for a duplicate entry.
  [[nodiscard]] static csr from_entries(const B& on, filigree::shape s, std::span<const Index> row,
                                        std::span<const Index> col, std::span<const T> value,
                                        duplicates policy = duplicates::error) {
    const auto n = static_cast<offset>(row.size());
    detail::expect_fits<Index, Offset>(s, n, "csr");
    detail::expect_equal("csr: columns", n, static_cast<offset>(col.size()));
    detail::expect_equal("csr: values", n, static_cast<offset>(value.size()));
    const auto r = on.upload(row), c = on.upload(col);
    const auto v = on.upload(value);
    detail::expect_numbers(on, v.data(), n, "csr");
    auto m = merge_entries<Offset>(on, r.data(), c.data(), v.data(), n, s, policy, "csr");
    return csr(s, std::move(m.row_begin), std::move(m.column), std::move(m.value));
  }

  [[nodiscard]] offset rows() const { return shape_.rows; }
  [[nodiscard]] offset cols() const { return shape_.cols; }
  [[nodiscard]] offset entries() const { return static_cast<offset>(column_.size()); }
  [[nodiscard]] filigree::shape shape() const { return shape_; }

  /// The rows and their columns; entry k is edge k.
  [[nodiscard]] pattern_view<Index, Offset> pattern() const {
    return {row_begin_.data(), column_.data(), nullptr, shape_.rows, shape_.cols, entries()};
  }
  /// The values, entries x 1.
  [[nodiscard]] matrix_view<T> values() { return {value_.data(), entries(), 1}; }
  [[nodiscard]] matrix_view<const T> values() const { return {value_.data(), entries(), 1}; }

  /// Throws `range_error` naming the first invalid row, entry or value, and its bound: row starts
  /// must be non-decreasing from 0 to the number of entries, columns must lie in [0, cols) and be
  /// strictly ascending within each row, and values must not be NaN (infinity is allowed).
  void validate(const B& on) const {
    const auto* const begin = row_begin_.data();
    expect_start(on, 0, 0);
    if (const auto bad = on.select(rows(), kernels::row_ends_early<Offset>{begin}); bad.size()) {
      const offset r = detail::fetch(on, bad.data());
      throw range_error("csr: start of row " + std::to_string(r + 1) + ": expected at least " +
                        std::to_string(detail::fetch(on, begin + r)) + ", got " +
                        std::to_string(detail::fetch(on, begin + r + 1)));
    }
    expect_start(on, rows(), entries());
    detail::expect_within(on, column_.data(), entries(), cols(), "csr: column");
    const auto bad =
        on.select(rows(), kernels::row_out_of_order<Index, Offset>{begin, column_.data()});
    if (bad.size()) expect_ascending(on, detail::fetch(on, bad.data()));
    detail::expect_numbers(on, value_.data(), entries(), "csr");
  }

  /// A copy on the host. Waits for the backend.
  [[nodiscard]] host_csr<T, Index, Offset> to_host(const B& on) const {
    return {shape_, detail::fetch_all(on, row_begin_), detail::fetch_all(on, column_),
            detail::fetch_all(on, value_)};
  }

 private:
  void expect_start(const B& on, offset row, offset expected) const {
    const auto got = static_cast<offset>(detail::fetch(on, row_begin_.data() + row));
    if (got != expected)
      throw range_error("csr: start of row " + std::to_string(row) + ": expected " +
                        std::to_string(expected) + ", got " + std::to_string(got));
  }
  void expect_ascending(const B& on, offset row) const {
    const auto ends = detail::fetch(on, row_begin_.data() + row, 2);
    const auto first = static_cast<offset>(ends[0]), last = static_cast<offset>(ends[1]);
    const auto columns = detail::fetch(on, column_.data() + first, last - first);
    for (std::size_t k = 1; k < columns.size(); ++k)
      if (columns[k] <= columns[k - 1])
        throw range_error("csr: column of entry " + std::to_string(first + static_cast<offset>(k)) +
                          ", in row " + std::to_string(row) + ": expected above " +
                          std::to_string(columns[k - 1]) + ", got " + std::to_string(columns[k]));
  }

  filigree::shape shape_;
  buffer<Offset> row_begin_;
  buffer<Index> column_;
  buffer<T> value_;
};

/// Whether two matrices have the same shape, the same pattern and equal values.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] bool equal(const B& on, const csr<T, B, Index, Offset>& a,
                         const csr<T, B, Index, Offset>& b) {
  if (a.shape() != b.shape() || a.entries() != b.entries()) return false;
  const auto p = a.pattern(), q = b.pattern();
  const auto same = [&]<class U>(const U* x, const U* y, offset n) {
    return on.select(n, kernels::differs<U>{x, y}).size() == 0;
  };
  return same(p.row_begin, q.row_begin, a.rows() + 1) &&
         same(p.neighbor, q.neighbor, a.entries()) &&
         same(a.values().data, b.values().data, a.entries());
}

}  // namespace filigree
