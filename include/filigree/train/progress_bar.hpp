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

/// Draws one line with epoch, loss, metric and time left to a stream, and redraws it at most ten
/// times a second; silent where the stream is no terminal.
class progress_bar : public idle_watcher {
 public:
  /// On that stream.
  explicit progress_bar(std::FILE* out = stderr)
      : out_(out), shown_(::isatty(::fileno(out)) == 1) {}

  void on_step(auto& /*model*/, const progress& p) {
    if (!shown_ || p.seconds < next_) return;
    next_ = p.seconds + 0.1;
    draw(p);
  }
  template <class M>
  void on_epoch(M&, progress& p) {
    if (shown_) draw(p);
  }
  template <class M>
  void on_end(M&, const progress&) {
    if (shown_) std::fputc('\n', out_);
  }

  /// The line itself.
  [[nodiscard]] static std::string line(const progress& p) {
    constexpr int width = 24;
    const double done = p.steps ? static_cast<double>(p.step) / static_cast<double>(p.steps) : 0;
    const double epochs = static_cast<double>(p.epoch - 1) + done;
    const int filled =
        static_cast<int>(width * epochs / static_cast<double>(std::max<offset>(1, p.epochs)));
    const double here = epochs - p.resumed;  // epochs that p.seconds were spent on
    const double left = here > 0 ? p.seconds / here * (static_cast<double>(p.epochs) - epochs) : 0;
    char text[160];
    std::snprintf(text, sizeof text, "epoch %lld/%lld [%s%s] loss %.4f",
                  static_cast<long long>(p.epoch), static_cast<long long>(p.epochs),
                  std::string(static_cast<std::size_t>(filled), '#').c_str(),
                  std::string(static_cast<std::size_t>(width - filled), '.').c_str(),
                  p.loss ? p.loss() : 0.0);
    std::string out = text;
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
  bool shown_;
  double next_ = 0;
};

}  // namespace filigree
