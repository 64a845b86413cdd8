// SPDX-License-Identifier: Apache-2.0
// expect: (satisfaction of|satisfy|because)[^a-z]+edge_policy
#include <filigree/backend/cpu.hpp>
#include <filigree/tasks/lightgcn.hpp>

filigree::lightgcn<filigree::cpu, int> model;
