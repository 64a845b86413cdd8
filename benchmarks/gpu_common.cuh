// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common.hpp"
#include <filigree/backend/gpu.cuh>
#include <filigree/backend/reference.hpp>
#include <filigree/data/text.hpp>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <span>

/// What the benchmarks of the GPU share: a clock, the graph, and how a result is checked before it
/// is measured.
namespace bench {

/// Whether all is to be tiny: results are checked, nothing is timed.
[[nodiscard]] inline bool small() {
  const char* const set = std::getenv("FILIGREE_BENCH_SMALL");
  return set && std::string(set) == "1";
}

/// The time of the device.
class stopwatch {
 public:
  explicit stopwatch(const fg::gpu& on) : on_(on) {
    fg::detail::check(cudaEventCreate(&began_), "cudaEventCreate");
    fg::detail::check(cudaEventCreate(&ended_), "cudaEventCreate");
  }
  stopwatch(const stopwatch&) = delete;
  stopwatch& operator=(const stopwatch&) = delete;
  ~stopwatch() {
    (void)cudaEventDestroy(began_);
    (void)cudaEventDestroy(ended_);
  }
  /// Seconds that the device takes for each of `times` calls of work(), one after the other.
  template <class Work>
  [[nodiscard]] double seconds_of(int times, const Work& work) const {
    fg::detail::check(cudaEventRecord(began_, on_.stream()), "cudaEventRecord");
    for (int i = 0; i < times; ++i) work();
    fg::detail::check(cudaEventRecord(ended_, on_.stream()), "cudaEventRecord");
    fg::detail::check(cudaEventSynchronize(ended_), "cudaEventSynchronize");
    float milliseconds = 0;
    fg::detail::check(cudaEventElapsedTime(&milliseconds, began_, ended_), "cudaEventElapsedTime");
    return static_cast<double>(milliseconds) / 1e3 / times;
  }

 private:
  fg::gpu on_;
  cudaEvent_t began_ = nullptr, ended_ = nullptr;
};

/// The largest distance of a number from the one expected, relative to the largest one expected;
/// infinity where one is missing or not a number.
class distance {
 public:
  void see(double got, double expected) {
    const double apart = std::abs(got - expected);
    most_ = std::isnan(apart) ? std::numeric_limits<double>::infinity() : std::max(most_, apart);
    largest_ = std::max(largest_, std::abs(expected));
  }
  void see(std::span<const float> got, std::span<const float> expected) {
    if (got.size() != expected.size()) most_ = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < std::min(got.size(), expected.size()); ++i)
      see(static_cast<double>(got[i]), static_cast<double>(expected[i]));
  }
  [[nodiscard]] double relative() const { return most_ == 0 ? 0 : most_ / largest_; }

 private:
  double most_ = 0, largest_ = 0;
};

/// The elements of a matrix on the host.
template <class B>
[[nodiscard]] std::span<const float> elements(const fg::matrix<float, B>& m) {
  return {m.data(), static_cast<std::size_t>(m.size())};
}
[[nodiscard]] inline fg::matrix<float, fg::gpu> on_device(const fg::gpu& on,
                                                          const fg::matrix<float, fg::cpu>& m) {
  return fg::matrix<float, fg::gpu>(on, elements(m), m.shape());
}

/// Interactions of a few users with a few items, no user with more than a quarter of them.
[[nodiscard]] inline fg::interactions part_of(const fg::interactions& data, fg::index users,
                                              fg::index items) {
  std::vector<fg::interaction> pairs;
  for (fg::index u = 0; u < std::min(users, data.users()); ++u) {
    std::set<fg::index> taken;
    for (const auto i : data.items_of(u))
      if (taken.size() < static_cast<std::size_t>(items / 4)) taken.insert(i % items);
    for (const auto i : taken) pairs.push_back({u, i});
  }
  return fg::interactions(std::move(pairs), users, items);
}

