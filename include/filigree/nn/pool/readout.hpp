// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/recorder.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/ops/edge_softmax.hpp>
#include <filigree/ops/gather_rows.hpp>
#include <filigree/ops/matmul.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/ops/sum_ends.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/row_set.hpp>

#include <span>
#include <utility>

namespace filigree {

/// Assigns rows to groups: nodes to graphs, or to communities. Groups are ragged and may be empty;
/// there is no padding.
template <class T, backend B>
struct groups {
  graph<B> members;     ///< groups x rows: a group pulls from its members
  matrix<T, B> weight;  ///< 1 for each row
  row_set<B> group_of;  ///< group of each row, in the order of the rows

  /// From a list of each row's group, from 0 to below `count`. Throws `range_error` for any other
  /// value.
  groups(const B& on, std::span<const index> group, offset count)
      : groups(on, on.upload(group).data(), static_cast<offset>(group.size()), count) {}
  /// The same for n numbers that are already on the backend.
  groups(const B& on, const index* group, offset n, offset count)
      : weight(on, {n, 1}), group_of(make_set(on, group, n, count)) {
    auto row = on.template allocate<index>(n);
    on.for_each(n, kernels::count_up<index>{row.data()});
    members = graph<B>(on, {count, n}, group, std::as_const(row).data(), n);
    on.fill(weight.data(), n, T(1));
  }
  [[nodiscard]] offset count() const { return members.rows(); }
  [[nodiscard]] offset rows() const { return members.cols(); }
  /// Each row's group, on the backend.
  [[nodiscard]] const index* group() const { return members.backward().neighbor; }

  /// Copies each group's row to all of its members: (groups x d) to (rows x d).
  template <recorder R>
  [[nodiscard]] typename R::var spread(R& r, typename R::var of_groups) const {
    return r(gather_rows<B>{group_of}, of_groups);
  }

 private:
  [[nodiscard]] static row_set<B> make_set(const B& on, const index* group, offset n,
                                           offset count) {
    detail::expect_within(on, group, n, count, "groups: group");
    return make_row_set(on, group, n, count);
  }
};

// How a group is computed from its members, (rows x d) to (groups x d); an empty group is 0.
// Policies with `state(policy, on, spec)`, `s.read(r, groups, x)` and `members`.

namespace detail {
template <recorder R, class T, backend B>
[[nodiscard]] typename R::var reduce_members(R& r, const groups<T, B>& of, typename R::var x,
                                             reduction how) {
  return r(spmm{of.members, how}, r.constant(of.weight), x);
}
}  // namespace detail

/// The sum.
struct sum_readout {
  template <class T, backend B>
  struct state : no_members {
    state(const sum_readout&, const B&, const part_spec<B>&) {}
    template <recorder R>
    [[nodiscard]] typename R::var read(R& r, const groups<T, B>& of, typename R::var x) const {
      return detail::reduce_members(r, of, x, reduction::sum);
    }
  };
};

/// The mean.
struct mean_readout {
  template <class T, backend B>
  struct state : no_members {
    state(const mean_readout&, const B&, const part_spec<B>&) {}
    template <recorder R>
    [[nodiscard]] typename R::var read(R& r, const groups<T, B>& of, typename R::var x) const {
      return detail::reduce_members(r, of, x, reduction::mean);
    }
  };
};

/// The maximum of each column.
struct max_readout {
  template <class T, backend B>
  struct state : no_members {
    state(const max_readout&, const B&, const part_spec<B>&) {}
    template <recorder R>
    [[nodiscard]] typename R::var read(R& r, const groups<T, B>& of, typename R::var x) const {
      return detail::reduce_members(r, of, x, reduction::max);
    }
  };
};

/// The sum, weighted by a softmax over the members of x w, where w is learned (Li et al., 2016).
struct attention_readout {
  template <class T, backend B>
  class state {
   public:
    state(const attention_readout&, const B& on, const part_spec<B>& spec)
        : weight_(glorot<T>(on, {spec.in, 1}, spec.seed, "attention")) {}
    template <recorder R>
    [[nodiscard]] typename R::var read(R& r, const groups<T, B>& of, typename R::var x) const {
      const auto none = r.constant(matrix<T, B>::zeros(r.on(), {of.count(), 1}));
      const auto score = r(sum_ends{of.members}, none, r(matmul{}, x, r.leaf(weight_)));
      return r(spmm{of.members}, r(edge_softmax{of.members}, score), x);
    }
    static void members(auto& self, auto&& see) { see("attention", self.weight_); }

   private:
    parameter<T, B> weight_;
  };
};

}  // namespace filigree
