// SPDX-License-Identifier: Apache-2.0
// Prunes a dense network step by step, and measures at each step what it still knows, how large it
// is and how fast it answers in each format of its weights: see --help.
#include "line_chart.hpp"
#include "section_data.hpp"
#include "stopwatch.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <string>
#include <vector>

using json = nlohmann::ordered_json;

namespace {

using matrix = fg::matrix<float, fg::cpu>;
using parameter = fg::parameter<float, fg::cpu>;

/// What the command line says.
struct settings {
  std::string data, by = "saliency", structure = "element", scope = "each", prune = "hidden", json,
                    svg;
  std::vector<double> sparsity{0, 30, 50, 60, 70, 80, 90, 95};
  fg::offset hidden = 1024, batch = 256, epochs = 8, finetune = 3;
  int layers = 3, runs = 31, threads = 0;
  double rate = 1e-3, dropout = 0.3;
  std::uint64_t seed = 1;
};

/// Some documents as a sparse matrix, documents x (words + 1): the last column is 1, for the bias.
struct document_batch {
  fg::graph<fg::cpu> pattern;
  matrix value;
  std::vector<fg::index> label;
};

document_batch make_batch(const fg::cpu& on, const labeled_documents& d,
                          std::span<const fg::index> documents) {
  std::vector<fg::index> row, col, label;
  std::vector<float> value;
  for (fg::index r = 0; const auto id : documents) {
    const auto k = static_cast<std::size_t>(id);
    for (auto e = static_cast<std::size_t>(d.begin[k]);
         e < static_cast<std::size_t>(d.begin[k + 1]); ++e) {
      row.push_back(r);
      col.push_back(d.word[e]);
      value.push_back(d.value[e]);
    }
    row.push_back(r++);
    col.push_back(d.words);
    value.push_back(1);
    label.push_back(d.label[k]);
  }
  const fg::shape s{static_cast<fg::offset>(documents.size()), d.words + 1};
  const auto edges = static_cast<fg::offset>(value.size());
  return {fg::graph<fg::cpu>(on, s, row, col), matrix(on, value, {edges, 1}), std::move(label)};
}

std::vector<document_batch> make_batches(const fg::cpu& on, const labeled_documents& d,
                                         const std::vector<fg::index>& documents,
                                         fg::offset batch) {
  std::vector<document_batch> all;
  const std::span<const fg::index> rest(documents);
  const auto size = static_cast<std::size_t>(batch);
  for (std::size_t first = 0; first < rest.size(); first += size)
    all.push_back(make_batch(on, d, rest.subspan(first, std::min(size, rest.size() - first))));
  return all;
}

/// words -> hidden -> ... -> hidden -> classes with relu between them. The first weight is (words +
/// 1) x hidden, of which a sparse product takes the rows of a document's words; the others are out
/// x in.
struct network {
  parameter first;
  std::vector<parameter> weight, bias;

  network(const settings& s, const labeled_documents& d, const fg::cpu& on) {
    std::uint64_t stream = 0;
    const auto normal = [&](fg::shape shape, double deviation) {
      matrix m(on, shape);
      on.for_each(m.size(), fg::kernels::fill_normal<float>{
                                {s.seed, ++stream}, static_cast<float>(deviation), m.data()});
      return parameter(std::move(m));
    };
    first = normal({d.words + 1, s.hidden}, 0.1);
    for (int k = 1; k <= s.layers; ++k) {
      const auto out = k < s.layers ? s.hidden : static_cast<fg::offset>(d.classes.size());
      weight.push_back(normal({out, s.hidden}, std::sqrt(2 / static_cast<double>(s.hidden))));
      bias.emplace_back(matrix::zeros(on, {1, out}));
    }
  }

