// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "gpu_common.cuh"
#include <filigree/autograd/tape.hpp>
#include <filigree/ops/bpr_loss.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/row_set.hpp>

/// What a training step is made of, and the step.
namespace bench {

inline constexpr fg::index dim = 64;
inline constexpr int layers = 3;
/// Triples in a batch.
[[nodiscard]] inline fg::offset batch_size() { return small() ? 128 : 2048; }

/// Adam on all embeddings. Bytes: it reads parameter, gradient and two moments, and writes all but
/// the gradient: 4 * 7 for each element.
class adam_task : public task {
 public:
  explicit adam_task(const setting& s)
      : task(s.on), gradient_(random_matrix({}, {s.graph.rows(), dim})), parameter_(started(on)) {}

  void run() override { adam_.step(on, parameter_); }
  double bytes() const override { return 28 * static_cast<double>(parameter_.value.size()); }
  double difference() override {
    const fg::reference oracle;
    auto expected = started(oracle);
    fg::adam::state<float, fg::reference> adam{fg::adam{}};
    for (int step = 0; step < 2; ++step) {
      run();
      adam.step(oracle, expected);
    }
    distance apart;
    const auto moments = [&](const char* name) {
      distance moment;
      moment.see(parameter_.slot(on, name).to_host(on), elements(expected.slot(oracle, name)));
      return moment.relative();
    };
    apart.see(parameter_.value.to_host(on), elements(expected.value));
    return std::max({apart.relative(), moments("adam.first"), moments("adam.second")});
  }

 private:
  /// Zeros, so that all of its value is what Adam did.
  template <class B>
  [[nodiscard]] fg::parameter<float, B> started(const B& where) const {
    fg::parameter<float, B> p(fg::matrix<float, B>::zeros(where, gradient_.shape()));
    p.gradient = fg::matrix<float, B>(where, elements(gradient_), gradient_.shape());
    return p;
  }

  fg::matrix<float, fg::cpu> gradient_;
  fg::parameter<float, fg::gpu> parameter_;
  fg::adam::state<float, fg::gpu> adam_{fg::adam{}};
};

/// The first batch of training: users, positives, negatives.
[[nodiscard]] inline std::vector<fg::index> first_batch(const setting& s) {
  fg::triple_sampler<fg::reference> sampler({}, s.data, {});
  const auto drawn = sampler.draw(1, 0, 0, batch_size());
  return {drawn.list.data(), drawn.list.data() + drawn.list.size()};
}
template <class B>
[[nodiscard]] fg::row_set<B> group(const B& on, const std::vector<fg::index>& list,
                                   fg::offset bound) {
  const auto ids = on.upload(std::span(list));
  return fg::group_rows(on, ids.data(), static_cast<fg::offset>(list.size()), bound);
}

/// The set of the rows that a batch names. Bytes: n ids are read; rows, positions and local ids (4
/// each) and begins (8) are written for each, and a slot (4) for each node: 24 n + 8 + 4 nodes.
class row_set_task : public task {
 public:
  explicit row_set_task(const setting& s)
      : task(s.on), nodes_(s.graph.rows()), list_(first_batch(s)), ids_(on.upload(list())) {}

  void run() override {
    set_ = fg::group_rows(on, ids_.data(), static_cast<fg::offset>(list_.size()), nodes_);
  }
  double bytes() const override {
    return 24 * static_cast<double>(list_.size()) + 8 + 4 * static_cast<double>(nodes_);
  }
  /// 0 or infinity.
  double difference() override {
    run();
    const auto expected = group(fg::reference{}, list_, nodes_);
    const auto same = [&](const auto& got, const auto& wanted, auto padding) {
      auto all = std::vector(wanted.data(), wanted.data() + wanted.size());
      all.resize(got.size(), padding);
      return fg::detail::fetch_all(on, got) == all;
    };
    const auto end = static_cast<fg::offset>(list_.size());
    const bool right = same(set_.rows, expected.rows, fg::index{-1}) &&
                       same(set_.begin, expected.begin, end) &&
                       same(set_.position, expected.position, fg::index{}) &&
                       same(set_.local, expected.local, fg::index{}) &&
                       same(set_.slot, expected.slot, fg::index{});
    return right ? 0 : std::numeric_limits<double>::infinity();
  }

 private:
  [[nodiscard]] std::span<const fg::index> list() const { return list_; }

  fg::offset nodes_;
  std::vector<fg::index> list_;
  fg::gpu::buffer<fg::index> ids_;
  fg::row_set<fg::gpu> set_;
};

/// BPR on the rows of a batch, forward and backward. Bytes: x is read and its gradient written, for
/// the D distinct rows; of the 3 * batch listed ones the local id and the position are read: 8 d D
/// + 24 batch.
class bpr_task : public task {
 public:
  explicit bpr_task(const setting& s)
      : task(s.on),
        list_(first_batch(s)),
        nodes_(s.graph.rows()),
        batch_{group(on, list_, nodes_), batch_size(), 1},
        host_x_(random_matrix({}, {batch_.rows.size(), dim})),
        x_(on_device(on, host_x_)),
        dx_(on, x_.shape()),
        dy_(on.upload(std::span<const float>(&one, 1)), {1, 1}),
        y_(on, {1, 1}) {}

