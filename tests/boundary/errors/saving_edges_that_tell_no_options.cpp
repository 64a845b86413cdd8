// SPDX-License-Identifier: Apache-2.0
// expect: save: edges: expected a policy with kind and options, got one without
#include <filigree/backend/cpu.hpp>
#include <filigree/serve/save.hpp>

struct my_edges {
  template <class T, filigree::backend B>
  struct state : filigree::fixed_edges::state<T, B> {
    state(const my_edges&, const B& on, const filigree::part_spec<B>& at)
        : filigree::fixed_edges::state<T, B>({}, on, at) {}
  };
};
void keep(const filigree::lightgcn<filigree::cpu, my_edges>& m) { filigree::save(m, "model"); }