  template <class F>
  void visit(const F& f) {
    f(first);
    for (auto& w : weight) f(w);
    for (auto& b : bias) f(b);
  }
};

/// The weights of a network that are pruned, with their gates.
class pruned_weights {
 public:
  pruned_weights(const settings& s, network& n, const fg::cpu& on)
      : s_(s), state_(policy(0, std::numeric_limits<fg::offset>::max()), on) {
    if (s.prune == "all") add(on, n.first);
    for (std::size_t k = 0; k + (s.prune == "all" ? 0 : 1) < n.weight.size(); ++k)
      add(on, n.weight[k]);
  }

  /// The weight as a model is to use it: times its gate.
  template <class R>
  typename R::var gated(R& r, const parameter& p) const {
    const auto w = r.leaf(p);
    for (std::size_t k = 0; k < weight_.size(); ++k)
      if (weight_[k] == &p)
        if (const auto gate = state_.gate(r, k)) return r(fg::multiply{}, w, *gate);
    return w;
  }
  /// From now on looks at gradients, and prunes to so many percent after so many steps.
  void prune_next(const fg::cpu& on, double percent, fg::offset steps) {
    state_.continue_with(on, policy(percent, steps));
  }
  /// A step is over; whether weights were pruned.
  bool observe(const fg::cpu& on) {
    if (!state_.observe(on, *this)) return false;
    state_.prune(on, *this);
    for (std::size_t k = 0; k < weight_.size(); ++k) {
      auto& p = *weight_[k];
      p.mask = state_.target(k).gate.value;
      on.for_each(p.value.size(),
                  fg::kernels::product<float>{p.value.data(), p.mask.data(), p.value.data()});
    }
    return true;
  }
  /// The share of zeros among all of them.
  [[nodiscard]] double zeros(const fg::cpu& on) const {
    double left = 0, all = 0;
    for (std::size_t k = 0; k < weight_.size(); ++k) {
      left += static_cast<double>(state_.kept(on, k).size());
      all += static_cast<double>(weight_[k]->value.size());
    }
    return 1 - left / all;
  }

  [[nodiscard]] const matrix& weight(std::size_t k) const { return weight_[k]->value; }

 private:
  void add(const fg::cpu& on, parameter& p) {
    weight_.push_back(&p);
    state_.add(on, "weight " + std::to_string(weight_.size()), p.value.shape());
  }
  /// At 0 percent nothing is looked at.
  [[nodiscard]] fg::pruning policy(double percent, fg::offset steps) const {
    fg::pruning p{.by = fg::criterion::magnitude,
                  .keep = static_cast<float>(1 - percent / 100),
                  .schedule = fg::prune_once(steps),
                  .scope = s_.scope == "global" ? fg::prune_scope::global : fg::prune_scope::each,
                  .seed = s_.seed + static_cast<std::uint64_t>(10 * percent)};
    if (s_.structure == "block") p.units = fg::by_block(4, 1);
    if (s_.structure == "row") p.units = fg::by_row();
    if (s_.structure == "n_of_m") p.units = fg::by_n_of_m(std::lround(20 - percent / 5), 20);
    if (percent > 0 && s_.by == "saliency") p.by = fg::criterion::saliency;
    if (percent > 0 && s_.by == "movement") p.by = fg::criterion::movement;
    if (s_.by == "random") p.by = fg::criterion::random;
    return p;
  }

  const settings& s_;
  std::vector<parameter*> weight_;
  fg::pruning::state<float, fg::cpu> state_;
};

/// Trains a network, step by step.
class trainer {
 public:
  trainer(const settings& s, const labeled_documents& d, network& n, const fg::cpu& on)
      : s_(s),
        d_(d),
        net_(n),
        on_(on),
        order_(d.train),
        adam_(fg::adam{.rate = static_cast<float>(s.rate)}) {}

