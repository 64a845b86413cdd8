// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "temporary_file.hpp"
#include "train/toy.hpp"
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/tasks/matrix_factorization.hpp>
#include <filigree/train/fit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace fg = filigree;

namespace {
/// A LightGCN, and what prunes it.
template <class B, class Edges = fg::fixed_edges>
struct pruned {
  using model_type = fg::lightgcn<B, Edges>;

  explicit pruned(fg::interactions train, fg::lightgcn_options options = {}, Edges edges = {},
                  const fg::pruning& how = {})
      : model(std::move(train), options, edges), sparser(model, how) {}

  [[nodiscard]] const B& on() const { return model.on(); }
  [[nodiscard]] fg::offset edges() const { return model.edges(); }
  [[nodiscard]] fg::offset original_edges() const { return model.original_edges(); }
  [[nodiscard]] fg::offset rows() const { return model.rows(); }
  [[nodiscard]] fg::offset steps(fg::offset size) { return model.steps(size); }
  auto fit(const fg::adam& how, const fg::training& plan) {
    return fg::fit(model, how, plan, sparser);
  }
  void undo() { sparser.undo(model); }
  /// Training step number s, over the epochs, by this optimizer, if there is one.
  template <class Optimizer = std::nullptr_t>
  void step(fg::offset s, Optimizer&& optimize = nullptr) {
    const auto epoch = model.steps(60);
    const auto batch = model.sample(1, s / epoch, s % epoch, 60);
    fg::tape<float, B> r(model.on());
    r.backward(model.loss(r, batch));
    sparser.on_backward(model, s);
    if constexpr (!std::is_same_v<std::remove_cvref_t<Optimizer>, std::nullptr_t>)
      for_each_parameter(model, [&](const auto&, auto& p) { optimize.step(model.on(), p); });
    end_step(model);
    sparser.on_step(model, s);
  }
  static void members(auto& self, auto&& see) { see("", self.model); }

  model_type model;
  fg::pruner<typename model_type::backend_type> sparser;
};
/// A schedule whose time never comes.
const fg::pruning never_pruned{.by = fg::criterion::magnitude, .schedule = fg::prune_once(1000000)};
constexpr fg::lightgcn_options small{.dim = 8, .layers = 2};
/// What is pruned.
using names = std::vector<std::string>;
const names only_edges{"graph"}, only_rows{"embedding"}, all_names{"graph", "embedding"};
const fg::training two_epochs{.epochs = 2, .batch = 60};

fg::interactions data() { return toy::camps(60, 40, 6); }

/// All numbers of a model's parameters and of their optimizer's slots.
template <class M>
std::vector<double> everything(M& m) {
  std::vector<double> out;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    const auto take = [&](const auto& matrix) {
      for (const auto x : matrix.to_host(m.on())) out.push_back(static_cast<double>(x));
    };
    take(p.value);
    for (const auto& [name, slot] : p.slots) take(slot);
    for (const auto& [name, count] : p.counts) out.push_back(static_cast<double>(count));
  });
  return out;
}
}  // namespace

TEMPLATE_TEST_CASE("edges leave while a LightGCN learns, in pairs", "", BACKENDS) {
  for (const auto by : {fg::criterion::saliency, fg::criterion::movement, fg::criterion::magnitude,
                        fg::criterion::random}) {
    pruned<TestType> m(
        data(), small, {},
        {.by = by, .keep = fg::share{0.4f}, .schedule = fg::prune_gradually(4, 2, 3)});
    const auto all = m.original_edges();
    CHECK(m.edges() == all);
    const auto result = m.fit(fg::adam{.rate = 1e-2f}, {.epochs = 3, .batch = 60});
    CHECK(result.loss < 0.69);
    CHECK(m.edges() == 2 * (all / 2 * 4 / 10));
  }
}

TEMPLATE_TEST_CASE("a masked graph and the one whose edges have left give the same", "", BACKENDS) {
  const auto trained = [](auto edges, bool compact) {
    using edges_type = decltype(edges);
    pruned<TestType, edges_type> m(
        data(), small, edges,
        {.keep = fg::share{0.5f}, .schedule = fg::prune_every(4, 2), .compact = compact});
    m.fit(fg::adam{.rate = 1e-2f}, two_epochs);
    std::vector<float> embedding;
    for_each_parameter(m, [&](const std::string& name, auto& p) {
      if (name == "embedding") embedding = p.value.to_host(m.on());
    });
    return embedding;
  };
  const auto same = [&](auto edges) {
    const auto a = trained(edges, true), b = trained(edges, false);
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(a[i] == Approx(b[i]).margin(1e-4));
  };
  same(fg::fixed_edges{});
  same(fg::adaptive_edges{});
  same(fg::adaptive_edges{.scaling = fg::edge_scaling::symmetric, .ema_decay = 0.5f});
  for (const auto on_what :
       {fg::edge_penalty::weight, fg::edge_penalty::logit, fg::edge_penalty::deviation}) {
    same(fg::learned_edges{.l2 = 5, .penalize = on_what});
    same(fg::adaptive_edges{.l2 = 5, .penalize = on_what});
  }
  same(fg::adaptive_edges{.squash = fg::squash::softmax, .l2 = 5});
}

