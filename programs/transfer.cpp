// SPDX-License-Identifier: Apache-2.0
// Pretrains a node model on one graph and transfers it to another: see --help.
#include "backend.hpp"
#include "options.hpp"
#include "program.hpp"
#include "progress_options.hpp"
#include "spread.hpp"
#include "stopwatch.hpp"
#include <filigree/filigree.hpp>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <sys/resource.h>
#include <utility>
#include <vector>

namespace fg = filigree;
using json = nlohmann::ordered_json;

namespace {

/// The command-line settings.
struct settings {
  std::string data, source, cut = "nodes", model = "gcn", fusion = "none", norm = "length",
                            prompt = "gpf-plus", corrupt = "rewire", json, save, load,
                            progress = "auto";
  std::vector<std::string> tune{"head", "prompt", "all", "scratch"};
  std::vector<double> corruption{0};
  fg::index hidden = 128, validation = 500;
  int split = 0, layers = 3, seeds = 1, threads = 0, at = 1;
  fg::offset epochs = 200, tune_epochs = 200, patience = 50, tokens = 4;
  double rate = 1e-2, tune_rate = 1e-2, frozen_rate = 1e-2, dropout = 0.5, input_dropout = 0.5,
         l2 = 5e-4, l2_rest = 0, gate = 0;
  bool swap = false;
  std::uint64_t seed = 1;
};

/// The graph for pretraining, and the one to transfer to.
struct graphs {
  fg::node_data source, target;
};

/// The results of one tuning method on one graph.
struct outcome {
  double accuracy = 0, macro_f1 = 0, validation = 0, step_seconds = 0;
  fg::offset best_epoch = 0, trained = 0, prompt = 0, backbone = 0;
};

/// Splits a graph in two at random, node by node; edges between the two halves are lost. By class:
/// classes are dealt out alternately, the most frequent first, and labeled nodes go with their
/// class.
graphs halves(const fg::node_data& whole, bool by_class, bool swap, std::uint64_t seed) {
  std::vector<fg::offset> size(static_cast<std::size_t>(whole.classes));
  for (const auto label : whole.label)
    if (label >= 0) ++size[static_cast<std::size_t>(label)];
  std::vector<fg::index> order;
  for (fg::index c = 0; c < whole.classes; ++c) order.push_back(c);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](fg::index c) { return size[static_cast<std::size_t>(c)]; });
  std::vector<fg::index> classes[2], nodes[2];
  std::vector<int> side(size.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    side[static_cast<std::size_t>(order[k])] = static_cast<int>(k % 2);
    classes[k % 2].push_back(order[k]);
  }
  const fg::philox random{seed, 0x68616c66};
  for (fg::index v = 0; v < whole.nodes; ++v) {
    const auto label = whole.label[static_cast<std::size_t>(v)];
    nodes[by_class && label >= 0 ? side[static_cast<std::size_t>(label)]
                                 : static_cast<int>(random.below(static_cast<std::uint64_t>(v), 2))]
        .push_back(v);
  }
  const int first = swap ? 1 : 0;
  graphs g{fg::select_nodes(whole, nodes[first]), fg::select_nodes(whole, nodes[1 - first])};
  if (by_class) {
    fg::select_classes(g.source, classes[first]);
    fg::select_classes(g.target, classes[1 - first]);
  }
  return g;
}

/// Trains on every labeled node of the source except those held out to choose the epoch.
void learn_all(fg::node_data& d, fg::index validation, std::uint64_t seed) {
  for (auto* part : {&d.train, &d.validation, &d.test}) part->clear();
  fg::hold_out(d, validation, seed);
  std::vector<char> held(d.label.size());
  for (const auto v : d.validation) held[static_cast<std::size_t>(v)] = 1;
  for (fg::index v = 0; v < d.nodes; ++v)
    if (d.label[static_cast<std::size_t>(v)] >= 0 && !held[static_cast<std::size_t>(v)])
      d.train.push_back(v);
}

graphs load(const settings& s) {
  const auto whole = fg::load_node_data(s.data, {.split = s.split});
  auto g =
      s.source.empty()
          ? halves(whole, s.cut == "classes", s.swap, s.seed)
          : graphs{fg::load_node_data(s.source, {.split = s.split, .features = whole.features}),
                   whole};
  if (g.source.features != g.target.features)
    throw fg::error(s.source + "/features.txt: features: expected " +
                    std::to_string(g.target.features) + ", as " + s.data + " has, got " +
                    std::to_string(g.source.features));
  if (g.target.test.empty())
    throw fg::error(s.data + "/nodes.txt: test: expected at least 1 node to move to, got none");
  learn_all(g.source, s.validation, s.seed);
  if (g.target.validation.empty()) fg::hold_out(g.target, s.validation, s.seed);
  return g;
}