  [[nodiscard]] fg::offset steps_per_epoch() const {
    return (static_cast<fg::offset>(order_.size()) + s_.batch - 1) / s_.batch;
  }
  /// One step with a factor of the learning rate. Returns the loss.
  double step(const pruned_weights& pruned, double rate) {
    const auto at = static_cast<std::size_t>(steps_ % steps_per_epoch() * s_.batch);
    if (at == 0) shuffle();
    ++steps_;
    const auto size = std::min(static_cast<std::size_t>(s_.batch), order_.size() - at);
    const auto batch = make_batch(on_, d_, std::span(order_).subspan(at, size));
    const auto rows = static_cast<fg::offset>(size);
    std::vector<fg::index> row(size);
    std::iota(row.begin(), row.end(), 0);
    const auto classes = static_cast<fg::offset>(d_.classes.size());
    const auto labels = fg::make_labeled_rows(on_, row, batch.label, fg::shape{rows, classes});
    matrix ones(on_, {rows, 1});
    on_.fill(ones.data(), rows, 1.0f);

    fg::tape<float, fg::cpu> r(on_);
    auto h = r(fg::spmm{batch.pattern}, r.constant(batch.value), pruned.gated(r, net_.first));
    for (std::size_t k = 0; k < net_.weight.size(); ++k) {
      const auto stream = static_cast<std::uint64_t>(steps_) * 64 + k;
      h = r(fg::dropout{s_.dropout, {s_.seed, 1000 + stream}}, r(fg::relu{}, h));
      h = r(fg::add{}, r(fg::matmul{.transpose_b = true}, h, pruned.gated(r, net_.weight[k])),
            r(fg::matmul{}, r.constant(ones), r.leaf(net_.bias[k])));
    }
    const auto loss = r(fg::cross_entropy{labels}, h);
    r.backward(loss);
    adam_.rate_factor = rate;
    net_.visit([&](parameter& p) { adam_.step(on_, p); });
    return static_cast<double>(r.value(loss).to_host(on_)[0]);
  }

 private:
  void shuffle() {
    const fg::philox random{s_.seed, 500 + static_cast<std::uint64_t>(steps_ / steps_per_epoch())};
    for (std::size_t k = order_.size() - 1; k > 0; --k)
      std::swap(order_[k],
                order_[static_cast<std::size_t>(random.below(k, static_cast<fg::offset>(k) + 1))]);
  }

  const settings& s_;
  const labeled_documents& d_;
  network& net_;
  fg::cpu on_;
  std::vector<fg::index> order_;
  fg::adam::state<float, fg::cpu> adam_;
  fg::offset steps_ = 0;
};

/// best[r] = the column of the highest of row r's scores, the first of equals
struct best_column {
  static constexpr fg::offset grain = 64;
  fg::matrix_view<const float> score;
  fg::index* best;

  void operator()(fg::offset r) const {
    const float* const row = score.row(r);
    best[r] = static_cast<fg::index>(std::max_element(row, row + score.cols) - row);
  }
};

/// A network that only answers, with its weights in a format.
class served {
 public:
  served(const settings& s, const network& n, fg::weight_format format, fg::crossover& kept,
         const fg::cpu& on)
      : first_(&n.first.value) {
    const bool groups = s.structure == "n_of_m";
    for (std::size_t k = 0; k < n.weight.size(); ++k)
      layer_.emplace_back(
          on, n.weight[k].value, n.bias[k].value,
          fg::sparse_linear_options{
              .format = format, .batch = s.batch, .m = groups ? 20 : 0, .kept = &kept});
  }

