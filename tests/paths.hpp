// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <filesystem>

/// Where tests find their files. FILIGREE_TEST_DATA and FILIGREE_BUNDLED_DATA are compile
/// definitions made by tests/CMakeLists.txt.
namespace paths {

/// tests/data: small files made for the tests.
inline std::filesystem::path test_data() { return FILIGREE_TEST_DATA; }

/// data: the data sets that come with the library.
inline std::filesystem::path bundled_data() { return FILIGREE_BUNDLED_DATA; }

/// Data that may not come with the library: a folder of $FILIGREE_SHARED/data, ../shared if not
/// set. A test that finds none there says so and is over.
inline std::filesystem::path shared_data() {
  const char* const shared = std::getenv("FILIGREE_SHARED");
  const auto beside = bundled_data().parent_path().parent_path() / "shared";
  return (shared && *shared ? std::filesystem::path(shared) : beside) / "data";
}

}  // namespace paths
