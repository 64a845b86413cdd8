// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/cores.hpp>
#include <filigree/core/index.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <pthread.h>
#include <signal.h>
#include <system_error>
#include <thread>
#include <vector>

namespace filigree::detail {

/// Worker threads. They take pieces one by one, and so does the caller; nobody waits for a thread
/// that has not started, so a core that another process keeps busy delays at most its own piece. An
/// idle thread spins for a few microseconds, which is the time between two operations of a training
/// step, and then sleeps. After `fork`, a child process, where the threads no longer exist, starts
/// its own.
class thread_pool {
 public:
  /// The pool of this process. It is never destroyed: its threads sleep until the process ends.
  [[nodiscard]] static thread_pool& instance() {
    [[maybe_unused]] static const int forgets =
        pthread_atfork(nullptr, nullptr, [] { current_.store(nullptr); });
    auto* pool = current_.load();
    if (pool) return *pool;
    auto made = std::make_unique<thread_pool>();
    return current_.compare_exchange_strong(pool, made.get()) ? *made.release() : *pool;
  }

  /// Calls call(work, piece) for each of `pieces`, on this thread and at most `team` - 1 others.
  /// Does nothing and returns false while the pool is busy for another thread or for this one.
  [[nodiscard]] bool run(int team, std::uint32_t pieces, void (*call)(void*, offset), void* work) {
    if (inside_ || busy_.exchange(true, std::memory_order_acquire)) return false;
    inside_ = true;
    grow(team - 1);
    call_ = call;
    work_ = work;
    pieces_ = pieces;
    left_.store(pieces, std::memory_order_relaxed);
    open_.store(std::uint64_t(team) << 32 | pieces);
    const auto others = std::min<std::size_t>(
        {static_cast<std::size_t>(team) - 1, std::size_t{pieces} - 1, sleeping_.size()});
    for (std::size_t k = 0; k < others; ++k)
      if (sleeping_[k]->exchange(0)) sleeping_[k]->notify_one();
    while (take(0)) {
    }
    wait_for_the_rest();
    inside_ = false;
    busy_.store(false, std::memory_order_release);
    return true;
  }

 private:
  /// Takes a piece and works on it; false if none is left for this member of the team.
  bool take(int member) {
    auto open = open_.load();
    while (is_open(open, member))
      if (open_.compare_exchange_weak(open, open - 1)) {
        call_(work_, offset{pieces_} - static_cast<std::uint32_t>(open));
        if (left_.fetch_sub(1) == 1) left_.notify_one();
        return true;
      }
    return false;
  }
  [[nodiscard]] static bool is_open(std::uint64_t open, int member) {
    return static_cast<std::uint32_t>(open) > 0 && member < static_cast<int>(open >> 32);
  }
  void wait_for_the_rest() {
    if (soon([this] { return left_.load() == 0; })) return;
    for (auto left = left_.load(); left > 0; left = left_.load()) left_.wait(left);
  }
  /// Spins for a few microseconds; whether the condition became true in that time.
  template <class Happens>
  static bool soon(const Happens& happens) {
    using namespace std::chrono;
    const auto until = steady_clock::now() + microseconds(default_threads() > 1 ? 40 : 0);
    do {
      for (int k = 0; k < 32; ++k) {
        if (happens()) return true;
        relax();
      }
    } while (steady_clock::now() < until);
    return false;
  }
  static void relax() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  /// Grows the pool to this many threads besides the caller, or as many as the system allows.
  void grow(int wanted) {
    while (static_cast<int>(sleeping_.size()) < wanted) {
      auto& sleeps = *sleeping_.emplace_back(std::make_unique<std::atomic<std::uint32_t>>(0));
      sigset_t all, before;  // signals are left to the program's own threads
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, &before);
      try {
        std::thread([this, &sleeps, member = static_cast<int>(sleeping_.size())] {
          work_as(member, sleeps);
        }).detach();
      } catch (const std::system_error&) {
        sleeping_.pop_back();
        wanted = 0;
      }
      pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
  }
  [[noreturn]] void work_as(int member, std::atomic<std::uint32_t>& sleeps) {
    inside_ = true;
    for (;;) {
      while (take(member)) {
      }
      if (soon([&] { return is_open(open_.load(), member); })) continue;
      sleeps.store(1);
      if (!is_open(open_.load(), member)) sleeps.wait(1);
      sleeps.store(0);
    }
  }

  static inline std::atomic<thread_pool*> current_{nullptr};
  static inline thread_local bool inside_ = false;  // pieces start no nested region

  alignas(64) std::atomic<std::uint64_t> open_{0};  // team size, and pieces not started
  alignas(64) std::atomic<std::uint32_t> left_{0};  // pieces not finished
  alignas(64) std::atomic<bool> busy_{false};
  void (*call_)(void*, offset) = nullptr;
  void* work_ = nullptr;
  std::uint32_t pieces_ = 0;
  std::vector<std::unique_ptr<std::atomic<std::uint32_t>>> sleeping_{};  // each: 1 while it sleeps
};

}  // namespace filigree::detail
