// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/train/progress_bar.hpp>

#include <cstdio>

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

TEST_CASE("the progress bar is silent where the stream is no terminal") {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file);
  fg::progress_bar bar(file);
  fg::progress p{.epoch = 1, .epochs = 2, .step = 1, .steps = 2, .seconds = 9};
  int model = 0;
  bar.on_step(p);
  bar.on_epoch(model, p);
  bar.on_end(model, p);
  CHECK(std::ftell(file) == 0);
  std::fclose(file);
}