fg::node_data prepared(const settings& s, fg::node_data d, double corruption) {
  fg::corrupt(d, corruption, s.corrupt == "drop" ? fg::corruption::drop : fg::corruption::rewire,
              s.seed);
  fg::normalize_features(d, s.norm == "sum"      ? fg::feature_norm::sum
                            : s.norm == "length" ? fg::feature_norm::length
                                                 : fg::feature_norm::none);
  return d;
}

using any_layer = fg::one_of<fg::gcn, fg::sage>;
using any_fusion = fg::one_of<fg::no_fusion, fg::gated_fusion>;
using any_prompt = fg::one_of<fg::no_prompt, fg::gpf, fg::gpf_plus>;

any_layer layer_of(const settings& s) {
  const auto with_settings = [&](auto layer) {
    layer.template step<fg::with_dropout>().rate = static_cast<float>(s.dropout);
    return any_layer(layer);
  };
  return s.model == "sage" ? with_settings(fg::sage{}) : with_settings(fg::gcn{});
}
any_fusion fusion_of(const settings& s) {
  if (s.fusion == "gated") return fg::gated_fusion{.start = static_cast<float>(s.gate)};
  return fg::no_fusion{};
}
any_prompt prompt_of(const settings& s) {
  if (s.prompt == "gpf") return fg::gpf{.at = s.at};
  return fg::gpf_plus{.tokens = s.tokens, .at = s.at};
}

/// Creates a model of a given kind for a graph, and trains it.
template <class B>
class mover {
 public:
  using model = fg::node_classifier<B, any_layer, any_fusion, any_prompt>;

  mover(const settings& s, B on) : s_(s), on_(on) {}

  model make(const fg::node_data& d, std::uint64_t seed, any_prompt prompt = {}) const {
    return model{d,
                 {.hidden = s_.hidden,
                  .layers = s_.layers,
                  .input_dropout = static_cast<float>(s_.input_dropout),
                  .dropout = static_cast<float>(s_.dropout),
                  .l2 = static_cast<float>(s_.l2),
                  .l2_rest = static_cast<float>(s_.l2_rest),
                  .seed = seed},
                 layer_of(s_),
                 fusion_of(s_),
                 prompt,
                 {},
                 on_};
  }

  /// Trains, and restores the epoch that was best on the validation nodes.
  outcome learn(model& m, double rate, fg::offset epochs, std::uint64_t seed) const {
    const auto& d = m.data();
    fg::early_stopping best{m, d.validation, fg::accuracy{}, 1, s_.patience};
    const auto result = fg::fit(m, fg::adam{.rate = static_cast<float>(rate)},
                                {.epochs = epochs, .seed = seed}, best, progress_of(s_.progress));
    outcome out{.validation = best.best(),
                .step_seconds = result.epoch_seconds,
                .best_epoch = best.best_epoch(),
                .trained = fg::count_parameters(m).trained};
    if (!d.test.empty()) {
      const auto test = fg::evaluate(m, d.test, fg::accuracy{}, fg::macro_f1{});
      out.accuracy = test["accuracy"];
      out.macro_f1 = test["macro_f1"];
    }
    return out;
  }

  /// Tunes a copy of the model trained on the source: the head, a prompt and the head, or
  /// everything.
  outcome tune(model& source, const fg::node_data& d, const std::string& what,
               std::uint64_t seed) const {
    auto m = make(d, seed + 0x1000, what == "prompt" ? prompt_of(s_) : any_prompt{});
    if (what != "scratch") copy_backbone(source, m);
    if (what == "head" || what == "prompt") {
      fg::freeze(m, "");
      fg::freeze(m, "head.", false);
    }
    if (what == "prompt") fg::freeze(m, "prompt.", false);
    const bool frozen = what == "head" || what == "prompt";
    auto out = learn(m, frozen ? s_.frozen_rate : s_.tune_rate, s_.tune_epochs, seed);
    out.prompt = fg::count_parameters(m, "prompt.").all;
    out.backbone = fg::count_parameters(m).all - out.prompt - fg::count_parameters(m, "head.").all;
    return out;
  }

 private:
  void copy_backbone(model& from, model& to) const {
    fg::copy_parts(from, to, "layers.");
    if (s_.fusion != "none") {
      fg::copy_parts(from, to, "node.");
      if (fg::count_parameters(to, "fusion.").all > 0) fg::copy_parts(from, to, "fusion.");
    }
  }

