// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/recorder.hpp>
#include <filigree/backend/generic/linear.hpp>
#include <filigree/backend/generic/machine.hpp>
#include <filigree/backend/generic/matmul.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/nn/linear/crossover.hpp>
#include <filigree/nn/linear/weight_format.hpp>
#include <filigree/tensor/block_csr.hpp>
#include <filigree/tensor/convert.hpp>
#include <filigree/tensor/n_of_m.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <functional>
#include <string>
#include <utility>
#include <variant>

namespace filigree {

/// Options of a `sparse_linear`.
struct sparse_linear_options {
  weight_format format = weight_format::automatic;
  offset batch = 256;         ///< rows of x with which formats, and dense variants, are timed
  shape block{4, 1};          ///< for the format block
  offset n = 0, m = 0;        ///< for the format n_of_m; 0: detected
  crossover* kept = nullptr;  ///< where measurements are stored; null: crossover::of_user()
  /// Replaces the clock: how long a product takes in a format; nothing is stored then.
  std::function<double(weight_format)> seconds{};
};

/// y = x W' + bias with a weight W (out x in) whose zeros are pruned: x is (batch x in), y is
/// (batch x out). Stores W dense, in compressed rows, in blocks or as n of m, whichever is measured
/// to be fastest with this weight; dense unless a sparse format takes at least a tenth less time.
/// This is measured once for each kind of weight, batch and machine, and remembered in `crossover`.
/// The weight is not trained. Const use from many threads at once is safe.
template <backend B, class T = float>
class sparse_linear {
 public:
  using scalar = T;
  using backend_type = B;

  /// A weight, and a bias (1 x out) unless it is 0 x 0. Throws `shape_error` for a bias of any
  /// other shape, `range_error` for a weight that contains NaN and, if n_of_m is requested, for one
  /// without that pattern, and for a batch below 1.
  sparse_linear(const B& on, const matrix<T, B>& weight, matrix<T, B> bias = {},
                const sparse_linear_options& options = {})
      : bias_(std::move(bias)), shape_(weight.shape()) {
    if (bias_.size() || bias_.rows() || bias_.cols()) {
      detail::expect_equal("sparse_linear: rows of bias", 1, bias_.rows());
      detail::expect_equal("sparse_linear: columns of bias", out(), bias_.cols());
    }
    detail::expect_least("sparse_linear: batch", options.batch, 1);
    detail::expect_numbers(on, weight.data(), weight.size(), "sparse_linear");
    const auto host = weight.to_host(on);
    structure_ =
        weight_structure::of(std::span<const T>(host), shape_, options.block, options.n, options.m);
    choose(on, weight, options);
  }

  [[nodiscard]] offset in() const { return shape_.cols; }
  [[nodiscard]] offset out() const { return shape_.rows; }
  /// The format in which the weight is stored.
  [[nodiscard]] weight_format chosen() const { return chosen_; }
  /// The reason for the choice, in one sentence, with the measurements.
  [[nodiscard]] const std::string& why() const { return why_; }
  /// The structure of the weight's zeros.
  [[nodiscard]] const weight_structure& structure() const { return structure_; }
  /// The bytes that the weight takes in its format.
  [[nodiscard]] offset bytes() const {
    constexpr offset value = sizeof(T), column = sizeof(index), begin = sizeof(offset);
    return std::visit(
        [&](const auto& w) {
          using W = std::remove_cvref_t<decltype(w)>;
          if constexpr (std::same_as<W, matrix<T, B>>)
            return value * w.size();
          else if constexpr (std::same_as<W, csr<T, B>>)
            return (value + column) * w.entries() + begin * (w.rows() + 1);
          else if constexpr (std::same_as<W, block_csr<T, B>>)
            return value * w.entries() + column * w.blocks() +
                   begin * ((w.rows() + w.block().rows - 1) / w.block().rows + 1);
          else
            return (value + 1) * w.entries();
        },
        weight_);
  }
  /// The weight as a dense matrix.
  [[nodiscard]] matrix<T, B> weight(const B& on) const {
    return std::visit(
        [&](const auto& w) {
          if constexpr (std::same_as<std::remove_cvref_t<decltype(w)>, matrix<T, B>>)
            return w;
          else
            return to_dense(on, w);
        },
        weight_);
  }

  /// x W' + bias. Throws `shape_error`.
  [[nodiscard]] matrix<T, B> apply(const B& on, const matrix<T, B>& x) const {
    matrix<T, B> y(on, product{*this}.shape(x.view()));
    multiply(on, weight_, x.view(), y.view());
    return y;
  }
  /// The same on a recorder, which the layer must outlive.
  template <recorder R>
  [[nodiscard]] typename R::var operator()(R& r, typename R::var x) const {
    return r(product{*this}, x);
  }

  /// The layer as an operation on x.
  struct product {
    const sparse_linear& layer;

