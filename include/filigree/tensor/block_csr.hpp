// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/sparse_weights.hpp>
#include <filigree/tensor/limits.hpp>
#include <filigree/tensor/matrix.hpp>

#include <string>

namespace filigree {

/// Which blocks of a dense matrix are kept: those with a nonzero element, or all.
enum class kept_blocks { nonzero, all };

/// A sparse matrix (rows x cols) of dense blocks on backend B, in block compressed sparse row
/// format (BSR). Copies are deep.
template <class T, backend B>
class block_csr {
 public:
  using scalar = T;
  using backend_type = B;

  /// 0 x 0.
  block_csr() : block_csr(B{}, matrix<T, B>{}) {}
  /// Cuts a dense matrix into blocks, starting at its first row and column; its size need not be a
  /// multiple of the block size. Throws `range_error` for a block without elements and for a NaN.
  block_csr(const B& on, const matrix<T, B>& dense, filigree::shape block = {4, 1},
            kept_blocks which = kept_blocks::nonzero)
      : shape_(dense.shape()), block_(block) {
    expect_positive("rows", block.rows);
    expect_positive("columns", block.cols);
    detail::expect_fits<index, offset>(shape_, 0, "block_csr");
    detail::expect_numbers(on, dense.data(), dense.size(), "block_csr");
    const offset down = (rows() + block.rows - 1) / block.rows;
    const offset across = (cols() + block.cols - 1) / block.cols;
    const auto kept = on.select(
        down * across, kernels::keeps_block<T>{dense.view(), block, which == kept_blocks::all});
    const auto n = static_cast<offset>(kept.size());
    row_begin_ = on.template allocate<offset>(down + 1);
    column_ = on.template allocate<index>(n);
    value_ = on.template allocate<T>(n * block.size());
    on.for_each(down + 1, kernels::blocks_before{kept.data(), n, across, row_begin_.data()});
    on.for_each(
        n, kernels::copy_block<T>{dense.view(), block, kept.data(), column_.data(), value_.data()});
  }

  [[nodiscard]] offset rows() const { return shape_.rows; }
  [[nodiscard]] offset cols() const { return shape_.cols; }
  [[nodiscard]] filigree::shape shape() const { return shape_; }
  /// The rows and columns of a block.
  [[nodiscard]] filigree::shape block() const { return block_; }
  /// The number of blocks that are kept.
  [[nodiscard]] offset blocks() const { return static_cast<offset>(column_.size()); }
  /// The number of values that are kept, including zeros within blocks.
  [[nodiscard]] offset entries() const { return static_cast<offset>(value_.size()); }

  [[nodiscard]] block_view<T> view() const {
    return {row_begin_.data(), column_.data(), value_.data(), rows(), cols(), block_};
  }

 private:
  static void expect_positive(const char* what, offset got) {
    if (got < 1)
      throw range_error(std::string("block_csr: ") + what +
                        " of a block: expected at least 1, got " + std::to_string(got));
  }

  filigree::shape shape_, block_;
  typename B::template buffer<offset> row_begin_;
  typename B::template buffer<index> column_;
  typename B::template buffer<T> value_;
};

/// All elements, including zeros.
template <class T, backend B>
[[nodiscard]] matrix<T, B> to_dense(const B& on, const block_csr<T, B>& a) {
  auto out = matrix<T, B>::zeros(on, a.shape());
  on.for_each((a.rows() + a.block().rows - 1) / a.block().rows,
              kernels::densify_blocks<T>{a.view(), out.view()});
  return out;
}

}  // namespace filigree
