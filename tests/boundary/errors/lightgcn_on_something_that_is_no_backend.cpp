// SPDX-License-Identifier: Apache-2.0
// expect: (satisfaction of|satisfy|because)[^a-z]+backend
#include <filigree/tasks/lightgcn.hpp>

struct somewhere {};
filigree::lightgcn<somewhere> model;
