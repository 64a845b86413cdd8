// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_entries.hpp"
#include <filigree/tensor/convert.hpp>
#include <filigree/tensor/eigen.hpp>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;

/// [ 1 0 2 ]
/// [ 0 0 0 ]
template <class Sparse>
Sparse drawn() {
  Sparse m(2, 3);
  m.insert(0, 2) = 2;
  m.insert(0, 0) = 1;
  m.makeCompressed();
  return m;
}
}  // namespace

TEMPLATE_TEST_CASE("Eigen sees csr without a copy", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  fg::csr<T, B, int, int> a(on, {2, 3}, list<int>{0, 2, 2}, list<int>{0, 2}, list<T>{1, 2});
  auto view = as_eigen(a);
  CHECK(view.rows() == 2);
  CHECK(view.cols() == 3);
  CHECK(view.nonZeros() == 2);
  CHECK(view.valuePtr() == a.values().data);
  CHECK(view.coeff(0, 2) == T(2));
  CHECK(view.coeff(1, 1) == T(0));
  view.coeffs() *= T(10);
  CHECK(a.to_host(on).value == list<T>{10, 20});
  const auto& fixed = a;
  CHECK(as_eigen(fixed).coeff(0, 0) == T(10));
  const Eigen::Matrix<T, 3, 1> x(1, 1, 1);
  CHECK((as_eigen(fixed) * x).eval()(0) == T(30));
}

TEMPLATE_TEST_CASE("csr sees a sparse matrix of Eigen without a copy", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  auto m = drawn<Eigen::SparseMatrix<T, Eigen::RowMajor>>();
  auto a = fg::as_csr<B>(m);
  a.validate(on);
  CHECK(a.shape() == fg::shape{2, 3});
  CHECK(a.values().data == m.valuePtr());
  CHECK(a.to_host(on).row_begin == list<int>{0, 2, 2});
  CHECK(a.to_host(on).column == list<int>{0, 2});
  *a.values().data = 7;
  CHECK(m.coeff(0, 0) == T(7));
  auto copy = a;
  *copy.values().data = 8;
  CHECK(m.coeff(0, 0) == T(7));
}

TEMPLATE_TEST_CASE("a column-major matrix of Eigen is seen as its transpose", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  auto m = drawn<Eigen::SparseMatrix<T, Eigen::ColMajor, std::int64_t>>();
  const auto a = fg::as_csr<B>(m);
  a.validate(on);
  CHECK(a.shape() == fg::shape{3, 2});
  CHECK(a.to_host(on).row_begin == list<std::int64_t>{0, 1, 1, 2});
  CHECK(a.to_host(on).value == list<T>{1, 2});
}

TEMPLATE_TEST_CASE("empty matrices are seen both ways", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  fg::csr<T, B, int, int> none;
  CHECK(as_eigen(none).nonZeros() == 0);
  Eigen::SparseMatrix<T, Eigen::RowMajor> empty(0, 4);
  CHECK(fg::as_csr<B>(empty).shape() == fg::shape{0, 4});
  fg::matrix<T, B> dense;
  CHECK(as_eigen(dense).size() == 0);
}

TEMPLATE_TEST_CASE("shapes without rows or columns are kept both ways", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  for (const auto& [rows, columns] : list<std::pair<int, int>>{{0, 4}, {3, 0}, {0, 0}}) {
    const fg::shape shape{rows, columns};
    fg::matrix<T, B> x(on, list<T>{}, shape);
    CHECK(as_eigen(x).rows() == rows);
    CHECK(as_eigen(x).cols() == columns);
    CHECK(as_eigen(x).sum() == T(0));
    fg::eigen_matrix<T> m(rows, columns);
    CHECK(fg::as_matrix<B>(m).shape() == shape);
    CHECK(fg::as_matrix<B>(m).to_host(on).empty());
    const auto rows_and_one = static_cast<std::size_t>(rows) + 1;
    fg::csr<T, B, int, int> a(on, shape, list<int>(rows_and_one), list<int>{}, list<T>{});
    CHECK(as_eigen(a).rows() == rows);
    CHECK(as_eigen(a).cols() == columns);
    CHECK((as_eigen(a) * fg::eigen_matrix<T>::Ones(columns, 2)).eval().rows() == rows);
    Eigen::SparseMatrix<T, Eigen::RowMajor> sparse(rows, columns);
    const auto seen = fg::as_csr<B>(sparse);
    seen.validate(on);
    CHECK(seen.shape() == shape);
    CHECK(seen.to_host(on).row_begin == list<int>(rows_and_one));
  }
}

TEMPLATE_TEST_CASE("an uncompressed matrix of Eigen is refused", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  Eigen::SparseMatrix<T, Eigen::RowMajor> m(2, 3);
  m.insert(0, 2) = 2;
  CHECK_THROWS_WITH(fg::as_csr<B>(m),
                    "as_csr: matrix: expected a compressed one (call makeCompressed()), got none");
}

TEMPLATE_TEST_CASE("dense matrices are seen both ways without a copy", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  fg::matrix<T, B> x(on, list<T>{1, 2, 3, 4, 5, 6}, {2, 3});
  as_eigen(x)(1, 0) = 40;
  CHECK(x.to_host(on) == list<T>{1, 2, 3, 40, 5, 6});
  CHECK(as_eigen(std::as_const(x)).row(1).sum() == T(51));
  Eigen::Matrix<T, 2, 3, Eigen::RowMajor> m;
  m << 1, 2, 3, 4, 5, 6;
  auto y = fg::as_matrix<B>(m);
  CHECK(y.shape() == fg::shape{2, 3});
  CHECK(y.data() == m.data());
  CHECK(y.to_host(on) == list<T>{1, 2, 3, 4, 5, 6});
  Eigen::Matrix<T, 2, 3> by_column = m;
  CHECK(fg::as_matrix<B>(by_column).shape() == fg::shape{3, 2});
  CHECK(fg::as_matrix<B>(by_column).to_host(on) == list<T>{1, 4, 2, 5, 3, 6});
  Eigen::Matrix<T, Eigen::Dynamic, 1> v = by_column.col(1);
  CHECK(fg::as_matrix<B>(v).shape() == fg::shape{2, 1});
}

TEMPLATE_TEST_CASE("products of Eigen on a view agree with the dense ones", "", float, double) {
  const fg::cpu on;
  const random_entries<TestType> e(80, 60);
  const auto a = fg::cast<fg::csr<TestType, fg::cpu, int, int>>(
      on, fg::csr<TestType, fg::cpu>::from_entries(on, e.shape, e.row, e.col, e.value));
  const auto dense = to_dense(on, a);
  fg::eigen_matrix<TestType> x = fg::eigen_matrix<TestType>::Random(60, 9);
  const fg::eigen_matrix<TestType> sparse_product = as_eigen(a) * x;
  CHECK((sparse_product - as_eigen(dense) * x).cwiseAbs().maxCoeff() < 1e-4);
}
