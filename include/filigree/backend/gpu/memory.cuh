// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/gpu/error.cuh>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace filigree::detail {

/// Device memory of one stream, cached for reuse. A block that is returned may be reused
/// immediately: stream order keeps the old use before the new one. Sizes are rounded up to a
/// multiple of an eighth of a power of two. With the environment variable FILIGREE_CUDA_NO_CACHE
/// set to 1, everything is returned to CUDA immediately, so that checkers detect use after free.
/// Thread-safe.
class device_pool {
 public:
  explicit device_pool(cudaStream_t stream) : stream_(stream) {}
  device_pool(const device_pool&) = delete;
  device_pool& operator=(const device_pool&) = delete;
  ~device_pool() { trim(); }

  /// A block of at least this many bytes, for use in the stream; throws `memory_error`.
  [[nodiscard]] void* take(std::size_t bytes) {
    const std::size_t size = rounded(bytes);
    {
      const std::lock_guard lock(mutex_);
      if (auto& list = free_[size]; !list.empty()) {
        void* const p = list.back();
        list.pop_back();
        return p;
      }
    }
    void* p = nullptr;
    auto status = cudaMallocAsync(&p, size, stream_);
    if (status == cudaErrorMemoryAllocation) {
      (void)cudaGetLastError();
      trim();
      check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize");
      status = cudaMallocAsync(&p, size, stream_);
    }
    if (status == cudaErrorMemoryAllocation) {
      (void)cudaGetLastError();
      std::size_t free = 0, total = 0;
      check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
      throw memory_error("memory of " + device_name(), bytes, free, total);
    }
    check(status, "cudaMallocAsync");
    fresh_ += size;
    return p;
  }
  /// Returns a block that was obtained from `take` with the same size.
  void give(void* p, std::size_t bytes) noexcept {
    if (!keeps_) return release(p);
    const std::lock_guard lock(mutex_);
    try {
      free_[rounded(bytes)].push_back(p);
    } catch (...) {  // no memory to grow the list
      release(p);
    }
  }
  /// Returns all cached blocks to CUDA.
  void trim() noexcept {
    const std::lock_guard lock(mutex_);
    for (auto& [size, list] : free_) {
      for (void* p : list) release(p);
      list.clear();
    }
  }
  /// Whether returned blocks are cached.
  [[nodiscard]] bool keeps() const { return keeps_; }
  /// The number of bytes allocated by CUDA so far. Constant during training.
  [[nodiscard]] std::uint64_t fresh_bytes() const { return fresh_; }

 private:
  void release(void* p) noexcept { (void)cudaFreeAsync(p, stream_); }
  static std::size_t rounded(std::size_t bytes) {
    constexpr std::size_t least = 512;
    const std::size_t step = std::max(least, std::bit_floor(std::max(bytes, least) - 1) / 8);
    return (bytes + step - 1) / step * step;
  }

  cudaStream_t stream_;
  const bool keeps_ = [] {
    const char* const set = std::getenv("FILIGREE_CUDA_NO_CACHE");
    return !set || std::strcmp(set, "1") != 0;
  }();
  std::mutex mutex_;
  std::map<std::size_t, std::vector<void*>> free_;
  std::atomic<std::uint64_t> fresh_{0};
};

/// Pinned host memory that transfers pass through, one piece at a time, so that they are not slowed
/// by pageable memory and the host need not keep the source alive. Thread-safe.
class pinned_staging {
 public:
  explicit pinned_staging(cudaStream_t stream) : stream_(stream) {}
  pinned_staging(const pinned_staging&) = delete;
  pinned_staging& operator=(const pinned_staging&) = delete;
  ~pinned_staging() {
    for (auto& p : pieces_) {
      if (p.busy) (void)cudaEventSynchronize(p.done);
      if (p.done) (void)cudaEventDestroy(p.done);
      if (p.host) (void)cudaFreeHost(p.host);
    }
  }

  /// Copies host memory to the device, in the stream. `from` may be modified afterwards.
  void upload(const void* from, void* to, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    for (std::size_t at = 0; at < bytes; at += piece_bytes) {
      const std::size_t n = std::min(piece_bytes, bytes - at);
      piece& p = next();
      std::memcpy(p.host, static_cast<const char*>(from) + at, n);
      transfer(p, p.host, static_cast<char*>(to) + at, n, cudaMemcpyHostToDevice);
    }
  }
  /// How often all pieces were in flight and the host had to wait for one.
  [[nodiscard]] std::uint64_t waits() const { return waits_; }

  /// Copies device memory to the host, after all previous work in the stream; waits for it.
  void download(const void* from, void* to, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    std::size_t asked = 0;
    for (std::size_t at = 0; at < bytes; at += piece_bytes) {
      for (; asked < bytes && asked < at + pieces_.size() * piece_bytes; asked += piece_bytes) {
        piece& p = next();
        transfer(p, static_cast<const char*>(from) + asked, p.host,
                 std::min(piece_bytes, bytes - asked), cudaMemcpyDeviceToHost);
        p.lands = static_cast<char*>(to) + asked;
      }
      piece& p = *std::find_if(pieces_.begin(), pieces_.end(), [&](const piece& q) {
        return q.busy && q.lands == static_cast<char*>(to) + at;
      });
      wait(p);
      std::memcpy(p.lands, p.host, std::min(piece_bytes, bytes - at));
      p.lands = nullptr;
    }
  }

 private:
  static constexpr std::size_t piece_bytes = std::size_t{1} << 20;
  struct piece {
    void* host = nullptr;
    void* lands = nullptr;  ///< destination of a download
    cudaEvent_t done = nullptr;
    bool busy = false;
  };
  piece& next() {
    piece& p = pieces_[turn_++ % pieces_.size()];
    if (!p.host) {
      check(cudaEventCreateWithFlags(&p.done, cudaEventDisableTiming), "cudaEventCreate");
      check(cudaMallocHost(&p.host, piece_bytes), "cudaMallocHost");
    }
    if (p.busy && cudaEventQuery(p.done) == cudaErrorNotReady) ++waits_;
    wait(p);
    return p;
  }
  void transfer(piece& p, const void* from, void* to, std::size_t n, cudaMemcpyKind kind) {
    check(cudaMemcpyAsync(to, from, n, kind, stream_), "cudaMemcpyAsync");
    check(cudaEventRecord(p.done, stream_), "cudaEventRecord");
    p.busy = true;
  }
  static void wait(piece& p) {
    if (p.busy) check(cudaEventSynchronize(p.done), "cudaEventSynchronize");
    p.busy = false;
  }

  cudaStream_t stream_;
  std::mutex mutex_;
  std::array<piece, 4> pieces_;
  std::size_t turn_ = 0;
  std::atomic<std::uint64_t> waits_{0};
};

}  // namespace filigree::detail
