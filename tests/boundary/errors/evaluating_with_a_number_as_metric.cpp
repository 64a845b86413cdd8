// SPDX-License-Identifier: Apache-2.0
// expect: (satisfy|expression)[^a-z]+metric
#include <filigree/backend/cpu.hpp>
#include <filigree/tasks/popularity.hpp>
#include <filigree/train/evaluate.hpp>

void judge(const filigree::popularity<filigree::cpu>& model) {
  (void)filigree::evaluate(model, filigree::interactions{}, 20);
}
