// SPDX-License-Identifier: Apache-2.0
// Trains a recommender on files of interactions, evaluates it, and recommends: see --help.
#include "backend.hpp"
#include "options.hpp"
#include "program.hpp"
#include "progress_options.hpp"
#include "prune_options.hpp"
#include "stopwatch.hpp"
#include <filigree/filigree.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <vector>

namespace fg = filigree;
using json = nlohmann::ordered_json;

namespace {

/// The command-line settings.
struct settings {
  std::string train, test, validation, users, items,
      model = "lightgcn", user, save, load, json, checkpoint, schedule, sampling = "interaction",
      negatives = "uniform", combine = "mean", edges = "fixed", storage = "own", progress = "auto";
  fg::index dim = 0, top = 10, k = 0;  // 0: see set_defaults
  int layers = 0, negative_count = 0, threads = 0;
  fg::offset epochs = 0, batch = 0, eval_every = 0, patience = 0, checkpoint_steps = 0;
  double rate = 0, l2 = 0, lambda = 20, warm_up = 0, temperature = 1, edge_l2 = 0, ema_decay = 0;
  prune_settings prune{};
  fg::item_knn_options similarity{};
  std::uint64_t seed = 1;
  /// The cutoff of a ranking metric: --k, or the usual one.
  [[nodiscard]] fg::index first(fg::index usual) const { return k ? k : usual; }
};

/// The data of a run: training data with names, and held-out parts if there are any.
struct data_sets {
  fg::interactions train;
  std::optional<fg::interactions> test, validation;
};

/// Held-out interactions of users in the training data; up to a million items may be new.
fg::interactions load_held_out(const std::string& path, const fg::interactions& train) {
  const auto items = std::min<fg::offset>(fg::offset{train.items()} + 1'000'000,
                                          std::numeric_limits<fg::index>::max() - 1);
  return fg::load_interactions(path, {.users_without_items = true,
                                      .users = train.users(),
                                      .items = static_cast<fg::index>(items)});
}

/// Whether --validation is a file; otherwise, it is a share.
bool names_file(const std::string& validation) {
  std::error_code none;
  return validation == "-" || std::filesystem::exists(validation, none);
}

data_sets load_data(const settings& s) {
  data_sets d{.train = fg::load_interactions(s.train, {.users_without_items = true}),
              .test = {},
              .validation = {}};
  fg::index idle = 0;
  for (fg::index u = 0; u < d.train.users(); ++u) idle += d.train.items_of(u).empty();
  if (idle > 0)
    std::cout << "# " << idle << " of " << d.train.users() << " users have no items in training\n";
  if (!s.test.empty()) d.test = load_held_out(s.test, d.train);
  const bool file = names_file(s.validation);
  if (file) d.validation = load_held_out(s.validation, d.train);
  if (!s.validation.empty() && !file) {
    std::size_t used = 0;
    float share = 0;
    try {
      share = std::stof(s.validation, &used);
    } catch (const std::exception&) {
    }
    if (used != s.validation.size() || !(share > 0 && share < 1))
      throw fg::error("--validation: expected a file or a share, got " + s.validation);
    auto [rest, held_out] = fg::split(d.train, fg::leave_out{.share = share, .seed = s.seed});
    d.train = std::move(rest);
    d.validation = std::move(held_out);
  }
  fg::interactions none;
  fg::align(d.train, d.test ? *d.test : none, d.validation ? *d.validation : none);
  if (!s.users.empty()) d.train.user_names = fg::load_names(s.users, d.train.users());
  if (!s.items.empty()) d.train.item_names = fg::load_names(s.items, d.train.items());
  return d;
}

double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Evaluates the test part every `every` epochs, for the record only: it affects neither stopping
/// nor the choice of the epoch.
struct curve : fg::idle_watcher {
  const fg::interactions* test = nullptr;
  fg::offset every = 0;
  fg::index k = 20;
  std::vector<double> points{};  // of each evaluation, its epoch, loss, recall, NDCG and seconds

