// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/nn/edges/edge_policy.hpp>
#include <filigree/nn/edges/gated_view.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/nn/random_streams.hpp>

namespace filigree {

/// Edges whose weights are fixed before training, as in LightGCN.
struct fixed_edges {
  normalization normalize = normalization::symmetric;  ///< by degrees

  static constexpr const char* kind = "fixed";
  /// Lists the option.
  static void options(auto& self, auto&& see) {
    see("normalize", self.normalize, normalization::none);
  }
  template <class T, backend B>
  class state;
};

template <class T, backend B>
class fixed_edges::state : public no_members, public weighed_once {
 public:
  static constexpr bool can_sample = true;
  state(const fixed_edges& p, const B&, const part_spec<B>&) : how_(p.normalize) {}

  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> weigh(R& r, const gated_view<R>& g, typename R::var,
                                                     random_streams&) const {
    return {g.by_degree(r, how_)};
  }
  [[nodiscard]] bool tied() const { return how_ != normalization::row; }

 private:
  normalization how_;
};

}  // namespace filigree
