// SPDX-License-Identifier: Apache-2.0
// Node classifiers on graphs drawn at random in the sizes of known ones: cora (2,708 nodes, 5,429
// edges, 18 of 1,433 features each) and debian (63,436 nodes, 290,642 edges, 5 of 3,000 features
// each).
//
//   bench_node_models [--benchmark_min_time=0.5]
//
// node_models/gcn_epoch/<cora|debian>/threads:<n>: a step on the whole graph (forward, backward,
// Adam) of a GCN of two layers, 64 columns between them. MB counts what must be moved, as `traffic`
// below says; time_over_limit is the step's time over what the machine's bandwidth for reading in
// order, GB/s_limit, needs for that much (below 1: caches helped). spmm, matmul, dropout and rest
// are shares of the time, measured in the step itself.
//
// node_models/sample/fanouts:<a>,<b>: draws neighbors for 1,024 nodes of the debian graph, fanouts
// in the order of the layers. edges/s counts edges that are drawn.
//
// node_models/one_node: the scores of one node of a GCN of two layers, on the sections of Debian
// (63,436 packages, in $FILIGREE_SHARED/data/debian/section, default ../shared); of_all is the
// median of 100 random nodes over the time of all.
#include "common.hpp"
#include <filigree/autograd/tape.hpp>
#include <filigree/data/load_node_data.hpp>
#include <filigree/data/neighbor_sampler.hpp>
#include <filigree/ops/dropout.hpp>
#include <filigree/ops/matmul.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/node_classifier.hpp>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <numeric>
#include <set>
#include <span>
#include <type_traits>

namespace {

namespace fg = filigree;
constexpr fg::index hidden = 64;

struct sizes {
  std::string name;
  fg::index nodes;
  std::size_t edges;
  fg::index features, features_of_node, classes, train;
};

/// Nodes of that number, with edges and features whose frequencies follow a power law.
fg::node_data data_of(const sizes& s) {
  fg::node_data d;
  d.nodes = s.nodes;
  d.features = s.features;
  d.classes = s.classes;
  const fg::philox random{3, 0};
  std::uint64_t counter = 0;
  const auto skewed = [&](fg::index n) {
    const double rank = n * std::pow(random.uniform(counter++), 1.7);
    return static_cast<fg::index>(static_cast<fg::offset>(rank) * 7919 % n);
  };
  std::set<std::pair<fg::index, fg::index>> edges;
  while (edges.size() < s.edges) {
    const auto u = static_cast<fg::index>(random.below(counter++, s.nodes)), v = skewed(s.nodes);
    if (u != v) edges.insert(std::minmax(u, v));
  }
  for (const auto& [u, v] : edges) {
    d.from.push_back(u);
    d.to.push_back(v);
  }
  for (fg::index v = 0; v < s.nodes; ++v) {
    std::set<fg::index> words;
    while (std::ssize(words) < s.features_of_node) words.insert(skewed(s.features));
    for (const auto w : words) {
      d.feature.push_back(w);
      d.value.push_back(1);
    }
    d.feature_begin.push_back(std::ssize(d.feature));
    d.label.push_back(v % s.classes);
    if (v < s.train) d.train.push_back(v);
  }
  return d;
}

/// Seconds in operations, by kind.
struct clocks {
  double spmm = 0, matmul = 0, dropout = 0, other = 0;
  template <class Op>
  double& of() {
    if constexpr (std::is_same_v<Op, fg::spmm<fg::cpu>>)
      return spmm;
    else if constexpr (std::is_same_v<Op, fg::matmul>)
      return matmul;
    else
      return std::is_same_v<Op, fg::dropout> ? dropout : other;
  }
};

/// An operation with a clock.
template <class Op>
struct timed {
  Op op;
  double* seconds;
  static constexpr bool takes_empty = requires { requires Op::takes_empty; };
  [[nodiscard]] bool passes_gradient() const {
    if constexpr (requires { op.passes_gradient(); }) return op.passes_gradient();
    return false;
  }
  template <class... In>
  [[nodiscard]] fg::shape shape(const In&... in) const {
    return op.shape(in...);
  }
  template <class... A>
  void forward(const A&... a) const {
    *seconds += bench::seconds_of([&] { op.forward(a...); });
  }
  template <class... A>
  void backward(const A&... a) const {
    *seconds += bench::seconds_of([&] { op.backward(a...); });
  }
};

/// A tape whose operations have clocks.
class timed_tape : public fg::tape<float, fg::cpu> {
 public:
  timed_tape(const fg::cpu& on, clocks& spent) : tape(on), spent_(spent) {}
  template <class Op, class... In>
  [[nodiscard]] var operator()(const Op& op, In... in) {
    return tape::operator()(timed<Op>{op, &spent_.of<Op>()}, in...);
  }

