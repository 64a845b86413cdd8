// SPDX-License-Identifier: Apache-2.0
// expect: (satisfaction of|satisfy|because)[^a-z]+recommender
#include <filigree/train/evaluate.hpp>

struct guess {};
auto report = filigree::evaluate(guess{}, filigree::interactions{}, filigree::recall_at{20});
