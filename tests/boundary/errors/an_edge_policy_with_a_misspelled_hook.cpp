// SPDX-License-Identifier: Apache-2.0
// expect: (satisfaction of|satisfy|because)[^a-z]+edge_policy
// expect: per_layer
#include <filigree/backend/cpu.hpp>
#include <filigree/tasks/lightgcn.hpp>

struct hasty_edges {
  template <class T, filigree::backend B>
  class state : public filigree::no_members,
                public filigree::untied,
                public filigree::needs_whole_graph {
   public:
    state(const hasty_edges&, const B&, const filigree::part_spec<B>&) {}
    template <filigree::recorder R>
    filigree::weighed_edges<typename R::var> weigh(R&, const filigree::gated_view<R>&,
                                                   typename R::var x,
                                                   filigree::random_streams&) const {
      return {x};
    }
    [[nodiscard]] bool per_leyer() const { return true; }
  };
};
filigree::lightgcn<filigree::cpu, hasty_edges> model;
