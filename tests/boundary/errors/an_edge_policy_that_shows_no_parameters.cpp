// SPDX-License-Identifier: Apache-2.0
// expect: (satisfaction of|satisfy|because)[^a-z]+edge_policy
// expect: visit
#include <filigree/backend/cpu.hpp>
#include <filigree/models/lightgcn.hpp>

struct mute_edges {
  template <class T, filigree::backend B>
  class state {
   public:
    state(const mute_edges&, const B&, const filigree::graph<B>&) {}
    template <filigree::recorder R>
    typename R::var propagate(R&, const filigree::graph<B>&, typename R::var x, filigree::no_gate,
                              const filigree::row_set<B>* = nullptr) const {
      return x;
    }
  };
};
filigree::lightgcn<filigree::cpu, mute_edges> model;