  /// The class of each document.
  void classify(const fg::cpu& on, const document_batch& batch, std::span<fg::index> best) const {
    matrix h(on, {batch.pattern.rows(), first_->cols()});
    fg::spmm_into(on, fg::kernels::spmm_row<float>{.a = batch.pattern.forward(),
                                                   .weight = batch.value.data(),
                                                   .x = first_->view(),
                                                   .y = h.view()});
    for (const auto& layer : layer_) {
      on.for_each(h.size(), fg::kernels::relu<float>{h.data(), h.data()});
      h = layer.apply(on, h);
    }
    on.for_each(h.rows(), best_column{std::as_const(h).view(), best.data()});
  }
  /// The share of documents whose class it knows.
  [[nodiscard]] double accuracy(const fg::cpu& on, const std::vector<document_batch>& all) const {
    double right = 0, count = 0;
    for (const auto& batch : all) {
      std::vector<fg::index> best(batch.label.size());
      classify(on, batch, best);
      for (std::size_t k = 0; k < best.size(); ++k) right += best[k] == batch.label[k];
      count += static_cast<double>(best.size());
    }
    return right / count;
  }
  [[nodiscard]] double megabytes() const {
    auto bytes = 4 * static_cast<double>(first_->size());
    for (const auto& layer : layer_) {
      const auto& s = layer.structure();
      const auto all = static_cast<double>(s.shape.size()), rows = static_cast<double>(layer.out());
      const auto block = static_cast<double>(s.block.size());
      switch (layer.chosen()) {
        case fg::weight_format::csr:  // a value and a column each, and where rows begin
          bytes += 8 * std::round((1 - s.zeros) * all) + 8 * (rows + 1);
          break;
        case fg::weight_format::block:
          bytes +=
              (4 + 4 / block) * s.blocks * all + 8 * (rows / static_cast<double>(s.block.rows) + 1);
          break;
        case fg::weight_format::n_of_m:
          bytes += 5 * rows * static_cast<double>((layer.in() + s.m - 1) / s.m * s.n);
          break;
        default:
          bytes += 4 * all;
      }
      bytes += 4 * rows;
    }
    return bytes * 1e-6;
  }
  [[nodiscard]] const std::vector<fg::sparse_linear<fg::cpu>>& layers() const { return layer_; }

