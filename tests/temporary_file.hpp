// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>  // getpid

/// A file that is gone after the test; its path holds no blanks.
class temporary_file {
 public:
  explicit temporary_file(const std::string& ending = ".txt") {
    static std::atomic<int> count{0};
    path_ =
        (std::filesystem::temp_directory_path() /
         ("filigree-test-" + std::to_string(::getpid()) + "-" + std::to_string(count++) + ending))
            .string();
  }
  temporary_file(const std::string& ending, const std::string& bytes) : temporary_file(ending) {
    write(bytes);
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  void write(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
  [[nodiscard]] std::string bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] bool exists() const { return std::filesystem::exists(path_); }

 private:
  std::string path_;
};
