// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/autograd/model.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/kernels/weigh.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/l2_penalty.hpp>
#include <filigree/ops/multiply.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tensor/graph.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

namespace {
template <class T>
using list = std::vector<T>;

/// A model of weights, and of edges that weigh something, whose loss has the gradients at them that
/// a test wants, with what prunes it.
template <class T, backend B, class By = criterion>
class weights : public nothing_to_observe, public no_identity {
 public:
  using scalar = T;
  using backend_type = B;
  using batch = list<list<T>>;  ///< the gradients, a list for each; empty: none

  /// All are pruned; edges stay, so that tests see which are closed.
  weights(const B& on, pruning_by<By> p) : on_(on), options_(std::move(p)) {
    options_.compact = false;
    options_.of = {"*"};
  }

  void add(const std::string& name, shape s, const list<T>& value,
           const filigree::graph<B>* g = nullptr, lasting_edges lasting = {}) {
    auto& one = list_.emplace_back();
    one.name = name;
    one.value = matrix<T, B>(on_, std::span<const T>(value), s);
    if (g)
      one.edges.emplace([of = *g] { return of; }, lasting);
    else
      one.weight.emplace(one.value);
  }
  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] static offset steps(offset) { return 1; }
  [[nodiscard]] batch sample(std::uint64_t, offset, offset, offset) const {
    return batch(list_.size());
  }
  template <recorder R>
  [[nodiscard]] typename R::var loss(R& r, const batch& gradients) const {
    auto sum = r.constant(matrix<T, B>::zeros(on_, {1, 1}));
    for (std::size_t k = 0; k < list_.size(); ++k) {
      const auto& one = list_[k];
      std::optional<typename R::var> w;
      if (one.weight) w = r.leaf(*one.weight);
      if (one.edges) {
        one.edges->note_weights(on_, one.value, nullptr);
        if (const auto gate = one.edges->gates(r)) w = r(multiply{}, r.constant(one.value), *gate);
      }
      if (!w || gradients[k].empty()) continue;
      matrix<T, B> g(on_, std::span<const T>(gradients[k]), one.value.shape());
      sum = r(filigree::add{}, sum, r(inner_product{}, *w, r.constant(std::move(g))));
    }
    return sum;
  }
  void weigh_edges(eager<T, B>& r) const { (void)loss(r, batch(list_.size())); }
  static void members(auto& self, auto&& see) {
    for (auto& one : self.list_) {
      if (one.weight) see(one.name, *one.weight);
      if (one.edges) see(one.name, *one.edges);
    }
  }

  [[nodiscard]] auto& prune() {
    if (!pruner_) pruner_.emplace(*this, options_);
    return *pruner_;
  }
  void continue_with(pruning_by<By> p) {
    p.compact = false;
    p.of = {"*"};
    prune().continue_with(*this, p);
  }
  /// A step whose loss has these gradients. Returns whether it pruned.
  bool step(const list<list<T>>& gradients) {
    const auto before = prune().prunings();
    tape<T, B> r(on_);
    r.backward(loss(r, gradients));
    prune().on_backward(*this, 0);
    prune().on_step(*this, 0);
    return prune().prunings() > before;
  }
  /// 1 for what is left.
  [[nodiscard]] list<int> gate(std::size_t k = 0) const {
    const auto& one = list_[k];
    const auto& open = one.edges ? one.edges->gate() : one.weight->mask;
    if (open.size() == 0) return list<int>(static_cast<std::size_t>(one.value.size()), 1);
    const auto host = open.to_host(on_);
    return {host.begin(), host.end()};
  }