 private:
  const matrix* first_;
  std::vector<fg::sparse_linear<fg::cpu>> layer_;
};

/// The formats that a network is served in, automatic last.
constexpr std::array formats{fg::weight_format::dense, fg::weight_format::csr,
                             fg::weight_format::block, fg::weight_format::automatic};

/// Milliseconds for a batch, from documents to classes, in each format: the median of several runs,
/// in which the formats take turns.
std::vector<double> latencies(const settings& s, const fg::cpu& on,
                              const std::vector<served>& networks,
                              const std::vector<document_batch>& batches) {
  const auto full = std::max<std::size_t>(
      1, batches.size() - (std::ssize(batches.back().label) < s.batch ? 1 : 0));
  std::vector<std::vector<double>> taken(networks.size());
  std::vector<fg::index> best(static_cast<std::size_t>(s.batch));
  for (int run = -1; run < s.runs; ++run)  // the first does not count
    for (std::size_t f = 0; f < networks.size(); ++f) {
      const auto& batch = batches[static_cast<std::size_t>(run + 1) % full];
      const stopwatch watch;
      networks[f].classify(on, batch, best);
      if (run >= 0) taken[f].push_back(watch.seconds() * 1e3);
    }
  std::vector<double> median;
  for (auto& t : taken) {
    std::nth_element(t.begin(), t.begin() + std::ssize(t) / 2, t.end());
    median.push_back(t[t.size() / 2]);
  }
  return median;
}

void print_head() {
  std::printf("%6s %7s %9s %10s %9s %9s %9s %10s %7s  %s\n", "zeros%", "test%", "MB dense",
              "MB chosen", "dense ms", "csr ms", "block ms", "chosen ms", "faster",
              "choice for the second weight");
  std::fflush(stdout);
}

void print(const json& level) {
  const auto number = [&](const char* group, const char* name) {
    return level[group][name].get<double>();
  };
  std::printf("%6.1f %7.2f %9.2f %10.2f %9.3f %9.3f %9.3f %10.3f %7.2f  %s\n",
              level["zeros"].get<double>(), level["test"].get<double>(),
              number("megabytes", "dense"), number("megabytes", "automatic"),
              number("milliseconds", "dense"), number("milliseconds", "csr"),
              number("milliseconds", "block"), number("milliseconds", "automatic"),
              level["faster"].get<double>(), level["why"][0].get<std::string>().c_str());
  std::fflush(stdout);
}

std::string chart_of(const json& levels) {
  chart_panel accuracy{.title = "Accuracy on the test part",
                       .x_label = "zeros in pruned weights, %",
                       .y_label = "accuracy, %",
                       .lines = {{"test", {}}},
                       .from_zero = false,
                       .least_span = 5},
      latency{.title = "Time for a batch, from words to classes",
              .x_label = "zeros in pruned weights, %",
              .y_label = "milliseconds",
              .lines = {},
              .from_zero = true,
              .least_span = 0};
  for (const auto& level : levels)
    accuracy.lines[0].points.emplace_back(level["zeros"].get<double>(),
                                          level["test"].get<double>());
  for (const auto f : formats) {
    chart_line line{f == fg::weight_format::automatic ? "chosen" : fg::name_of(f), {}};
    for (const auto& level : levels)
      line.points.emplace_back(level["zeros"].get<double>(),
                               level["milliseconds"][fg::name_of(f)].get<double>());
    latency.lines.push_back(std::move(line));
  }
  return draw({accuracy, latency});
}

/// Trains to each level of sparsity in turn and measures there.
json run(const settings& s, const labeled_documents& d, const fg::cpu& on) {
  network net(s, d, on);
  pruned_weights pruned(s, net, on);
  trainer train(s, d, net, on);
  const auto test = make_batches(on, d, d.test, s.batch);
  const auto validation = make_batches(on, d, d.validation, s.batch);
  const auto per_epoch = train.steps_per_epoch();
  fg::crossover kept;  // what others measured on this machine does not count here
  auto levels = json::array();
  print_head();
  for (std::size_t k = 0; k < s.sparsity.size(); ++k) {
    const stopwatch watch;
    const auto steps = per_epoch * (k ? s.finetune : s.epochs);
    // The last epoch of a level says what the next one prunes, after its first step.
    const auto look_from = std::max<fg::offset>(1, steps - per_epoch);
    const auto rate = fg::cosine_rate();
    double loss = 0;
    for (fg::offset step = 1; step <= steps; ++step) {
      const double factor =
          rate.factor_at(static_cast<double>(step - 1), static_cast<double>(steps));
      const double got = train.step(pruned, factor);
      if (step > steps - per_epoch) loss += got / static_cast<double>(per_epoch);
      pruned.observe(on);
      if (step == look_from && k + 1 < s.sparsity.size())
        pruned.prune_next(on, s.sparsity[k + 1], steps - step + 1);
    }
    const double seconds = watch.seconds();
    std::vector<served> networks;
    for (const auto f : formats) networks.emplace_back(s, net, f, kept, on);
    const auto& chosen = networks.back();
    json level{{"sparsity", s.sparsity[k]},
               {"zeros", 100 * pruned.zeros(on)},
               {"test", 100 * chosen.accuracy(on, test)},
               {"validation", 100 * chosen.accuracy(on, validation)},
               {"loss", loss},
               {"training_seconds", seconds}};
    const auto milliseconds = latencies(s, on, networks, test);
    for (std::size_t f = 0; f < formats.size(); ++f) {
      const auto name = fg::name_of(formats[f]);
      level["megabytes"][name] = networks[f].megabytes();
      level["milliseconds"][name] = milliseconds[f];
    }
    level["faster"] = milliseconds.front() / milliseconds.back();
    for (const auto& layer : chosen.layers()) {
      level["formats"].push_back(fg::name_of(layer.chosen()));
      level["why"].push_back(layer.why());
    }
    print(level);
    levels.push_back(std::move(level));
  }
  return levels;
}

/// Throws for settings that do not fit together; level 0 is there always.
void check(settings& s) {
  if (s.sparsity.empty() || s.sparsity.front() != 0) s.sparsity.insert(s.sparsity.begin(), 0);
  for (std::size_t k = 1; k < s.sparsity.size(); ++k) {
    const double level = s.sparsity[k];
    const auto text = chart::number(level);
    if (!(level > s.sparsity[k - 1] && level < 100))
      throw fg::error("--sparsity: expected ascending percents below 100, got " + text);
    if (s.structure == "n_of_m" && std::fmod(level, 5) != 0)
      throw fg::error("--sparsity: expected multiples of 5 with n_of_m, got " + text);
  }
  if (s.structure == "row" && s.prune == "all")
    throw fg::error("--prune: expected hidden with rows, got all, where a row would be a class");
  for (const auto& path : {s.json, s.svg})
    if (!path.empty()) fg::expect_writable(path);
}

json describe(const settings& s) {
  return {{"data", s.data},           {"sparsity", s.sparsity}, {"by", s.by},
          {"structure", s.structure}, {"scope", s.scope},       {"prune", s.prune},
          {"hidden", s.hidden},       {"layers", s.layers},     {"epochs", s.epochs},
          {"finetune", s.finetune},   {"batch", s.batch},       {"rate", s.rate},
          {"dropout", s.dropout},     {"runs", s.runs},         {"seed", s.seed}};
}

std::string default_data() {
  const char* const shared = std::getenv("FILIGREE_SHARED");
  return std::string(shared && *shared ? shared : "../shared") + "/data/debian/section";
}

}  // namespace

