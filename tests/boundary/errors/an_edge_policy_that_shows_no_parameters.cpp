// SPDX-License-Identifier: Apache-2.0
// expect: (satisfaction of|satisfy|because)[^a-z]+edge_policy
// expect: has_members
#include <filigree/backend/cpu.hpp>
#include <filigree/tasks/lightgcn.hpp>

struct mute_edges {
  template <class T, filigree::backend B>
  class state : public filigree::untied,
                public filigree::weighed_once,
                public filigree::needs_whole_graph {
   public:
    state(const mute_edges&, const B&, const filigree::part_spec<B>&) {}
    template <filigree::recorder R>
    filigree::weighed_edges<typename R::var> weigh(R&, const filigree::gated_view<R>&,
                                                   typename R::var x,
                                                   filigree::random_streams&) const {
      return {x};
    }
  };
};
filigree::lightgcn<filigree::cpu, mute_edges> model;