 private:
  /// (1 x 1): the sum of a (*) b
  struct inner_product {
    template <class U>
    [[nodiscard]] filigree::shape shape(const matrix_view<const U>&,
                                        const matrix_view<const U>&) const {
      return {1, 1};
    }
    void forward(const B& on, matrix_view<T> y, matrix_view<const T> a,
                 matrix_view<const T> b) const {
      on.sum(a.size(), kernels::product_term<T>{a.data, b.data}, y.data);
    }
    void backward(const B& on, matrix_view<const T>, matrix_view<const T>, matrix_view<const T>,
                  matrix_view<const T> b, gradient<T> da, gradient<T>) const {
      if (da) on.for_each(b.size(), kernels::axpy<T>{T(1), b.data, da.data});
    }
  };
  struct one_of_them {
    std::string name{};
    matrix<T, B> value{};
    std::optional<parameter<T, B>> weight{};
    std::optional<gated_graph<T, B>> edges{};
  };

  B on_;
  pruning_by<By> options_;
  list<one_of_them> list_;
  std::optional<pruner<B, T, By>> pruner_{};
};

struct smallest_first {
  template <class T>
  FILIGREE_FN T operator()(T weight, T) const {
    return -weight;
  }
};
}  // namespace

TEMPLATE_TEST_CASE("saliency adds up |g w| over batches, movement -g w", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const auto left = [](criterion by) {
    weights<T, B> w(B{}, {.by = by, .keep = share{0.5f}, .schedule = prune_once(2)});
    w.add("w", {1, 4}, {1, -2, 3, 4});
    // g w: 5, 4, 0, -1; then -5, 4, -3, -1. |sums|: 0, 8, 3, 2; sums of ||: 10, 8, 3, 2.
    CHECK_FALSE(w.step({{5, -2, 0, -0.25}}));
    CHECK(w.step({{-5, -2, -1, -0.25}}));
    return w.gate();
  };
  CHECK(left(criterion::saliency) == list<int>{1, 1, 0, 0});
  CHECK(left(criterion::net_saliency) == list<int>{0, 1, 1, 0});
  CHECK(left(criterion::movement) == list<int>{0, 0, 1, 1});
  CHECK(left(criterion::magnitude) == list<int>{0, 0, 1, 1});
}

TEMPLATE_TEST_CASE("scores start anew after each pruning, and what is pruned stays so", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  weights<T, B> w(B{}, {.keep = share{0.5f}, .schedule = prune_every(1, 2)});
  w.add("w", {1, 4}, {1, 1, 1, 1});
  CHECK(w.step({{9, 1, 2, 3}}));
  CHECK(w.gate() == list<int>{1, 0, 1, 1});
  CHECK(w.step({{1, 99, 2, 3}}));
  CHECK(w.gate() == list<int>{0, 0, 1, 1});
  CHECK_FALSE(w.step({{1, 1, 1, 1}}));
}

TEMPLATE_TEST_CASE("pruning goes on with other choices from what is left", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  weights<T, B> w(on, {.keep = share{0.75f}});
  w.add("w", {1, 4}, {1, 1, 1, 1});
  CHECK(w.step({{9, 1, 2, 3}}));
  CHECK_FALSE(w.prune().watches());
  w.continue_with({.by = criterion::magnitude, .keep = share{0.25f}, .schedule = prune_once(2)});
  CHECK(w.gate() == list<int>{1, 0, 1, 1});
  w.continue_with({.keep = share{0.25f}, .schedule = prune_once(2)});
  CHECK_FALSE(w.step({{1, 99, 2, 4}}));
  CHECK(w.step({{1, 99, 4, 3}}));
  CHECK(w.gate() == list<int>{0, 0, 0, 1});
  CHECK_THROWS_WITH(w.continue_with({.keep = share{1.5f}}),
                    Catch::StartsWith("pruning: keep: expected 0 to 1, got 1.5"));
  // Larger units take nothing back.
  w.continue_with({.by = criterion::magnitude, .keep = share{.of = 1, .among = each{by_row}}});
  CHECK(w.step({{}}));
  CHECK(w.gate() == list<int>{0, 0, 0, 1});
}

