// SPDX-License-Identifier: Apache-2.0
// Classifies small graphs: see --help.
#include "backend.hpp"
#include "options.hpp"
#include "program.hpp"
#include "progress_options.hpp"
#include "prune_options.hpp"
#include "spread.hpp"
#include "stopwatch.hpp"
#include <filigree/filigree.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace fg = filigree;
using json = nlohmann::ordered_json;

namespace {

/// The command-line settings.
struct settings {
  std::string data, model = "gin", readout = "sum", fusion = "none", jump = "concat",
                    choose_by = "accuracy", schedule = "constant", json, progress = "auto";
  fg::index hidden = 64;  // for many graphs: see set_defaults
  int layers = 4, folds = 10, threads = 0;
  fg::offset epochs = 200, patience = 50, eval_every = 1, batch = 32;
  double rate = 1e-3, dropout = 0.5, decay = 0, validation = 0.1;
  std::uint64_t seed = 1;
  prune_settings prune{};
};

/// Graphs for training, for choosing the epoch, and for testing.
struct fold {
  std::vector<fg::index> train, validation, test;
};

/// The metric that chooses the epoch: on few graphs, the likelihood is more informative than the
/// accuracy.
struct chosen_by {
  std::string measure;
  [[nodiscard]] std::string name() const { return measure; }
  [[nodiscard]] double of(std::span<const fg::index> truth, const std::vector<float>& scores,
                          fg::index classes) const {
    return measure == "accuracy"
               ? fg::accuracy::of(truth, fg::best_classes(scores, classes), classes)
               : fg::log_likelihood::of(truth, scores, classes);
  }
};

/// The results of one fold.
struct outcome {
  double accuracy = 0, validation = 0, epoch_seconds = 0, left = 1;
  fg::offset best_epoch = 0, epochs = 0, parameters = 0;
};

using any_readout =
    fg::one_of<fg::sum_readout, fg::mean_readout, fg::max_readout, fg::attention_readout>;
using any_jump = fg::one_of<fg::concat_layers, fg::last_layer, fg::sum_layers>;
using any_fusion = fg::one_of<fg::no_fusion, fg::gated_fusion>;

any_readout readout_of(const settings& s) {
  if (s.readout == "mean") return fg::mean_readout{};
  if (s.readout == "max") return fg::max_readout{};
  if (s.readout == "attention") return fg::attention_readout{};
  return fg::sum_readout{};
}
any_jump jump_of(const settings& s) {
  if (s.jump == "last") return fg::last_layer{};
  if (s.jump == "sum") return fg::sum_layers{};
  return fg::concat_layers{};
}
any_fusion fusion_of(const settings& s) {
  if (s.fusion == "gated") return fg::gated_fusion{};
  return fg::no_fusion{};
}

template <class B>
outcome run_fold(const settings& s, const std::shared_ptr<const fg::graph_set>& data, const fold& f,
                 std::uint64_t seed, const B& on) {
  using layers = fg::encoder<fg::gin, any_jump>;
  fg::graph_classifier<B, layers, any_readout, any_fusion> model{
      data,
      f.train,
      {.hidden = s.hidden,
       .layers = s.layers,
       .dropout = static_cast<float>(s.dropout),
       .seed = seed},
      layers{.conv = {}, .jump = jump_of(s)},
      readout_of(s),
      fusion_of(s),
      {},
      on};
  // With pruning, training never stops early.
  const auto patience = s.prune.prunes() ? 0 : s.patience;
  asked_pruner sparser(model, s.prune, s.epochs, s.batch, seed);
  fg::early_stopping best{model, f.validation, chosen_by{s.choose_by}, s.eval_every, patience};
  const auto result = fg::fit(
      model, fg::adamw{.rate = static_cast<float>(s.rate), .decay = static_cast<float>(s.decay)},
      {.epochs = s.epochs,
       .batch = s.batch,
       .rate = s.schedule == "cosine" ? fg::cosine_rate() : fg::rate_schedule{},
       .seed = seed},
      sparser, best, progress_of(s.progress));
  return {.accuracy = fg::evaluate(model, f.test, fg::accuracy{})["accuracy"],
          .validation = best.best(),
          .epoch_seconds = result.epoch_seconds,
          .left = share_left(model, s.prune),
          .best_epoch = best.best_epoch(),
          .epochs = result.epochs,
          .parameters = fg::count_parameters(model).all};
}

/// The graph file in a folder, graphs.txt or the only .txt, or the path itself if it is not a
/// folder.
std::string file_of(const std::string& path) {
  std::error_code none;  // reading will report the error
  if (!std::filesystem::is_directory(path, none)) return path;
  if (const auto usual = path + "/graphs.txt"; std::filesystem::exists(usual, none)) return usual;
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(path, none))
    if (entry.path().extension() == ".txt" && entry.path().stem() != "README")
      found.push_back(entry.path().string());
  if (none)
    throw fg::file_error(path + ": expected a readable folder, got none: " + none.message());
  if (found.size() != 1)
    throw fg::error(path + ": files of graphs: expected graphs.txt or one .txt, got " +
                    std::to_string(found.size()));
  return found.front();
}

