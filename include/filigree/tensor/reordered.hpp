// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/merge.hpp>

#include <type_traits>

namespace filigree {

/// A sparse matrix derived from another one, the source. `order[k]` is the source entry that entry
/// k came from, by which edge attributes can be permuted; one per entry.
template <class Matrix>
struct reordered {
  Matrix matrix;
  typename Matrix::template buffer<typename Matrix::offset_type> order;
};

/// The attributes of the entries of the result, given those of the source, one per entry.
template <backend B, class Matrix, class Attributes>
[[nodiscard]] Attributes permute(const B& on, const reordered<Matrix>& result,
                                 const Attributes& attributes) {
  using T = std::remove_cvref_t<decltype(*attributes.data())>;
  const auto n = static_cast<offset>(result.order.size());
  Attributes out = on.template allocate<T>(n);
  on.for_each(n, kernels::gather<T, typename Matrix::offset_type>{result.order.data(),
                                                                  attributes.data(), out.data()});
  return out;
}

}  // namespace filigree