TEMPLATE_TEST_CASE("undoing a pruning puts back every byte, and training goes on as if nothing was",
                   "", BACKENDS) {
  const auto check = [](auto edges, const fg::pruning& how) {
    using edges_type = decltype(edges);
    pruned<TestType, edges_type> never(data(), small, edges, never_pruned);
    pruned<TestType, edges_type> m(data(), small, edges, how);
    never.fit(fg::adam{}, two_epochs);
    m.fit(fg::adam{}, two_epochs);  // its last step prunes
    REQUIRE(m.edges() < m.original_edges());
    m.undo();
    CHECK(m.edges() == m.original_edges());
    CHECK(everything(m) == everything(never));
    CHECK_THROWS_WITH(m.undo(), "undo: pruning: expected one that is undoable, got none");
  };
  pruned<TestType> probe(data(), small);
  const auto last = 2 * probe.steps(two_epochs.batch);
  // By magnitude no gradient flows to a gate, so that the bits before are those without pruning.
  const fg::pruning how{.by = fg::criterion::magnitude,
                        .keep = fg::share{0.3f},
                        .schedule = fg::prune_once(last),
                        .undoable = true};
  check(fg::fixed_edges{}, how);
  check(fg::learned_edges{.ema_decay = 0.9f}, how);
  check(fg::adaptive_edges{.ema_decay = 0.9f}, how);
}

TEMPLATE_TEST_CASE("training after undo is what it is without that pruning, bit for bit", "",
                   BACKENDS) {
  const auto check = [](auto edges, fg::pruning how) {
    using edges_type = decltype(edges);
    how.undoable = true;
    auto nothing = how;
    nothing.keep = fg::share{1};
    pruned<TestType, edges_type> m(data(), small, edges, how);
    pruned<TestType, edges_type> never(data(), small, edges, nothing);
    fg::adam::state<float, TestType> optimize(fg::adam{.rate = 1e-2f});
    const auto steps = [&](auto& model, fg::offset from, fg::offset to) {
      for (fg::offset s = from; s < to; ++s) model.step(s, optimize);
    };
    const auto due = how.schedule.begin;
    steps(m, 0, due);
    REQUIRE(m.edges() < m.original_edges());
    m.undo();
    steps(never, 0, due);
    CHECK(everything(m) == everything(never));
    steps(m, due, due + 5);
    steps(never, due, due + 5);
    CHECK(m.edges() == m.original_edges());
    CHECK(everything(m) == everything(never));
  };
  for (const auto by : {fg::criterion::saliency, fg::criterion::magnitude}) {
    const fg::pruning how{.by = by, .keep = fg::share{0.3f}, .schedule = fg::prune_once(4)};
    check(fg::fixed_edges{}, how);
    check(fg::learned_edges{.ema_decay = 0.9f}, how);
    check(fg::adaptive_edges{.ema_decay = 0.9f}, how);
  }
}

TEMPLATE_TEST_CASE("the pruning after one that was undone takes its own share", "", BACKENDS) {
  pruned<TestType> m(
      data(), small, {},
      {.keep = fg::share{0.25f}, .schedule = fg::prune_every(2, 3), .undoable = true});
  const auto all = m.original_edges() / 2;
  const auto step = [&](fg::offset s) { m.step(s); };
  for (fg::offset s = 0; s < 4; ++s) step(s);
  CHECK(m.edges() == 2 * (all / 2));
  m.undo();
  CHECK(m.edges() == 2 * (all * 3 / 4));
  for (fg::offset s = 4; s < 6; ++s) step(s);
  CHECK(m.edges() == 2 * (all / 4));
}