int main(int count, char** arguments) try {
  const stopwatch total;
  settings s;
  s.data = default_data();
  CLI::App app{"Prunes a network that labels documents, and measures accuracy, size and speed."};
  const auto at_least_one = CLI::Range(1, 1'000'000);
  app.add_option("--data", s.data, "folder of nodes.txt, features.txt and classes.txt");
  app.add_option("--hidden", s.hidden, "width of a hidden layer")->check(at_least_one);
  app.add_option("--layers", s.layers, "hidden layers")->check(CLI::Range(2, 32));
  app.add_option("--sparsity", s.sparsity, "percents of zeros, ascending")->delimiter(',');
  app.add_option("--epochs", s.epochs, "of the dense network")->check(at_least_one);
  app.add_option("--finetune", s.finetune, "epochs after each pruning")->check(at_least_one);
  app.add_option("--by", s.by, "what a weight is worth")
      ->check(CLI::IsMember({"saliency", "magnitude", "movement", "random"}));
  app.add_option("--structure", s.structure, "what leaves together")
      ->check(CLI::IsMember({"element", "block", "row", "n_of_m"}));
  app.add_option("--scope", s.scope, "each weight keeps its share, or all together do")
      ->check(CLI::IsMember({"each", "global"}));
  app.add_option("--prune", s.prune, "hidden weights, or the first and the last too")
      ->check(CLI::IsMember({"hidden", "all"}));
  app.add_option("--batch", s.batch, "documents a step, and a measured batch")->check(at_least_one);
  app.add_option("--rate", s.rate, "learning rate of Adam, falling along a cosine at each level");
  app.add_option("--dropout", s.dropout, "share of hidden values dropped in training")
      ->check(CLI::Range(0.0, 0.99));
  app.add_option("--runs", s.runs, "measurements of each format")->check(at_least_one);
  app.add_option("--seed", s.seed);
  app.add_option("--threads", s.threads, "0: all");
  app.add_option("--json", s.json, "writes settings and measurements");
  app.add_option("--svg", s.svg, "draws accuracy and time over sparsity");
  CLI11_PARSE(app, count, arguments);
  check(s);

  const auto data = load_documents(s.data);
  const fg::cpu on{s.threads};
  json report{{"settings", describe(s)},
              {"threads", on.thread_count()},
              {"documents",
               {{"train", data.train.size()},
                {"validation", data.validation.size()},
                {"test", data.test.size()}}},
              {"words", data.words},
              {"classes", data.classes.size()}};
  report["levels"] = run(s, data, on);
  report["seconds"] = total.seconds();
  if (!s.json.empty()) fg::write_file(s.json, report.dump(2) + '\n');
  if (!s.svg.empty()) fg::write_file(s.svg, chart_of(report["levels"]));
  return 0;
} catch (const std::exception& e) {
  std::cerr << "sparsify: " << e.what() << '\n';
  return 1;
}
