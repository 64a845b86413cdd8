// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/gpu/launch.cuh>
#include <filigree/core/views.hpp>
#include <filigree/kernels/merge.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <type_traits>
#include <utility>

namespace filigree::detail {

template <class T>
inline constexpr cudaDataType cuda_type = std::is_same_v<T, double> ? CUDA_R_64F : CUDA_R_32F;

/// A cuSPARSE descriptor of a dense row-major matrix.
class dense_descriptor {
 public:
  template <class T>
  explicit dense_descriptor(const matrix_view<T>& m) {
    using U = std::remove_const_t<T>;
    check(cusparseCreateDnMat(&of_, m.rows, m.cols, m.cols, const_cast<U*>(m.data), cuda_type<U>,
                              CUSPARSE_ORDER_ROW),
          "cusparseCreateDnMat");
  }
  dense_descriptor(const dense_descriptor&) = delete;
  dense_descriptor& operator=(const dense_descriptor&) = delete;
  ~dense_descriptor() { (void)cusparseDestroyDnMat(of_); }
  operator cusparseDnMatDescr_t() const { return of_; }

 private:
  cusparseDnMatDescr_t of_ = nullptr;
};

/// The data that cuSPARSE precomputes for a sparse matrix and products of one kind and width: its
/// descriptor and its work buffer, which is used in stream order.
struct cusparse_work {
  cusparseSpMatDescr_t matrix = nullptr;
  device_buffer<char> room;

  cusparse_work() = default;
  cusparse_work(const cusparse_work&) = delete;
  cusparse_work& operator=(const cusparse_work&) = delete;
  ~cusparse_work() {
    if (matrix) (void)cusparseDestroySpMat(matrix);
  }
};

/// The data stored with a graph's pattern: 32-bit row starts, since cuSPARSE does not accept mixed
/// index widths, and preprocessed products. A copy starts empty, because a copied pattern has
/// different addresses.
class cusparse_plan {
 public:
  cusparse_plan() = default;
  cusparse_plan(const cusparse_plan&) {}
  cusparse_plan(cusparse_plan&& other) noexcept : kept_(std::move(other.kept_)) {}
  cusparse_plan& operator=(cusparse_plan other) noexcept {
    std::swap(kept_, other.kept_);
    return *this;
  }
  ~cusparse_plan() = default;

  /// Whether cuSPARSE can handle the pattern: its sizes must fit in 32 bits.
  [[nodiscard]] static bool takes(const pattern_view<>& a, offset width) {
    constexpr offset most = std::numeric_limits<std::int32_t>::max();
    return a.plan && a.entries > 0 && a.entries <= most && a.rows <= most && a.cols <= most &&
           width > 0 && width <= most;
  }

  /// y (+)= scale * A x, with one value per entry, in order. Deterministic: uses CSR_ALG3 and never
  /// transposes A.
  template <class T>
  void spmm(const std::shared_ptr<gpu_context>& context, const pattern_view<>& a, const T* values,
            T scale, matrix_view<const T> x, bool add, matrix_view<T> y) {
    constexpr auto keep = CUSPARSE_OPERATION_NON_TRANSPOSE;
    constexpr auto how = CUSPARSE_SPMM_CSR_ALG3;
    const T beta = add ? T(1) : T(0);
    const std::lock_guard lock(mutex_);
    const dense_descriptor from(x), to(y);
    auto& work = work_of<T>(context, a, product::spmm, x.cols, const_cast<T*>(values));
    multiply(context, work, "cusparseSpMM", &cusparseSpMM_bufferSize, &cusparseSpMM_preprocess,
             &cusparseSpMM, keep, keep, &scale, work.matrix, from, &beta, to, cuda_type<T>, how);
  }

  /// values[k] (+)= <a[r, :], b[c, :]> for each entry k = (r, c), in order.
  template <class T>
  void sddmm(const std::shared_ptr<gpu_context>& context, const pattern_view<>& pattern,
             matrix_view<const T> a, matrix_view<const T> b, bool add, T* values) {
    constexpr auto keep = CUSPARSE_OPERATION_NON_TRANSPOSE, turn = CUSPARSE_OPERATION_TRANSPOSE;
    constexpr auto how = CUSPARSE_SDDMM_ALG_DEFAULT;
    const T alpha = 1, beta = add ? T(1) : T(0);
    const std::lock_guard lock(mutex_);
    const dense_descriptor left(a), right(b);
    auto& work = work_of<T>(context, pattern, product::sddmm, a.cols, values);
    multiply(context, work, "cusparseSDDMM", &cusparseSDDMM_bufferSize, &cusparseSDDMM_preprocess,
             &cusparseSDDMM, keep, turn, &alpha, left, right, &beta, work.matrix, cuda_type<T>,
             how);
  }

 private:
  enum class product { spmm, sddmm };

  /// Runs a cuSPARSE product, preceded the first time by the preparation stored in `work`.
  template <class Size, class Step, class... Arguments>
  static void multiply(const std::shared_ptr<gpu_context>& context, cusparse_work& work,
                       const char* name, Size size, Step prepare, Step product,
                       const Arguments&... arguments) {
    context->with_sparse([&](cusparseHandle_t handle) {
      if (!work.room.data()) {
        std::size_t bytes = 0;
        check(size(handle, arguments..., &bytes), name);
        device_buffer<char> room(context, bytes ? bytes : 1);
        check(prepare(handle, arguments..., room.data()), name);
        work.room = std::move(room);
        ++context->library_calls;
      }
      check(product(handle, arguments..., work.room.data()), name);
      ++context->library_calls;
    });
  }

  using key = std::tuple<product, cudaDataType, offset>;
  struct kept {
    device_buffer<std::int32_t> row_begin;
    std::shared_ptr<gpu_context> context;
    std::map<key, cusparse_work> work;
  };

  /// The work data for a product of this kind and width in this stream, with the matrix set to
  /// these values.
  template <class T>
  cusparse_work& work_of(const std::shared_ptr<gpu_context>& context, const pattern_view<>& a,
                         product kind, offset width, T* values) {
    auto& of = kept_[context.get()];
    if (!of) {
      auto fresh = std::make_unique<kept>();
      fresh->context = context;
      fresh->row_begin = device_buffer<std::int32_t>(context, static_cast<std::size_t>(a.rows + 1));
      launch(*context, &run_elements<kernels::cast_copy<offset, std::int32_t>>,
             blocks_for(a.rows + 1, block_threads), a.rows + 1,
             kernels::cast_copy<offset, std::int32_t>{a.row_begin, fresh->row_begin.data()});
      of = std::move(fresh);
    }
    auto& work = of->work[{kind, cuda_type<T>, width}];
    if (!work.matrix)
      check(cusparseCreateCsr(&work.matrix, a.rows, a.cols, a.entries, of->row_begin.data(),
                              const_cast<index*>(a.neighbor), values, CUSPARSE_INDEX_32I,
                              CUSPARSE_INDEX_32I, CUSPARSE_INDEX_BASE_ZERO, cuda_type<T>),
            "cusparseCreateCsr");
    else
      check(cusparseSpMatSetValues(work.matrix, values), "cusparseSpMatSetValues");
    return work;
  }

  std::mutex mutex_;
  std::map<const gpu_context*, std::unique_ptr<kept>> kept_;
};

}  // namespace filigree::detail
