// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/count_left.hpp>
#include <filigree/autograd/model.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/finite.hpp>
#include <filigree/train/evaluate.hpp>
#include <filigree/train/progress.hpp>
#include <filigree/train/watcher.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Measures a validation metric every `every` epochs, keeps the parameters of the best epoch, and
/// ends training after `patience` consecutive measurements without improvement (0: never). After
/// training, the model has the best parameters. Never give it test data.
template <model M, class Metric, class Held = interactions>
class early_stopping : public idle_watcher {
 public:
  using T = typename M::scalar;
  using B = typename M::backend_type;

  /// `validation` must outlive the run; throws `range_error` for `every` below 1, a negative
  /// patience, and if nothing is held out.
  early_stopping(const M&, const Held& validation, Metric m, offset every = 1, offset patience = 0)
      : validation_(&validation), metric_(m), every_(every), patience_(patience) {
    detail::expect_least("early_stopping: every", every, 1);
    detail::expect_least("early_stopping: patience", patience, 0);
    detail::expect_least("early_stopping: held out", held_out_size(validation), 1);
  }

  early_stopping(const M&, const Held&&, Metric, offset = 1, offset = 0) = delete;

  /// One measurement.
  struct measurement {
    offset epoch;
    double loss, value;
  };
  /// All measurements so far.
  [[nodiscard]] const std::vector<measurement>& history() const { return history_; }
  /// The epoch of the best measurement, from 1; 0 before the first.
  [[nodiscard]] offset best_epoch() const { return best_epoch_; }
  /// The best value.
  [[nodiscard]] double best() const { return best_; }

  /// Takes a measurement; if anything was pruned or restored, earlier measurements no longer
  /// compete.
  void on_epoch(M& m, progress& p) {
    p.metric_name = metric_.name();
    if (p.epoch % every_ != 0 && p.epoch != p.epochs) return;
    const double value = evaluate(m, *validation_, metric_)[metric_.name()];
    p.metric = value;
    p.measured = true;
    history_.push_back({p.epoch, p.loss(), value});
    if (is_another(m)) {
      best_ = -std::numeric_limits<double>::infinity();
      best_epoch_ = worse_ = 0;
      snapshot_.clear();
    }
    if (!is_nan(value) && (best_epoch_ == 0 || value > best_)) {
      best_ = value;
      best_epoch_ = p.epoch;
      worse_ = 0;
      std::size_t at = 0;
      for_each_value(m, [&](const std::string&, const matrix<T, B>& v) {
        if (snapshot_.size() == at) snapshot_.emplace_back();
        snapshot_[at++] = v;
      });
    } else if (patience_ > 0 && ++worse_ >= patience_) {
      p.stop = true;
    }
  }

  /// Restores the best parameters, even if an error ends training, but not if anything was pruned
  /// since they were measured.
  void on_end(M& m, const progress&) {
    if (snapshot_.empty() || is_another(m)) return;
    std::size_t at = 0;
    for_each_value(m, [&](const std::string&, matrix<T, B>& v) { v = snapshot_[at++]; });
  }

  /// The state above, for checkpoints.
  template <class Archive>
  void state(const B& on, M& m, Archive& archive) {
    archive.value("early_stopping.best", best_);
    archive.value("early_stopping.best_epoch", best_epoch_);
    archive.value("early_stopping.worse", worse_);
    archive.value("early_stopping.left", left_);
    std::vector<double> flat;
    for (const auto& h : history_) {
      flat.push_back(static_cast<double>(h.epoch));
      flat.push_back(h.loss);
      flat.push_back(h.value);
    }
    archive.value("early_stopping.history", flat);
    history_.clear();
    for (std::size_t i = 0; i + 2 < flat.size(); i += 3)
      history_.push_back({static_cast<offset>(flat[i]), flat[i + 1], flat[i + 2]});
    std::size_t at = 0;
    // Any shape is valid: the model may have had more edges when it was best.
    for_each_value(m, [&](const std::string& name, const matrix<T, B>&) {
      if (snapshot_.size() == at) snapshot_.emplace_back();
      archive.array(on, "early_stopping.best/" + name, snapshot_[at++]);
    });
    if (best_epoch_ == 0) snapshot_.clear();
  }

 private:
  [[nodiscard]] static offset held_out_size(const Held& validation) {
    if constexpr (requires { validation.size(); })
      return static_cast<offset>(validation.size());
    else
      return std::ssize(validation.from);
  }
  /// Whether the model's remaining edges, rows or weights differ from those at the last
  /// measurement, so that its values cannot be restored.
  [[nodiscard]] bool is_another(const M& m) {
    const auto before = std::exchange(left_, detail::what_is_left(m));
    return before != left_;
  }

  const Held* validation_;
  Metric metric_;
  offset every_, patience_;
  double best_ = -std::numeric_limits<double>::infinity();
  offset best_epoch_ = 0, worse_ = 0;
  std::vector<double> left_;
  std::vector<matrix<T, B>> snapshot_;
  std::vector<measurement> history_;
};

}  // namespace filigree