  const settings& s_;
  B on_;
};

using table = std::map<std::pair<double, std::string>, std::vector<outcome>>;

template <class B>
void run(const settings& s, const graphs& g, const B& on, table& reached,
         std::vector<double>& learned) {
  const mover<B> move(s, on);
  for (int k = 0; k < s.seeds; ++k) {
    const auto seed = s.seed + static_cast<std::uint64_t>(k);
    auto source = move.make(prepared(s, g.source, 0), seed);
    if (s.load.empty())
      learned.push_back(move.learn(source, s.rate, s.epochs, seed).validation);
    else
      fg::load_parts(source, s.load);
    if (!s.save.empty()) fg::save_parts(source, s.save);
    for (const double corruption : s.corruption) {
      const auto target = prepared(s, g.target, corruption);
      for (const auto& what : s.tune) {
        auto& all = reached[{corruption, what}];
        all.push_back(move.tune(source, target, what, seed));
        std::cout << "seed " << seed << ", corruption " << corruption << ", " << what
                  << ": accuracy " << all.back().accuracy << " (validation "
                  << all.back().validation << ", epoch " << all.back().best_epoch << ")\n"
                  << std::flush;
      }
    }
  }
}

void add_options(options& cli, settings& s) {
  cli.add("--data", s.data,
          "folder with nodes.txt, edges.txt, features.txt; alone, it is cut in two")
      .required();
  cli.add("--source", s.source, "a folder of its own to pre-train on, with the same features");
  cli.add("--cut", s.cut, "where one graph is cut: any nodes, or nodes of some classes")
      .one_of({"nodes", "classes"});
  cli.add("--swap", s.swap, "cut in two: move the other way");
  cli.add("--split", s.split, "which part column of nodes.txt counts, from 0").not_negative();
  cli.add("--validation", s.validation, "nodes that choose the epoch, where a split has none")
      .within(1, many);
  cli.add("--normalize", s.norm, "what the features of a node are scaled to")
      .one_of({"none", "sum", "length"});
  cli.add("--model", s.model, "kind of layer").one_of({"gcn", "sage"});
  cli.add("--fusion", s.fusion, "how the graph's view of a node is fused with its own words")
      .one_of({"none", "gated"});
  cli.add("--gate", s.gate, "first bias of the gates: below 0, they lean towards the graph");
  cli.add("--hidden", s.hidden, "columns between layers");
  cli.add("--layers", s.layers, "layers of the graph, the head included");
  cli.add("--tune", s.tune, "what learns on the target: head, prompt (and head), all, scratch")
      .one_of({"head", "prompt", "all", "scratch"});
  cli.add("--prompt", s.prompt, "kind of prompt").one_of({"gpf", "gpf-plus"});
  cli.add("--tokens", s.tokens, "of gpf-plus: vectors that are mixed");
  cli.add("--at", s.at, "the layer whose input a prompt changes, from 0");
  cli.add("--corruption", s.corruption,
          "shares of the target's edges and features that are spoiled, a table for each");
  cli.add("--corrupt", s.corrupt, "what spoiled means").one_of({"drop", "rewire"});
  cli.add("--dropout", s.dropout, "share of what a layer gives that is dropped");
  cli.add("--input-dropout", s.input_dropout, "share of the features that is dropped");
  cli.add("--l2", s.l2, "penalty of weights that read features").not_negative();
  cli.add("--l2-rest", s.l2_rest, "penalty of all other weights").not_negative();
  cli.add("--rate", s.rate, "learning rate of Adam on the source").not_negative();
  cli.add("--tune-rate", s.tune_rate, "the same on the target, for all and scratch").not_negative();
  cli.add("--frozen-rate", s.frozen_rate, "the same on the target, for head and prompt")
      .not_negative();
  cli.add("--epochs", s.epochs, "passes over the source, at most").within(1, many);
  cli.add("--tune-epochs", s.tune_epochs, "passes over the target, at most").within(1, many);
  cli.add("--patience", s.patience, "epochs without a better validation; 0: all epochs")
      .not_negative();
  cli.add("--save", s.save, "file for what was learned on the source (the last seed's)");
  cli.add("--load", s.load, "start from such a file instead of learning on the source");
  cli.add("--seeds", s.seeds, "runs with seeds of their own").within(1, many);
  cli.add("--seed", s.seed, "the first of them");
  add_progress_option(cli, s.progress);
  cli.add("--json", s.json, "file for settings, metrics and seconds");
}