    [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
      detail::expect_equal("sparse_linear: columns of x", layer.in(), x.cols);
      return {x.rows, layer.out()};
    }
    void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
      layer.multiply(on, layer.weight_, x, y);
    }
    void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                  gradient<T> dx) const {
      if (!dx) return;
      const auto w = layer.weight(on);
      matmul_into(on, kernels::matmul_cell<T>{dy, w.view(), dx, false, false, T(1), true});
    }
  };

 private:
  using storage = std::variant<matrix<T, B>, csr<T, B>, block_csr<T, B>, n_of_m<T, B>>;

  [[nodiscard]] storage stored(const B& on, const matrix<T, B>& weight, weight_format f) const {
    if (f == weight_format::csr) return from_dense(on, weight);
    if (f == weight_format::block) return block_csr<T, B>(on, weight, structure_.block);
    if (f != weight_format::n_of_m) return weight;
    const offset m = structure_.m ? structure_.m : 4;
    return n_of_m<T, B>(on, weight, structure_.n ? structure_.n : 2, m);
  }
  /// The dense format for the block kernel.
  [[nodiscard]] storage all_blocks(const B& on, const matrix<T, B>& weight) const {
    return block_csr<T, B>(on, weight, {8, 1}, kept_blocks::all);
  }

  void multiply(const B& on, const storage& weight, matrix_view<const T> x,
                matrix_view<T> y) const {
    const T* const bias = bias_.size() ? bias_.data() : nullptr;
    std::visit(
        [&](const auto& w) {
          using W = std::remove_cvref_t<decltype(w)>;
          if constexpr (std::same_as<W, matrix<T, B>>) {
            if (bias) on.for_each(y.size(), kernels::fill_bias<T>{y, bias});
            matmul_into(on, kernels::matmul_cell<T>{x, w.view(), y, false, true, T(1), !!bias});
          } else if constexpr (std::same_as<W, csr<T, B>>) {
            linear_into(on, kernels::csr_linear<T>{w.pattern(), w.values().data, x, y, bias});
          } else if constexpr (std::same_as<W, block_csr<T, B>>) {
            linear_into(on, kernels::block_linear<T>{w.view(), x, y, bias});
          } else {
            linear_into(on, kernels::n_of_m_linear<T>{w.view(), x, y, bias});
          }
        },
        weight);
  }

  void choose(const B& on, const matrix<T, B>& weight, const sparse_linear_options& options) {
    chosen_ = options.format;
    why_ = name_of(chosen_) + ": as asked for, at " + detail::percent(structure_.zeros) + " zeros";
    // A backend whose machine has no name is not worth an unrequested measurement.
    const bool automatic = chosen_ == weight_format::automatic;
    format_seconds measured;
    if (automatic || (chosen_ == weight_format::dense && !machine_of(on).empty()))
      measured = measure(on, weight, options);
    if (automatic) {
      chosen_ = measured.best();
      why_ = reason_for(measured, structure_.zeros);
    }
    const bool in_blocks = chosen_ == weight_format::dense && measured.dense_in_blocks;
    weight_ = in_blocks ? all_blocks(on, weight) : stored(on, weight, chosen_);
  }

  [[nodiscard]] format_seconds measure(const B& on, const matrix<T, B>& weight,
                                       const sparse_linear_options& options) const {
    format_seconds measured;
    const auto each = [&](const auto& seconds) {
      for (const auto f : weight_formats)
        if (structure_.suits(f)) measured[f] = seconds(f);
      return measured;
    };
    if (options.seconds) return each(options.seconds);
    auto& kept = options.kept ? *options.kept : crossover::of_user();
    const auto machine = machine_of(on);
    const auto key = key_of(machine, options.batch);
    if (!machine.empty())
      if (const auto found = kept.find(key)) return *found;
    matrix<T, B> x(on, {options.batch, in()}), y(on, {options.batch, out()});
    on.fill(x.data(), x.size(), T(1));
    each([&](weight_format f) { return timed(on, stored(on, weight, f), x, y); });
    if (machine.empty()) return measured;
    const double in_blocks = timed(on, all_blocks(on, weight), x, y);
    measured.dense_in_blocks = in_blocks < measured[weight_format::dense];
    if (measured.dense_in_blocks) measured[weight_format::dense] = in_blocks;
    kept.keep(key, measured);
    return measured;
  }

  /// The fastest of up to fifty products after a first one, within a tenth of a second but at least
  /// three products. The minimum is used because other load on the machine can only add time.
  [[nodiscard]] double timed(const B& on, const storage& weight, const matrix<T, B>& x,
                             matrix<T, B>& y) const {
    using clock = std::chrono::steady_clock;
    const auto once = [&] {
      const auto start = clock::now();
      multiply(on, weight, x.view(), y.view());
      on.synchronize();
      return std::chrono::duration<double>(clock::now() - start).count();
    };
    double total = once(), best = total;
    for (int k = 0; k < 3 || (k < 50 && total < 0.1); ++k) {
      const double seconds = once();
      total += seconds;
      best = std::min(best, seconds);
    }
    return std::max(best, 1e-9);
  }

  /// Weights with the same key share a measurement: shares are rounded to five percent.
  [[nodiscard]] std::string key_of(const std::string& machine, offset batch) const {
    const auto rounded = [](double share) { return std::to_string(std::lround(20 * share) * 5); };
    const auto pair = [](offset a, const char* by, offset b) {
      return std::to_string(a) + by + std::to_string(b);
    };
    return pair(out(), "x", in()) + (sizeof(T) == sizeof(float) ? " float" : " double") +
           " zeros:" + rounded(structure_.zeros) +
           " blocks:" + pair(structure_.block.rows, "x", structure_.block.cols) + ":" +
           rounded(structure_.blocks) + " pattern:" + pair(structure_.n, "of", structure_.m) +
           " batch:" + std::to_string(batch) + " on " + machine;
  }

  matrix<T, B> bias_;
  filigree::shape shape_;
  weight_structure structure_;
  weight_format chosen_ = weight_format::dense;
  std::string why_;
  storage weight_;
};

}  // namespace filigree
