// SPDX-License-Identifier: Apache-2.0
// The GPU: its bandwidth, sparse products, the parts of a training step, the step, and ranking.
//
//   bench_gpu [--graph FILE] [--benchmark_filter=spmm]      or scripts/gpu_bench, which builds it
//
// Each benchmark first compares its result with that of the reference backend, large results in a
// sample of rows, and ends with an error where they differ; so does the program. Times are the
// device's, of several runs in a row that leave in its caches what fits there. The counters:
//
//   bytes               the fewest that the work can move; the formula stands with each task
//   difference          from the reference's result, relative to the largest number in it
//   median_us           microseconds a run
//   gb_per_s            bytes / median
//   share_of_bandwidth  the same over that of gpu/bandwidth, measured when the program starts; more
//                       than 1 where what a run reads was left in the caches
//   ratio_to_plain      of a product: its time over that of cusparse_plain, measured in turns
//
// With the environment variable FILIGREE_BENCH_SMALL set to 1 all is tiny and runs once: results
// are checked, and times, which mean nothing, left out of the counters. So it can run on an
// emulator.
#include "gpu_products.cuh"
#include "gpu_training.cuh"
#include <filigree/backend/gpu/blocks.cuh>
#include <filigree/kernels/elementwise.hpp>
#include <filigree/train/rank.hpp>

#include <numeric>

namespace {

namespace fg = filigree;

/// y = 2 x, by a kernel of ours, over 1 GiB, far more than the caches hold. Bytes: 4 read and 4
/// written for each element.
class copy_task : public bench::task {
 public:
  explicit copy_task(const fg::gpu& device)
      : task(device),
        size_(fg::offset{1} << (bench::small() ? 12 : 27)),
        x_(on.allocate<float>(size_)),
        y_(on.allocate<float>(size_)) {
    on.for_each(size_, fg::kernels::fill_normal<float>{{1, 0}, 1, x_.data()});
  }
  void run() override {
    on.for_each(size_, fg::kernels::scaled_copy<float>{2, x_.data(), y_.data()});
  }
  double bytes() const override { return 8 * static_cast<double>(size_); }
  double difference() override {
    on.fill(y_.data(), size_, std::numeric_limits<float>::quiet_NaN());
    run();
    constexpr fg::offset some = 1000;
    bench::distance apart;
    for (const auto at : {fg::offset{0}, size_ / 2, size_ - some}) {
      auto expected = fg::detail::fetch(on, std::as_const(x_).data() + at, some);
      for (auto& x : expected) x *= 2;
      apart.see(fg::detail::fetch(on, std::as_const(y_).data() + at, some), expected);
    }
    return apart.relative();
  }
  /// The same by CUDA's own copy.
  void report(benchmark::State& state, double) override {
    const bench::stopwatch clock(on);
    std::vector<double> seconds;
    for (int pass = 0; pass < (bench::small() ? 1 : 11); ++pass)
      seconds.push_back(
          clock.seconds_of(1, [&] { on.copy(std::as_const(x_).data(), y_.data(), size_); }));
    bench::set_timed(state, "memcpy_gb_per_s", bytes() / bench::median(seconds) / 1e9);
  }

