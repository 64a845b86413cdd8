// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <sys/mman.h>  // mmap, madvise: huge pages
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree {

/// Host memory cached for reuse, with a free list per power of two. Blocks of 2 MiB or more are
/// aligned to 2 MiB and advised as huge pages, which makes gathering rows of a large matrix about a
/// third faster. Untouched pages of a block cost nothing. Thread-safe.
class memory_pool {
 public:
  /// The only pool of the process; it outlives every static object.
  static memory_pool& instance() {
    static memory_pool* const pool = new memory_pool;
    return *pool;
  }

  /// A block of at least this many bytes; throws `memory_error` if the system is out of memory.
  [[nodiscard]] void* take(std::size_t bytes) {
    const std::size_t c = size_class(bytes);
    if (c >= free_.size()) throw memory_error(bytes);
    {
      const std::lock_guard lock(mutex_);
      if (!free_[c].empty()) {
        void* p = free_[c].back();
        free_[c].pop_back();
        return p;
      }
    }
    void* const p = fresh(std::size_t{1} << c);
    ++fresh_;
    return p;
  }

  /// Returns a block that was obtained from `take` with the same size.
  void give(void* p, std::size_t bytes) noexcept {
    const std::size_t c = size_class(bytes);
    const std::lock_guard lock(mutex_);
    try {
      free_[c].push_back(p);
    } catch (...) {  // no memory to grow the list
      release(p, std::size_t{1} << c);
    }
  }

  /// Returns all cached blocks to the system: memory that setup needed and training will not.
  void trim() noexcept {
    const std::lock_guard lock(mutex_);
    for (std::size_t c = 0; c < free_.size(); ++c) {
      for (void* p : free_[c]) release(p, std::size_t{1} << c);
      free_[c].clear();
    }
  }

  /// The number of blocks allocated by the system so far. Constant during training.
  [[nodiscard]] std::size_t fresh_blocks() const { return fresh_; }

 private:
  static constexpr std::size_t huge_page = std::size_t{1} << 21;
  memory_pool() {
    for (auto& list : free_) list.reserve(64);
  }
  /// Large blocks are mapped individually: the system allocator would keep freed memory.
  static void* fresh(std::size_t size) {
    if (size < huge_page) {
      void* const p = std::aligned_alloc(64, size);
      if (!p) throw memory_error(size);
      return p;
    }
    const std::size_t mapped = size + huge_page;
    void* const all =
        ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) throw memory_error(size);
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(all) & (huge_page - 1);
    char* const p = static_cast<char*>(all) + before;
    if (before) ::munmap(all, before);
    ::munmap(p + size, huge_page - before);
    ::madvise(p, size, MADV_HUGEPAGE);
    return p;
  }
  static void release(void* p, std::size_t size) noexcept {
    if (size < huge_page)
      std::free(p);
    else
      ::munmap(p, size);
  }
  static std::size_t size_class(std::size_t bytes) {
    return static_cast<std::size_t>(std::bit_width(bytes < 64 ? std::size_t{63} : bytes - 1));
  }

  std::mutex mutex_;
  std::array<std::vector<void*>, 64> free_;
  std::atomic<std::size_t> fresh_{0};
};

/// n elements of a trivial type in pooled host memory. Copies are deep.
template <class T>
class host_buffer {
  static_assert(std::is_trivially_copyable_v<T>, "host_buffer: T must be trivially copyable");

 public:
  host_buffer() = default;
  explicit host_buffer(std::size_t n)
      : data_(n ? static_cast<T*>(memory_pool::instance().take(bytes(n))) : nullptr), size_(n) {}
  /// Memory that is owned and kept alive elsewhere, for example a memory-mapped file.
  [[nodiscard]] static host_buffer borrow(T* data, std::size_t n) {
    host_buffer b;
    b.data_ = data;
    b.size_ = n;
    b.owned_ = false;
    return b;
  }
  host_buffer(const host_buffer& other) : host_buffer(other.size_) {
    for (std::size_t i = 0; i < size_; ++i) data_[i] = other.data_[i];
  }
  host_buffer(host_buffer&& other) noexcept { swap(other); }
  host_buffer& operator=(host_buffer other) noexcept {
    swap(other);
    return *this;
  }
  ~host_buffer() {
    if (data_ && owned_) memory_pool::instance().give(data_, bytes(size_));
  }

  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static std::size_t bytes(std::size_t n) {
    constexpr auto most = std::numeric_limits<std::size_t>::max();
    return n > most / sizeof(T) ? most : n * sizeof(T);
  }
  void swap(host_buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(owned_, other.owned_);
  }
  T* data_ = nullptr;
  std::size_t size_ = 0;
  bool owned_ = true;
};

}  // namespace filigree