/// The graph, on the device and for the reference.
struct setting {
  explicit setting(fg::interactions all)
      : data(small() ? part_of(all, 200, 300) : std::move(all)), host(fg::cpu{}, data) {
    std::vector<fg::index> a, b;
    for (const auto& p : data.pairs()) {
      a.push_back(p.user);
      b.push_back(data.users() + p.item);
    }
    graph = fg::graph<fg::gpu>::undirected(on, host.graph.rows(), a, b);
    weight = on_device(on, host.weight);
  }
  fg::gpu on;
  fg::interactions data;
  adjacency host;
  fg::graph<fg::gpu> graph;
  fg::matrix<float, fg::gpu> weight;
  double bandwidth = 0;  ///< of the device, in bytes per second
};

/// Something to measure.
class task {
 public:
  explicit task(const fg::gpu& device) : on(device) {}
  virtual ~task() = default;
  /// Gives the device the work, once.
  virtual void run() = 0;
  /// The fewest bytes that it can move: each array that it needs read once, each result written
  /// once.
  [[nodiscard]] virtual double bytes() const = 0;
  /// How far its result is from that of the reference.
  [[nodiscard]] virtual double difference() = 0;
  /// What the difference may be.
  [[nodiscard]] virtual double tolerance() const { return 1e-5; }
  /// How many runs are timed as one.
  [[nodiscard]] virtual int at_once() const { return 10; }
  /// Adds counters of its own, after the measurement.
  virtual void report(benchmark::State&, double /*seconds*/) {}

  const fg::gpu on;
};

/// Sets a counter that depends on time: not in the small mode, where it would mean nothing.
inline void set_timed(benchmark::State& state, const char* name, double value) {
  if (!small()) state.counters[name] = value;
}

/// How many benchmarks had a wrong result or none. Google Benchmark ends with success all the same.
inline int failures = 0;

/// Seconds of one run, the median; counters as all benchmarks have them.
inline void measure(benchmark::State& state, const setting& s, task& t, double difference) {
  const stopwatch clock(s.on);
  const int times = small() ? 1 : t.at_once();
  const auto run = [&] { t.run(); };
  (void)clock.seconds_of(times, run);  // warms up
  std::vector<double> seconds;
  while (state.KeepRunningBatch(times)) {
    if (!small()) seconds.push_back(clock.seconds_of(times, run));
    state.SetIterationTime(small() ? 0 : seconds.back() * times);
  }
  const double median_seconds = median(seconds), bytes = t.bytes();
  state.counters["bytes"] = bytes;
  state.counters["difference"] = difference;
  set_timed(state, "median_us", 1e6 * median_seconds);
  set_timed(state, "gb_per_s", bytes / median_seconds / 1e9);
  set_timed(state, "share_of_bandwidth", bytes / median_seconds / s.bandwidth);
  t.report(state, median_seconds);
  if (small()) state.SetLabel("the result is right; not timed");
}

[[nodiscard]] inline std::string text(double value) {
  std::string out;
  fg::append_number(out, value);
  return out;
}

/// Registers a task, which is made and checked when its turn comes.
inline void add(const std::string& name, const std::shared_ptr<setting>& s,
                std::function<std::unique_ptr<task>()> make) {
  struct kept {
    std::unique_ptr<task> what;
    double difference = 0;
  };
  const auto of = std::make_shared<kept>();
  const auto turn = [s, make, of](benchmark::State& state) {
    const auto fail = [&](const std::string& why) {
      ++failures;
      state.SkipWithError(why.c_str());
    };
    try {
      if (!of->what) {
        of->what = make();
        of->difference = of->what->difference();
      }
      if (const double most = of->what->tolerance(); !(of->difference <= most))
        return fail("difference from the reference: expected at most " + text(most) + ", got " +
                    text(of->difference));
      measure(state, *s, *of->what, of->difference);
    } catch (const std::exception& e) {
      fail(e.what());
    }
  };
  auto* const b = benchmark::RegisterBenchmark(name.c_str(), turn);
  b->UseManualTime()->Unit(benchmark::kMicrosecond);
  if (small()) b->Iterations(1);
}

}  // namespace bench