TEMPLATE_TEST_CASE("a pruning that meets a NaN changes nothing, and is none that undo takes back",
                   "", BACKENDS) {
  const auto poisoned = [](int before) {
    pruned<TestType> m(
        data(), small, {},
        {.keep = fg::share{0.25f}, .schedule = fg::prune_every(2, 3), .undoable = true});
    const auto step = [&](fg::offset s) { m.step(s); };
    for (fg::offset s = 0; s < before; ++s) step(s);
    for_each_parameter(
        m, [&](const auto&, auto& p) { m.on().fill(p.value.data(), p.value.size(), NAN); });
    const auto edges = m.edges();
    CHECK_THROWS_WITH(step(before), Catch::StartsWith("pruning: score of ") &&
                                        Catch::EndsWith("expected a number, got nan"));
    CHECK(m.edges() == edges);
    return m;
  };
  auto first = poisoned(1);
  CHECK_THROWS_WITH(first.undo(), "undo: pruning: expected one that is undoable, got none");
  auto second = poisoned(3);
  CHECK(second.edges() < second.original_edges());
  second.undo();  // the first pruning, which did happen
  CHECK(second.edges() == second.original_edges());
}

namespace {
/// A watcher of a user's own: the first edges leave after a step.
struct drop_first_edges : fg::idle_watcher {
  fg::offset count = 10, at = 1, steps = 0;

  /// keep[e] = 0 for the first edges and their partners
  struct cut_first {
    const fg::offset* partner;
    fg::offset count;
    float* gate;
    FILIGREE_FN void operator()(fg::offset e) const {
      gate[e] = e < count || partner[e] < count ? 0.0f : 1.0f;
    }
  };
  template <class M>
  void on_step(M& m, const auto&) {
    if (++steps != at) return;
    const auto& on = m.on();
    for_each_gated_graph(m, [&](const std::string&, auto& graph) {
      const auto& of = graph.pattern();
      fg::matrix<float, typename M::backend_type> gate(on, {of.edges(), 1});
      on.for_each(gate.size(), cut_first{of.partner(), count, gate.data()});
      graph.set(on, std::move(gate));
    });
    take_out_pruned(on, m);
  }
};
}  // namespace

TEMPLATE_TEST_CASE("a prune policy may be one's own", "", BACKENDS) {
  fg::lightgcn<TestType> m(data(), small);
  drop_first_edges first;
  first.at = 2;
  const auto result = fg::fit(m, fg::adam{.rate = 1e-2f}, two_epochs, first);
  CHECK(result.loss < 0.69);
  CHECK(m.edges() == m.original_edges() - 20);
}

TEMPLATE_TEST_CASE("rewinding brings early values back after each pruning", "", BACKENDS) {
  pruned<TestType> m(data(), small, {},
                     {.keep = fg::share{0.25f}, .schedule = fg::prune_and_rewind(4, 2, 0)});
  const auto first = everything(m);
  fg::adam::state<float, TestType> how(fg::adam{});
  const auto step = [&](fg::offset s) { m.step(s, how); };
  for (fg::offset s = 0; s < 4; ++s) step(s);
  CHECK(m.edges() == 2 * (m.original_edges() / 2 / 2));
  CHECK(everything(m) == first);
  step(0);
  CHECK(everything(m) != first);
}

TEMPLATE_TEST_CASE("a pruned model goes on from its checkpoint", "", BACKENDS) {
  const temporary_file file(".checkpoint");
  const auto make = [] {
    return pruned<TestType, fg::learned_edges>(
        data(), small, {.ema_decay = 0.5f},
        {.keep = fg::share{0.5f}, .schedule = fg::prune_every(3, 3)});
  };
  auto whole = make(), first = make(), second = make();
  const fg::training four{.epochs = 4, .batch = 60};
  whole.fit(fg::adam{}, four);
  auto part = four;
  part.checkpoint = {.path = file.path(), .resume = false};
  part.epochs = 2;
  first.fit(fg::adam{}, part);
  part.epochs = 4;
  part.checkpoint.resume = true;
  second.fit(fg::adam{}, part);
  CHECK(second.edges() == whole.edges());
  CHECK(everything(second) == everything(whole));
}

namespace {
/// Everything, and what inference remembers beside it.
template <class M>
std::vector<double> everything_remembered(M& m) {
  auto out = everything(m);
  for_each_buffer(m, [&](const std::string&, auto& matrix) {
    for (const auto x : matrix.to_host(m.on())) out.push_back(static_cast<double>(x));
  });
  return out;
}

/// Trains models that `make()` gives: one without a break, and one that is stopped after so many
/// epochs and goes on as another from its checkpoint. Returns both after four epochs.
template <class Make>
auto unbroken_and_resumed(Make make, fg::offset stopped_after, fg::offset epochs = 4) {
  const temporary_file file(".checkpoint");
  auto whole = make(), first = make(), second = make();
  fg::training how{.epochs = epochs, .batch = 60};
  whole.fit(fg::adam{.rate = 1e-2f}, how);
  how.checkpoint = {.path = file.path(), .resume = false};
  how.epochs = stopped_after;
  first.fit(fg::adam{.rate = 1e-2f}, how);
  how.checkpoint.resume = true;
  how.epochs = epochs;
  second.fit(fg::adam{.rate = 1e-2f}, how);
  return std::pair(std::move(whole), std::move(second));
}
}  // namespace