  void run() override { loss(on, batch_, std::as_const(x_).view(), dy_, y_, dx_); }
  double bytes() const override {
    return 8.0 * dim * static_cast<double>(distinct_) + 24 * static_cast<double>(batch_.count);
  }
  double difference() override {
    run();
    const fg::reference oracle;
    const fg::triples<fg::reference> batch{group(oracle, list_, nodes_), batch_.count, 1};
    distinct_ = batch.rows.size();
    const fg::matrix<float, fg::reference> dy(oracle, std::span<const float>(&one, 1), {1, 1});
    fg::matrix<float, fg::reference> y(oracle, {1, 1}), dx(oracle, {distinct_, dim});
    loss(oracle, batch, std::as_const(host_x_).view().rows_from(0, distinct_), dy, y, dx);
    std::vector<float> expected(dx.data(), dx.data() + dx.size());
    expected.resize(static_cast<std::size_t>(dx_.size()));  // padding has none
    distance losses, gradients;
    losses.see(y_.to_host(on), elements(y));
    gradients.see(dx_.to_host(on), expected);
    return std::max(losses.relative(), gradients.relative());
  }

 private:
  static constexpr float one = 1;
  /// The same on any backend.
  template <class B>
  static void loss(const B& where, const fg::triples<B>& batch, fg::matrix_view<const float> x,
                   const fg::matrix<float, B>& dy, fg::matrix<float, B>& y,
                   fg::matrix<float, B>& dx) {
    const fg::bpr_loss<B> op{batch};
    op.forward(where, y.view(), x);
    where.fill(dx.data(), dx.size(), 0.0f);
    op.backward(where, dy.view(), std::as_const(y).view(), x, fg::gradient<float>{dx.view()});
  }

  std::vector<fg::index> list_;
  fg::offset nodes_, distinct_ = 0;
  fg::triples<fg::gpu> batch_;
  fg::matrix<float, fg::cpu> host_x_;
  fg::matrix<float, fg::gpu> x_, dx_, dy_, y_;
};

/// A model in training on any backend.
template <class B>
class trainer {
 public:
  trainer(const fg::interactions& data, const B& on)
      : on_(on), model_(data, {.dim = dim, .layers = layers}, {}, on) {}

  /// The next step, as `fit` takes it; an epoch's smaller last batch is left out.
  void step() {
    const auto full = std::max<fg::offset>(1, model_.train().size() / batch_size());
    const auto batch = model_.sample(1, 0, step_++ % full, batch_size());
    fg::tape<float, B> r(on_);
    const auto loss = model_.loss(r, batch);
    r.backward(loss);
    for_each_parameter(model_, [&](const std::string&, auto& p) { adam_.step(on_, p); });
  }
  /// Of the last step.
  [[nodiscard]] std::vector<float> gradient() {
    std::vector<float> host;
    for_each_parameter(model_,
                       [&](const std::string&, auto& p) { host = p.gradient.to_host(on_); });
    return host;
  }

 private:
  B on_;
  fg::lightgcn<B> model_;
  fg::adam::state<float, B> adam_{fg::adam{}};
  fg::offset step_ = 0;
};

/// A training step of LightGCN: sampling, forward, loss, backward, Adam. Bytes: those of the 2 *
/// layers - 2 products with all rows (see spmm_task), those of the last layer's way back, which
/// reads the pattern and writes a gradient, and Adam's: (2 layers - 2) (8 entries + 4 (nodes + 1) +
/// 8 d nodes) + 4 entries + 4 (nodes + 1) + 4 d nodes + 28 d nodes. The rest depends on the batch.
class step_task : public task {
 public:
  explicit step_task(const setting& s) : task(s.on), s_(s), trainer_(s.data, on) {}

  void run() override { trainer_.step(); }
  double bytes() const override {
    const auto nodes = s_.graph.rows(), entries = s_.graph.edges();
    const auto product = 8 * entries + 4 * (nodes + 1) + 8 * dim * nodes;
    return static_cast<double>((2 * layers - 2) * product + 4 * entries + 4 * (nodes + 1) +
                               32 * dim * nodes);
  }
  /// That of the third step's gradient: where a gradient is next to 0, Adam's first steps may go
  /// either way.
  double difference() override {
    trainer<fg::reference> expected(s_.data, {});
    for (int step = 0; step < 3; ++step) {
      run();
      expected.step();
    }
    distance apart;
    apart.see(trainer_.gradient(), expected.gradient());
    return apart.relative();
  }
  double tolerance() const override { return 1e-4; }
  void report(benchmark::State& state, double) override {
    constexpr int steps = 10;
    on.synchronize();
    const auto before = on.counters();
    const double seconds = seconds_of([&] {
      for (int step = 0; step < steps; ++step) run();
    });
    const auto after = on.counters();
    const auto set = [&](const char* name, std::uint64_t first, std::uint64_t last) {
      state.counters[name] = static_cast<double>(last - first) / steps;
    };
    set("launches", before.launches, after.launches);
    set("library_calls", before.library_calls, after.library_calls);
    set("fills", before.fills, after.fills);
    set("uploads", before.uploads, after.uploads);
    set("synchronizations", before.synchronizations, after.synchronizations);
    set("fresh_bytes", before.fresh_bytes, after.fresh_bytes);
    set_timed(state, "host_us", 1e6 * seconds / steps);  // to give the device the work
  }

 private:
  const setting& s_;
  trainer<fg::gpu> trainer_;
};

}  // namespace bench
