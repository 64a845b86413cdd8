// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catch.hpp"
#include "temporary_file.hpp"
#include <filigree/core/error.hpp>

#include <string>

/// What `read(path)` complains about in this file, without its path and what stands `behind` it;
/// "nothing" if it is read.
template <class Read>
std::string complaint_about(const temporary_file& file, const std::string& behind,
                            const Read& read) {
  try {
    read(file.path());
  } catch (const filigree::file_error& e) {
    const std::string what = e.what();
    REQUIRE(what.starts_with(file.path() + behind));
    return what.substr(file.path().size() + behind.size());
  }
  return "nothing";
}
