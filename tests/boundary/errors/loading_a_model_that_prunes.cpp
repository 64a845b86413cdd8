// SPDX-License-Identifier: Apache-2.0
// expect: load: pruning: expected keep_all, since a saved model is to serve, got another
#include <filigree/backend/cpu.hpp>
#include <filigree/prune/pruning.hpp>
#include <filigree/serve/save.hpp>

using model = filigree::lightgcn<filigree::cpu, filigree::fixed_edges, filigree::pruning>;
model read() { return filigree::load<model>("model"); }
