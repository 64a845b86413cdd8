// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "toy.hpp"
#include <filigree/train/evaluate.hpp>

#include <cmath>
#include <sstream>

namespace fg = filigree;

namespace {
// Scores of 3 users x 4 items; user 0 has item 0 already.
const toy::table model{fg::interactions({{0, 0}}, 3, 4),
                       {9, 3, 2, 1,  //
                        1, 2, 3, 4,  //
                        0, 0, 0, 0}};
// User 0 should get 2, user 1 should get 3 and 0; user 2 has nothing to test.
const fg::interactions held_out({{0, 2}, {1, 0}, {1, 3}}, 3, 4);
}  // namespace

TEST_CASE("one pass gives all metrics, over users with held-out items alone") {
  // user 0 is shown 1 2, user 1 is shown 3 2
  const auto r =
      fg::evaluate(model, held_out, fg::recall_at{2}, fg::ndcg_at{2}, fg::precision_at{1},
                   fg::hit_rate_at{1}, fg::mrr_at{2}, fg::coverage_at{2});
  CHECK(r["recall@2"] == Approx((1.0 + 0.5) / 2));
  CHECK(r["ndcg@2"] == Approx((1 / std::log2(3.0) + 1 / (1 + 1 / std::log2(3.0))) / 2));
  CHECK(r["precision@1"] == Approx(0.5));
  CHECK(r["hit_rate@1"] == Approx(0.5));
  CHECK(r["mrr@2"] == Approx(0.75));
  CHECK(r["coverage@2"] == Approx(3.0 / 4));
  std::ostringstream out;
  out << r;
  CHECK(out.str().starts_with("recall@2 0.75\nndcg@2 "));
  REQUIRE(r.values().size() == 6);
  CHECK(r.values()[0] == std::pair<std::string, double>("recall@2", 0.75));
  CHECK(r.values()[5].first == "coverage@2");
}

TEST_CASE("evaluating names what does not fit") {
  CHECK_THROWS_WITH(fg::evaluate(model, held_out, fg::recall_at{5}),
                    "evaluate: k: expected 1 to 4 (the catalog), got 5");
  CHECK_THROWS_WITH(fg::evaluate(model, fg::interactions({{0, 4}}), fg::recall_at{1}),
                    "evaluate: held-out users x items: expected at most 3 x 4, got 1 x 5");
  const auto r = fg::evaluate(model, held_out, fg::recall_at{2});
  CHECK_THROWS_WITH(r["ndcg@2"], "report: metric: expected one that was evaluated, got ndcg@2");
}

// The user has item 0 in training; 0 and 3 are held out, and 3 is ranked first of what is new.
TEST_CASE("held-out items that are in training too are no relevant ones, and are counted") {
  const toy::table one{fg::interactions({{0, 0}, {1, 1}}, 2, 4), {9, 1, 2, 3, 1, 1, 1, 1}};
  const fg::interactions both({{0, 0}, {0, 3}, {1, 1}}, 2, 4);
  const auto r = fg::evaluate(one, both, fg::recall_at{2}, fg::ndcg_at{2});
  CHECK(r["recall@2"] == 1);
  CHECK(r["ndcg@2"] == 1);
  const std::string note = "2 of 3 held-out interactions are in training too, and were left out";
  CHECK(r.notes() == std::vector<std::string>{note});
  std::ostringstream out;
  out << r;
  CHECK(out.str() == "recall@2 1\nndcg@2 1\n# " + note + "\n");
  CHECK(fg::evaluate(model, held_out, fg::recall_at{2}).notes().empty());
}

TEST_CASE("nobody is no measurement") {
  const std::string nobody =
      "evaluate: users with held-out items that are not in training: expected at least 1, got 0";
  CHECK_THROWS_WITH(fg::evaluate(model, fg::interactions({}, 3, 4), fg::recall_at{2}), nobody);
  CHECK_THROWS_WITH(fg::evaluate(model, model.train(), fg::recall_at{2}), nobody);
}