  template <class M>
  void on_epoch(M& m, fg::progress& p) {
    if (!test || every < 1 || (p.epoch % every != 0 && p.epoch != p.epochs)) return;
    const auto r = fg::evaluate(m, *test, fg::recall_at{k}, fg::ndcg_at{k});
    p.metric_name = fg::recall_at{k}.name();
    p.metric = r[p.metric_name];
    p.measured = true;
    points.insert(points.end(), {static_cast<double>(p.epoch), p.loss(), p.metric,
                                 r[fg::ndcg_at{k}.name()], p.seconds});
  }
  /// For checkpoints.
  void state(const auto&, auto&, auto& archive) { archive.value("curve", points); }

  /// For the report.
  [[nodiscard]] json rows() const {
    auto out = json::array();
    for (auto p = points.begin(); p != points.end(); p += 5)
      out.push_back({{"epoch", static_cast<fg::offset>(p[0])},
                     {"loss", p[1]},
                     {fg::recall_at{k}.name(), p[2]},
                     {fg::ndcg_at{k}.name(), p[3]},
                     {"seconds", p[4]}});
    return out;
  }
};

/// Reports how many edges a model has, and originally had, if it provides these numbers.
template <class M>
void count_edges(const M& model, json& report) {
  if constexpr (requires { model.edges(); }) report["edges"] = model.edges();
  if constexpr (requires { model.original_edges(); })
    report["original_edges"] = model.original_edges();
  if constexpr (requires { model.rows(); }) report["rows"] = model.rows();
}

/// Trains a gradient-based model; fills in the report's curve and seconds.
template <class M>
void train(M& model, const settings& s, const data_sets& d, json& report) {
  const auto kind = s.schedule == "cosine" ? fg::rate_kind::cosine : fg::rate_kind::constant;
  const fg::training how{.epochs = s.epochs,
                         .batch = s.batch,
                         .rate = {.kind = kind, .warm_up = s.warm_up},
                         .seed = s.seed,
                         .checkpoint = {.path = s.checkpoint, .every_steps = s.checkpoint_steps}};
  const fg::adam optimizer{.rate = static_cast<float>(s.rate)};
  asked_pruner<M> sparser(model, s.prune, s.epochs, s.batch, s.seed);
  fg::fit_result result;
  json points = json::array();
  if (d.validation) {
    const fg::ndcg_at metric{s.first(20)};
    fg::early_stopping best{model, *d.validation, metric, std::max<fg::offset>(1, s.eval_every),
                            s.patience};
    result = fg::fit(model, optimizer, how, sparser, best, progress_of(s.progress));
    for (const auto& h : best.history())
      points.push_back({{"epoch", h.epoch}, {"loss", h.loss}, {metric.name(), h.value}});
    report["best_epoch"] = best.best_epoch();
  } else {
    curve record;
    record.test = d.test ? &*d.test : nullptr;
    record.every = s.eval_every;
    record.k = s.first(20);
    result = fg::fit(model, optimizer, how, sparser, record, progress_of(s.progress));
    points = record.rows();
  }
  report["epochs"] = points;
  report["loss"] = result.loss;
  report["seconds"]["epoch"] = result.epoch_seconds;
  count_edges(model, report);
}

template <fg::backend B>
void measure(const fg::any_recommender<B>& model, const settings& s, const data_sets& d,
             json& report) {
  if (!d.test && !d.validation) return;
  const auto& held_out = d.test ? *d.test : *d.validation;
  const stopwatch watch;
  const auto metrics = fg::evaluate(model, held_out, fg::precision_at{s.first(10)},
                                    fg::recall_at{s.first(20)}, fg::ndcg_at{s.first(10)},
                                    fg::ndcg_at{s.first(20)}, fg::coverage_at{s.first(10)});
  report["seconds"]["evaluate"] = watch.seconds();
  for (const auto& [name, value] : metrics.values()) {
    if (report["metrics"].contains(name)) continue;  // with --k, the two ndcg metrics are the same
    report["metrics"][name] = value;
    std::cout << name << ' ' << value << '\n';
  }
  for (const auto& note : metrics.notes()) {
    report["notes"].push_back(note);
    std::cout << "# " << note << '\n';
  }
}

/// The user that --user names.
fg::user find_user(const settings& s, const fg::interactions& data) {
  if (!data.user_names.empty()) return data.find_user(s.user);
  fg::index id = -1;
  const auto last = s.user.data() + s.user.size();
  const auto [end, status] = std::from_chars(s.user.data(), last, id);
  if (status != std::errc{} || end != last || id < 0 || id >= data.users())
    throw fg::error("--user: expected an id from 0 to " + std::to_string(data.users() - 1) +
                    " (the data has no names), got " + s.user);
  return fg::user{id};
}

/// Throws early for what would otherwise be rejected only after training: an unknown user, or more
/// items than exist.
void check_choices(const settings& s, const data_sets& d, const fg::interactions& known) {
  const auto expect = [&](const char* what, fg::index k) {
    if (k < 1 || k > known.items())
      throw fg::range_error(std::string(what) + ": expected 1 to " + std::to_string(known.items()) +
                            " (the catalog), got " + std::to_string(k));
  };
  if (d.test || d.validation) expect("--k", s.first(20));
  if (s.user.empty()) return;
  (void)find_user(s, known);
  expect("--top: k", s.top);
}

template <fg::backend B>
void recommend(const fg::any_recommender<B>& model, const settings& s) {
  if (s.user.empty()) return;
  const auto& data = model.train();
  for (const auto& [id, score] : fg::recommend(model, find_user(s, data), s.top))
    std::cout << data.name_of(id) << ' ' << score << '\n';
}

/// A loaded model includes its names: throws if name files are given that differ.
void expect_names(const settings& s, const fg::interactions& known) {
  const auto expect = [&](const std::string& path, fg::index count,
                          const std::vector<std::string>& names) {
    if (path.empty()) return;
    const auto given = fg::load_names(path, count);
    const auto [in_model, got] = std::ranges::mismatch(names, given);
    if (got != given.end())
      throw fg::error(path + ": name of " + std::to_string(got - given.begin()) + ": expected " +
                      (in_model == names.end() ? "none" : *in_model) + ", as in " + s.load +
                      ", got " + *got);
  };
  expect(s.users, known.users(), known.user_names);
  expect(s.items, known.items(), known.item_names);
}

/// Saves a model, evaluates it, and recommends, as requested.
template <fg::backend B>
void use(const fg::any_recommender<B>& model, const settings& s, const data_sets& d, json& report) {
  if (!s.save.empty()) fg::save(model, s.save);
  measure(model, s, d, report);
  recommend(model, s);
}

json describe(const settings& s) {
  json out{{"train", s.train},
           {"test", s.test},
           {"validation", s.validation},
           {"model", s.model},
           {"dim", s.dim},
           {"layers", s.layers},
           {"combine", s.combine},
           {"edges", s.edges},
           {"storage", s.storage},
           {"temperature", s.temperature},
           {"edge_l2", s.edge_l2},
           {"ema_decay", s.ema_decay},
           {"epochs", s.epochs},
           {"batch", s.batch},
           {"rate", s.rate},
           {"l2", s.l2},
           {"schedule", s.schedule},
           {"warm_up", s.warm_up},
           {"sampling", s.sampling},
           {"negatives", s.negatives},
           {"negative_count", s.negative_count},
           {"lambda", s.lambda},
           {"neighbors", s.similarity.neighbors},
           {"user_exponent", s.similarity.user_exponent},
           {"source_exponent", s.similarity.source_exponent},
           {"target_exponent", s.similarity.target_exponent},
           {"seed", s.seed},
           {"k", s.k},
           {"eval_every", s.eval_every},
           {"patience", s.patience}};
  describe_pruning(s.prune, out);
  return out;
}

/// Options of a closed form, chosen on the validation set, or on a tenth of the training set, which
/// then belongs to it again.
template <class M, class Options>
Options chosen(const settings& s, const data_sets& d, const Options& start, json& report,
               const typename M::backend_type& on) {
  const fg::ndcg_at metric{std::min(s.first(20), d.train.items())};
  fg::tuned<Options> best{.options = start};
  try {
    best = d.validation ? fg::tune<M>(d.train, *d.validation, metric, start, on)
                        : fg::tune<M>(d.train, fg::leave_out{.share = 0.1f, .seed = s.seed}, metric,
                                      start, on);
  } catch (
      const fg::error&) {  // too little to hold out; what is wrong otherwise will be said again
    return start;
  }
  report["tuned"] = {{"models", best.models}, {metric.name(), best.value}};
  std::cout << "# best of " << best.models << " on "
            << (d.validation ? "the validation set" : "a tenth of the training set") << ", "
            << metric.name() << ' ' << best.value << '\n';
  return best.options;
}

/// Creates a model of type M, and uses it.
template <class M, class Make>
void run(settings& s, json& report, const Make& make) {
  const stopwatch load;
  const auto d = load_data(s);
  check_choices(s, d, d.train);
  report["seconds"]["load"] = load.seconds();
  report["edges"] = d.train.size();
  const stopwatch watch;
  M model = make(d);
  report["settings"] = describe(s);
  report["seconds"]["epoch"] = watch.seconds();
  if constexpr (fg::model<M>) train(model, s, d, report);
  use(fg::any_recommender<typename M::backend_type>(std::move(model)), s, d, report);
}

/// Sets what the command line leaves open of training on n interactions, to values that did well on
/// validation parts of sets with 40 thousand to 800 thousand: see docs/results.md. A step of
/// LightGCN costs the whole graph, so on a large set it takes about 2,500 steps whatever the size,
/// at a rate that grows with the root of the batch.
void set_defaults(settings& s, const options& cli, fg::offset n) {
  const bool graph = s.model == "lightgcn", large = n >= 300'000;
  cli.set_default("--dim", s.dim, large ? 64 : 128);
  cli.set_default("--layers", s.layers, large ? 3 : 2);
  cli.set_default("--negative-count", s.negative_count, 16);
  cli.set_default("--batch", s.batch, graph && large ? std::min<fg::offset>(n / 50, 65'536) : 1024);
  cli.set_default(
      "--epochs", s.epochs,
      graph && large ? std::clamp<fg::offset>((2500 * s.batch + n / 2) / n, 10, 50) : 30);
  cli.set_default("--rate", s.rate, 5e-3 * std::sqrt(static_cast<double>(s.batch) / 1024));
  cli.set_default("--l2", s.l2, !graph ? 1e-2 : large ? 4e-4 : 1e-4);
  if (s.schedule.empty()) {
    s.schedule = s.patience > 0 ? "constant" : "cosine";  // which needs to know the last epoch
    cli.set_default("--warm-up", s.warm_up, 1);
  }
  std::cout << "# " << s.model << ": ";
  if (graph) std::cout << s.layers << " layers, ";
  std::cout << "dim " << s.dim << ", " << s.negative_count << " negatives, at most " << s.epochs
            << " epochs in batches of " << s.batch << ", rate " << s.rate << " (" << s.schedule
            << "), l2 " << s.l2 << '\n';
}

fg::bpr_sampling sampling_of(const settings& s) {
  return {
      .positive = s.sampling == "user" ? fg::positives::per_user : fg::positives::per_interaction,
      .negative = s.negatives == "popularity" ? fg::negatives::popularity : fg::negatives::uniform,
      .count = s.negative_count};
}
fg::layer_weights combine_of(const settings& s) {
  return s.combine == "last"      ? fg::layer_weights::last
         : s.combine == "learned" ? fg::layer_weights::learned
                                  : fg::layer_weights::mean;
}
/// The requested edge policy.
fg::any_edges edges_of(const settings& s) {
  const auto squeeze = static_cast<float>(s.temperature), l2 = static_cast<float>(s.edge_l2),
             decay = static_cast<float>(s.ema_decay);
  if (s.edges == "adaptive")
    return fg::adaptive_edges{.temperature = squeeze, .l2 = l2, .ema_decay = decay};
  if (s.edges == "learned")
    return fg::learned_edges{.temperature = squeeze, .l2 = l2, .ema_decay = decay};
  return fg::fixed_edges{};
}

/// Loads whichever model is in the file, with the interactions it was trained on, and uses it.
template <fg::backend B>
void run_loaded(settings s, json& report, const B& on) {
  const stopwatch load;
  const fg::archive_reader file(s.load);  // read once: it may be a pipe
  const auto model = fg::load_any<B>(file, on);
  report["settings"]["model"] = s.model = model.kind();
  const auto& known = model.train();
  expect_names(s, known);
  data_sets d;
  if (!s.test.empty()) d.test = load_held_out(s.test, known);
  check_choices(s, d, known);
  report["seconds"]["load"] = load.seconds();
  report["edges"] = known.size();
  if (const auto* const mf = model.template as<fg::matrix_factorization<B>>())
    count_edges(*mf, report);
  if (const auto* const light = model.template as<fg::lightgcn<B, fg::any_edges>>()) {
    report["settings"]["edges"] = s.edges = fg::edges_of(file);
    count_edges(*light, report);
  }
  use(model, s, d, report);
}

template <fg::backend B>
void run(settings& s, const options& cli, json& report, const B& on) {
  if (!s.load.empty()) return run_loaded(s, report, on);
  if (s.model == "popularity")
    run<fg::popularity<B>>(s, report, [&](auto& d) { return fg::popularity<B>(d.train, {}, on); });
  else if (s.model == "item-knn")
    run<fg::item_knn<B>>(s, report, [&](auto& d) {
      if (!cli.has("--user-exponent") && !cli.has("--source-exponent") &&
          !cli.has("--target-exponent"))
        s.similarity = chosen<fg::item_knn<B>>(s, d, s.similarity, report, on);
      std::cout << "# exponents: user " << s.similarity.user_exponent << ", source "
                << s.similarity.source_exponent << ", target " << s.similarity.target_exponent
                << '\n';
      return fg::item_knn<B>(d.train, s.similarity, on);
    });
  else if (s.model == "ease")
    run<fg::ease<B>>(s, report, [&](auto& d) {
      fg::ease_options options{.lambda = static_cast<float>(s.lambda)};
      if (!cli.has("--lambda")) options = chosen<fg::ease<B>>(s, d, options, report, on);
      s.lambda = options.lambda;
      std::cout << "# lambda " << s.lambda << '\n';
      return fg::ease<B>(d.train, options, on);
    });
  else if (s.model == "mf")
    run<fg::matrix_factorization<B>>(s, report, [&](auto& d) {
      set_defaults(s, cli, d.train.size());
      return fg::matrix_factorization<B>(d.train,
                                         {.dim = s.dim,
                                          .l2 = static_cast<float>(s.l2),
                                          .sampling = sampling_of(s),
                                          .seed = s.seed},
                                         on);
    });
  else
    run<fg::lightgcn<B, fg::any_edges>>(s, report, [&](auto& d) {
      set_defaults(s, cli, d.train.size());
      return fg::lightgcn<B, fg::any_edges>(
          d.train,
          {.dim = s.dim,
           .layers = s.layers,
           .l2 = static_cast<float>(s.l2),
           .combine = combine_of(s),
           .sampling = sampling_of(s),
           .seed = s.seed,
           .storage = s.storage == "bf16" ? fg::storage_type::bf16 : fg::storage_type::own},
          edges_of(s), on);
    });
}

/// Runs the program; returns its exit status.
int recommend_main(int count, char** arguments) {
  const stopwatch total;
  settings s;
  options cli{"Trains, measures and asks a recommender on interactions (`user item item ...`)."};
  const auto train = cli.add("--train", s.train, "interactions to learn from");
  cli.add("--test", s.test, "held-out interactions, only ever measured");
  const auto validation =
      cli.add("--validation", s.validation,
              "held-out interactions that early stopping looks at: a file, or a share of "
              "training")
          .needs(train);
  cli.add("--users", s.users, "names of users, lines `name id`");
  cli.add("--items", s.items, "names of items, lines `name id`");
  cli.add("--model", s.model).one_of({"lightgcn", "mf", "item-knn", "ease", "popularity"});
  cli.add("--dim", s.dim, "length of an embedding");
  cli.add("--layers", s.layers, "rounds of propagation (lightgcn)");
  cli.add("--combine", s.combine, "how layers become one (lightgcn)")
      .one_of({"mean", "last", "learned"});
  cli.add("--edges", s.edges, "what edges weigh (lightgcn)")
      .one_of({"fixed", "learned", "adaptive"});
  cli.add("--storage", s.storage, "of layers while training (lightgcn)").one_of({"own", "bf16"});
  cli.add("--temperature", s.temperature, "divides the scores of edges that adapt");
  cli.add("--edge-l2", s.edge_l2, "weight of the L2 penalty of edges that adapt");
  cli.add("--ema-decay,--average", s.ema_decay, "how much of their moving average stays each step")
      .within(0.0, 0.999999);
  add_prune_options(cli, s.prune, "what is worth least leaves (lightgcn, mf)",
                    {"edges", "rows", "both"});
  cli.add("--epochs", s.epochs);
  cli.add("--batch", s.batch, "interactions a step").within(1, many);
  cli.add("--rate", s.rate, "learning rate of Adam").not_negative();
  cli.add("--l2", s.l2, "weight of the L2 penalty").not_negative();
  std::vector<std::string> schedules;
  cli.add("--schedule", schedules, "of the learning rate, of pruning, or of both")
      .one_of({"constant", "cosine", "once", "linear", "gradual", "rewind"});
  cli.add("--warm-up", s.warm_up, "epochs in which the learning rate climbs").not_negative();
  cli.add("--sampling", s.sampling, "positives: each interaction, or by user")
      .one_of({"interaction", "user"});
  cli.add("--negatives", s.negatives).one_of({"uniform", "popularity"});
  cli.add("--negative-count", s.negative_count, "negatives for each positive");
  cli.add("--neighbors", s.similarity.neighbors, "neighbors of an item (item-knn)");
  cli.add("--user-exponent", s.similarity.user_exponent,
          "above 0, users with many items count less (item-knn)");
  cli.add("--source-exponent", s.similarity.source_exponent,
          "discounts popular items that a user has (item-knn)");
  cli.add("--target-exponent", s.similarity.target_exponent,
          "discounts popular items that are scored (item-knn)");
  cli.add("--lambda", s.lambda, "ridge penalty (ease)");
  cli.add("--seed", s.seed);
  cli.add("--threads", s.threads, "0: all").within(0, 4096);
  cli.add("--k", s.k, "how many of a ranking all metrics look at; 0: 10 and 20").within(0, many);
  cli.add("--eval-every", s.eval_every, "epochs between measurements").not_negative();
  cli.add("--patience", s.patience, "measurements without a gain before stopping; 0: never")
      .not_negative()
      .needs(validation);
  cli.add("--checkpoint", s.checkpoint, "saves the run here, and goes on from here");
  cli.add("--checkpoint-steps", s.checkpoint_steps, "also in mid-epoch, every so many steps")
      .not_negative();
  cli.add("--save", s.save, "writes the model");
  cli.add("--load", s.load, "reads a model instead of training one");
  cli.add("--user", s.user, "recommends to this user (a name, or an id without --users)");
  cli.add("--top", s.top, "how many items to recommend").within(1, many);
  add_progress_option(cli, s.progress);
  cli.add("--json", s.json, "writes settings, metrics and seconds");
  if (!cli.parse(count, arguments)) return 0;
  for (const auto& name : schedules)
    (name == "constant" || name == "cosine" ? s.schedule : s.prune.course) = name;
  if (!cli.has("--train") && !cli.has("--load"))
    throw fg::error("--train or --load: expected one, got none");
  expect_files({{"--train", s.train},
                {"--test", s.test},
                {"--validation", names_file(s.validation) ? s.validation : ""},
                {"--users", s.users},
                {"--items", s.items},
                {"--load", s.load}},
               {{"--save", s.save}, {"--checkpoint", s.checkpoint}, {"--json", s.json}});

  json report;
  report["settings"] = describe(s);
  report["metrics"] = json::object();
  report["epochs"] = json::array();
  const auto where = backend_of(s.threads);
  if (const int threads = threads_of(where)) report["threads"] = threads;
  run(s, cli, report, where);
  report["seconds"]["total"] = total.seconds();
  report["peak_rss_mb"] = peak_rss_mb();
  if (!s.json.empty()) fg::write_file(s.json, report.dump(2) + '\n');
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  return run_program("recommend", [&] { return recommend_main(count, arguments); });
}