/// The fold files that come with the data (10fold_idx), for training and testing; none if folds are
/// drawn at random.
std::vector<std::pair<std::string, std::string>> fold_files(const settings& s,
                                                            const std::string& file) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto folder = std::filesystem::path(file).parent_path() / "10fold_idx";
  if (std::error_code none; s.folds > 10 || !std::filesystem::is_directory(folder, none))
    return out;
  for (int k = 1; k <= s.folds; ++k) {
    const auto name = "_idx-" + std::to_string(k) + ".txt";
    out.emplace_back((folder / ("train" + name)).string(), (folder / ("test" + name)).string());
  }
  return out;
}

/// The folds that come with the data, or random ones; a share of each class of the training part is
/// reserved for choosing the epoch.
std::vector<fold> make_folds(const settings& s, const std::string& file,
                             const fg::graph_set& data) {
  std::vector<fg::id_split> parts;
  for (const auto& [train, test] : fold_files(s, file))
    parts.push_back({fg::load_ids(train, data.graphs()), fg::load_ids(test, data.graphs())});
  if (parts.empty()) {
    const auto fold_of = fg::stratified_folds(data.label, s.folds, s.seed);
    for (fg::index k = 0; k < s.folds; ++k) parts.push_back(fg::hold_out_fold(fold_of, k));
  }
  std::vector<fold> out;
  for (const auto& p : parts) {
    auto [train, validation] = fg::stratified_share(
        data.label, p.rest, static_cast<float>(s.validation), s.seed + out.size());
    if (validation.empty())
      throw fg::error("--validation: expected a share that holds out a graph, got " +
                      json(s.validation).dump());
    out.push_back({std::move(train), std::move(validation), p.held_out});
  }
  return out;
}

void add_options(options& cli, settings& s) {
  cli.add("--data", s.data, "file of graphs, or a folder with one").required();
  cli.add("--model", s.model, "kind of layer").one_of({"gin"});
  cli.add("--readout", s.readout, "what a graph is of its nodes")
      .one_of({"sum", "mean", "max", "attention"});
  cli.add("--jump", s.jump, "what is taken of the layers").one_of({"last", "concat", "sum"});
  cli.add("--fusion", s.fusion, "how nodes are fused with their graph before the readout")
      .one_of({"none", "gated"});
  cli.add("--hidden", s.hidden, "columns between layers");
  cli.add("--layers", s.layers, "layers of the graph");
  cli.add("--dropout", s.dropout, "share of a graph's features that is dropped");
  cli.add("--rate", s.rate, "learning rate of AdamW").not_negative();
  cli.add("--schedule", s.schedule, "of the learning rate").one_of({"constant", "cosine"});
  cli.add("--decay", s.decay, "weight decay of AdamW").not_negative();
  cli.add("--batch", s.batch, "graphs a step").within(0, many);
  cli.add("--epochs", s.epochs, "passes over the training graphs, at most").within(1, many);
  cli.add("--eval-every", s.eval_every, "epochs between looks at the validation part")
      .not_negative();
  cli.add("--patience", s.patience, "looks without a better validation; 0: all epochs")
      .not_negative();
  add_prune_options(cli, s.prune, "edges of training graphs or weights leave, those worth least",
                    {"edges", "weights"});
  cli.add("--folds", s.folds, "parts of the data, each the test part once").within(1, many);
  cli.add("--validation", s.validation, "share of the training graphs that chooses the epoch");
  cli.add("--choose-by", s.choose_by, "what the validation part is measured by")
      .one_of({"accuracy", "log_likelihood"});
  cli.add("--seed", s.seed, "of everything random");
  add_progress_option(cli, s.progress);
  cli.add("--json", s.json, "file for settings, metrics and seconds");
}

