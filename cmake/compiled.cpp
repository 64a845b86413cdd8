// SPDX-License-Identifier: Apache-2.0
// filigree::compiled: the instances that <filigree/compiled.hpp> lists.
#define FILIGREE_EXTERN
#include <filigree/compiled.hpp>