TEMPLATE_TEST_CASE("what is pruned of a group stays so", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto of_4 = [](float of) { return share{.of = of, .among = by_group{4}}; };
  pruning how{.by = criterion::movement, .keep = of_4(0.75f)};
  weights<T, B> w(on, how);
  w.add("w", {1, 6}, {1, 1, 1, 1, 1, 1});
  CHECK(w.step({{1, 2, 3, 4, 5, 6}}));  // movement is -g w
  CHECK(w.gate() == list<int>{1, 1, 1, 0, 1, 1});
  how.keep = of_4(0.5f);
  w.continue_with(how);
  CHECK(w.step({{1, 3, 2, -9, 5, 6}}));
  CHECK(w.gate() == list<int>{1, 0, 1, 0, 1, 1});
  how.keep = of_4(1);
  w.continue_with(how);
  CHECK(w.step({{1, 1, 1, 1, 1, 1}}));
  CHECK(w.gate() == list<int>{1, 0, 1, 0, 1, 1});
}

TEMPLATE_TEST_CASE("as many stay as are asked for, of equals the first", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const auto left = [](pruning p) {
    p.by = criterion::magnitude;
    weights<T, B> w(B{}, p);
    w.add("w", {1, 10}, {1, 1, 1, 1, 1, 1, 1, 1, 2, 1});
    CHECK(w.step({{}}));
    return w.gate();
  };
  CHECK(left({.keep = share{0.7f}}) == list<int>{1, 1, 1, 1, 1, 1, 0, 0, 1, 0});
  CHECK(left({.keep = share{0.39f}}) == list<int>{1, 1, 0, 0, 0, 0, 0, 0, 1, 0});  // floor(3.9)
  CHECK(left({.keep = count{2}}) == list<int>{1, 0, 0, 0, 0, 0, 0, 0, 1, 0});
  CHECK(left({.keep = threshold{1.5f}}) == list<int>{0, 0, 0, 0, 0, 0, 0, 0, 1, 0});
  CHECK(left({.keep = share{0}}) == list<int>(10, 0));
  CHECK(left({.keep = share{1}}) == list<int>(10, 1));
}

TEMPLATE_TEST_CASE("rows, columns, blocks and groups leave as wholes", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const auto left = [](const prune_keep& keep) {
    weights<T, B> w(B{}, {.by = criterion::magnitude, .keep = keep});
    w.add("w", {3, 5},
          {1, 9, 1, 1, 0,  //
           4, 4, 4, 4, 0,  //
           8, 0, 0, 0, 7});
    CHECK(w.step({{}}));
    return w.gate();
  };
  const auto whole = [&](const by_block& units, float of) {
    return left(share{.of = of, .among = each{units}});
  };
  CHECK(whole(by_row, 0.4f) == list<int>{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0});
  CHECK(whole(by_column, 0.4f) == list<int>{1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0});
  // Blocks: 18 (1 9 4 4), 10, 0; 8, 0, 7 (the last one is 1 x 1).
  const by_block square{2, 2};
  CHECK(whole(square, 0.5f) == list<int>{1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0});
  CHECK(left(threshold{.of = 9, .units = square}) ==
        list<int>{1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0});
  // Of each two of a row the larger, the first of equals; the last group has one.
  CHECK(left(count{.of = 1, .among = by_group{2}}) ==
        list<int>{0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1});
  CHECK(left(share{.of = 0.5f, .among = by_group{2}}) ==
        list<int>{0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1});
  // The same of each two of a column.
  CHECK(left(share{.of = 0.5f, .among = by_group{.m = 2, .down = true}}) ==
        list<int>{0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1});
}

TEMPLATE_TEST_CASE("units that were pruned may grow again", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  weights<T, B> w(B{}, {.keep = share{.of = 0.5f, .among = each{by_row}, .regrow = 0.5f},
                        .schedule = prune_every(1, 2)});
  w.add("w", {4, 2}, list<T>(8, 1));
  CHECK(w.step({{8, 1, 5, 3, 2, 4, 1, 1}}));
  CHECK(w.gate() == list<int>{1, 1, 1, 1, 1, 1, 0, 0});
  CHECK(w.step({{1, 1, 2, 2, 3, 2, 1, 1}}));  // the best that is left, and the one that is missed
  CHECK(w.gate() == list<int>{0, 0, 0, 0, 1, 1, 1, 1});
}

