// SPDX-License-Identifier: Apache-2.0
// expect: (satisfaction of|satisfy|because)[^a-z]+(model|recommender)
#include <filigree/optim/adam.hpp>
#include <filigree/train/fit.hpp>

void train(int& model) { filigree::fit(model, filigree::adam{}, {}); }