 private:
  clocks& spent_;
};

/// Bytes that a step must move: each operation reads what it needs once and writes its result once,
/// and a sparse product of d columns gathers a row for each entry: entries * (4 d + 8) + rows * 4
/// d.
double traffic(const sizes& s, const fg::graph<fg::cpu>& g) {
  const double n = s.nodes, h = hidden, c = s.classes, f = s.features, t = s.train;
  const auto all = static_cast<double>(g.edges());
  const auto drawn = static_cast<double>(g.forward().row_begin[s.train]);  // entries of train rows
  const double words = n * s.features_of_node;
  const auto product = [](double entries, double rows, double d) {
    return entries * (4 * d + 8) + rows * 4 * d;
  };
  // X W, A (X W), and the rows of A (Y V) that are trained on; then the same backward, where the
  // last one reads all of A, and gathers what is not 0.
  const double sparse = product(words, n, h) + product(all, n, h) + product(drawn, t, c) +
                        8 * (all - drawn) + product(drawn, n, c) + product(all, n, h) +
                        product(words, f, h);
  // Y V, and the gradients of Y and V.
  const double dense = 4 * (n * (h + c) + n * (h + c) + n * (h + c) + 3 * h * c);
  // Dropout of the features; bias, relu and dropout of Y: each reads and writes, backward relu
  // reads its result too, and bias only sums; bias, softmax and loss of the scores.
  const double rows = 8 * words + 4 * (6 + 6) * n * h + 4 * 6 * t * c;
  // Adam reads a parameter, its gradient and two moments, and writes all but the gradient; the
  // penalty of W reads it, then reads it again and adds to its gradient.
  const double update = 4 * 7 * (f * h + h * c + h + c) + 4 * 4 * f * h;
  return sparse + dense + rows + update;
}

void measure_epoch(benchmark::State& state, const sizes& s, const fg::node_data& data,
                   int threads) {
  const fg::cpu on{threads};
  fg::node_classifier<fg::cpu> model(data, {.hidden = hidden}, {}, {}, {}, {}, on);
  fg::adam::state<float, fg::cpu> adam{fg::adam{}};
  clocks spent;
  fg::offset epoch = 0;
  const auto step = [&] {
    const auto batch = model.sample(1, epoch++, 0, s.train);
    timed_tape r(on, spent);
    const auto loss = model.loss(r, batch);
    r.backward(loss);
    for_each_parameter(model, [&](const std::string&, auto& p) { adam.step(on, p); });
    benchmark::DoNotOptimize(r.value(loss).data());
  };
  step();
  spent = {};
  std::vector<double> seconds, rates{bench::read_bandwidth(on)};
  for (auto _ : state) seconds.push_back(bench::seconds_of(step));
  rates.push_back(bench::read_bandwidth(on));
  double total = 0;
  for (const double one : seconds) total += one;
  const double bytes = traffic(s, model.scored_graph()), limit = bench::median(rates);
  state.counters["MB"] = bytes / 1e6;
  state.counters["GB/s_limit"] = limit / 1e9;
  state.counters["time_over_limit"] = bench::median(seconds) * limit / bytes;
  state.counters["spmm"] = spent.spmm / total;
  state.counters["matmul"] = spent.matmul / total;
  state.counters["dropout"] = spent.dropout / total;
  state.counters["rest"] = 1 - (spent.spmm + spent.matmul + spent.dropout) / total;
}

void measure_sampling(benchmark::State& state, const fg::node_data& data,
                      const std::vector<fg::offset>& fanouts) {
  const fg::cpu on;
  const auto g = fg::graph<fg::cpu>::undirected(on, data.nodes, data.from, data.to);
  const fg::neighbor_sampler<fg::cpu> sampler(g, fanouts);
  const fg::philox random{5, 0};
  std::vector<fg::index> nodes(1024);
  std::uint64_t step = 0;
  double edges = 0, sources = 0;
  for (auto _ : state) {
    for (std::size_t k = 0; k < nodes.size(); ++k)
      nodes[k] = static_cast<fg::index>(random.below(step * nodes.size() + k, data.nodes));
    const auto blocks = sampler.draw(on, nodes, {7, step++ * fanouts.size()});
    for (const auto& b : blocks) edges += static_cast<double>(b.adjacency.edges());
    sources += static_cast<double>(blocks.front().sources.size());
  }
  state.counters["edges/s"] = benchmark::Counter(edges, benchmark::Counter::kIsRate);
  state.counters["sources"] = sources / static_cast<double>(step);
}

void measure_one_node(benchmark::State& state) {
  const char* const shared = std::getenv("FILIGREE_SHARED");
  const auto folder = std::string(shared ? shared : "../shared") + "/data/debian/section";
  if (!std::filesystem::exists(folder)) return state.SkipWithError((folder + ": expected").c_str());
  const auto data = fg::load_node_data(folder);
  const fg::node_classifier<fg::cpu> model(data, {.hidden = hidden});
  std::vector<fg::index> all(static_cast<std::size_t>(data.nodes));
  std::iota(all.begin(), all.end(), fg::index{0});
  const auto seconds_of = [&](const std::vector<fg::index>& ids) {
    return bench::seconds_of([&] { benchmark::DoNotOptimize(model.scores_of(ids).data()); });
  };
  const fg::philox random{5, 1};
  std::vector<double> whole, one;
  std::uint64_t draw = 0;
  for (auto _ : state) {
    for (int k = 0; k < 5; ++k) whole.push_back(seconds_of(all));
    for (int k = 0; k < 100; ++k)
      one.push_back(seconds_of({static_cast<fg::index>(random.below(draw++, data.nodes))}));
  }
  state.counters["us"] = 1e6 * bench::median(one);
  state.counters["of_all"] = bench::median(one) / bench::median(whole);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const std::vector<sizes> graphs{{"cora", 2708, 5429, 1433, 18, 7, 140},
                                  {"debian", 63436, 290642, 3000, 5, 38, 24208}};
  std::shared_ptr<const fg::node_data> data;
  for (const auto& s : graphs) {
    data = std::make_shared<const fg::node_data>(data_of(s));
    for (const int threads : {1, 2})
      benchmark::RegisterBenchmark(
          ("node_models/gcn_epoch/" + s.name + "/threads:" + std::to_string(threads)).c_str(),
          [=](benchmark::State& state) { measure_epoch(state, s, *data, threads); })
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
  }
  for (const std::vector<fg::offset>& fanouts : {std::vector<fg::offset>{10, 10}, {25, 10}})
    benchmark::RegisterBenchmark(
        ("node_models/sample/fanouts:" + std::to_string(fanouts[0]) + "," +
         std::to_string(fanouts[1]))
            .c_str(),
        [=](benchmark::State& state) { measure_sampling(state, *data, fanouts); })
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("node_models/one_node", measure_one_node)
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