TEMPLATE_TEST_CASE("edges that a model added last", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  // 0 - 1, 1 - 2, loops at 0 and 2, and node 3, which is a neighbor of 0:
  // (0, 0), (0, 1), (0, 3), (1, 0), (1, 2), (2, 1), (2, 2), (3, 0)
  const auto g =
      graph<B>::undirected(on, 4, list<index>{0, 0, 1, 2, 0}, list<index>{0, 1, 2, 2, 3});
  const auto left = [&](const prune_keep& keep) {
    weights<T, B> w(on, {.by = criterion::magnitude, .keep = keep});
    w.add("edges", {8, 1}, {9, 2, 0, 2, 1, 1, 0, 0}, &g, {.loops = true, .nodes = 3});
    CHECK(w.step({{}}));
    return w.gate();
  };
  const list<int> better{1, 1, 1, 1, 0, 0, 1, 1}, none{1, 0, 1, 0, 0, 0, 1, 1};
  CHECK(left(share{0.5f}) == better);  // one of two
  CHECK(left(share{.of = 0.5f, .among = by_node{}}) == better);
  CHECK(left(threshold{3}) == better);
  CHECK(left(share{0}) == none);
}

TEMPLATE_TEST_CASE("the directions of an edge share their score and their fate", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  // 0 - 1, 0 - 2 and a loop at 1: (0, 1), (0, 2), (1, 0), (1, 1), (2, 0)
  const auto g = graph<B>::undirected(on, 3, list<index>{0, 0, 1}, list<index>{1, 2, 1});
  const auto left = [&](criterion by, float of) {
    weights<T, B> w(on, {.by = by, .keep = share{of}});
    w.add("edges", {5, 1}, {1, 1, 1, 3, 2}, &g);
    CHECK(w.step({{5, 2, -5, 1, 2}}));
    return w.gate();
  };
  // Saliencies: |5 - 5|, |2 + 4|, loop 3; magnitudes 2, 3, 3.
  CHECK(left(criterion::saliency, 0.34f) == list<int>{0, 1, 0, 0, 1});
  CHECK(left(criterion::saliency, 0.67f) == list<int>{0, 1, 0, 1, 1});
  CHECK(left(criterion::magnitude, 0.67f) == list<int>{0, 1, 0, 1, 1});
  const auto drawn = left(criterion::random, 0.67f);
  CHECK(drawn[0] == drawn[2]);
  CHECK(drawn[1] == drawn[4]);
  CHECK(drawn[0] + drawn[1] + drawn[3] == 2);
}

TEMPLATE_TEST_CASE("with the node scope, each node's best edge goes before any second best", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  // A hub 0 with 1, 2, 3, and 3 - 4: (0, 1), (0, 2), (0, 3), (1, 0), (2, 0), (3, 0), (3, 4), (4, 3)
  const auto g = graph<B>::undirected(on, 5, list<index>{0, 0, 0, 3}, list<index>{1, 2, 3, 4});
  const auto left = [&](const prune_scope& scope, float of) {
    weights<T, B> w(on, {.by = criterion::magnitude, .keep = share{.of = of, .among = scope}});
    w.add("edges", {8, 1}, {7, 6, 5, 7, 6, 5, 1, 1}, &g);
    CHECK(w.step({{}}));
    return w.gate();
  };
  // Ranks: 0-1 is first at 0 and 1; 0-2 second and first; 0-3 third and first; 3-4 second and
  // first.
  CHECK(left(each{}, 0.75f) == list<int>{1, 1, 1, 1, 1, 1, 0, 0});
  CHECK(left(by_node{}, 0.75f) == list<int>{1, 1, 0, 1, 1, 0, 1, 1});
  CHECK(left(by_node{}, 0.25f) == list<int>{1, 0, 0, 1, 0, 0, 0, 0});
}

