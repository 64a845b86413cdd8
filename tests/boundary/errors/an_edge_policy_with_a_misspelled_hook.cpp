// SPDX-License-Identifier: Apache-2.0
// expect: (satisfaction of|satisfy|because)[^a-z]+edge_policy
// expect: shrink
#include <filigree/backend/cpu.hpp>
#include <filigree/models/lightgcn.hpp>

struct hasty_edges {
  template <class T, filigree::backend B>
  class state : public filigree::no_members,
                public filigree::untied,
                public filigree::weighed_once {
   public:
    state(const hasty_edges&, const B&, const filigree::place<B>&) {}
    template <filigree::recorder R>
    filigree::weighed_edges<typename R::var> weigh(
        R&, const filigree::graph<B>&, typename R::var x,
        const std::optional<typename R::var>& = {}) const {
      return {x};
    }
    void shrnk(const B&, const filigree::graph<B>&) {}
  };
};
filigree::lightgcn<filigree::cpu, hasty_edges> model;
