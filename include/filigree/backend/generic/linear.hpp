// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/linear.hpp>

namespace filigree {

/// y = x W' + bias with a sparse W: see kernels::csr_linear, kernels::block_linear and
/// kernels::n_of_m_linear for their inputs. Any backend; `cpu` has faster versions.
template <backend B, class T, template <class> class Kernel>
void linear_into(const B& on, const Kernel<T>& element) {
  on.for_each(element.y.size(), element);
}

/// to = from': to has from.size() elements.
template <backend B, class T>
void transpose_into(const B& on, const kernels::transpose_element<T>& element) {
  on.for_each(element.from.size(), element);
}

}  // namespace filigree