TEMPLATE_TEST_CASE("the node scope ranks the edges of a directed graph by row and by column", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  // (0, 0), (0, 1), (0, 2), (1, 1)
  const graph<B> g(on, {2, 3}, list<index>{0, 0, 0, 1}, list<index>{0, 1, 2, 1});
  weights<T, B> w(on, {.by = criterion::magnitude,
                       .keep = share{.of = 0.5f, .among = by_node{}},
                       .schedule = prune_every(1, 2)});
  w.add("edges", {4, 1}, {3, 4, 2, 5}, &g);
  // 1/2 + 1, 1 + 1/2, 1/3 + 1, 1 + 1; then, without the third, 1/2 + 1, 1 + 1/2, and 1 + 1.
  CHECK(w.step({{}}));
  CHECK(w.gate() == list<int>{1, 1, 0, 1});
  CHECK(w.step({{}}));
  CHECK(w.gate() == list<int>{1, 0, 0, 1});
}

TEMPLATE_TEST_CASE("tensors together keep the best of all, and each its least share", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const auto left = [](float least) {
    weights<T, B> w(B{}, {.by = criterion::magnitude,
                          .keep = share{.of = 0.5f, .among = together{.least = least}}});
    w.add("small", {1, 4}, {1, 2, 3, 4});
    w.add("large", {1, 4}, {50, 60, 70, 80});
    CHECK(w.step({{}, {}}));
    return std::pair(w.gate(0), w.gate(1));
  };
  CHECK(left(0) == std::pair(list<int>{0, 0, 0, 0}, list<int>{1, 1, 1, 1}));
  CHECK(left(0.25f) == std::pair(list<int>{0, 0, 0, 1}, list<int>{0, 1, 1, 1}));
}

TEST_CASE("a count above what there is keeps all") {
  weights<float, reference> w(
      {}, {.by = criterion::magnitude,
           .keep = count{.of = std::numeric_limits<offset>::max(), .regrow = 0.5f}});
  w.add("w", {1, 4}, {1, 2, 3, 4});
  w.step({{1, 1, 1, 1}});
  CHECK(w.gate() == list<int>(4, 1));
}

TEST_CASE("a least share of each tensor that is more than the count of all is refused") {
  weights<float, reference> w(
      {}, {.by = criterion::magnitude, .keep = count{.of = 2, .among = together{.least = 0.5f}}});
  w.add("a", {1, 4}, {1, 2, 3, 4});
  w.add("b", {1, 4}, {1, 2, 3, 4});
  CHECK_THROWS_WITH(w.step({{}, {}}), "pruning: least: expected at most 2 units in all, got 4");
  CHECK(w.gate(0) == list<int>(4, 1));
}

TEMPLATE_TEST_CASE("a count for all tensors together follows the schedule, and may grow again", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  weights<T, B> w(B{}, {.keep = count{.of = 2, .among = together{}, .regrow = 0.5f},
                        .schedule = prune_every(1, 2)});
  w.add("a", {1, 4}, {1, 1, 1, 1});
  w.add("b", {1, 4}, {1, 1, 1, 1});
  // After the first of two, 5 of 8: half of the way to 2.
  CHECK(w.step({{8, 7, 6, 1}, {5, 4, 3, 2}}));
  CHECK(w.gate(0) == list<int>{1, 1, 1, 0});
  CHECK(w.gate(1) == list<int>{1, 1, 0, 0});
  // Then 2: the best that is left, and what is missed most.
  CHECK(w.step({{2, 1, 3, 1}, {4, 1, 1, 9}}));
  CHECK(w.gate(0) == list<int>{0, 0, 0, 0});
  CHECK(w.gate(1) == list<int>{1, 0, 0, 1});
}

