// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu.hpp>
#include <filigree/backend/reference.hpp>

/// The scalars and backends that typed tests run over:
///
///     TEMPLATE_TEST_CASE("a sentence", "", EVERYWHERE) {
///       using T = typename TestType::scalar;
///       const typename TestType::backend on;
template <class T, class B>
struct everywhere {
  using scalar = T;
  using backend = B;
};
using float_on_reference = everywhere<float, filigree::reference>;
using double_on_reference = everywhere<double, filigree::reference>;
using float_on_cpu = everywhere<float, filigree::cpu>;
using double_on_cpu = everywhere<double, filigree::cpu>;
#define EVERYWHERE float_on_reference, double_on_reference, float_on_cpu, double_on_cpu
