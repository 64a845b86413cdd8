// SPDX-License-Identifier: Apache-2.0
// Classifies the nodes of a graph: see --help.
#include "backend.hpp"
#include "options.hpp"
#include "program.hpp"
#include "progress_options.hpp"
#include "prune_options.hpp"
#include "spread.hpp"
#include "stopwatch.hpp"
#include <filigree/filigree.hpp>

#include <cstdint>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace fg = filigree;
using json = nlohmann::ordered_json;

namespace {

/// The command-line settings.
struct settings {
  std::string data, model = "gcn", fusion = "none", norm = "sum", json, progress = "auto";
  fg::index hidden = 64, validation = 500;
  int split = 0, layers = 2, hops = 2, seeds = 1, threads = 0;
  fg::offset epochs = 200, patience = 100, heads = 8, batch = 2048;
  std::vector<fg::offset> fanouts;
  double rate = 1e-2, dropout = 0.8, input_dropout = 0.8, edge_dropout = 0, l2 = 5e-4, l2_rest = 0,
         restart = 0, gate = 0;  // for gcn and sgc: see set_defaults
  bool per_feature = false;
  prune_settings prune{};
  std::uint64_t seed = 1;
};

/// The results of one run.
struct outcome {
  double accuracy = 0, macro_f1 = 0, validation = 0, epoch_seconds = 0, left = 1;
  fg::offset best_epoch = 0, epochs = 0, parameters = 0;
};

using any_layer = fg::one_of<fg::gcn, fg::sage, fg::sage_max, fg::gat, fg::sgc>;
using any_fusion = fg::one_of<fg::no_fusion, fg::concat_fusion, fg::sum_fusion, fg::gated_fusion>;

/// A kind of layer with the requested dropout.
template <class Layer>
Layer with_settings(const settings& s) {
  Layer layer;
  layer.template step<fg::with_dropout>().rate = static_cast<float>(s.dropout);
  return layer;
}
any_layer layer_of(const settings& s) {
  if (s.model == "sage") return with_settings<fg::sage>(s);
  if (s.model == "sage-max") return with_settings<fg::sage_max>(s);
  if (s.model == "gat") {
    auto layer = with_settings<fg::gat>(s);
    layer.edges.heads = s.heads;
    layer.edges.dropout = static_cast<float>(s.edge_dropout);
    return layer;
  }
  if (s.model == "sgc") {
    fg::sgc layer;
    layer.aggregate = {.count = s.hops, .restart = static_cast<float>(s.restart)};
    return layer;
  }
  return with_settings<fg::gcn>(s);
}
any_fusion fusion_of(const settings& s) {
  if (s.fusion == "concat") return fg::concat_fusion{};
  if (s.fusion == "sum") return fg::sum_fusion{};
  if (s.fusion == "gated")
    return fg::gated_fusion{.per_feature = s.per_feature, .start = static_cast<float>(s.gate)};
  return fg::no_fusion{};
}

/// Trains one model and evaluates it on the test nodes, with the parameters of the epoch that was
/// best on the validation nodes.
template <class B>
outcome run_model(const settings& s, const fg::node_data& data, std::uint64_t seed, const B& on) {
  fg::node_classifier<B, any_layer, any_fusion> model{
      data,
      {.hidden = s.hidden,
       .layers = s.layers,
       .input_dropout = static_cast<float>(s.input_dropout),
       .dropout = static_cast<float>(s.dropout),
       .l2 = static_cast<float>(s.l2),
       .l2_rest = static_cast<float>(s.l2_rest),
       .seed = seed,
       .fanouts = s.fanouts},
      layer_of(s),
      fusion_of(s),
      {},
      {},
      on};
  // With pruning, training never stops early.
  const auto patience = s.prune.prunes() ? 0 : s.patience;
  asked_pruner sparser(model, s.prune, s.epochs, s.batch, seed);
  fg::early_stopping best{model, data.validation, fg::accuracy{}, 1, patience};
  const auto result = fg::fit(model, fg::adam{.rate = static_cast<float>(s.rate)},
                              {.epochs = s.epochs, .batch = s.batch, .seed = seed}, sparser, best,
                              progress_of(s.progress));
  const auto test = fg::evaluate(model, data.test, fg::accuracy{}, fg::macro_f1{});
  return {.accuracy = test["accuracy"],
          .macro_f1 = test["macro_f1"],
          .validation = best.best(),
          .epoch_seconds = result.epoch_seconds,
          .left = share_left(model, s.prune),
          .best_epoch = best.best_epoch(),
          .epochs = result.epochs,
          .parameters = fg::count_parameters(model).all};
}

fg::node_data load(const settings& s) {
  auto data = fg::load_node_data(s.data, {.split = s.split});
  if (data.test.empty())
    throw fg::error(s.data + "/nodes.txt: test: expected at least 1 node, got none");
  if (data.validation.empty()) fg::hold_out(data, s.validation, s.seed);
  fg::normalize_features(data, s.norm == "sum"      ? fg::feature_norm::sum
                               : s.norm == "length" ? fg::feature_norm::length
                                                    : fg::feature_norm::none);
  return data;
}

void add_options(options& cli, settings& s) {
  cli.add("--data", s.data, "folder with nodes.txt, edges.txt, features.txt").required();
  cli.add("--split", s.split, "which part column of nodes.txt counts, from 0").not_negative();
  cli.add("--validation", s.validation,
          "nodes to hold out for validation, where the split has none")
      .within(1, many);
  cli.add("--normalize", s.norm, "what the features of a node are scaled to")
      .one_of({"none", "sum", "length"});
  cli.add("--model", s.model, "kind of layer").one_of({"gcn", "sage", "sage-max", "gat", "sgc"});
  cli.add("--fusion", s.fusion, "how the graph's view of a node is fused with its own words")
      .one_of({"none", "concat", "sum", "gated"});
  cli.add("--per-feature", s.per_feature, "a gate for each feature instead of one for a node");
  cli.add("--gate", s.gate, "first bias of the gates: below 0, they lean towards the graph");
  cli.add("--hidden", s.hidden, "columns between layers");
  cli.add("--layers", s.layers, "layers of the graph");
  cli.add("--hops", s.hops, "of sgc: how far a message travels");
  cli.add("--restart", s.restart, "of sgc: share of the start that stays in each hop");
  cli.add("--heads", s.heads, "of gat: heads of all layers but the last");
  cli.add("--edge-dropout", s.edge_dropout, "of gat: share of attention that is dropped");
  cli.add("--dropout", s.dropout, "share of what a layer gives that is dropped");
  cli.add("--input-dropout", s.input_dropout, "share of the features that is dropped");
  cli.add("--l2", s.l2, "penalty of weights that read features").not_negative();
  cli.add("--l2-rest", s.l2_rest, "penalty of all other weights").not_negative();
  cli.add("--fanouts,--fans", s.fanouts, "neighbors that a step draws, for each layer; empty: all");
  cli.add("--batch", s.batch, "training nodes in a step").within(0, many);
  cli.add("--rate", s.rate, "learning rate of Adam").not_negative();
  cli.add("--epochs", s.epochs, "passes over the training nodes, at most").within(1, many);
  cli.add("--patience", s.patience, "epochs without a better validation; 0: all epochs")
      .not_negative();
  add_prune_options(cli, s.prune, "edges or weights leave, those worth least",
                    {"edges", "weights"});
  cli.add("--seeds", s.seeds, "runs with seeds of their own").within(1, many);
  cli.add("--seed", s.seed, "the first of them");
  add_progress_option(cli, s.progress);
  cli.add("--json", s.json, "file for settings, metrics and seconds");
}

/// Sets the options that the command line leaves to the model, to values that reach its published
/// accuracy on citation graphs. Dropout as in Shchur et al., "Pitfalls of graph neural network
/// evaluation", 2018.
void set_defaults(settings& s, const options& cli) {
  if (s.model == "gat") {
    cli.set_default("--rate", s.rate, 5e-3);
    for (auto [option, value] : {std::pair{"--dropout", &s.dropout},
                                 {"--input-dropout", &s.input_dropout},
                                 {"--edge-dropout", &s.edge_dropout}})
      cli.set_default(option, *value, 0.6);
  }
  if (s.model == "sage" || s.model == "sage-max") {
    cli.set_default("--rate", s.rate, 5e-3);
    cli.set_default("--dropout", s.dropout, 0.7);
    cli.set_default("--input-dropout", s.input_dropout, 0.7);
    cli.set_default("--l2", s.l2, 2e-3);
    cli.set_default("--l2-rest", s.l2_rest, 2e-3);
  }
}
/// Prints the settings that may not be on the command line, in one line.
void print_settings(const settings& s) {
  std::cout << s.model << ": rate " << s.rate << ", dropout " << s.dropout << ", of the features "
            << s.input_dropout;
  if (s.model == "gat") std::cout << ", of attention " << s.edge_dropout;
  std::cout << ", l2 " << s.l2 << " and " << s.l2_rest << ", at most " << s.epochs << " epochs\n";
}

json report_of(const settings& s, const fg::node_data& d, const std::vector<outcome>& runs,
               double seconds) {
  const auto spread = [&](auto of) {
    std::vector<double> each;
    for (const auto& r : runs) each.push_back(static_cast<double>(r.*of));
    return spread_of(each);
  };
  json out;
  out["settings"] = {{"data", s.data},
                     {"split", s.split},
                     {"normalize", s.norm},
                     {"model", s.model},
                     {"fusion", s.fusion},
                     {"per_feature", s.per_feature},
                     {"gate", s.gate},
                     {"hidden", s.hidden},
                     {"layers", s.layers},
                     {"hops", s.hops},
                     {"restart", s.restart},
                     {"heads", s.heads},
                     {"edge_dropout", s.edge_dropout},
                     {"dropout", s.dropout},
                     {"input_dropout", s.input_dropout},
                     {"l2", s.l2},
                     {"l2_rest", s.l2_rest},
                     {"fanouts", s.fanouts},
                     {"batch", s.batch},
                     {"rate", s.rate},
                     {"epochs", s.epochs},
                     {"patience", s.patience},
                     {"seeds", s.seeds},
                     {"seed", s.seed}};
  describe_pruning(s.prune, out["settings"]);
  out["data"] = {{"nodes", d.nodes},        {"edges", d.edges()},
                 {"features", d.features},  {"classes", d.classes},
                 {"train", d.train.size()}, {"validation", d.validation.size()},
                 {"test", d.test.size()}};
  out["parameters"] = runs.front().parameters;
  out["metrics"] = {{"accuracy", spread(&outcome::accuracy)},
                    {"macro_f1", spread(&outcome::macro_f1)},
                    {"validation", spread(&outcome::validation)}};
  if (s.prune.prunes()) out["left"] = spread(&outcome::left);
  out["best_epoch"] = spread(&outcome::best_epoch);
  out["seconds"] = {{"epoch", spread(&outcome::epoch_seconds)}, {"total", seconds}};
  return out;
}

/// Runs the program; returns its exit status.
int classify_nodes_main(int count, char** arguments) {
  settings s;
  options cli{"Classifies the nodes of a graph."};
  add_options(cli, s);
  cli.add("--threads", s.threads, "0: all").within(0, 4096);
  if (!cli.parse(count, arguments)) return 0;
  set_defaults(s, cli);
  const stopwatch watch;
  const auto where = backend_of(s.threads);
  std::vector<option_file> inputs;
  add_node_files(inputs, "--data", s.data);
  expect_files(inputs, {{"--json", s.json}});
  const auto data = load(s);
  print_settings(s);
  std::vector<outcome> runs;
  for (int k = 0; k < s.seeds; ++k) {
    runs.push_back(run_model(s, data, s.seed + static_cast<std::uint64_t>(k), where));
    std::cout << "seed " << s.seed + static_cast<std::uint64_t>(k) << ": accuracy "
              << runs.back().accuracy << " (validation " << runs.back().validation << ", epoch "
              << runs.back().best_epoch << " of " << runs.back().epochs << ")\n"
              << std::flush;
  }
  const auto report = report_of(s, data, runs, watch.seconds());
  const auto& a = report["metrics"]["accuracy"];
  std::cout << "accuracy " << a["mean"].get<double>() << " +- " << a["std"].get<double>() << '\n';
  if (!s.json.empty()) fg::write_file(s.json, report.dump(2) + '\n');
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  return run_program("classify_nodes", [&] { return classify_nodes_main(count, arguments); });
}
