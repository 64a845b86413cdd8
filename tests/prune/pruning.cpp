// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/autograd/tape.hpp>
#include <filigree/kernels/weigh.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/l2_penalty.hpp>
#include <filigree/ops/multiply.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruning.hpp>
#include <filigree/tensor/graph.hpp>

#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <vector>

namespace filigree {

namespace {
template <class T>
using list = std::vector<T>;

/// Weights whose gates get the gradients that a test wants.
template <class T, backend B, class Policy = pruning>
class weights {
 public:
  weights(const B& on, const Policy& p) : on_(on), prune_(p, on) {}

  void add(const std::string& name, shape s, const list<T>& value,
           const filigree::graph<B>* g = nullptr) {
    value_.emplace_back(on_, std::span<const T>(value), s);
    graph_.push_back(g);
    prune_.add(on_, name, s, g);
  }
  [[nodiscard]] auto& prune() { return prune_; }
  [[nodiscard]] const filigree::graph<B>* graph(std::size_t k) const { return graph_[k]; }
  [[nodiscard]] matrix<T, B> weight(std::size_t k) const { return value_[k]; }

  /// A step whose loss has these gradients at the weights, one list for each tensor.
  bool step(const list<list<T>>& gradients) {
    tape<T, B> r(on_);
    std::optional<typename tape<T, B>::var> loss;
    list<matrix<T, B>> g;
    g.reserve(value_.size());
    for (std::size_t k = 0; k < value_.size(); ++k) {
      const auto gate = prune_.gate(r, k);
      if (!gate || gradients[k].empty()) continue;
      g.emplace_back(on_, std::span<const T>(gradients[k]), value_[k].shape());
      const auto w = r(multiply{}, r.constant(value_[k]), *gate);
      const auto term = r(inner_product{}, w, r.constant(g.back()));
      loss = loss ? r(filigree::add{}, *loss, term) : term;
    }
    if (loss) r.backward(*loss);
    const bool due = prune_.observe(on_, *this);
    if (due) prune_.prune(on_, *this);
    return due;
  }
  [[nodiscard]] list<int> gate(std::size_t k = 0) const {
    const auto host = prune_.target(k).gate.value.to_host(on_);
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

  B on_;
  list<matrix<T, B>> value_;
  list<const filigree::graph<B>*> graph_;
  typename Policy::template state<T, B> prune_;
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
    weights<T, B> w(B{}, {.by = by, .keep = 0.5f, .schedule = prune_once(2)});
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
  weights<T, B> w(B{}, {.keep = 0.5f, .schedule = prune_every(1, 2)});
  w.add("w", {1, 4}, {1, 1, 1, 1});
  CHECK(w.step({{9, 1, 2, 3}}));
  CHECK(w.gate() == list<int>{1, 0, 1, 1});
  CHECK(w.step({{1, 99, 2, 3}}));
  CHECK(w.gate() == list<int>{0, 0, 1, 1});
  CHECK_FALSE(w.step({{1, 1, 1, 1}}));
  const B on;
  CHECK(w.prune().kept(on).size() == 2);
}

TEMPLATE_TEST_CASE("pruning goes on with other choices from what is left", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  weights<T, B> w(on, {.keep = 0.75f});
  w.add("w", {1, 4}, {1, 1, 1, 1});
  CHECK(w.step({{9, 1, 2, 3}}));
  CHECK_FALSE(w.prune().watches());
  w.prune().continue_with(on,
                          {.by = criterion::magnitude, .keep = 0.25f, .schedule = prune_once(2)});
  CHECK(w.gate() == list<int>{1, 0, 1, 1});
  w.prune().continue_with(on, {.keep = 0.25f, .schedule = prune_once(2)});
  CHECK_FALSE(w.step({{1, 99, 2, 4}}));
  CHECK(w.step({{1, 99, 4, 3}}));
  CHECK(w.gate() == list<int>{0, 0, 0, 1});
  CHECK_THROWS_WITH(w.prune().continue_with(on, {.keep = 1.5f}),
                    Catch::StartsWith("pruning: keep: expected 0 to 1, got 1.5"));
  CHECK_THROWS_WITH(w.prune().continue_with(on, {.units = by_row()}),
                    "pruning: units of w: expected as large as before, got others");
}

TEMPLATE_TEST_CASE("what is pruned of a group stays so", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  pruning how{.by = criterion::movement, .units = by_n_of_m(3, 4)};
  weights<T, B> w(on, how);
  w.add("w", {1, 6}, {1, 1, 1, 1, 1, 1});
  CHECK(w.step({{1, 2, 3, 4, 5, 6}}));  // movement is -g w
  CHECK(w.gate() == list<int>{1, 1, 1, 0, 1, 1});
  how.units = by_n_of_m(2, 4);
  w.prune().continue_with(on, how);
  CHECK(w.step({{1, 3, 2, -9, 5, 6}}));
  CHECK(w.gate() == list<int>{1, 0, 1, 0, 1, 1});
  how.units = by_n_of_m(4, 4);
  w.prune().continue_with(on, how);
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
  CHECK(left({.keep = 0.7f}) == list<int>{1, 1, 1, 1, 1, 1, 0, 0, 1, 0});
  CHECK(left({.keep = 0.39f}) == list<int>{1, 1, 0, 0, 0, 0, 0, 0, 1, 0});  // floor(3.9)
  CHECK(left({.count = 2}) == list<int>{1, 0, 0, 0, 0, 0, 0, 0, 1, 0});
  CHECK(left({.threshold = 1.5f}) == list<int>{0, 0, 0, 0, 0, 0, 0, 0, 1, 0});
  CHECK(left({.keep = 0}) == list<int>(10, 0));
  CHECK(left({.keep = 1}) == list<int>(10, 1));
}

TEMPLATE_TEST_CASE("rows, columns, blocks and groups leave as wholes", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const auto left = [](const structure& units, float keep) {
    weights<T, B> w(B{}, {.by = criterion::magnitude, .keep = keep, .units = units});
    w.add("w", {3, 5},
          {1, 9, 1, 1, 0,  //
           4, 4, 4, 4, 0,  //
           8, 0, 0, 0, 7});
    CHECK(w.step({{}}));
    return w.gate();
  };
  CHECK(left(by_row(), 0.4f) == list<int>{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0});
  CHECK(left(by_column(), 0.4f) == list<int>{1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0});
  // Blocks: 18 (1 9 4 4), 10, 0; 8, 0, 7 (the last one is 1 x 1).
  CHECK(left(by_block(2, 2), 0.5f) == list<int>{1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0});
  // Of each two of a row the larger, the first of equals; the last group has one.
  CHECK(left(by_n_of_m(1, 2), 0) == list<int>{0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1});
}

TEMPLATE_TEST_CASE("the directions of an edge share their score and their fate", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  // 0 - 1, 0 - 2 and a loop at 1: (0, 1), (0, 2), (1, 0), (1, 1), (2, 0)
  const auto g = graph<B>::undirected(on, 3, list<index>{0, 0, 1}, list<index>{1, 2, 1});
  const auto left = [&](criterion by, float keep) {
    weights<T, B> w(on, {.by = by, .keep = keep});
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
  const auto left = [&](prune_scope scope, float keep) {
    weights<T, B> w(on, {.by = criterion::magnitude, .keep = keep, .scope = scope});
    w.add("edges", {8, 1}, {7, 6, 5, 7, 6, 5, 1, 1}, &g);
    CHECK(w.step({{}}));
    return w.gate();
  };
  // Ranks: 0-1 is first at 0 and 1; 0-2 second and first; 0-3 third and first; 3-4 second and
  // first.
  CHECK(left(prune_scope::each, 0.75f) == list<int>{1, 1, 1, 1, 1, 1, 0, 0});
  CHECK(left(prune_scope::node, 0.75f) == list<int>{1, 1, 0, 1, 1, 0, 1, 1});
  CHECK(left(prune_scope::node, 0.25f) == list<int>{1, 0, 0, 1, 0, 0, 0, 0});
}

TEMPLATE_TEST_CASE("the node scope ranks the edges of a directed graph by row and by column", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  // (0, 0), (0, 1), (0, 2), (1, 1)
  const graph<B> g(on, {2, 3}, list<index>{0, 0, 0, 1}, list<index>{0, 1, 2, 1});
  weights<T, B> w(on, {.by = criterion::magnitude,
                       .keep = 0.5f,
                       .schedule = prune_every(1, 2),
                       .scope = prune_scope::node});
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
    weights<T, B> w(
        B{},
        {.by = criterion::magnitude, .keep = 0.5f, .scope = prune_scope::global, .least = least});
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
      {},
      {.by = criterion::magnitude, .count = std::numeric_limits<offset>::max(), .regrow = 0.5f});
  w.add("w", {1, 4}, {1, 2, 3, 4});
  w.step({{}});
  CHECK(w.gate() == list<int>(4, 1));
}

TEST_CASE("a least share of each tensor that is more than the count of all is refused") {
  weights<float, reference> w(
      {}, {.by = criterion::magnitude, .count = 2, .scope = prune_scope::global, .least = 0.5f});
  w.add("a", {1, 4}, {1, 2, 3, 4});
  w.add("b", {1, 4}, {1, 2, 3, 4});
  CHECK_THROWS_WITH(w.step({{}, {}}), "pruning: least: expected at most 2 units in all, got 4");
  CHECK(w.gate(0) == list<int>(4, 1));
}

TEMPLATE_TEST_CASE("a count for all tensors together follows the schedule, and may grow again", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  weights<T, B> w(
      B{},
      {.count = 2, .schedule = prune_every(1, 2), .scope = prune_scope::global, .regrow = 0.5f});
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
      B{}, {.keep = 0.5f,
            .schedule = {.begin = 1, .every = 1, .times = 2, .course = prune_course::geometric},
            .regrow = 0.5f});
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
  weights<T, B, pruning_by<smallest_first>> w(B{}, {.keep = 0.5f});
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
  weights<T, B, pruning_by<most_salient>> w(B{}, {.keep = 0.5f, .schedule = prune_once(2)});
  w.add("w", {1, 4}, {1, 1, 1, 1});
  // Sums of |g w|: 2, 6, 10, 2; of -g w: -2, 6, 0, 0.
  CHECK_FALSE(w.step({{1, -3, 5, 1}}));
  CHECK(w.step({{1, -3, -5, -1}}));
  CHECK(w.gate() == list<int>{0, 1, 1, 0});
}

TEST_CASE("the gradients of a criterion of one's own are watched, and add up without their sign") {
  CHECK(detail::needs_gradient(most_salient{}));
  CHECK_FALSE(detail::is_signed(most_salient{}));
  weights<double, reference, pruning_by<most_salient>> w({},
                                                         {.keep = 0.5f, .schedule = prune_once(9)});
  w.add("w", {1, 2}, {1, 2});
  CHECK(w.prune().watches());
  w.step({{-1, 1}});
  w.step({{1, 1}});
  CHECK(w.prune().target().score.to_host(reference{}) == list<double>{2, 4});
}

TEST_CASE("half of ten million units stays, not one more") {
  weights<float, reference> w({}, {.by = criterion::magnitude, .keep = 0.5f});
  w.add("w", {1, 10'000'000}, list<float>(10'000'000, 1));
  w.step({{}});
  CHECK(w.prune().kept(reference{}).size() == 5'000'000);
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
  weights<float, reference> w(reference{}, {.by = criterion::random, .keep = 0.5f});
  w.add("a", {1, 100}, list<float>(100, 1));
  w.add("b", {1, 100}, list<float>(100, 1));
  w.step({{}, {}});
  CHECK(w.gate(0) != w.gate(1));
}

TEST_CASE("random pruning has streams of its own") {
  weights<float, reference> w(reference{}, {.by = criterion::random, .keep = 0.5f, .seed = 3});
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
  for (const auto scope : {prune_scope::each, prune_scope::global}) {
    weights<T, B> w(B{}, {.by = criterion::magnitude, .keep = 0.5f, .scope = scope});
    w.add("a", {1, 4}, {1, 2, 3, 4});
    w.add("b", {1, 4}, {1, 2, T(NAN), 4});
    CHECK_THROWS_WITH(w.step({{}, {}}),
                      "pruning: score of b: value of entry 2: expected a number, got nan");
    CHECK(w.prune().steps() == 0);
    CHECK(w.gate(0) == list<int>{1, 1, 1, 1});
    CHECK(w.gate(1) == list<int>{1, 1, 1, 1});
    CHECK(w.prune().target(0).score.to_host(B{}) == list<T>(4, 0));
    CHECK_THROWS_WITH(w.step({{}, {}}),
                      "pruning: score of b: value of entry 2: expected a number, got nan");
  }
}

TEST_CASE("pruning says what does not fit") {
  const reference on;
  const auto make = [&](const pruning& p) { (void)pruning::state<float, reference>(p, on); };
  CHECK_THROWS_WITH(make({.keep = 1.5f}),
                    Catch::StartsWith("pruning: keep: expected 0 to 1, got 1.5"));
  CHECK_THROWS_WITH(make({.units = by_block(0, 2)}),
                    "pruning: block: expected at least 1 x 1, got 0 x 2");
  CHECK_THROWS_WITH(make({.units = by_n_of_m(3, 2)}),
                    "pruning: n of m: expected 0 <= n <= m, got 3 of 2");
  CHECK_THROWS_WITH(make({.units = by_n_of_m(-1, 2)}),
                    "pruning: n of m: expected 0 <= n <= m, got -1 of 2");
  CHECK_THROWS_WITH(make({.units = by_n_of_m(0, 0)}),
                    "pruning: n of m: expected 0 <= n <= m, got 0 of 0");
  CHECK_NOTHROW(make({.units = by_n_of_m(0, 1)}));
  CHECK_NOTHROW(make({.units = by_n_of_m(1, 1)}));
  CHECK_THROWS_WITH(make({.units = by_block(1, 0)}),
                    "pruning: block: expected at least 1 x 1, got 1 x 0");
  CHECK_NOTHROW(make({.units = by_block(1, 1)}));
  CHECK_THROWS_WITH(make({.units = by_row(), .regrow = 0.5f}),
                    "pruning: regrow: expected elements as units, got larger ones");
  CHECK_THROWS_WITH(make({.threshold = 0.5f, .scope = prune_scope::node}),
                    "pruning: scope: expected each or global with a threshold or units, got node");
  weights<float, reference> dense(on, {.scope = prune_scope::node});
  CHECK_THROWS_WITH(dense.add("w", {1, 2}, {1, 1}),
                    "pruning: scope of w: expected edges of a graph for node, got none");
  weights<float, reference> w(on, {.keep = 0.5f});
  w.add("w", {1, 2}, {1, 1});
  CHECK_THROWS_WITH(w.step({{1, NAN}}),
                    "pruning: score of w: value of entry 1: expected a number, got nan");
  const auto g = graph<reference>::undirected(on, 2, list<index>{0}, list<index>{1});
  weights<float, reference> blocks(on, {.units = by_block(2, 1)});
  CHECK_THROWS_WITH(blocks.add("edges", {2, 1}, {1, 1}, &g),
                    "pruning: units of edges: expected single edges, got larger ones");
  CHECK_THROWS_WITH(make({.count = -1}), "pruning: count: expected at least 0, got -1");
  CHECK_THROWS_WITH(make({.least = 0.5f}),
                    Catch::StartsWith("pruning: least: expected 0 unless the scope is global"));
  CHECK_THROWS_WITH(make({.keep = 0.25f, .scope = prune_scope::global, .least = 0.5f}),
                    Catch::StartsWith("pruning: least: expected at most keep (0.25"));
  for (const float threshold : {NAN, -HUGE_VALF})
    CHECK_THROWS_WITH(make({.threshold = threshold}),
                      Catch::StartsWith("pruning: threshold: expected a finite number, got "));
  CHECK_NOTHROW(make({.keep = 0.25f, .count = 3, .scope = prune_scope::global, .least = 0.5f}));
  for (const float share : {-0.5f, NAN, HUGE_VALF})
    CHECK_THROWS_WITH(make({.keep = share}), Catch::StartsWith("pruning: keep: expected 0 to 1"));
  CHECK_THROWS_WITH(make({.units = by_row(), .scope = prune_scope::node}),
                    "pruning: scope: expected each or global with a threshold or units, got node");
  const std::string none_beside =
      "pruning: threshold: expected no count, least or regrow with it, got some";
  CHECK_THROWS_WITH(make({.count = 3, .threshold = 1}), none_beside);
  CHECK_THROWS_WITH(make({.threshold = 1, .scope = prune_scope::global, .least = 0.5f}),
                    none_beside);
  const std::string nothing_else =
      "pruning: n of m: expected no count, threshold or scope with it, got some";
  CHECK_THROWS_WITH(make({.count = 3, .units = by_n_of_m(2, 4)}), nothing_else);
  CHECK_THROWS_WITH(make({.threshold = 1, .units = by_n_of_m(2, 4)}), nothing_else);
  CHECK_THROWS_WITH(make({.threshold = 1, .regrow = 0.5f}),
                    "pruning: threshold: expected no count, least or regrow with it, got some");
  CHECK_THROWS_WITH(make({.units = by_n_of_m(2, 4), .scope = prune_scope::global}),
                    "pruning: n of m: expected no count, threshold or scope with it, got some");
  pruning::state<float, reference> edges_and_rows({.keep = 0.5f}, on);
  edges_and_rows.add(on, "edges", {2, 1}, &g);
  CHECK_THROWS_WITH(edges_and_rows.continue_with(on, {.units = by_n_of_m(1, 2)}),
                    "pruning: units of edges: expected single edges, got larger ones");
  edges_and_rows.add_rows(on, "embedding", {4, 2});
  CHECK_THROWS_WITH(edges_and_rows.continue_with(on, {.scope = prune_scope::node}),
                    "pruning: rows of embedding: expected scope each or global, no regrowth and no "
                    "units, got others");
  CHECK_THROWS_WITH(make({.schedule = {.begin = 3, .rewind_to = 4}}),
                    "pruning: rewind_to: expected at most begin (3), got 4");
}

}  // namespace filigree