TEMPLATE_TEST_CASE("what was pruned may grow again where the loss asks for it", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  weights<T, B> w(
      B{}, {.keep = share{.of = 0.5f, .regrow = 0.5f},
            .schedule = {.begin = 1, .every = 1, .times = 2, .course = prune_course::geometric}});
  w.add("w", {1, 8}, {1, 1, 1, 1, 1, 1, 1, 1});
  // 5 of 8 stay: all could still be kept, none could grow.
  CHECK(w.step({{8, 7, 6, 5, 4, 3, 2, 1}}));
  CHECK(w.gate() == list<int>{1, 1, 1, 1, 1, 0, 0, 0});
  // 4 stay: the two best, and the two that were pruned and are missed most.
  CHECK(w.step({{1, 2, 3, 4, 5, 6, 9, 8}}));
  CHECK(w.gate() == list<int>{0, 0, 0, 1, 1, 0, 1, 1});
}

TEMPLATE_TEST_CASE("a criterion may be one's own", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  weights<T, B, smallest_first> w(B{}, {.keep = share{0.5f}});
  w.add("w", {1, 4}, {3, 1, 4, 2});
  CHECK(w.step({{1, 1, 1, 1}}));
  CHECK(w.gate() == list<int>{0, 1, 0, 1});
}

namespace {
struct most_salient {
  template <class T>
  FILIGREE_FN T operator()(T, T saliency) const {
    return saliency;
  }
};
}  // namespace

TEMPLATE_TEST_CASE("a criterion of one's own is told how much the loss depends on a weight", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  weights<T, B, most_salient> w(B{}, {.keep = share{0.5f}, .schedule = prune_once(2)});
  w.add("w", {1, 4}, {1, 1, 1, 1});
  // Sums of |g w|: 2, 6, 10, 2; of -g w: -2, 6, 0, 0.
  CHECK_FALSE(w.step({{1, -3, 5, 1}}));
  CHECK(w.step({{1, -3, -5, -1}}));
  CHECK(w.gate() == list<int>{0, 1, 1, 0});
}

TEST_CASE("the gradients of a criterion of one's own are watched, and add up without their sign") {
  CHECK(detail::needs_gradient(most_salient{}));
  CHECK_FALSE(detail::is_signed(most_salient{}));
  weights<double, reference, most_salient> w({}, {.keep = share{0.5f}, .schedule = prune_once(9)});
  w.add("w", {1, 2}, {1, 2});
  CHECK(w.prune().watches());
  w.step({{-1, 1}});
  w.step({{1, 1}});
  CHECK(w.prune().score().to_host(reference{}) == list<double>{2, 4});
}

TEST_CASE("half of ten million units stays, not one more") {
  weights<float, reference> w({}, {.by = criterion::magnitude, .keep = share{0.5f}});
  w.add("w", {1, 10'000'000}, list<float>(10'000'000, 1));
  w.step({{}});
  const auto left = w.gate();
  CHECK(std::count(left.begin(), left.end(), 1) == 5'000'000);
}

TEMPLATE_TEST_CASE("random pruning draws anew each time, the same in each run", "", BACKENDS) {
  const auto drawn = [](std::uint64_t seed, int steps) {
    weights<float, TestType> w(
        TestType{}, {.by = criterion::random, .schedule = prune_every(1, 2), .seed = seed});
    w.add("w", {1, 100}, list<float>(100, 1));
    for (int s = 0; s < steps; ++s) w.step({{}});
    return w.gate();
  };
  CHECK(drawn(1, 1) == drawn(1, 1));
  CHECK(drawn(1, 1) != drawn(2, 1));
  CHECK(drawn(1, 1) != drawn(1, 2));
}

TEST_CASE("each tensor draws its own random numbers") {
  weights<float, reference> w(reference{}, {.by = criterion::random, .keep = share{0.5f}});
  w.add("a", {1, 100}, list<float>(100, 1));
  w.add("b", {1, 100}, list<float>(100, 1));
  w.step({{}, {}});
  CHECK(w.gate(0) != w.gate(1));
}