 private:
  fg::offset size_;
  fg::gpu::buffer<float> x_, y_;
};

/// Bytes per second that the device can read and write in order, the median of many passes.
[[nodiscard]] double bandwidth_of(const fg::gpu& on) {
  copy_task copy(on);
  const bench::stopwatch clock(on);
  (void)clock.seconds_of(bench::small() ? 1 : 50, [&] { copy.run(); });  // clocks rise
  std::vector<double> seconds;
  for (int pass = 0; pass < (bench::small() ? 1 : 51); ++pass)
    seconds.push_back(clock.seconds_of(1, [&] { copy.run(); }));
  return copy.bytes() / bench::median(seconds);
}

/// The 20 best items for each of some thousand users, lists on the host included. Bytes: cuBLAS
/// writes each score and the selection reads it, which is nearly all: 8 users items; and the
/// embeddings, once: 4 d (users + items).
class rank_task : public bench::task {
 public:
  explicit rank_task(const bench::setting& s)
      : task(s.on), s_(s), model_(s.data, {.dim = bench::dim}, {}, on) {
    users_.resize(std::min<std::size_t>(bench::small() ? 40 : 4096,
                                        static_cast<std::size_t>(s.data.users())));
    std::iota(users_.begin(), users_.end(), 0);
  }
  void run() override { lists_ = ranked(model_, users_); }
  int at_once() const override { return 1; }
  double bytes() const override {
    const auto users = static_cast<double>(users_.size());
    const auto items = static_cast<double>(s_.data.items());
    return 8 * users * items + 4.0 * bench::dim * (users + items);
  }
  /// Of the scores of 40 users; infinity where more than 1 in 100 items is another.
  double difference() override {
    run();
    const fg::lightgcn<fg::reference> oracle(s_.data, {.dim = bench::dim});
    std::vector<fg::index> some;
    for (std::size_t i = 0; i < 40; ++i) some.push_back(users_[i * users_.size() / 40]);
    const auto expected = ranked(oracle, some);
    bench::distance apart;
    std::size_t other = 0;
    for (std::size_t i = 0; i < some.size(); ++i)
      for (std::size_t n = 0; n < k; ++n) {
        const auto at = static_cast<std::size_t>(some[i]) * k + n;
        apart.see(lists_.scores[at], expected.scores[i * k + n]);
        other += lists_.items[at] != expected.items[i * k + n];
      }
    if (100 * other > expected.items.size()) return std::numeric_limits<double>::infinity();
    return apart.relative();
  }
  void report(benchmark::State& state, double seconds) override {
    bench::set_timed(state, "users_per_s", static_cast<double>(users_.size()) / seconds);
  }

 private:
  static constexpr fg::index k = 20;
  struct lists {
    std::vector<fg::index> items;
    std::vector<float> scores;
  };
  template <class M>
  [[nodiscard]] static lists ranked(const M& model, const std::vector<fg::index>& users) {
    lists out;
    fg::rank(model, users, k, [&](fg::index, auto items, auto scores) {
      out.items.insert(out.items.end(), items.begin(), items.end());
      out.scores.insert(out.scores.end(), scores.begin(), scores.end());
    });
    return out;
  }

  const bench::setting& s_;
  fg::lightgcn<fg::gpu> model_;
  std::vector<fg::index> users_;
  lists lists_;
};

void add_all(const std::shared_ptr<bench::setting>& s) {
  using bench::product;
  const auto ways = {std::pair{product::ours, "ours"}, std::pair{product::plain, "cusparse_plain"},
                     std::pair{product::planned, "planned"}};
  bench::add("gpu/bandwidth", s, [s] { return std::make_unique<copy_task>(s->on); });
  for (const int d : {16, 64, 128, 256})
    for (const auto& [which, name] : ways)
      bench::add("gpu/spmm/d:" + std::to_string(d) + '/' + name, s, [s, d, which = which] {
        return std::make_unique<bench::spmm_task>(*s, d, which);
      });
  for (const auto& [which, name] : ways)
    bench::add(std::string("gpu/sddmm/d:64/") + name, s,
               [s, which = which] { return std::make_unique<bench::sddmm_task>(*s, 64, which); });
  bench::add("gpu/adam", s, [s] { return std::make_unique<bench::adam_task>(*s); });
  bench::add("gpu/bpr", s, [s] { return std::make_unique<bench::bpr_task>(*s); });
  bench::add("gpu/row_set", s, [s] { return std::make_unique<bench::row_set_task>(*s); });
  bench::add("gpu/step/layers:" + std::to_string(bench::layers), s,
             [s] { return std::make_unique<bench::step_task>(*s); });
  bench::add("gpu/rank", s, [s] { return std::make_unique<rank_task>(*s); });
}

}  // namespace

int main(int argc, char** argv) {
  std::cerr << "device: " << fg::detail::device_name() << '\n';
  if (bench::small())
    std::cerr << "FILIGREE_BENCH_SMALL=1: results on part of the graph are checked; times mean "
                 "nothing\n";
  const int status = bench::run(argc, argv, [](const fg::interactions& data) {
    const auto s = std::make_shared<bench::setting>(data);
    s->bandwidth = bandwidth_of(s->on);
    benchmark::AddCustomContext("device", fg::detail::device_name());
    add_all(s);
  });
  benchmark::ClearRegisteredBenchmarks();  // while the device is still there
  if (bench::failures)
    std::cerr << "bench_gpu: benchmarks without an error: expected all, got " << bench::failures
              << " with one\n";
  return status ? status : bench::failures ? 1 : 0;
}
