// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/recorder.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/ops/gather_rows.hpp>
#include <filigree/ops/stack_rows.hpp>
#include <filigree/tensor/row_set.hpp>

#include <span>
#include <string>
#include <vector>

namespace filigree {

/// A ragged batch of sequences of embeddings with learned tokens P, (tokens x d), prepended to each
/// (soft prompts: Lester et al., 2021). Sequence s consists of the rows begin[s] to begin[s + 1] of
/// x; with the tokens, it has `tokens` more. There is no padding; an empty sequence becomes just
/// the tokens.
template <backend B>
class prompted_sequences {
 public:
  /// Throws `range_error` for a negative number of tokens and for begins that do not start at 0 or
  /// are not ascending.
  prompted_sequences(const B& on, std::span<const offset> begin, offset tokens)
      : tokens_(tokens), rows_(begin.empty() ? 0 : begin.back()), order_(order(on, begin)) {}

  /// Where the sequences with their tokens begin: (sequences + 1) offsets.
  [[nodiscard]] const std::vector<offset>& begin() const { return begin_; }

  /// The sequences x, (rows x d), with the tokens prepended to each: (rows + sequences * tokens x
  /// d). Throws `shape_error`.
  template <recorder R>
  [[nodiscard]] typename R::var prepend(R& r, typename R::var tokens, typename R::var x) const {
    detail::expect_equal("token_prompt: rows of tokens", tokens_, r.value(tokens).rows());
    detail::expect_equal("token_prompt: rows of x", rows_, r.value(x).rows());
    return r(gather_rows<B>{order_}, r(stack_rows{}, tokens, x));
  }

 private:
  /// For each row of the result, the row of [P; x] that it is taken from.
  [[nodiscard]] row_set<B> order(const B& on, std::span<const offset> begin) {
    detail::expect_least("token_prompt: tokens", tokens_, 0);
    if (begin.empty())
      throw range_error("token_prompt: begins of sequences: expected at least 1, got 0");
    if (begin[0] != 0)
      throw range_error("token_prompt: begin of sequence 0: expected 0, got " +
                        std::to_string(begin[0]));
    std::vector<index> rows;
    begin_.push_back(0);
    for (std::size_t s = 0; s + 1 < begin.size(); ++s) {
      if (begin[s + 1] < begin[s])
        throw range_error("token_prompt: begin of sequence " + std::to_string(s + 1) +
                          ": expected at least " + std::to_string(begin[s]) + ", got " +
                          std::to_string(begin[s + 1]));
      for (offset k = 0; k < tokens_; ++k) rows.push_back(static_cast<index>(k));
      for (offset k = begin[s]; k < begin[s + 1]; ++k)
        rows.push_back(narrow<index>(tokens_ + k, "token_prompt: rows"));
      begin_.push_back(static_cast<offset>(rows.size()));
    }
    const auto ids = on.upload(std::span<const index>(rows));
    return make_row_set(on, ids.data(), static_cast<offset>(rows.size()), tokens_ + rows_);
  }

  offset tokens_, rows_;
  std::vector<offset> begin_{};
  row_set<B> order_;
};

}  // namespace filigree
