// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/sparse_weights.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/limits.hpp>
#include <filigree/tensor/matrix.hpp>

#include <cstdint>
#include <string>

namespace filigree {

/// A sparse matrix (rows x cols) on backend B in which each row keeps at most n of every m
/// consecutive columns: 2 of 4, 1 of 4, 3 of 10. Each value has a one-byte position. Copies are
/// deep.
template <class T, backend B>
class n_of_m {
 public:
  using scalar = T;
  using backend_type = B;

  /// 0 x 0.
  n_of_m() = default;
  /// Converts a dense matrix that has this pattern; its last group may have fewer than m columns.
  /// Throws `range_error` unless 1 <= n <= m <= 256, for a group with more than n nonzero elements
  /// and for a NaN.
  n_of_m(const B& on, const matrix<T, B>& dense, offset n, offset m)
      : shape_(dense.shape()), n_(n), m_(m) {
    expect_within("m", m, 1, 256);
    expect_within("n", n, 1, m);
    detail::expect_fits<index, offset>(shape_, 0, "n_of_m");
    detail::expect_numbers(on, dense.data(), dense.size(), "n_of_m");
    const offset groups = rows() * view().groups();
    expect_pattern(on, dense, groups);
    value_ = on.template allocate<T>(groups * n);
    position_ = on.template allocate<std::uint8_t>(groups * n);
    on.for_each(groups,
                kernels::copy_group<T>{dense.view(), n, m, value_.data(), position_.data()});
  }

  [[nodiscard]] offset rows() const { return shape_.rows; }
  [[nodiscard]] offset cols() const { return shape_.cols; }
  [[nodiscard]] filigree::shape shape() const { return shape_; }
  [[nodiscard]] offset n() const { return n_; }
  [[nodiscard]] offset m() const { return m_; }
  /// The number of values that are kept, including zeros that pad groups.
  [[nodiscard]] offset entries() const { return static_cast<offset>(value_.size()); }

  [[nodiscard]] n_of_m_view<T> view() const {
    return {value_.data(), position_.data(), rows(), cols(), n_, m_};
  }

 private:
  static void expect_within(const char* what, offset got, offset least, offset most) {
    if (got < least || got > most)
      throw range_error(std::string("n_of_m: ") + what + ": expected " + std::to_string(least) +
                        " to " + std::to_string(most) + ", got " + std::to_string(got));
  }
  void expect_pattern(const B& on, const matrix<T, B>& dense, offset groups) const {
    const auto bad = on.select(groups, kernels::group_too_full<T>{dense.view(), n_, m_});
    if (bad.size() == 0) return;
    const offset at = detail::fetch(on, bad.data()), across = view().groups();
    const offset first = at % across * m_, end = first + m_ < cols() ? first + m_ : cols();
    const auto group = detail::fetch(on, dense.data() + at / across * cols() + first, end - first);
    offset got = 0;
    for (const T x : group) got += x == T{} ? 0 : 1;
    throw range_error("n_of_m: nonzeros in group " + std::to_string(at % across) + " of row " +
                      std::to_string(at / across) + ": expected at most " + std::to_string(n_) +
                      ", got " + std::to_string(got));
  }

  filigree::shape shape_;
  offset n_ = 1, m_ = 1;
  typename B::template buffer<T> value_;
  typename B::template buffer<std::uint8_t> position_;
};

/// All elements, including zeros.
template <class T, backend B>
[[nodiscard]] matrix<T, B> to_dense(const B& on, const n_of_m<T, B>& a) {
  auto out = matrix<T, B>::zeros(on, a.shape());
  on.for_each(a.rows(), kernels::densify_groups<T>{a.view(), out.view()});
  return out;
}

}  // namespace filigree