TEMPLATE_TEST_CASE("what edges and rows are worth comes back with those that are left", "",
                   BACKENDS) {
  const auto steps = pruned<TestType>(data(), small).steps(60);
  for (const bool compact : {true, false}) {
    // Pruned in the first epoch, and again from what was found before and after a resume.
    auto [whole, resumed] = unbroken_and_resumed(
        [&] {
          return pruned<TestType, fg::learned_edges>(
              data(), small, {},
              {.of = all_names,
               .keep = fg::share{0.25f},
               .schedule = {.begin = steps - 2, .every = steps, .times = 2},
               .compact = compact});
        },
        1, 3);
    CHECK(whole.rows() == 25);
    CHECK(resumed.rows() == 25);
    CHECK(everything_remembered(resumed) == everything_remembered(whole));
  }
}

TEMPLATE_TEST_CASE("a pruning can be undone after a resume too", "", BACKENDS) {
  const auto steps = pruned<TestType>(data(), small).steps(60);
  const auto check = [&](auto edges, bool compact) {
    using edges_type = decltype(edges);
    for (const fg::offset stopped_after : {2, 4}) {  // nothing is left to do after 4 epochs
      auto [whole, resumed] = unbroken_and_resumed(
          [&] {
            return pruned<TestType, edges_type>(data(), small, edges,
                                                {.keep = fg::share{0.3f},
                                                 .schedule = fg::prune_every(steps, 2),
                                                 .compact = compact,
                                                 .undoable = true});
          },
          stopped_after);
      REQUIRE(whole.edges() < whole.original_edges());
      CHECK(everything_remembered(resumed) == everything_remembered(whole));
      whole.undo();
      resumed.undo();
      CHECK(resumed.edges() == whole.edges());
      CHECK(everything_remembered(resumed) == everything_remembered(whole));
    }
  };
  for (const bool compact : {true, false}) {
    check(fg::fixed_edges{}, compact);
    check(fg::learned_edges{.ema_decay = 0.5f}, compact);
    check(fg::adaptive_edges{.score = fg::edge_score::bilinear, .ema_decay = 0.5f}, compact);
  }
}

TEMPLATE_TEST_CASE("what is masked stays masked when values are rewound", "", BACKENDS) {
  pruned<TestType, fg::learned_edges> m(data(), small, {},
                                        {.of = all_names,
                                         .keep = fg::share{0.5f},
                                         .schedule = fg::prune_and_rewind(2, 1, 0),
                                         .compact = false});
  m.fit(fg::adam{}, {.epochs = 1, .batch = 60});
  int masked = 0;
  for_each_parameter(m, [&](const std::string& name, auto& p) {
    INFO(name);
    REQUIRE(p.mask.shape() == p.value.shape());
    const auto mask = p.mask.to_host(m.on());
    masked += static_cast<int>(std::count(mask.begin(), mask.end(), 0));
    // Nothing has moved them since they went back to what they were at first.
    const auto first = p.slots.at("adam.first").to_host(m.on());
    for (std::size_t k = 0; k < mask.size(); ++k)
      if (mask[k] == 0) CHECK(first[k] == 0);
  });
  CHECK(masked > 0);
}

TEMPLATE_TEST_CASE("prunings after a resume rewind to the same early values", "", BACKENDS) {
  const auto steps = pruned<TestType>(data(), small).steps(60);
  const auto check = [&](auto edges, fg::offset to) {
    using edges_type = decltype(edges);
    auto [whole, resumed] = unbroken_and_resumed(
        [&, n = std::uint64_t{0}]() mutable {
          // A resume forgives another start of the embeddings, and must not rewind to that.
          auto options = small;
          options.seed = n++ < 2 ? 1 : 2;
          return pruned<TestType, edges_type>(
              data(), options, edges,
              {.keep = fg::share{0.25f}, .schedule = fg::prune_and_rewind(steps + 1, 2, to)});
        },
        1);
    REQUIRE(whole.edges() == 2 * (whole.original_edges() / 2 / 4));
    CHECK(resumed.edges() == whole.edges());
    CHECK(everything_remembered(resumed) == everything_remembered(whole));
  };
  for (const fg::offset to : {0, 2}) {
    check(fg::fixed_edges{}, to);
    check(fg::learned_edges{.ema_decay = 0.5f}, to);
    check(fg::adaptive_edges{}, to);
  }
}

