// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The version of filigree, for the preprocessor; CMakeLists.txt reads it from here.
#define FILIGREE_VERSION_MAJOR 0
#define FILIGREE_VERSION_MINOR 2
#define FILIGREE_VERSION_PATCH 0

namespace filigree {

/// A semantic version: major.minor.patch.
struct semantic_version {
  int major = 0, minor = 0, patch = 0;
};

/// The version of this library.
inline constexpr semantic_version version{FILIGREE_VERSION_MAJOR, FILIGREE_VERSION_MINOR,
                                          FILIGREE_VERSION_PATCH};

}  // namespace filigree
