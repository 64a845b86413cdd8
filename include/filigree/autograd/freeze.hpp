// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/members.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/views.hpp>

#include <string>
#include <string_view>

namespace filigree {

/// Freezes the parameters whose names start with `prefix` (all for ""), or unfreezes them:
/// `freeze(model, "layers.")`. A frozen parameter gets no gradient work and no updates. Throws
/// `error` if no parameter has such a name.
template <class M>
void freeze(M& model, std::string_view prefix, bool frozen = true) {
  bool found = false;
  for_each_parameter(model, [&](const std::string& name, auto& p) {
    if (!name.starts_with(prefix)) return;
    p.frozen = frozen;
    if (frozen) p.forget_gradient();
    found = true;
  });
  if (!found)
    throw error("freeze: parameters: expected names that begin with \"" + std::string(prefix) +
                "\", got none");
}

/// The number of scalar parameters of a model, and how many of them are not frozen.
struct parameter_count {
  offset all = 0, trained = 0;
};
/// Counts the parameters whose names start with `prefix`.
template <class M>
[[nodiscard]] parameter_count count_parameters(const M& model, std::string_view prefix = "") {
  parameter_count n;
  for_each_parameter(model, [&](const std::string& name, const auto& p) {
    if (!name.starts_with(prefix)) return;
    n.all += p.value.size();
    if (!p.frozen) n.trained += p.value.size();
  });
  return n;
}

}  // namespace filigree