TEST_CASE("a checkpoint of other choices of a policy is refused") {
  const temporary_file file(".checkpoint");
  const fg::training how{.epochs = 1, .batch = 60, .checkpoint = {.path = file.path()}};
  using model = pruned<fg::cpu, fg::adaptive_edges>;
  const fg::adaptive_edges edges{.temperature = 2};
  const fg::pruning half{.keep = fg::share{0.5f}, .schedule = fg::prune_once(3)};
  model first(data(), small, edges, half);
  first.fit(fg::adam{}, how);
  const auto message = [&](auto&& m) {
    try {
      m.fit(fg::adam{}, how);
    } catch (const fg::file_error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const auto told = [&](const std::string& expected, const std::string& got) {
    return file.path() + ": fit.model: expected " + expected + ", got " + got;
  };
  CHECK(message(model(data(), small, edges, half)).empty());
  CHECK(message(model(data(), small, {}, half)) ==
        told("edges.temperature 1", "edges.temperature 2"));
  CHECK(message(model(data(), small, {.score = fg::edge_score::cosine, .temperature = 2}, half)) ==
        told("edges.score 1", "edges.score 0"));
  auto other = half;
  other.keep = fg::share{0.25f};
  CHECK(message(model(data(), small, edges, other)) ==
        told("pruning.keep.of 0.25", "pruning.keep.of 0.5"));
  other.keep = fg::count{7};
  CHECK(message(model(data(), small, edges, other)) ==
        told("pruning.keep count, pruning.keep.of 7", "pruning.keep share, pruning.keep.of 0.5"));
  other = half;
  other.schedule = fg::prune_once(4);
  CHECK(message(model(data(), small, edges, other)) ==
        told("pruning.schedule.begin 4", "pruning.schedule.begin 3"));
  other = half;
  other.undoable = true;  // changes nothing
  CHECK(message(model(data(), small, edges, other)).empty());
  struct never_pruned_model {
    fg::lightgcn<fg::cpu, fg::adaptive_edges> model;
    void fit(const fg::adam& adam, const fg::training& plan) { fg::fit(model, adam, plan); }
  };
  CHECK(message(never_pruned_model{fg::lightgcn<fg::cpu, fg::adaptive_edges>(
            data(), small, edges)}) == told("pruning none", "pruning scheduled"));
  CHECK(message(pruned<fg::cpu>(data(), small, {}, half)) == told("edges fixed", "edges adaptive"));
}

TEMPLATE_TEST_CASE("rows of embeddings leave while a LightGCN learns, masked or for good", "",
                   BACKENDS) {
  const auto trained = [](const names& what, bool compact) {
    pruned<TestType, fg::adaptive_edges> m(data(), small, {},
                                           {.of = what,
                                            .keep = fg::share{0.5f},
                                            .schedule = fg::prune_every(4, 2),
                                            .compact = compact});
    const auto result = m.fit(fg::adam{.rate = 1e-2f}, two_epochs);
    CHECK(result.loss < 0.693);
    CHECK(m.rows() == 50);
    fg::eager<float, TestType> r(m.on());
    const auto all = r.value(m.model.embed(r)).to_host(m.on());
    CHECK(all.size() == 100 * 8);
    for_each_parameter(m, [&](const std::string& name, auto& p) {
      if (name == "embedding") CHECK(p.value.rows() == (compact ? 50 : 100));
    });
    return std::pair(m.edges(), std::vector<float>(all.begin(), all.end()));
  };
  for (const auto& what : {only_rows, all_names}) {
    const auto [left, a] = trained(what, true);
    const auto [masked_left, b] = trained(what, false);
    CHECK(left == masked_left);
    const auto all = pruned<TestType>(data(), small).original_edges();
    CHECK(left == (what == all_names ? 2 * (all / 4) : all));
    for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(a[i] == Approx(b[i]).margin(1e-4));
  }
}

TEMPLATE_TEST_CASE("rows with the smallest numbers leave, where magnitude is asked for", "",
                   BACKENDS) {
  pruned<TestType> m(data(), small, {},
                     {.by = fg::criterion::magnitude, .of = only_rows, .keep = fg::count{7}});
  m.step(0);
  CHECK(m.rows() == 7);
}

TEMPLATE_TEST_CASE("edges and rows compete for one share", "", BACKENDS) {
  pruned<TestType> m(data(), small, {},
                     {.of = all_names,
                      .keep = fg::share{.of = 0.5f, .among = fg::together{.least = 0.1f}},
                      .schedule = fg::prune_once(4)});
  const auto pairs = m.original_edges() / 2;
  m.fit(fg::adam{.rate = 1e-2f}, two_epochs);
  CHECK(m.edges() / 2 + m.rows() == (pairs + 100) / 2);
  CHECK(m.edges() / 2 >= pairs / 10);
  CHECK(m.rows() >= 10);
}

TEMPLATE_TEST_CASE("rows come back with undo, with early values when rewinding, and from files", "",
                   BACKENDS) {
  const auto half = [](const fg::prune_schedule& when) {
    return fg::pruning{
        .of = all_names, .keep = fg::share{0.5f}, .schedule = when, .undoable = true};
  };
  pruned<TestType> m(data(), small, {}, half(fg::prune_once(4)));
  auto nothing = half(fg::prune_once(4));
  nothing.keep = fg::share{1};
  pruned<TestType> never(data(), small, {}, nothing);
  fg::adam::state<float, TestType> optimize(fg::adam{.rate = 1e-2f});
  const auto step = [&](auto& model, fg::offset s) { model.step(s, optimize); };
  for (fg::offset s = 0; s < 4; ++s) step(m, s), step(never, s);
  REQUIRE(m.rows() == 50);
  m.undo();
  CHECK(m.rows() == 100);
  for (fg::offset s = 4; s < 8; ++s) step(m, s), step(never, s);
  CHECK(everything(m) == everything(never));

  pruned<TestType> rewound(data(), small, {}, half(fg::prune_and_rewind(2, 2, 0)));
  for (fg::offset s = 0; s < 4; ++s) step(rewound, s);
  CHECK(rewound.rows() == 50);
  pruned<TestType> fresh(data(), small);
  std::vector<float> first, left;
  for_each_parameter(fresh,
                     [&](const std::string&, auto& p) { first = p.value.to_host(fresh.on()); });
  for_each_parameter(rewound,
                     [&](const std::string&, auto& p) { left = p.value.to_host(rewound.on()); });
  REQUIRE(left.size() == 50 * 8);
  for (std::size_t i = 0; i < 50; ++i) {  // each row is one of the first values
    bool found = false;
    for (std::size_t j = 0; j < 100 && !found; ++j)
      found = std::equal(left.begin() + static_cast<std::ptrdiff_t>(8 * i),
                         left.begin() + static_cast<std::ptrdiff_t>(8 * i + 8),
                         first.begin() + static_cast<std::ptrdiff_t>(8 * j));
    REQUIRE(found);
  }

  const temporary_file file(".checkpoint");
  const auto make = [&] {
    return pruned<TestType>(data(), small, {}, half(fg::prune_every(3, 3)));
  };
  auto whole = make(), begun = make(), resumed = make();
  fg::training plan{.epochs = 4, .batch = 60};
  whole.fit(fg::adam{}, plan);
  plan.checkpoint = {.path = file.path(), .resume = false};
  plan.epochs = 2;
  begun.fit(fg::adam{}, plan);
  plan.epochs = 4;
  plan.checkpoint.resume = true;
  resumed.fit(fg::adam{}, plan);
  CHECK(resumed.rows() == whole.rows());
  CHECK(everything(resumed) == everything(whole));
  resumed.undo();
  whole.undo();
  CHECK(everything(resumed) == everything(whole));
}

TEMPLATE_TEST_CASE("a checkpoint after each step changes nothing", "", BACKENDS) {
  for (const bool compact : {true, false}) {
    const auto make = [&] {
      return pruned<TestType, fg::learned_edges>(data(), small, {},
                                                 {.of = all_names,
                                                  .keep = fg::share{0.4f},
                                                  .schedule = fg::prune_every(4, 3),
                                                  .compact = compact});
    };
    auto plain = make(), saved = make(), resumed = make();
    fg::training plan{.epochs = 3, .batch = 60};
    plain.fit(fg::adam{.rate = 1e-2f}, plan);
    const temporary_file file(".checkpoint");
    plan.checkpoint = {.path = file.path(), .every_steps = 1, .resume = false};
    saved.fit(fg::adam{.rate = 1e-2f}, plan);
    CHECK(saved.rows() == plain.rows());
    CHECK(everything(saved) == everything(plain));
    plan.epochs = 4;
    plain.fit(fg::adam{.rate = 1e-2f}, {.epochs = 4, .batch = 60});
    plan.checkpoint.resume = true;
    resumed.fit(fg::adam{.rate = 1e-2f}, plan);
    CHECK(resumed.rows() == saved.rows());
    CHECK(resumed.edges() == saved.edges());
  }
}

TEMPLATE_TEST_CASE("penalties do not say what a row is worth", "", BACKENDS) {
  const auto left = [](float l2) {
    auto options = small;
    options.l2 = l2;
    pruned<TestType> m(data(), options, {},
                       {.by = fg::criterion::movement,
                        .of = only_rows,
                        .keep = fg::share{0.5f},
                        .schedule = fg::prune_once(1)});
    m.step(0);
    std::vector<float> rows;
    for_each_parameter(m, [&](const std::string&, auto& p) { rows = p.value.to_host(m.on()); });
    return rows;
  };
  CHECK(left(0) == left(1000));
}

TEMPLATE_TEST_CASE("penalties of edges do not say what a row or an edge is worth", "", BACKENDS) {
  const auto left = [](fg::adaptive_edges edges, const names& what, float l2) {
    edges.l2 = l2;
    pruned<TestType, fg::adaptive_edges> m(data(), small, edges,
                                           {.by = fg::criterion::movement,
                                            .of = what,
                                            .keep = fg::share{0.5f},
                                            .schedule = fg::prune_once(1),
                                            .compact = false});
    m.step(0);
    fg::eager<float, TestType> run(m.on());
    return run.value(m.model.embed(run)).to_host(m.on());
  };
  for (const auto& edges : {fg::adaptive_edges{}, fg::adaptive_edges{.layerwise = true},
                            fg::adaptive_edges{.squash = fg::squash::softmax}})
    for (const auto& what : {only_rows, only_edges})
      CHECK(left(edges, what, 1e-6f) == left(edges, what, 1000));
}

TEMPLATE_TEST_CASE("a vector as long as there are edges is not masked with them", "", BACKENDS) {
  const auto d = data();
  auto options = small;
  options.dim = static_cast<fg::index>(pruned<TestType>(d, small).original_edges());
  pruned<TestType, fg::adaptive_edges> m(
      d, options, {.score = fg::edge_score::additive},
      {.keep = fg::share{0.5f}, .schedule = fg::prune_once(1), .compact = false});
  fg::adam::state<float, TestType> optimize(fg::adam{});
  m.step(0, optimize);
  REQUIRE(m.edges() < m.original_edges());
  for_each_parameter(m, [](const std::string&, auto& p) { CHECK(p.mask.size() == 0); });
}

TEMPLATE_TEST_CASE("what is masked does not move", "", BACKENDS) {
  pruned<TestType, fg::learned_edges> m(
      data(), small, {.l2 = 0.1f},
      {.of = all_names, .keep = fg::share{0.5f}, .schedule = fg::prune_once(4), .compact = false});
  fg::adam::state<float, TestType> optimize(fg::adam{.rate = 1e-2f});
  const auto step = [&](fg::offset s) { m.step(s, optimize); };
  for (fg::offset s = 0; s < 4; ++s) step(s);
  std::vector<std::vector<float>> value, mask;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    value.push_back(p.value.to_host(m.on()));
    mask.push_back(p.mask.to_host(m.on()));
  });
  for (fg::offset s = 4; s < 8; ++s) step(s);
  std::size_t k = 0, moved = 0, still = 0;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    const auto now = p.value.to_host(m.on());
    REQUIRE(mask[k].size() == now.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (mask[k][i] == 0) {
        REQUIRE(now[i] == value[k][i]);
        ++still;
      } else {
        moved += now[i] != value[k][i];
      }
    }
    ++k;
  });
  CHECK(k == 2);
  CHECK(still > 0);
  CHECK(moved > 0);
}

