// SPDX-License-Identifier: Apache-2.0
// What edges that adapt cost: a LightGCN training step (sampling, forward, loss, backward, L2,
// Adam; 3 layers, 64 dimensions, batches of 2048) with fixed weights, with sigma(x_r . x_c)
// weights, and with the same composed of plain operations.
//
//   bench_edges [--graph FILE]
//
// edges/step/<fixed|adaptive|adaptive_composed>/threads:<n>: ratio_to_fixed is the step's time over
// the fixed one's, steps of both taking turns; in_spmm is it over that of a full product with the
// adjacency; peak_mb is the most memory that a process of its own needs for ten steps.
#include "common.hpp"
#include <filigree/autograd/tape.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/lightgcn.hpp>

#include <cstdio>
#include <memory>
#include <sys/resource.h>

namespace {

namespace fg = filigree;
constexpr int layers = 3;
constexpr fg::offset batch_size = 2048;

/// The default of adaptive_edges without fused operations.
struct composed_edges {
  template <class T, fg::backend B>
  class state : public fg::no_members,
                public fg::untied,
                public fg::weighed_once,
                public fg::needs_whole_graph {
   public:
    state(const composed_edges&, const B&, const fg::part_spec<B>&) {}
    template <fg::recorder R>
    fg::weighed_edges<typename R::var> weigh(R& r, const fg::gated_view<R>& g, typename R::var x,
                                             fg::random_streams&) const {
      const auto a = r(fg::sigmoid{}, r(fg::scale{1}, r(fg::sddmm{g.pattern()}, x, x)));
      return {r(fg::multiply{}, g.by_degree(r, fg::normalization::symmetric), a)};
    }
  };
};

/// A model in training.
template <class Edges>
class trainer {
 public:
  trainer(const fg::interactions& data, fg::cpu on)
      : on_(on), model_(data, {.dim = 64, .layers = layers}, {}, on) {}

  /// Seconds of the next step.
  double step() {
    return bench::seconds_of([&] {
      const auto batch = model_.sample(1, 0, step_++ % model_.steps(batch_size), batch_size);
      fg::tape<float, fg::cpu> r(on_);
      const auto loss = model_.loss(r, batch);
      r.backward(loss);
      for_each_parameter(model_, [&](const std::string&, auto& p) { adam_.step(on_, p); });
      benchmark::DoNotOptimize(r.value(loss).data());
    });
  }

 private:
  fg::cpu on_;
  fg::lightgcn<fg::cpu, Edges> model_;
  fg::adam::state<float, fg::cpu> adam_{fg::adam{}};
  fg::offset step_ = 0;
};

/// Seconds of one product with the adjacency.
double spmm_seconds(const fg::cpu& on, const fg::interactions& data) {
  const bench::adjacency a(on, data);
  const auto x = bench::random_matrix(on, {a.graph.rows(), 64});
  fg::matrix<float, fg::cpu> y(on, x.shape());
  std::vector<double> seconds;
  for (int i = 0; i < 15; ++i)
    seconds.push_back(bench::seconds_of([&] {
      fg::spmm<fg::cpu>{a.graph}.forward(on, y.view(), std::as_const(a.weight).view(), x.view());
      benchmark::ClobberMemory();
    }));
  return bench::median(seconds);
}

/// The most memory that ten steps of it need, in MB, in a process of their own.
double peak_of(const std::string& program, const std::string& edges, const std::string& graph) {
  const auto command =
      "'" + program + "' --peak-of=" + edges + (graph.empty() ? "" : " --graph '" + graph + "'");
  double peak = 0;
  if (auto* const out = popen(command.c_str(), "r")) {
    if (std::fscanf(out, "%lf", &peak) != 1) peak = 0;
    (void)pclose(out);
  }
  return peak;
}

template <class Edges>
int print_peak(const std::string& graph) {
  trainer<Edges> t(graph.empty() ? bench::power_law() : fg::load_interactions(graph),
                   fg::cpu{.threads = 1});
  for (int i = 0; i < 10; ++i) t.step();
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  std::printf("%.1f\n", static_cast<double>(use.ru_maxrss) / 1024);
  return 0;
}

template <class Edges>
void measure(benchmark::State& state, const fg::interactions& data, int threads, double peak) {
  const fg::cpu on{threads};
  const double one = spmm_seconds(on, data);
  trainer<Edges> t(data, on);
  trainer<fg::fixed_edges> other(data, on);
  t.step(), other.step();
  std::vector<double> own, fixed;
  for (auto _ : state) {
    fixed.push_back(other.step());
    own.push_back(t.step());
    state.SetIterationTime(own.back());
  }
  state.counters["ratio_to_fixed"] = bench::median(own) / bench::median(fixed);
  state.counters["in_spmm"] = bench::median(own) / one;
  state.counters["spmm_ms"] = 1e3 * one;
  state.counters["peak_mb"] = peak;
}

/// The value of `--name=value` or `--name value`, empty where there is none.
std::string argument(int argc, char** argv, const std::string& name) {
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    if (a.starts_with(name + "=")) return a.substr(name.size() + 1);
    if (a == name && i + 1 < argc) return argv[i + 1];
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const auto graph = argument(argc, argv, "--graph");
  const auto peak = argument(argc, argv, "--peak-of");
  if (peak == "fixed") return print_peak<fg::fixed_edges>(graph);
  if (peak == "adaptive") return print_peak<fg::adaptive_edges>(graph);
  if (peak == "adaptive_composed") return print_peak<composed_edges>(graph);
  const std::string program = argv[0];
  return bench::run(argc, argv, [&](const fg::interactions& data) {
    const auto kept = std::make_shared<fg::interactions>(data);
    const auto add = [&]<class Edges>(std::type_identity<Edges>, const std::string& name) {
      const double mb = peak_of(program, name, graph);
      for (const int threads : {1, 2})
        benchmark::RegisterBenchmark(
            ("edges/step/" + name + "/threads:" + std::to_string(threads)).c_str(),
            [=](benchmark::State& state) { measure<Edges>(state, *kept, threads, mb); })
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
    };
    add(std::type_identity<fg::fixed_edges>{}, "fixed");
    add(std::type_identity<fg::adaptive_edges>{}, "adaptive");
    add(std::type_identity<composed_edges>{}, "adaptive_composed");
  });
}