TEST_CASE("random pruning has streams of its own") {
  weights<float, reference> w(reference{},
                              {.by = criterion::random, .keep = share{0.5f}, .seed = 3});
  w.add("w", {1, 100}, list<float>(100, 1));
  w.step({{}});
  // The better half of 100 numbers of a stream.
  const auto kept = [](std::uint64_t stream) {
    list<double> score;
    for (std::uint64_t i = 0; i < 100; ++i) score.push_back(philox{3, stream}.uniform(i));
    auto ranked = score;
    std::ranges::sort(ranked);
    list<int> out;
    for (const double s : score) out.push_back(s >= ranked[50]);
    return out;
  };
  CHECK(w.gate() == kept(stream_of(random_use::pruning_scores, 1)));
  for (std::uint64_t counted = 0; counted < 8; ++counted) CHECK(w.gate() != kept(counted));
}

TEMPLATE_TEST_CASE("a score that is no number prunes nothing, and the pruning stays due", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  for (const prune_scope& scope : list<prune_scope>{each{}, together{}}) {
    weights<T, B> w(B{}, {.by = criterion::magnitude, .keep = share{.of = 0.5f, .among = scope}});
    w.add("a", {1, 4}, {1, 2, 3, 4});
    w.add("b", {1, 4}, {1, 2, T(NAN), 4});
    CHECK_THROWS_WITH(w.step({{}, {}}),
                      "pruning: score of b: value of entry 2: expected a number, got nan");
    CHECK(w.prune().steps() == 0);
    CHECK(w.gate(0) == list<int>{1, 1, 1, 1});
    CHECK(w.gate(1) == list<int>{1, 1, 1, 1});
    CHECK(w.prune().score().to_host(B{}) == list<T>(4, 0));
    CHECK_THROWS_WITH(w.step({{}, {}}),
                      "pruning: score of b: value of entry 2: expected a number, got nan");
  }
}

TEST_CASE("pruning says what does not fit") {
  const auto make = [&](const pruning& p) {
    weights<float, reference> w({}, p);
    w.add("w", {1, 2}, {1, 1});
    (void)w.prune();
  };
  const auto keeps = [&](const prune_keep& keep) { make({.keep = keep}); };
  CHECK_THROWS_WITH(keeps(share{1.5f}),
                    Catch::StartsWith("pruning: keep: expected 0 to 1, got 1.5"));
  for (const float of : {-0.5f, NAN, HUGE_VALF})
    CHECK_THROWS_WITH(keeps(share{of}), Catch::StartsWith("pruning: keep: expected 0 to 1"));
  CHECK_THROWS_WITH(keeps(count{-1}), "pruning: count: expected at least 0, got -1");
  for (const float of : {NAN, -HUGE_VALF})
    CHECK_THROWS_WITH(keeps(threshold{of}),
                      Catch::StartsWith("pruning: threshold: expected a finite number, got "));
  const auto block = [&](offset r, offset c) { keeps(share{.among = each{{r, c}}}); };
  CHECK_THROWS_WITH(block(0, 2), "pruning: block: expected at least 1 x 1, got 0 x 2");
  CHECK_THROWS_WITH(block(1, 0), "pruning: block: expected at least 1 x 1, got 1 x 0");
  CHECK_THROWS_WITH(keeps(threshold{.of = 0, .units = by_block{0, 2}}),
                    "pruning: block: expected at least 1 x 1, got 0 x 2");
  CHECK_NOTHROW(block(1, 1));
  CHECK_THROWS_WITH(keeps(share{.among = by_group{0}}),
                    "pruning: size of a group: expected at least 1, got 0");
  CHECK_NOTHROW(keeps(share{.among = by_group{1}}));
  CHECK_THROWS_WITH(keeps(share{.among = by_group{4}, .regrow = 0.5f}),
                    Catch::StartsWith("pruning: regrow: expected 0 among groups, got 0.5"));
  CHECK_THROWS_WITH(keeps(count{.of = 1, .regrow = 2}),
                    Catch::StartsWith("pruning: regrow: expected 0 to 1, got 2"));
  CHECK_THROWS_WITH(keeps(share{.of = 0.25f, .among = together{.least = 0.5f}}),
                    Catch::StartsWith("pruning: least: expected at most keep (0.25"));
  CHECK_THROWS_WITH(keeps(count{.of = 3, .among = together{.least = 1.5f}}),
                    Catch::StartsWith("pruning: least: expected 0 to 1"));
  CHECK_NOTHROW(keeps(count{.of = 3, .among = together{.least = 0.5f}}));
  CHECK_THROWS_WITH(make({.schedule = {.begin = 3, .rewind_to = 4}}),
                    "pruning: rewind_to: expected at most begin (3), got 4");
  weights<float, reference> w({}, {.keep = share{0.5f}});
  w.add("w", {1, 2}, {1, 1});
  CHECK_THROWS_WITH(w.step({{1, NAN}}),
                    "pruning: score of w: value of entry 1: expected a number, got nan");
}

