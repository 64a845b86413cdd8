// SPDX-License-Identifier: Apache-2.0
// One training step of LightGCN: sampling, forward, loss, backward, L2, and Adam on all rows; 3
// layers, 64 dimensions, batches of 2048.
//
//   bench_lightgcn [--graph FILE] [--benchmark_repetitions=5]
//
// ratio_to_spmm is its time over that of 2 * layers full products with the adjacency, which a step
// without short cuts needs, measured before and after it with as many threads. The other counters
// are the milliseconds of such a product and of the step's parts.
#include "common.hpp"
#include <filigree/autograd/tape.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/lightgcn.hpp>

#include <map>
#include <memory>

namespace {

namespace fg = filigree;
constexpr int layers = 3;
constexpr fg::offset batch_size = 2048;

/// A model in training.
class trainer {
 public:
  trainer(const fg::interactions& data, fg::cpu on)
      : on_(on),
        model_(data, {.dim = 64, .layers = layers}, {}, on),
        adjacency_(on, data),
        x_(bench::random_matrix(on, {adjacency_.graph.rows(), 64})),
        y_(on, x_.shape()) {}

  struct parts {
    std::vector<double> sample, forward, backward, update;
  };

  /// The next step.
  void step(parts& p) {
    using clock = std::chrono::steady_clock;
    auto last = clock::now();
    const auto lap = [&] {
      const auto before = std::exchange(last, clock::now());
      return std::chrono::duration<double>(last - before).count();
    };
    const auto batch = model_.sample(1, 0, step_++ % model_.steps(batch_size), batch_size);
    p.sample.push_back(lap());
    fg::tape<float, fg::cpu> r(on_);
    const auto loss = model_.loss(r, batch);
    p.forward.push_back(lap());
    r.backward(loss);
    p.backward.push_back(lap());
    for_each_parameter(model_,
                       [&](const std::string&, auto& parameter) { adam_.step(on_, parameter); });
    p.update.push_back(lap());
    benchmark::DoNotOptimize(r.value(loss).data());
  }

  /// Seconds of one product with the adjacency.
  [[nodiscard]] double spmm_seconds() {
    return bench::seconds_of([&] {
      fg::spmm<fg::cpu>{adjacency_.graph}.forward(
          on_, y_.view(), std::as_const(adjacency_.weight).view(), std::as_const(x_).view());
      benchmark::ClobberMemory();
    });
  }

 private:
  fg::cpu on_;
  fg::lightgcn<fg::cpu> model_;
  fg::adam::state<float, fg::cpu> adam_{fg::adam{}};
  bench::adjacency adjacency_;
  fg::matrix<float, fg::cpu> x_, y_;
  fg::offset step_ = 0;
};

void measure(benchmark::State& state, const fg::interactions& data, int threads) {
  static std::map<int, std::unique_ptr<trainer>> kept;
  auto& t = kept[threads];
  trainer::parts parts;
  if (!t) {
    t = std::make_unique<trainer>(data, fg::cpu{threads});
    t->step(parts);  // shuffles, and makes what later steps find ready
    parts = {};
  }
  std::vector<double> spmm, step;
  const auto compare = [&] {
    for (int i = 0; i < 5; ++i) spmm.push_back(t->spmm_seconds());
  };
  compare();
  for (auto _ : state) step.push_back(bench::seconds_of([&] { t->step(parts); }));
  compare();
  const double one = bench::median(spmm);
  state.counters["ratio_to_spmm"] = bench::median(step) / (2 * layers * one);
  state.counters["spmm_ms"] = 1e3 * one;
  state.counters["sample_ms"] = 1e3 * bench::median(parts.sample);
  state.counters["forward_ms"] = 1e3 * bench::median(parts.forward);
  state.counters["backward_ms"] = 1e3 * bench::median(parts.backward);
  state.counters["update_ms"] = 1e3 * bench::median(parts.update);
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const fg::interactions& data) {
    const auto kept = std::make_shared<fg::interactions>(data);
    for (const int threads : {1, 2})
      benchmark::RegisterBenchmark(
          ("lightgcn/step/threads:" + std::to_string(threads)).c_str(),
          [kept, threads](benchmark::State& state) { measure(state, *kept, threads); })
          ->Unit(benchmark::kMillisecond);
  });
}
