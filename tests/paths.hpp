// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <filesystem>

/// Where tests find their files. FILIGREE_TEST_DATA, FILIGREE_BUNDLED_DATA and FILIGREE_SHARED are
/// compile definitions made by tests/CMakeLists.txt.
namespace paths {

/// tests/data: small files made for the tests.
inline std::filesystem::path test_data() { return FILIGREE_TEST_DATA; }

/// data: the data sets that come with the library.
inline std::filesystem::path bundled_data() { return FILIGREE_BUNDLED_DATA; }

/// Larger data sets, which a machine may lack: ask whether the path exists. The environment
/// variable FILIGREE_SHARED moves it.
inline std::filesystem::path shared() {
  const char* given = std::getenv("FILIGREE_SHARED");
  return given ? given : FILIGREE_SHARED;
}

}  // namespace paths
