// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "nn/policy_check.hpp"
#include <filigree/nn/prompt/prompt.hpp>
#include <filigree/nn/prompt/token_prompt.hpp>

#include <span>
#include <vector>

namespace filigree {

namespace {
/// (x as the prompt changes it) w, or as a matrix.
template <class Prompt, backend B>
double prompt_error(const B& on, const Prompt& policy, bool sparse) {
  const auto features = small_features<double>(on);
  auto x = normal_parameter<double>(on, {12, 5}, 2), w = normal_parameter<double>(on, {5, 3}, 4);
  typename Prompt::template state<double, B> prompt(policy, on, {.in = 5, .out = 3});
  shake(on, prompt);
  return parameter_error(
      on,
      [&](const auto& f) {
        for_each_parameter(prompt, f);
        f("w", w);
        if (!sparse) f("x", x);
      },
      [&](auto& r) {
        using R = std::remove_reference_t<decltype(r)>;
        const auto given = sparse ? activation<R>(r, features) : activation<R>(r.leaf(x));
        const auto read = prompt.apply(r, given);
        return sparse ? read.times(r, r.leaf(w)) : r(matmul{}, read.dense(r), r.leaf(w));
      });
}
template <class Prompt>
std::vector<double> prompted(const Prompt& policy, bool at_once) {
  const reference on;
  const auto x = normal_parameter<double>(on, {12, 5}, 2),
             w = normal_parameter<double>(on, {5, 3}, 4);
  typename Prompt::template state<double, reference> prompt(policy, on, {.in = 5, .out = 3});
  shake(on, prompt);
  eager<double, reference> r(on);
  const auto read = prompt.apply(r, activation<eager<double, reference>>(r.leaf(x)));
  const auto y = at_once ? read.times(r, r.leaf(w)) : r(matmul{}, read.dense(r), r.leaf(w));
  return r.value(y).to_host(on);
}
}  // namespace

TEMPLATE_TEST_CASE("every prompt agrees with differences", "", BACKENDS) {
  const TestType on;
  for (const bool sparse : {false, true}) {
    CHECK(prompt_error(on, gpf{}, sparse) < 1e-6);
    CHECK(prompt_error(on, gpf_plus{.tokens = 3}, sparse) < 1e-6);
    CHECK(prompt_error(on, prompt_nodes{.count = 2}, sparse) < 1e-6);
  }
}

TEST_CASE("a prompt times a weight is the prompted matrix times the weight") {
  const auto same = [](const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == Approx(b[i]).margin(1e-12));
  };
  same(prompted(gpf{}, true), prompted(gpf{}, false));
  same(prompted(gpf_plus{}, true), prompted(gpf_plus{}, false));
  same(prompted(prompt_nodes{}, true), prompted(prompt_nodes{}, false));
  CHECK(prompted(prompt_nodes{.count = 2}, true).size() == 3 * 14);
}

TEST_CASE("a prompt changes nothing before it learns") {
  const reference on;
  const auto x = normal_parameter<double>(on, {12, 5}, 2);
  const gpf_plus::state<double, reference> prompt({}, on, {.in = 5, .out = 3});
  eager<double, reference> r(on);
  const auto y = prompt.apply(r, activation<eager<double, reference>>(r.leaf(x))).dense(r);
  CHECK(r.value(y).to_host(on) == x.value.to_host(on));
  CHECK_THROWS_WITH((gpf_plus::state<double, reference>({.tokens = 0}, on, {.in = 5, .out = 3})),
                    "gpf_plus: tokens: expected at least 1, got 0");
  CHECK_THROWS_WITH((gpf_plus::state<double, reference>({.tokens = -1}, on, {.in = 5, .out = 3})),
                    "gpf_plus: tokens: expected at least 1, got -1");
}

// P = (9), sequences (1, 2), (), (3): (9, 1, 2), (9), (9, 3)
TEMPLATE_TEST_CASE("tokens are put in front of every sequence of a ragged batch", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const std::vector<offset> begin{0, 2, 2, 3};
  const prompted_sequences<B> sequences(on, begin, 1);
  CHECK(sequences.begin() == std::vector<offset>{0, 3, 4, 6});
  const matrix<T, B> x(on, std::vector<T>{1, 2, 3}, {3, 1}), p(on, std::vector<T>{9}, {1, 1});
  eager<T, B> r(on);
  const auto y = sequences.prepend(r, r.constant(p), r.constant(x));
  CHECK(r.value(y).to_host(on) == std::vector<T>{9, 1, 2, 9, 9, 3});
}

TEMPLATE_TEST_CASE("token prompts agree with differences", "", BACKENDS) {
  const TestType on;
  const std::vector<offset> begin{0, 2, 2, 5};
  const prompted_sequences<TestType> sequences(on, begin, 2);
  auto x = normal_parameter<double>(on, {5, 3}, 1), p = normal_parameter<double>(on, {2, 3}, 2);
  CHECK(parameter_error(
            on,
            [&](const auto& f) {
              f("x", x);
              f("p", p);
            },
            [&](auto& r) { return sequences.prepend(r, r.leaf(p), r.leaf(x)); }) < 1e-7);
}

TEST_CASE("token prompts say what they expect") {
  const reference on;
  const std::vector<offset> none{}, back{0, 2, 1}, late{1, 2};
  CHECK_THROWS_WITH(prompted_sequences<reference>(on, late, -1),
                    "token_prompt: tokens: expected at least 0, got -1");
  CHECK_THROWS_WITH(prompted_sequences<reference>(on, none, 1),
                    "token_prompt: begins of sequences: expected at least 1, got 0");
  CHECK_THROWS_WITH(prompted_sequences<reference>(on, back, 1),
                    "token_prompt: begin of sequence 2: expected at least 2, got 1");
  CHECK_THROWS_WITH(prompted_sequences<reference>(on, late, 1),
                    "token_prompt: begin of sequence 0: expected 0, got 1");
  const prompted_sequences<reference> two(on, std::vector<offset>{0, 2}, 1);
  const matrix<float, reference> x(on, {3, 2}), p(on, {1, 2}), wide(on, {1, 3}), more(on, {2, 2});
  eager<float, reference> r(on);
  CHECK_THROWS_WITH(two.prepend(r, r.constant(p), r.constant(x)),
                    "token_prompt: rows of x: expected 2, got 3");
  CHECK_THROWS_WITH(two.prepend(r, r.constant(more), r.constant(x)),
                    "token_prompt: rows of tokens: expected 1, got 2");
}

}  // namespace filigree