TEMPLATE_TEST_CASE("what learns of edges is pruned with them alone", "", BACKENDS) {
  for (const bool compact : {true, false}) {
    pruned<TestType, fg::learned_edges> m(data(), small, {},
                                          {.of = {"*"},
                                           .keep = fg::share{0.5f},
                                           .schedule = fg::prune_every(2, 3),
                                           .compact = compact});
    m.fit(fg::adam{.rate = 1e-2f}, two_epochs);
    for_each_parameter(m, [&](const std::string& name, auto& p) {
      if (name != "edges.logit") return;
      CHECK(p.value.rows() == (compact ? m.edges() : m.original_edges()));
      CHECK((p.mask.size() == 0) == compact);
    });
  }
}

TEMPLATE_TEST_CASE("a closed edge's logit is what it was, and says whether it may come back", "",
                   BACKENDS) {
  // With these weights, a logit of 0 would weigh nothing, and no closed edge could be told from
  // another.
  pruned<TestType, fg::learned_edges> m(
      data(), small, {.squash = fg::squash::identity, .start = 1, .ema_decay = 0.5f},
      {.keep = fg::share{.of = 0.5f, .regrow = 0.3f}, .schedule = fg::prune_every(2, 3)});
  fg::adam::state<float, TestType> optimize(fg::adam{.rate = 1e-2f});
  for (fg::offset s = 0; s < 3; ++s) m.step(s, optimize);
  const auto open = [&] {
    std::vector<float> gate;
    for_each_gated_graph(m, [&](const std::string&, auto& g) { gate = g.gate().to_host(m.on()); });
    return gate;
  };
  const auto gate = open(), score = m.sparser.score().to_host(m.on());
  int closed = 0, worth = 0;
  for (std::size_t e = 0; e < gate.size(); ++e) {
    closed += gate[e] == 0;
    worth += gate[e] == 0 && score[e] > 0;
  }
  CHECK(closed > 0);
  CHECK(worth > closed / 2);
  for_each_buffer(m, [&](const std::string&, auto& average) {
    const auto host = average.to_host(m.on());
    for (std::size_t e = 0; e < gate.size(); ++e)
      if (gate[e] == 0) CHECK(host[e] > 0.5f);
  });
}