TEST_CASE("a checkpoint must agree with all that is chosen") {
  const auto told = [](const prune_keep& keep) {
    weights<float, reference> w({}, {.by = criterion::magnitude, .keep = keep});
    w.add("w", {1, 2}, {1, 1});
    std::string text;
    w.prune().identify(text);
    const std::string from = "pruning.keep ";
    const auto at = text.find(from) + from.size();
    return text.substr(at, text.find(", pruning.schedule") - at);
  };
  CHECK(told(share{.of = 0.5f, .among = by_node{}}) ==
        "share, pruning.keep.of 0.5, pruning.keep.among by_node, pruning.keep.regrow 0");
  CHECK(told(count{.of = 2, .among = by_group{8}}) ==
        "count, pruning.keep.of 2, pruning.keep.among by_group, pruning.keep.among.m 8, "
        "pruning.keep.among.down 0, pruning.keep.regrow 0");
  CHECK(told(threshold{.of = 2, .units = {4, 1}}) ==
        "threshold, pruning.keep.of 2, pruning.keep.units.r 4, pruning.keep.units.c 1");
}

TEST_CASE("what is pruned goes by its name") {
  const auto left = [&](const list<std::string>& of) {
    weights<float, reference> m({}, {.by = criterion::magnitude});
    m.add("layers.0.weight", {1, 2}, {1, 2});
    m.add("layers.1.weight", {1, 2}, {1, 2});
    m.add("layers.1.bias", {1, 2}, {1, 2});
    pruner sparser{m, {.by = criterion::magnitude, .of = of, .keep = share{0.5f}}};
    sparser.on_step(m, 0);
    return list<list<int>>{m.gate(0), m.gate(1), m.gate(2)};
  };
  const list<int> all{1, 1}, half{0, 1};
  CHECK(left({"*"}) == list<list<int>>{half, half, half});
  CHECK(left({"layers.*.weight"}) == list<list<int>>{half, half, all});
  CHECK(left({"layers.1.*"}) == list<list<int>>{all, half, half});
  CHECK(left({"*bias", "layers.0.weight"}) == list<list<int>>{half, all, half});
  const std::string known = "layers.0.weight, layers.1.weight, layers.1.bias";
  CHECK_THROWS_WITH(left({"layers"}), "pruning: of: expected some of " + known + ", got layers");
  CHECK_THROWS_WITH(left({"*", "graph"}), "pruning: of: expected some of " + known + ", got graph");
  CHECK_THROWS_WITH(left({}), "pruning: of: expected some of " + known + ", got none");
}

namespace {
/// Cannot tell what its edges weigh.
struct silent : weights<float, reference> {
  using weights::weights;
  void weigh_edges(eager<float, reference>&) const = delete;
};
}  // namespace

TEST_CASE("the magnitude of edges takes a model that weighs them") {
  const graph<reference> g({}, {2, 2}, list<index>{0, 1}, list<index>{1, 0});
  silent m({}, {});
  m.add("edges", {2, 1}, {1, 2}, &g);
  pruner sparser{m, {.by = criterion::magnitude, .of = {"edges"}, .keep = share{0.5f}}};
  CHECK_THROWS_WITH(sparser.on_step(m, 0),
                    "pruner: a model with a gated_graph: expected weigh_edges(r), got none");
}

}  // namespace filigree