/// Sets what the command line leaves open where there are so few graphs that the validation part
/// cannot choose an epoch: a small network, decayed weights, and the last epoch of a falling rate.
void set_defaults(settings& s, const options& cli, std::size_t validation) {
  if (validation >= 100) return;
  cli.set_default("--hidden", s.hidden, 32);
  cli.set_default("--layers", s.layers, 2);
  cli.set_default("--rate", s.rate, 1e-2);
  cli.set_default("--schedule", s.schedule, "cosine");
  cli.set_default("--decay", s.decay, 0.3);
  cli.set_default("--epochs", s.epochs, 100);
  cli.set_default("--eval-every", s.eval_every, s.epochs);
}
/// Prints the settings that may not be on the command line, in one line.
void print_settings(const settings& s) {
  std::cout << s.model << ": " << s.layers << " layers of " << s.hidden << ", dropout " << s.dropout
            << ", rate " << s.rate << " (" << s.schedule << "), decay " << s.decay << ", at most "
            << s.epochs << " epochs in batches of " << s.batch << "; the "
            << (s.eval_every < s.epochs ? "best" : "last") << " epoch counts\n";
}

json report_of(const settings& s, const fg::graph_set& d, const std::vector<outcome>& folds,
               double seconds) {
  const auto spread = [&](auto of) {
    std::vector<double> each;
    for (const auto& f : folds) each.push_back(static_cast<double>(f.*of));
    return spread_of(each);
  };
  json out;
  out["settings"] = {
      {"data", s.data},         {"model", s.model},           {"readout", s.readout},
      {"jump", s.jump},         {"fusion", s.fusion},         {"hidden", s.hidden},
      {"layers", s.layers},     {"dropout", s.dropout},       {"rate", s.rate},
      {"schedule", s.schedule}, {"decay", s.decay},           {"batch", s.batch},
      {"epochs", s.epochs},     {"eval_every", s.eval_every}, {"patience", s.patience},
      {"folds", s.folds},       {"validation", s.validation}, {"choose_by", s.choose_by},
      {"seed", s.seed}};
  describe_pruning(s.prune, out["settings"]);
  out["data"] = {{"graphs", d.graphs()},
                 {"nodes", d.nodes()},
                 {"edges", d.edges()},
                 {"features", d.features},
                 {"classes", d.classes}};
  out["parameters"] = folds.front().parameters;
  out["metrics"] = {{"accuracy", spread(&outcome::accuracy)},
                    {"validation", spread(&outcome::validation)}};
  if (s.prune.prunes()) out["left"] = spread(&outcome::left);
  out["best_epoch"] = spread(&outcome::best_epoch);
  out["seconds"] = {{"epoch", spread(&outcome::epoch_seconds)}, {"total", seconds}};
  return out;
}

/// Runs the program; returns its exit status.
int classify_graphs_main(int count, char** arguments) {
  settings s;
  options cli{"Classifies small graphs."};
  add_options(cli, s);
  cli.add("--threads", s.threads, "0: all").within(0, 4096);
  if (!cli.parse(count, arguments)) return 0;
  const stopwatch watch;
  const auto where = backend_of(s.threads);
  const auto file = file_of(s.data);
  std::vector<option_file> inputs{{"--data", file}};
  for (const auto& [train, test] : fold_files(s, file)) {
    inputs.push_back({"--data", train});
    inputs.push_back({"--data", test});
  }
  expect_files(inputs, {{"--json", s.json}});
  const auto data = std::make_shared<const fg::graph_set>(fg::load_graph_set(file));
  const auto parts = make_folds(s, file, *data);
  set_defaults(s, cli, parts.front().validation.size());
  print_settings(s);
  std::vector<outcome> folds;
  for (const auto& f : parts) {
    folds.push_back(run_fold(s, data, f, s.seed + folds.size(), where));
    std::cout << "fold " << folds.size() << ": accuracy " << folds.back().accuracy
              << " (validation " << folds.back().validation << ", epoch " << folds.back().best_epoch
              << " of " << folds.back().epochs << ")\n"
              << std::flush;
  }
  const auto report = report_of(s, *data, folds, watch.seconds());
  const auto& a = report["metrics"]["accuracy"];
  std::cout << "accuracy " << a["mean"].get<double>() << " +- " << a["std"].get<double>() << '\n';
  if (!s.json.empty()) fg::write_file(s.json, report.dump(2) + '\n');
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  return run_program("classify_graphs", [&] { return classify_graphs_main(count, arguments); });
}
