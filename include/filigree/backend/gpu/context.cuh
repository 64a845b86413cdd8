// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/gpu/memory.cuh>
#include <filigree/core/index.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace filigree {

/// The work submitted to a stream so far.
struct gpu_counters {
  std::uint64_t launches = 0;          ///< of our own kernels
  std::uint64_t library_calls = 0;     ///< of algorithms in CUB, cuSPARSE and cuBLAS
  std::uint64_t fills = 0;             ///< cudaMemsetAsync, and cudaMemcpyAsync within the device
  std::uint64_t uploads = 0;           ///< to the device
  std::uint64_t synchronizations = 0;  ///< times the host waited, including for pinned memory
  std::uint64_t fresh_bytes = 0;       ///< of memory that had to be allocated by CUDA
};

namespace detail {

/// A stream and everything that belongs to it: memory, pinned staging, library handles, counters.
class gpu_context {
 public:
  explicit gpu_context(int device) : device_(device) {
    int count = 0;
    check(cudaGetDeviceCount(&count), "cudaGetDeviceCount");
    if (device < 0 || device >= count)
      throw range_error("gpu: device: expected 0 to " + std::to_string(count - 1) + ", got " +
                        std::to_string(device));
    use();
    cudaStream_t made = nullptr;
    check(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking), "cudaStreamCreate");
    stream_.reset(made);
    pool_ = std::make_unique<device_pool>(made);
    staging_ = std::make_unique<pinned_staging>(made);
    done_ = static_cast<unsigned*>(pool_->take(sizeof(unsigned)));
    check(cudaMemsetAsync(done_, 0, sizeof(unsigned), made), "cudaMemsetAsync");
  }
  gpu_context(const gpu_context&) = delete;
  gpu_context& operator=(const gpu_context&) = delete;
  ~gpu_context() {
    (void)cudaSetDevice(device_);
    if (blas_) (void)cublasDestroy(blas_);
    if (sparse_) (void)cusparseDestroy(sparse_);
    if (blas_room_) pool_->give(blas_room_, blas_bytes());
    if (done_) pool_->give(done_, sizeof(unsigned));
  }
  /// The stream shared by default-constructed values; it outlives every static object.
  [[nodiscard]] static const std::shared_ptr<gpu_context>& shared() {
    static auto* const context = new std::shared_ptr<gpu_context>(std::make_shared<gpu_context>(0));
    return *context;
  }

  /// Makes the stream's device current in the calling thread.
  void use() const { check(cudaSetDevice(device_), "cudaSetDevice"); }
  /// The stream; makes its device current in the calling thread.
  [[nodiscard]] cudaStream_t stream() const {
    use();
    return stream_.get();
  }
  [[nodiscard]] int device() const { return device_; }
  [[nodiscard]] device_pool& pool() { return *pool_; }
  [[nodiscard]] pinned_staging& staging() { return *staging_; }
  /// Copies within the device, in the stream.
  void copy(const void* from, void* to, std::size_t bytes) {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream()), "cudaMemcpyAsync");
    ++fills;
  }
  /// A counter on the device that is 0 before and after each kernel.
  [[nodiscard]] unsigned* done() const { return done_; }

  /// Calls work(handle) with the cuBLAS handle, for one thread at a time. The handle has its own
  /// workspace, so that results do not depend on other streams.
  template <class Work>
  void with_blas(const Work& work) {
    const std::lock_guard lock(library_mutex_);
    use();
    if (!blas_) {
      if (!blas_room_) blas_room_ = pool_->take(blas_bytes());
      check(cublasCreate(&blas_), "cublasCreate");
      check(cublasSetStream(blas_, stream_.get()), "cublasSetStream");
      check(cublasSetWorkspace(blas_, blas_room_, blas_bytes()), "cublasSetWorkspace");
    }
    work(blas_);
    ++library_calls;
  }
  /// Same, with the cuSPARSE handle.
  template <class Work>
  void with_sparse(const Work& work) {
    const std::lock_guard lock(library_mutex_);
    use();
    if (!sparse_) {
      check(cusparseCreate(&sparse_), "cusparseCreate");
      check(cusparseSetStream(sparse_, stream_.get()), "cusparseSetStream");
    }
    work(sparse_);
  }

  std::atomic<std::uint64_t> launches{0}, library_calls{0}, fills{0}, uploads{0},
      synchronizations{0};

 private:
  /// The size that cuBLAS recommends: 32 MiB for compute capability 9.0 and above, otherwise 4 MiB.
  [[nodiscard]] std::size_t blas_bytes() const {
    int major = 0;
    (void)cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device_);
    return std::size_t{major >= 9 ? 32u : 4u} << 20;
  }

  int device_;
  struct end_stream {
    void operator()(cudaStream_t s) const {
      (void)cudaStreamSynchronize(s);
      (void)cudaStreamDestroy(s);
    }
  };
  std::unique_ptr<CUstream_st, end_stream> stream_;  ///< outlives the members below
  std::unique_ptr<device_pool> pool_;
  std::unique_ptr<pinned_staging> staging_;
  unsigned* done_ = nullptr;
  std::mutex library_mutex_;
  cublasHandle_t blas_ = nullptr;
  void* blas_room_ = nullptr;
  cusparseHandle_t sparse_ = nullptr;
};

}  // namespace detail

/// n elements of a trivial type in device memory, used in stream order. Copies are deep and made in
/// that stream.
template <class T>
class device_buffer {
 public:
  device_buffer() = default;
  /// The contents are uninitialized. Throws `memory_error`.
  device_buffer(std::shared_ptr<detail::gpu_context> context, std::size_t n)
      : context_(std::move(context)), size_(n) {
    if (n > ~std::size_t{0} / sizeof(T)) throw memory_error(~std::size_t{0});
    if (n) data_ = static_cast<T*>(context_->pool().take(n * sizeof(T)));
  }
  /// Device memory that is owned and kept alive elsewhere.
  [[nodiscard]] static device_buffer borrow(T* data, std::size_t n) {
    device_buffer b;
    b.data_ = data;
    b.size_ = n;
    return b;
  }
  device_buffer(const device_buffer& other)
      : device_buffer(
            other.context_ || !other.size_ ? other.context_ : detail::gpu_context::shared(),
            other.size_) {
    if (size_) context_->copy(other.data_, data_, size_ * sizeof(T));
  }
  device_buffer(device_buffer&& other) noexcept { swap(other); }
  device_buffer& operator=(device_buffer other) noexcept {
    swap(other);
    return *this;
  }
  ~device_buffer() {
    if (data_ && context_) context_->pool().give(data_, size_ * sizeof(T));
  }

  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void swap(device_buffer& other) noexcept {
    std::swap(context_, other.context_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }
  std::shared_ptr<detail::gpu_context> context_;  ///< null: borrowed or empty
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace filigree
