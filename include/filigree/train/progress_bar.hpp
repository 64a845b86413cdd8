// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/finite.hpp>
#include <filigree/train/progress.hpp>
#include <filigree/train/watcher.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <unistd.h>  // isatty

namespace filigree {

/// How progress is reported.
enum class progress_style {
  automatic,  ///< a bar on a terminal, lines elsewhere
  lines,      ///< a line of text for each measured epoch
  json,       ///< the same, each line a JSON object
  none        ///< not at all
};

/// Reports the progress of training, with epoch, loss, metric and time left: on a terminal, as one
/// line that is redrawn at most ten times a second; in a log or a pipe, as a line for each measured
/// epoch, for the first, the last, and whenever ten seconds have passed since the previous line.
class progress_bar : public idle_watcher {
 public:
  /// Writes to the given stream.
  explicit progress_bar(std::FILE* out = stderr, progress_style style = progress_style::automatic)
      : out_(out),
        style_(style),
        draws_(style == progress_style::automatic && ::isatty(::fileno(out)) == 1) {}

  void on_step(auto& /*model*/, const progress& p) {
    if (!draws_ || p.seconds < next_) return;
    next_ = p.seconds + 0.1;
    draw(p);
  }
  template <class M>
  void on_epoch(M&, progress& p) {
    if (draws_) return draw(p);
    const bool tells = p.measured || p.stop || p.epoch >= p.epochs || p.seconds >= next_;
    if (!tells || style_ == progress_style::none) return;
    next_ = p.seconds + 10;
    const auto text = style_ == progress_style::json ? json(p) : line(p, false);
    std::fprintf(out_, "%s\n", text.c_str());
    std::fflush(out_);
  }
  template <class M>
  void on_end(M&, const progress&) {
    if (draws_) std::fputc('\n', out_);
  }

  /// An epoch as a JSON object: epoch, epochs, loss, seconds, and the metric under its name.
  [[nodiscard]] static std::string json(const progress& p) {
    char text[160];
    const double loss = p.loss ? p.loss() : 0;
    std::snprintf(text, sizeof text, R"({"epoch": %lld, "epochs": %lld, "loss": %.9g, )",
                  static_cast<long long>(p.epoch), static_cast<long long>(p.epochs), loss);
    std::string out = text;
    if (p.measured && is_finite(p.metric)) {
      std::snprintf(text, sizeof text, "\": %.9g, ", p.metric);
      out += '"' + p.metric_name + text;
    }
    std::snprintf(text, sizeof text, R"("seconds": %.3f})", p.seconds);
    return out + text;
  }

  /// The line itself, with or without a bar.
  [[nodiscard]] static std::string line(const progress& p, bool with_bar = true) {
    constexpr int width = 24;
    const double done = p.steps ? static_cast<double>(p.step) / static_cast<double>(p.steps) : 0;
    const double epochs = static_cast<double>(p.epoch - 1) + done;
    const int filled =
        static_cast<int>(width * epochs / static_cast<double>(std::max<offset>(1, p.epochs)));
    const double here = epochs - p.resumed;  // epochs run in p.seconds
    const double left = here > 0 ? p.seconds / here * (static_cast<double>(p.epochs) - epochs) : 0;
    char text[160];
    std::snprintf(text, sizeof text, "epoch %lld/%lld ", static_cast<long long>(p.epoch),
                  static_cast<long long>(p.epochs));
    std::string out = text;
    if (with_bar)
      out += '[' + std::string(static_cast<std::size_t>(filled), '#') +
             std::string(static_cast<std::size_t>(width - filled), '.') + "] ";
    std::snprintf(text, sizeof text, "loss %.4f", p.loss ? p.loss() : 0.0);
    out += text;
    if (!is_nan(p.metric)) {
      std::snprintf(text, sizeof text, "  %s %.4f", p.metric_name.c_str(), p.metric);
      out += text;
    }
    std::snprintf(text, sizeof text, "  %d:%02d left", static_cast<int>(left) / 60,
                  static_cast<int>(left) % 60);
    return out + text;
  }

 private:
  void draw(const progress& p) {
    std::fprintf(out_, "\r%s\033[K", line(p).c_str());
    std::fflush(out_);
  }
  std::FILE* out_;
  progress_style style_;
  bool draws_;
  double next_ = 0;
};

}  // namespace filigree
