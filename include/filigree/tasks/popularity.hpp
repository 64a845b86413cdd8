// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/kernels/lanes.hpp>
#include <filigree/tasks/recommender.hpp>

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace filigree {

namespace kernels {
/// Each row of out is count[0] ... count[cols - 1].
template <class T>
struct repeat_row {
  static constexpr offset grain = 64;
  const T* count;
  matrix_view<T> out;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset b, Lanes lanes = {}) const {
    for (offset j = lanes.rank(); j < out.cols; j += lanes.size()) out(b, j) = count[j];
  }
};
}  // namespace kernels

/// There are no options.
struct popularity_options {};

/// The same for every user: an item's score is the number of users who have it. The baseline that
/// every recommender must beat.
template <backend B, class T = float>
class popularity {
 public:
  using scalar = T;
  using backend_type = B;

  explicit popularity(interactions train, popularity_options = {}, B on = {})
      : on_(on), train_(std::make_shared<const interactions>(std::move(train))) {
    const auto count = train_->popularity();
    const std::vector<T> as_scores(count.begin(), count.end());
    count_ = on_.upload(std::span(as_scores));
  }

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] const interactions& train() const { return *train_; }

  /// block(b, j) = the number of users who have item first + j.
  void score(const B& on, std::span<const index>, index first, matrix_view<T> block) const {
    on.for_each(block.rows, kernels::repeat_row<T>{count_.data() + first, block});
  }

 private:
  B on_;
  std::shared_ptr<const interactions> train_;
  typename B::template buffer<T> count_;
};

}  // namespace filigree
