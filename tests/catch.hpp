// SPDX-License-Identifier: Apache-2.0
#pragma once
// Catch2 as found: the single header of 2.x, or 3.x under the names of 2.x.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#include <string>

using Catch::Approx;
namespace Catch {
using namespace Matchers;
inline auto Contains(const std::string& part) { return Matchers::ContainsSubstring(part); }
}  // namespace Catch
#else
#include <catch2/catch.hpp>
#endif
