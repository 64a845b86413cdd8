// SPDX-License-Identifier: Apache-2.0
// Prunes a dense network step by step, and measures, at each step, its accuracy, its size and its
// latency in each weight format: see --help.
#include "line_chart.hpp"
#include "options.hpp"
#include "program.hpp"
#include "section_data.hpp"
#include "sparsify_served.hpp"
#include "sparsify_task.hpp"
#include "stopwatch.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using json = nlohmann::ordered_json;

namespace {

void print_head() {
  std::cout << formatted("%6s %7s %9s %10s %9s %9s %9s %10s %7s  %s\n", "zeros%", "test%",
                         "MB dense", "MB chosen", "dense ms", "csr ms", "block ms", "chosen ms",
                         "faster", "choice for the second weight")
            << std::flush;
}

void print(const json& level) {
  const auto number = [&](const char* group, const char* name) {
    return level[group][name].get<double>();
  };
  std::cout << formatted("%6.1f %7.2f %9.2f %10.2f %9.3f %9.3f %9.3f %10.3f %7.2f  %s\n",
                         level["zeros"].get<double>(), level["test"].get<double>(),
                         number("megabytes", "dense"), number("megabytes", "automatic"),
                         number("milliseconds", "dense"), number("milliseconds", "csr"),
                         number("milliseconds", "block"), number("milliseconds", "automatic"),
                         level["faster"].get<double>(), level["why"][0].get<std::string>().c_str())
            << std::flush;
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

/// Calls `begins` at a given step of training, to start watching what the next level prunes.
struct from_step : fg::idle_watcher {
  fg::offset step = 0;
  std::function<void()> begins{};

  void on_step(labeler&, const fg::progress& p) const {
    if ((p.epoch - 1) * p.steps + p.step == step) begins();
  }
};

/// The percentage of zeros among the weights that are pruned.
double zeros_of(const labeler& net, const settings& s) {
  double left = 0, all = 0;
  for (const auto& member : fg::count_left(net)) {
    const bool hidden = member.name.starts_with("weight.") &&
                        member.name != "weight." + std::to_string(s.layers - 1);
    if (!hidden && (s.prune != "all" || member.name.starts_with("bias."))) continue;
    left += static_cast<double>(member.left);
    all += static_cast<double>(member.of);
  }
  return 100 * (1 - left / all);
}

/// Trains to each level of sparsity in turn and measures each level.
json run(const settings& s, const fg::node_data& d, const fg::cpu& on) {
  labeler net(s, d, on);
  fg::pruner sparser{net, policy(s, 0, std::numeric_limits<fg::offset>::max())};
  const auto test = make_batches(on, d, d.test, s.batch);
  const auto validation = make_batches(on, d, d.validation, s.batch);
  const auto per_epoch = net.steps(s.batch);
  fg::crossover kept;  // ignores earlier measurements on this machine
  auto levels = json::array();
  print_head();
  for (std::size_t k = 0; k < s.sparsity.size(); ++k) {
    const stopwatch watch;
    const auto epochs = k ? s.finetune : s.epochs;
    // The last epoch of a level determines what the next one prunes after its first step.
    const auto steps = epochs * per_epoch;
    from_step last;
    last.step = std::max<fg::offset>(1, steps - per_epoch);
    last.begins = [&] {
      if (k + 1 < s.sparsity.size())
        sparser.continue_with(net, policy(s, s.sparsity[k + 1], steps - last.step + 1));
    };
    const auto result = fg::fit(
        net, fg::adam{.rate = static_cast<float>(s.rate)},
        {.epochs = epochs, .batch = s.batch, .rate = fg::cosine_rate(), .seed = s.seed + 1000 * k},
        sparser, last);
    const double seconds = watch.seconds();
    std::vector<served> networks;
    for (const auto f : formats) networks.emplace_back(s, net, f, kept, on);
    const auto& chosen = networks.back();
    json level{{"sparsity", s.sparsity[k]},
               {"zeros", zeros_of(net, s)},
               {"test", 100 * chosen.accuracy(on, test)},
               {"validation", 100 * chosen.accuracy(on, validation)},
               {"loss", result.loss},
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
      level["neurons"].push_back(layer.in());
    }
    print(level);
    levels.push_back(std::move(level));
  }
  return levels;
}

/// Throws for inconsistent settings; adds level 0 if it is missing.
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
  std::vector<option_file> inputs;
  add_node_files(inputs, "--data", s.data);
  expect_files(inputs, {{"--json", s.json}, {"--svg", s.svg}});
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

/// Runs the program; returns its exit status.
int sparsify_main(int count, char** arguments) {
  const stopwatch total;
  settings s;
  s.data = default_data();
  options cli{"Prunes a network that labels documents, and measures accuracy, size and speed."};
  cli.add("--data", s.data, "folder of nodes.txt, features.txt and classes.txt");
  cli.add("--hidden", s.hidden, "width of a hidden layer").within(1, 1e6);
  cli.add("--layers", s.layers, "hidden layers").within(2, 32);
  cli.add("--sparsity", s.sparsity, "percents of zeros, ascending");
  cli.add("--epochs", s.epochs, "of the dense network").within(1, 1e6);
  cli.add("--finetune", s.finetune, "epochs after each pruning").within(1, 1e6);
  cli.add("--by", s.by, "what a weight is worth")
      .one_of({"saliency", "magnitude", "movement", "random"});
  cli.add("--structure", s.structure, "what leaves together")
      .one_of({"element", "block", "row", "n_of_m"});
  cli.add("--scope", s.scope, "each weight keeps its share, or all together do")
      .one_of({"each", "global"});
  cli.add("--prune", s.prune, "hidden weights, or the first and the last too")
      .one_of({"hidden", "all"});
  cli.add("--batch", s.batch, "documents a step, and a measured batch").within(1, 1e6);
  cli.add("--rate", s.rate, "learning rate of Adam, falling along a cosine at each level")
      .not_negative();
  cli.add("--dropout", s.dropout, "share of hidden values dropped in training").within(0.0, 0.99);
  cli.add("--runs", s.runs, "measurements of each format").within(1, 1e6);
  cli.add("--seed", s.seed);
  cli.add("--threads", s.threads, "0: all").within(0, 4096);
  cli.add("--json", s.json, "writes settings and measurements");
  cli.add("--svg", s.svg, "draws accuracy and time over sparsity");
  if (!cli.parse(count, arguments)) return 0;
  check(s);

  const auto data = load_documents(s.data);
  const fg::cpu on{s.threads};
  json report{{"settings", describe(s)},
              {"threads", on.thread_count()},
              {"documents",
               {{"train", data.train.size()},
                {"validation", data.validation.size()},
                {"test", data.test.size()}}},
              {"words", data.features},
              {"classes", data.classes}};
  report["levels"] = run(s, data, on);
  report["seconds"] = total.seconds();
  if (!s.json.empty()) fg::write_file(s.json, report.dump(2) + '\n');
  if (!s.svg.empty()) fg::write_file(s.svg, chart_of(report["levels"]));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  return run_program("sparsify", [&] { return sparsify_main(count, arguments); });
}