TEST_CASE("other choices forget what could be undone, and where training goes back to") {
  pruned<fg::cpu> m(data(), small, {}, {.schedule = fg::prune_once(1), .undoable = true});
  m.step(0);
  m.sparser.continue_with(m.model, {.of = all_names, .schedule = fg::prune_once(1)});
  CHECK_THROWS_WITH(m.undo(), "undo: pruning: expected one that is undoable, got none");
  CHECK_THROWS_WITH(m.sparser.continue_with(m.model, {.schedule = fg::prune_and_rewind(2, 2)}),
                    "pruning: rewind_to: expected a model that is whole, got one that was pruned");
  m.step(1);
  CHECK(m.rows() == 70);
}

TEST_CASE("a pruner that stops prunes no more, and nobody watches") {
  fg::lightgcn<fg::cpu> m(data(), small);
  fg::pruner sparser{m, {.schedule = fg::prune_once(2)}};
  const auto watched = [&] {
    bool any = false;
    for_each_gated_graph(m, [&](const std::string&, auto& graph) { any = graph.is_watched(); });
    return any;
  };
  CHECK(watched());
  sparser.stop(m);
  CHECK_FALSE(watched());
  fg::fit(m, fg::adam{}, two_epochs, sparser);
  CHECK(m.edges() == m.original_edges());
}

