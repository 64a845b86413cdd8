// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "temporary_file.hpp"
#include <filigree/serve/saved_network.hpp>

namespace filigree {

/// Saves a network and loads it, perhaps for another backend.
template <class To, class From>
To saved_and_loaded(const From& network) {
  const temporary_file file(".network");
  save(network, file.path());
  return load<To>(file.path());
}

}  // namespace filigree
