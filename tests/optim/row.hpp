// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/tensor/matrix.hpp>

#include <span>
#include <vector>

/// A matrix of one row.
template <class T, filigree::backend B>
filigree::matrix<T, B> row(const B& on, std::vector<T> host) {
  return {on, std::span<const T>(host), {1, static_cast<filigree::offset>(host.size())}};
}
