// SPDX-License-Identifier: Apache-2.0
// filigree::compiled: the instances that <filigree/compiled_recommenders.hpp> lists.
#define FILIGREE_EXTERN_RECOMMENDERS
#include <filigree/compiled_recommenders.hpp>
