// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_members.hpp>
#include <filigree/autograd/model.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/finite.hpp>
#include <filigree/optim/clip.hpp>
#include <filigree/optim/optimizer.hpp>
#include <filigree/optim/rate_schedule.hpp>
#include <filigree/tasks/recommender.hpp>
#include <filigree/train/checkpoint.hpp>
#include <filigree/train/finite_check.hpp>
#include <filigree/train/progress.hpp>
#include <filigree/train/watched_model.hpp>
#include <filigree/train/watcher.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace filigree {

/// How a model is trained.
struct training {
  offset epochs = 100;         ///< passes over the training data
  offset batch = 2048;         ///< examples per step
  rate_schedule rate{};        ///< scales the optimizer's learning rate by epoch
  double clip = 0;             ///< maximum global norm of the gradients; 0: no limit
  std::uint64_t seed = 1;      ///< for all randomness in the run
  checkpointing checkpoint{};  ///< none by default
};

/// Summary of a run.
struct fit_result {
  offset epochs = 0;         ///< finished, including those before a resume
  double loss = 0;           ///< mean over the last epoch
  double seconds = 0;        ///< total, in this process
  double epoch_seconds = 0;  ///< mean training time of an epoch
};

namespace detail {
/// sum += loss, on the backend, without waiting for it.
template <class T>
struct add_loss {
  double* sum;
  const T* loss;
  FILIGREE_FN void operator()(offset) const { *sum += static_cast<double>(*loss); }
};

/// Implements `fit`.
template <class T, class B, class Optimizer>
fit_result train(training_of<T, B>& m, const Optimizer& how, const training& settings) {
  using clock = std::chrono::steady_clock;
  expect_least("fit: batch", settings.batch, 1);
  expect_least("fit: epochs", settings.epochs, 0);
  expect_least("fit: clip", settings.clip, 0);
  auto& members = m.members;
  const B& on = members.on();
  const auto began = clock::now();
  const auto since = [&](clock::time_point t) {
    return std::chrono::duration<double>(clock::now() - t).count();
  };
  typename Optimizer::template state<T, B> optimize(how);
  const offset steps = m.steps(settings.batch);
  on.trim();  // frees memory used to construct the model
  auto sum = on.template zeros<double>(1);
  double counted = 0;
  fit_result result;
  progress at{.epochs = settings.epochs, .steps = steps};
  at.loss = [&] {
    double total = 0;
    on.download(sum, std::span(&total, 1));
    return counted > 0 ? total / counted : 0;
  };
  offset epoch = 0, step = 0;  // the next step to take
  const auto state = [&](auto& archive) {
    archive.written_by(checkpoint_version);
    archive.field("fit.seed", settings.seed);
    archive.field("fit.batch", settings.batch);
    auto is = m.identity();
    if (is.find(", pruning ") == is.npos) is += ", pruning none";
    archive.identity("fit.model", is);
    archive.value("fit.epoch", epoch);
    archive.value("fit.step", step);
    double total = 0;
    on.download(sum, std::span(&total, 1));
    archive.value("fit.loss_sum", total);
    archive.value("fit.loss_count", counted);
    archive.value("fit.last_loss", result.loss);
    archive.value("fit.metric", at.metric);
    archive.value("fit.stop", at.stop);
    sum = on.upload(std::span<const double>(&total, 1));
    m.state(archive);
    archive_members(on, members, archive);
    archive.model(on, members);  // last: a rejected checkpoint leaves the model unchanged
  };
  checkpoint_keeper keeper(settings.checkpoint);
  keeper.resume(state);
  at.resumed = static_cast<double>(epoch) + static_cast<double>(step) / static_cast<double>(steps);
  for_each_parameter(members, [&](const auto&, auto& p) { optimize.reserve(on, p); });

  double trained = 0;
  offset trained_epochs = 0;
  finite_check check(members);
  const auto expect_finite = [&](const char* when, double loss) {
    const auto where = when + std::to_string(epoch + 1);
    if (!is_finite(loss))
      throw error("fit: loss of " + where + ": expected a finite number, got " +
                  std::to_string(loss) + "; a smaller learning rate may help");
    check.expect(members, where);
  };
  const auto run = [&] {
    while (epoch < settings.epochs && !at.stop) {
      const auto epoch_began = clock::now();
      if (step == 0) {
        on.fill(sum.data(), 1, 0.0);
        counted = 0;
      }
      at.epoch = epoch + 1;
      at.measured = false;
      while (step < steps) {
        optimize.rate_factor = settings.rate.factor_at(
            static_cast<double>(epoch) + static_cast<double>(step) / static_cast<double>(steps),
            static_cast<double>(settings.epochs));
        tape<T, B> r(on);
        const auto loss = m.loss(r, settings.seed, epoch, step, settings.batch);
        r.backward(loss);
        m.on_backward(at);
        if (settings.clip > 0) clip_gradients(on, members, settings.clip);
        for_each_parameter(members, [&](const auto&, auto& p) { optimize.step(on, p); });
        move_averages(on, members);
        m.step_is_over();
        on.for_each(1, add_loss<T>{sum.data(), r.value(loss).data()});
        counted += 1;
        at.step = ++step;
        at.seconds = since(began);
        m.on_step(at);
        if (step < steps && keeper.step_done()) {
          expect_finite("a step of epoch ", at.loss());
          keeper.save(state);
        }
      }
      on.synchronize();
      at.epoch_seconds = since(epoch_began);
      trained += at.epoch_seconds;
      ++trained_epochs;
      result.loss = at.loss();
      expect_finite("epoch ", result.loss);
      at.seconds = since(began);
      m.on_epoch(at);
      ++epoch;
      step = 0;
      keeper.save(state);
    }
  };
  try {
    run();
  } catch (...) {
    m.on_end(at);
    throw;
  }
  result.epochs = epoch;
  result.seconds = since(began);
  result.epoch_seconds = trained_epochs ? trained / static_cast<double>(trained_epochs) : 0;
  m.on_end(at);
  return result;
}
}  // namespace detail

/// Minimizes model.loss over epochs of batches. Watchers are called in the order given. With a
/// checkpoint, a run can resume after being killed, with bitwise the same result; a checkpoint of a
/// different model, data, seed or batch size, or of filigree 0.1, is rejected (the optimizer, the
/// schedule and the number of epochs may change). Throws `range_error` for settings out of range,
/// `file_error` for a checkpoint that cannot be read or written, and `error` naming the epoch in
/// which the loss is no longer finite, or a parameter, gradient, moment or running mean has
/// diverged; both are checked at the end of each epoch and before a checkpoint is written, so the
/// file keeps the last good state. `on_end` of the watchers is called before an error propagates,
/// too.
template <model M, class Optimizer, class... Watchers>
requires optimizer<Optimizer, typename M::scalar, typename M::backend_type> &&
    (watcher<Watchers, M>&&...)fit_result
    fit(M& m, const Optimizer& how, const training& settings, Watchers&&... watchers) {
  detail::watched_model<M, std::remove_reference_t<Watchers>...> watched(m, watchers...);
  return detail::train<typename M::scalar, typename M::backend_type>(watched, how, settings);
}

/// For models that are solved at construction (popularity, item_knn, ease): there is nothing left
/// to train, and no watcher is called. Lets code that compares recommenders fit all of them alike.
template <recommender M, class Optimizer, class... Watchers>
requires(!model<M>) && optimizer<Optimizer, typename M::scalar, typename M::backend_type> fit_result
    fit(M&, const Optimizer&, const training&, Watchers&&...) {
  return {};
}

}  // namespace filigree
