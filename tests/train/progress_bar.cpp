// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/train/progress_bar.hpp>

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace fg = filigree;

TEST_CASE("the progress bar says epoch, loss, metric and time left") {
  fg::progress p{.epoch = 3, .epochs = 4, .step = 5, .steps = 10, .seconds = 100};
  p.loss = [] { return 0.25; };
  CHECK(fg::progress_bar::line(p) == "epoch 3/4 [###############.........] loss 0.2500  1:00 left");
  p.metric = 0.125;
  p.metric_name = "ndcg@20";
  CHECK(fg::progress_bar::line(p) ==
        "epoch 3/4 [###############.........] loss 0.2500  ndcg@20 0.1250  1:00 left");
  p.resumed = 2;  // 100 seconds went into half an epoch
  CHECK(fg::progress_bar::line(p) ==
        "epoch 3/4 [###############.........] loss 0.2500  ndcg@20 0.1250  5:00 left");
}

TEST_CASE(
    "in a log there is a line for each epoch that was measured, the last, and every ten seconds") {
  const auto told = [](fg::progress_style style) {
    std::FILE* const file = std::tmpfile();
    REQUIRE(file);
    fg::progress_bar bar(file, style);
    fg::progress p{.epochs = 5, .step = 2, .steps = 2};
    p.loss = [] { return 0.25; };
    int model = 0;
    for (p.epoch = 1; p.epoch <= 5; ++p.epoch) {
      p.seconds = p.epoch == 4 ? 32 : static_cast<double>(p.epoch);
      p.measured = p.epoch == 2;
      if (p.measured) {
        p.metric_name = "ndcg@20";
        p.metric = 0.125;
      }
      bar.on_step(model, p);
      bar.on_epoch(model, p);
    }
    bar.on_end(model, p);
    std::rewind(file);
    std::string out;
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) out += static_cast<char>(c);
    std::fclose(file);
    return out;
  };
  const std::string lines =
      "epoch 1/5 loss 0.2500  0:04 left\n"
      "epoch 2/5 loss 0.2500  ndcg@20 0.1250  0:03 left\n"
      "epoch 4/5 loss 0.2500  ndcg@20 0.1250  0:08 left\n"
      "epoch 5/5 loss 0.2500  ndcg@20 0.1250  0:00 left\n";
  CHECK(told(fg::progress_style::automatic) == lines);
  CHECK(told(fg::progress_style::lines) == lines);
  CHECK(told(fg::progress_style::json) ==
        R"({"epoch": 1, "epochs": 5, "loss": 0.25, "seconds": 1.000}
{"epoch": 2, "epochs": 5, "loss": 0.25, "ndcg@20": 0.125, "seconds": 2.000}
{"epoch": 4, "epochs": 5, "loss": 0.25, "seconds": 32.000}
{"epoch": 5, "epochs": 5, "loss": 0.25, "seconds": 5.000}
)");
  CHECK(told(fg::progress_style::none).empty());
}

TEST_CASE("on a terminal the progress bar draws over its line, ten times a second at most") {
  const int screen = ::posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(screen >= 0);
  REQUIRE(::grantpt(screen) == 0);
  REQUIRE(::unlockpt(screen) == 0);
  std::FILE* const terminal = std::fopen(::ptsname(screen), "w");
  REQUIRE(terminal);
  fg::progress_bar bar(terminal);
  fg::progress p{.epoch = 1, .epochs = 2, .step = 1, .steps = 2, .seconds = 9};
  const auto line = "\r" + fg::progress_bar::line(p) + "\033[K";
  int model = 0;
  bar.on_step(model, p);
  p.seconds = 9.05;
  bar.on_step(model, p);  // too early
  p.seconds = 9.2;
  bar.on_step(model, p);
  bar.on_epoch(model, p);
  bar.on_end(model, p);
  std::fflush(terminal);
  std::string shown;
  char part[1000];
  while (!shown.ends_with('\n')) {  // a terminal hands out what it has
    const auto count = ::read(screen, part, sizeof part);
    REQUIRE(count > 0);
    shown.append(part, static_cast<std::size_t>(count));
  }
  CHECK(shown == line + line + line + "\r\n");
  std::fclose(terminal);
  ::close(screen);
}

TEST_CASE("before the first step the progress bar knows no time left and no loss") {
  CHECK(fg::progress_bar::line({.epoch = 1, .epochs = 2}) ==
        "epoch 1/2 [........................] loss 0.0000  0:00 left");
}
