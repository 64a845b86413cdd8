// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "temporary_file.hpp"

#include <string>

/// A folder that is gone after the test, with all that is in it.
class temporary_folder {
 public:
  temporary_folder() { std::filesystem::create_directory(path()); }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path(), ignored);
  }

  [[nodiscard]] const std::string& path() const { return name_.path(); }
  void write(const std::string& file, const std::string& bytes) const {
    std::ofstream(path() + "/" + file, std::ios::binary) << bytes;
  }

 private:
  temporary_file name_{""};
};
