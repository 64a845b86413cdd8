// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

/// Where tests find their files. FILIGREE_TEST_DATA and FILIGREE_BUNDLED_DATA are compile
/// definitions made by tests/CMakeLists.txt.
namespace paths {

/// tests/data: small files made for the tests.
inline std::filesystem::path test_data() { return FILIGREE_TEST_DATA; }

/// data: the data sets that come with the library.
inline std::filesystem::path bundled_data() { return FILIGREE_BUNDLED_DATA; }

}  // namespace paths