json settings_of(const settings& s) {
  return {{"data", s.data},
          {"source", s.source},
          {"cut", s.cut},
          {"swap", s.swap},
          {"split", s.split},
          {"normalize", s.norm},
          {"model", s.model},
          {"fusion", s.fusion},
          {"gate", s.gate},
          {"hidden", s.hidden},
          {"layers", s.layers},
          {"tune", s.tune},
          {"prompt", s.prompt},
          {"tokens", s.tokens},
          {"at", s.at},
          {"corruption", s.corruption},
          {"corrupt", s.corrupt},
          {"dropout", s.dropout},
          {"input_dropout", s.input_dropout},
          {"l2", s.l2},
          {"l2_rest", s.l2_rest},
          {"rate", s.rate},
          {"tune_rate", s.tune_rate},
          {"frozen_rate", s.frozen_rate},
          {"epochs", s.epochs},
          {"tune_epochs", s.tune_epochs},
          {"patience", s.patience},
          {"load", s.load},
          {"seeds", s.seeds},
          {"seed", s.seed}};
}

/// The peak memory of the process, in MB.
double peak_mb() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return static_cast<double>(use.ru_maxrss) / 1024;
}

json report_of(const settings& s, const graphs& g, const table& reached,
               const std::vector<double>& learned, double seconds) {
  json out;
  out["settings"] = settings_of(s);
  for (const auto& [name, d] : {std::pair("source", &g.source), std::pair("target", &g.target)})
    out[name] = {{"nodes", d->nodes},        {"edges", d->edges()},
                 {"features", d->features},  {"classes", d->classes},
                 {"train", d->train.size()}, {"validation", d->validation.size()},
                 {"test", d->test.size()}};
  if (!learned.empty()) out["source"]["accuracy"] = spread_of(learned);
  for (const double corruption : s.corruption)
    for (const auto& what : s.tune) {
      const auto& runs = reached.at({corruption, what});
      const auto spread = [&](auto of) {
        std::vector<double> each;
        for (const auto& r : runs) each.push_back(static_cast<double>(r.*of));
        return spread_of(each);
      };
      const auto& first = runs.front();
      out["results"].push_back({{"corruption", corruption},
                                {"tune", what},
                                {"accuracy", spread(&outcome::accuracy)},
                                {"macro_f1", spread(&outcome::macro_f1)},
                                {"validation", spread(&outcome::validation)},
                                {"best_epoch", spread(&outcome::best_epoch)},
                                {"step_seconds", spread(&outcome::step_seconds)},
                                {"trained", first.trained},
                                {"prompt", first.prompt},
                                {"backbone", first.backbone}});
    }
  out["seconds"] = {{"total", seconds}};
  out["peak_mb"] = peak_mb();
  return out;
}

void print(const json& report) {
  std::cout << formatted("\n%10s  %-8s %8s %7s %9s %9s %8s %9s\n", "corruption", "tuned",
                         "accuracy", "std", "backbone", "prompt", "trained", "ms a step");
  for (const auto& r : report["results"])
    std::cout << formatted("%10.2f  %-8s %8.4f %7.4f %9lld %9lld %8lld %9.2f\n",
                           r["corruption"].get<double>(), r["tune"].get<std::string>().c_str(),
                           r["accuracy"]["mean"].get<double>(), r["accuracy"]["std"].get<double>(),
                           r["backbone"].get<long long>(), r["prompt"].get<long long>(),
                           r["trained"].get<long long>(),
                           1e3 * r["step_seconds"]["mean"].get<double>());
}

/// Runs the program; returns its exit status.
int transfer_main(int count, char** arguments) {
  settings s;
  options cli{"Pre-trains a model of nodes on one graph and moves it to another."};
  add_options(cli, s);
  cli.add("--threads", s.threads, "0: all").within(0, 4096);
  if (!cli.parse(count, arguments)) return 0;
  const stopwatch watch;
  const auto where = backend_of(s.threads);
  std::vector<option_file> inputs{{"--load", s.load}};
  add_node_files(inputs, "--data", s.data);
  add_node_files(inputs, "--source", s.source);
  expect_files(inputs, {{"--save", s.save}, {"--json", s.json}});
  const auto g = load(s);
  table reached;
  std::vector<double> learned;
  run(s, g, where, reached, learned);
  const auto report = report_of(s, g, reached, learned, watch.seconds());
  print(report);
  if (!s.json.empty()) fg::write_file(s.json, report.dump(2) + '\n');
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  return run_program("transfer", [&] { return transfer_main(count, arguments); });
}
