// SPDX-License-Identifier: Apache-2.0
#pragma once
// Opt-in: views of Eigen's sparse and dense matrices as filigree's and vice versa, without a copy.
// A view shares memory: it must not outlive the matrix it refers to, and writes through either are
// visible in both.
#include <filigree/backend/concept.hpp>
#include <filigree/backend/pool.hpp>
#include <filigree/tensor/csr.hpp>
#include <filigree/tensor/matrix.hpp>

#include <Eigen/Core>
#include <Eigen/SparseCore>
#include <concepts>
#include <type_traits>

namespace filigree {

namespace detail {
template <class B>
inline constexpr bool in_host_memory =
    std::same_as<typename B::template buffer<float>, host_buffer<float>>;

/// Fails to compile if Eigen cannot view such a matrix.
template <class B, class Index, class Offset>
constexpr void expect_viewable_by_eigen() {
  static_assert(in_host_memory<B>,
                "view: Eigen sees host memory only: expected the backend reference or cpu");
  static_assert(std::same_as<Index, Offset>,
                "view: Eigen has one type for indices and offsets: expected csr<T, B, int, int> or "
                "csr<T, B, long, long>; cast<csr<T, B, int, int>>(on, a) makes one");
  static_assert(std::is_signed_v<Index>,
                "view: Eigen's indices are signed: expected a signed Index");
}
}  // namespace detail

/// Eigen's type for a csr matrix.
template <class T, class Index = int>
using eigen_csr = Eigen::SparseMatrix<T, Eigen::RowMajor, Index>;
/// Eigen's type for a row-major matrix.
template <class T>
using eigen_matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// An Eigen view of a csr matrix. Index and Offset must be the same type.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] auto as_eigen(csr<T, B, Index, Offset>& a) {
  detail::expect_viewable_by_eigen<B, Index, Offset>();
  const auto p = a.pattern();
  // Eigen's mutable map requires mutable pointers throughout, but csr exposes its pattern as
  // read-only; nothing that Eigen does through a map moves an entry.
  return Eigen::Map<eigen_csr<T, Index>>(a.rows(), a.cols(), a.entries(),
                                         const_cast<Index*>(p.row_begin),
                                         const_cast<Index*>(p.neighbor), a.values().data);
}
/// Same, read-only.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] auto as_eigen(const csr<T, B, Index, Offset>& a) {
  detail::expect_viewable_by_eigen<B, Index, Offset>();
  const auto p = a.pattern();
  return Eigen::Map<const eigen_csr<T, Index>>(a.rows(), a.cols(), a.entries(), p.row_begin,
                                               p.neighbor, a.values().data);
}

/// Deleted because the view would outlive a temporary.
template <class T, backend B, class Index, class Offset>
void as_eigen(const csr<T, B, Index, Offset>&& a) = delete;

/// A csr view, on backend B, of an Eigen sparse matrix. A column-major matrix appears as its
/// transpose. Throws `error` unless the matrix is compressed. Copying the result copies the memory.
template <backend B, class T, int Options, class Index>
[[nodiscard]] csr<T, B, Index, Index> as_csr(Eigen::SparseMatrix<T, Options, Index>& m) {
  static_assert(detail::in_host_memory<B>,
                "view: Eigen lives in host memory: expected the backend reference or cpu");
  if (!m.isCompressed())
    throw error("as_csr: matrix: expected a compressed one (call makeCompressed()), got none");
  const auto entries = static_cast<std::size_t>(m.nonZeros());
  const auto outer = static_cast<std::size_t>(m.outerSize()) + 1;
  return {shape{m.outerSize(), m.innerSize()}, host_buffer<Index>::borrow(m.outerIndexPtr(), outer),
          host_buffer<Index>::borrow(m.innerIndexPtr(), entries),
          host_buffer<T>::borrow(m.valuePtr(), entries)};
}

/// An Eigen view of a dense matrix.
template <class T, backend B>
[[nodiscard]] Eigen::Map<eigen_matrix<T>> as_eigen(matrix<T, B>& x) {
  static_assert(detail::in_host_memory<B>,
                "view: Eigen sees host memory only: expected the backend reference or cpu");
  return {x.data(), x.rows(), x.cols()};
}
/// Same, read-only.
template <class T, backend B>
[[nodiscard]] Eigen::Map<const eigen_matrix<T>> as_eigen(const matrix<T, B>& x) {
  static_assert(detail::in_host_memory<B>,
                "view: Eigen sees host memory only: expected the backend reference or cpu");
  return {x.data(), x.rows(), x.cols()};
}

/// Deleted because the view would outlive a temporary.
template <class T, backend B>
void as_eigen(const matrix<T, B>&& x) = delete;

/// A matrix view, on backend B, of an Eigen dense matrix. A column-major matrix appears as its
/// transpose (cols x rows), a vector unchanged. Copying the result copies the memory.
template <backend B, class T, int Rows, int Cols, int Options, int MaxRows, int MaxCols>
[[nodiscard]] matrix<T, B> as_matrix(Eigen::Matrix<T, Rows, Cols, Options, MaxRows, MaxCols>& m) {
  static_assert(detail::in_host_memory<B>,
                "view: Eigen lives in host memory: expected the backend reference or cpu");
  return {host_buffer<T>::borrow(m.data(), static_cast<std::size_t>(m.size())),
          Cols == 1 ? shape{m.size(), 1} : shape{m.outerSize(), m.innerSize()}};
}

}  // namespace filigree
