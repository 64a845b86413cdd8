// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "pruned_lightgcn_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/train/fit.hpp>

#include <string>
#include <utility>
#include <vector>

namespace fg = filigree;

/// Everything, and what inference remembers beside it.
template <class M>
std::vector<double> everything_remembered(M& m) {
  auto out = everything(m);
  for_each_buffer(m, [&](const std::string&, auto& matrix) {
    for (const auto x : matrix.to_host(m.on())) out.push_back(static_cast<double>(x));
  });
  return out;
}

/// Trains models that `make()` gives: one without a break, and one that is stopped after so many
/// epochs and goes on as another from its checkpoint. Returns both after four epochs.
template <class Make>
auto unbroken_and_resumed(Make make, fg::offset stopped_after, fg::offset epochs = 4) {
  const temporary_file file(".checkpoint");
  auto whole = make(), first = make(), second = make();
  fg::training how{.epochs = epochs, .batch = 60};
  whole.fit(fg::adam{.rate = 1e-2f}, how);
  how.checkpoint = {.path = file.path(), .resume = false};
  how.epochs = stopped_after;
  first.fit(fg::adam{.rate = 1e-2f}, how);
  how.checkpoint.resume = true;
  how.epochs = epochs;
  second.fit(fg::adam{.rate = 1e-2f}, how);
  return std::pair(std::move(whole), std::move(second));
}
