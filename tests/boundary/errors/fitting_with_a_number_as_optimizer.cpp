// SPDX-License-Identifier: Apache-2.0
// expect: (satisfaction of|satisfy|because)[^a-z]+optimizer
#include <filigree/backend/cpu.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/train/fit.hpp>

void train(filigree::lightgcn<filigree::cpu>& model) { filigree::fit(model, 5e-3f, {}); }
