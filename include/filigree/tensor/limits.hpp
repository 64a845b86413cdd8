// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/tensor/fetch.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace filigree::detail {

/// Throws `range_error` unless Index and Offset can number the rows, columns and entries, and 64
/// bits can number every position in the matrix.
template <class Index, class Offset>
void expect_fits(shape s, offset entries, const std::string& operation) {
  for (const auto& [what, size] : {std::pair{": rows", s.rows}, std::pair{": columns", s.cols}}) {
    if (size < 0)
      throw range_error(operation + what + ": expected at least 0, got " + std::to_string(size));
    static_cast<void>(narrow<Index>(size, operation + what));
  }
  static_cast<void>(narrow<Offset>(entries, operation + ": entries"));
  const auto places = std::numeric_limits<std::uint64_t>::max();
  if (s.cols > 0 &&
      static_cast<std::uint64_t>(s.rows) > places / static_cast<std::uint64_t>(s.cols))
    throw range_error(operation + ": rows * columns: expected at most " + std::to_string(places) +
                      ", got " + std::to_string(s.rows) + " * " + std::to_string(s.cols));
}

/// Throws `range_error` naming the first NaN.
template <backend B, class T>
void expect_numbers(const B& on, const T* value, offset n, const std::string& operation) {
  const auto bad = on.select(n, kernels::not_a_number<T>{value});
  if (bad.size() == 0) return;
  const auto at = fetch(on, bad.data());
  throw range_error(operation + ": value of entry " + std::to_string(at) +
                    ": expected a number, got nan");
}

}  // namespace filigree::detail