TEST_CASE("a criterion that wants gradients and gets none is told so") {
  pruned<fg::cpu> m(data(), small, {}, {.schedule = fg::prune_once(2)});
  m.sparser.on_step(m.model, 0);
  CHECK_THROWS_WITH(m.sparser.on_step(m.model, 0),
                    "pruning: gradients of graph: expected some since the last pruning, got none");
  CHECK(m.edges() == m.original_edges());
}

TEST_CASE("two pruners of one graph both see its gradients, but share no checkpoint") {
  fg::lightgcn<fg::cpu> m(data(), small);
  fg::pruner first{m, {.keep = fg::share{0.75f}, .schedule = fg::prune_once(2)}};
  fg::pruner second{m, {.keep = fg::share{0.5f}, .schedule = fg::prune_once(4)}};
  fg::fit(m, fg::adam{}, two_epochs, first, second);
  CHECK(m.edges() == 2 * (m.original_edges() / 4));
  const temporary_file file(".checkpoint");
  auto saved = two_epochs;
  saved.checkpoint.path = file.path();
  CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, saved, first, second),
                    "checkpoint: prune.graph.step: expected one of that name, got two");
  fg::lightgcn<fg::cpu> other(data(), small);
  fg::pruner one{other, {.keep = fg::share{0.75f}, .schedule = fg::prune_once(2)}};
  fg::pruner same_step{other, {.keep = fg::share{0.5f}, .schedule = fg::prune_once(2)}};
  CHECK_THROWS_WITH(fg::fit(other, fg::adam{}, two_epochs, one, same_step),
                    "pruning: gradients of graph: expected some since the last pruning, got none");
  CHECK_THROWS_WITH((fg::pruner{m, {.of = {"embeddings"}}}),
                    "pruning: of: expected some of graph, embedding, got embeddings");
  fg::matrix_factorization<fg::cpu> mf(data(), {.dim = 8});
  CHECK_THROWS_WITH((fg::pruner{mf}), "pruning: edges of graph: expected some, got none");
}
