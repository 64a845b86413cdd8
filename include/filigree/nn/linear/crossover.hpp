// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/file.hpp>
#include <filigree/nn/linear/weight_format.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

namespace filigree {

/// Caches how long products with sparse weights take on this machine, so each kind is measured only
/// once: in memory, and in a text file if it can be written. A line holds a key, a tab, nanoseconds
/// for dense, csr, block and n_of_m (0 if not tried), and 1 if dense is faster in blocks, else 0.
/// Thread-safe.
class crossover {
 public:
  /// Keeps measurements in this file, or only in memory if the path is empty.
  explicit crossover(std::string path = {}) : path_(std::move(path)) { read(); }

  /// This user's file: $XDG_CACHE_HOME/filigree/crossover.txt, else under ~/.cache; empty if the
  /// environment defines neither.
  [[nodiscard]] static std::string path_of_user() {
    std::filesystem::path folder;
    if (const char* const cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
      folder = cache;
    else if (const char* const home = std::getenv("HOME"); home && *home)
      folder = std::filesystem::path(home) / ".cache";
    return folder.empty() ? std::string() : (folder / "filigree" / "crossover.txt").string();
  }
  /// This user's measurements, in that file.
  [[nodiscard]] static crossover& of_user() {
    static crossover all(path_of_user());
    return all;
  }

  /// The measurement stored under a key.
  [[nodiscard]] std::optional<format_seconds> find(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(key);
    if (found == known_.end()) return {};
    return found->second;
  }
  /// Stores a measurement; only in memory if the file cannot be written.
  void keep(const std::string& key, const format_seconds& measured) {
    const std::lock_guard lock(mutex_);
    read();  // what other processes have stored since
    known_[key] = measured;
    if (!path_.empty()) write();
  }

 private:
  /// Malformed lines are skipped.
  void read() {
    std::error_code none;
    if (path_.empty() || !std::filesystem::exists(path_, none)) return;
    try {
      std::istringstream in(read_file(path_));
      for (std::string line; std::getline(in, line);) {
        const auto tab = line.find('\t');
        if (tab == std::string::npos) continue;
        std::istringstream numbers(line.substr(tab + 1));
        format_seconds measured;
        bool good = true;
        for (const auto f : weight_formats) {
          long long nanoseconds = -1;
          good = good && numbers >> nanoseconds && nanoseconds >= 0;
          measured[f] = static_cast<double>(nanoseconds) * 1e-9;
        }
        int in_blocks = -1;
        good = good && numbers >> in_blocks && (in_blocks == 0 || in_blocks == 1);
        measured.dense_in_blocks = in_blocks == 1;
        if (good && measured[weight_format::dense] > 0)
          known_.emplace(line.substr(0, tab), measured);
      }
    } catch (const error&) {  // unreadable: measure again
    }
  }
  void write() const {
    std::string text;
    for (const auto& [key, measured] : known_) {
      text += key + '\t';
      for (const auto f : weight_formats)
        text += std::to_string(std::llround(measured[f] * 1e9)) + ' ';
      text += measured.dense_in_blocks ? "1\n" : "0\n";
    }
    try {
      std::error_code none;
      std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), none);
      write_file(path_, text);
    } catch (const error&) {  // kept in memory
    }
  }

  std::string path_;
  mutable std::mutex mutex_;
  std::map<std::string, format_seconds> known_;
};

}  // namespace filigree
