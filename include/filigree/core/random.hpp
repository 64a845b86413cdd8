// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>

#include <cmath>
#include <cstdint>
#include <string_view>

namespace filigree::inline FILIGREE_VECTORS {

/// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): random bits
/// as a pure function of a key and a counter. There is no state to save or share: element i of
/// stream s is the same number on every backend and with any number of threads.
struct philox {
  std::uint64_t key = 0;     ///< the seed
  std::uint64_t stream = 0;  ///< what the numbers are for (an epoch, a step, a layer)

  /// Four random words.
  struct words {
    std::uint32_t w0, w1, w2, w3;
  };

  /// 128 random bits for `counter`.
  [[nodiscard]] FILIGREE_FN words block(std::uint64_t counter) const {
    auto c0 = static_cast<std::uint32_t>(counter);
    auto c1 = static_cast<std::uint32_t>(counter >> 32);
    auto c2 = static_cast<std::uint32_t>(stream);
    auto c3 = static_cast<std::uint32_t>(stream >> 32);
    auto k0 = static_cast<std::uint32_t>(key);
    auto k1 = static_cast<std::uint32_t>(key >> 32);
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c0;
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57u} * c2;
      c0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0;
      c1 = static_cast<std::uint32_t>(p1);
      c2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
      c3 = static_cast<std::uint32_t>(p0);
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    return {c0, c1, c2, c3};
  }

  /// 64 random bits for `counter`: the first half of its block.
  [[nodiscard]] FILIGREE_FN std::uint64_t bits(std::uint64_t counter) const {
    const words w = block(counter);
    return (std::uint64_t{w.w1} << 32) | w.w0;
  }

  /// Uniform in [0, 1).
  [[nodiscard]] FILIGREE_FN double uniform(std::uint64_t counter) const {
    return static_cast<double>(bits(counter) >> 11) * 0x1.0p-53;
  }

  /// Uniform in {0, ..., bound - 1} for 0 < bound < 2^53 (the bias is below bound / 2^53).
  [[nodiscard]] FILIGREE_FN std::int64_t below(std::uint64_t counter, std::int64_t bound) const {
    return static_cast<std::int64_t>(uniform(counter) * static_cast<double>(bound));
  }

  /// Standard normal (Box and Muller, 1958).
  [[nodiscard]] FILIGREE_FN double normal(std::uint64_t counter) const {
    const std::uint64_t b = bits(counter);
    const double u = (static_cast<double>(b & 0xffffffffu) + 1) * 0x1.0p-32;
    const double v = static_cast<double>(b >> 32) * 0x1.0p-32;
    return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v);
  }
};

/// A seed derived from a seed and a name; different names give different seeds (FNV-1a, then the
/// final steps of SplitMix64; Steele et al., "Fast splittable pseudorandom number generators",
/// 2014).
[[nodiscard]] constexpr std::uint64_t seed_of(std::uint64_t seed, std::string_view name) {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  h += seed * 0x9E3779B97F4A7C15u;
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
  return h ^ (h >> 31);
}

/// Uses of random numbers that have their own streams. Everything else numbers its streams from 0:
/// a sampler's epochs (four each), steps (`random_streams`; 2^16 each), shuffles of data. Initial
/// weights have their own seeds, derived from their names (`seed_of`), and the initial embeddings
/// of a recommender use the very last stream.
enum class random_use : std::uint64_t {
  pruning_scores = 2  ///< for random pruning, 2^32 streams per tensor
};
/// Stream n, below 2^61, of a use; with the same seed, no other use shares it.
[[nodiscard]] constexpr std::uint64_t stream_of(random_use use, std::uint64_t n) {
  return (static_cast<std::uint64_t>(use) << 61) | (n & ((std::uint64_t{1} << 61) - 1));
}

}  // namespace filigree::inline FILIGREE_VECTORS
