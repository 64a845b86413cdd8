// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "gpu_common.cuh"
#include <filigree/backend/generic/spmm.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/kernels/spmm.hpp>

/// Sparse products over the graph.
namespace bench {

/// Our own kernel, what the library runs (cuSPARSE with a plan), and cuSPARSE as one writes it at
/// first.
enum class product { ours, planned, plain };

/// A graph's pattern with its plan or without.
[[nodiscard]] inline fg::pattern_view<> pattern_for(const setting& s, product which) {
  auto pattern = s.graph.forward();
  if (which == product::ours) pattern.plan = nullptr;
  return pattern;
}

/// About a thousand rows from everywhere, and the longest one.
[[nodiscard]] inline std::vector<fg::index> sample_rows(const fg::pattern_view<>& a) {
  const auto length = [&](fg::offset r) { return a.row_begin[r + 1] - a.row_begin[r]; };
  std::vector<fg::index> rows;
  fg::index longest = 0;
  for (fg::offset r = 0; r < a.rows; ++r) {
    if (r % std::max<fg::offset>(1, a.rows / 1000) == 0) rows.push_back(static_cast<fg::index>(r));
    if (length(r) > length(longest)) longest = static_cast<fg::index>(r);
  }
  rows.push_back(longest);
  return rows;
}

/// The graph as cuSPARSE's 32-bit CSR, with a handle and a value for each entry. What products
/// make of it is as one writes it at first: the default algorithm, a work buffer made once, nothing
/// preprocessed.
class plain_matrix {
 public:
  plain_matrix(const setting& s, const float* values)
      : row_begin_(s.on.allocate<std::int32_t>(s.graph.rows() + 1)) {
    const auto a = s.graph.forward();
    s.on.for_each(a.rows + 1,
                  fg::kernels::cast_copy<fg::offset, std::int32_t>{a.row_begin, row_begin_.data()});
    check(cusparseCreate(&handle), "cusparseCreate");
    check(cusparseSetStream(handle, s.on.stream()), "cusparseSetStream");
    check(cusparseCreateCsr(&matrix, a.rows, a.cols, a.entries, row_begin_.data(),
                            const_cast<fg::index*>(a.neighbor), const_cast<float*>(values),
                            CUSPARSE_INDEX_32I, CUSPARSE_INDEX_32I, CUSPARSE_INDEX_BASE_ZERO,
                            CUDA_R_32F),
          "cusparseCreateCsr");
  }
  plain_matrix(const plain_matrix&) = delete;
  plain_matrix& operator=(const plain_matrix&) = delete;
  ~plain_matrix() {
    if (matrix) (void)cusparseDestroySpMat(matrix);
    if (handle) (void)cusparseDestroy(handle);
  }
  static constexpr auto keep = CUSPARSE_OPERATION_NON_TRANSPOSE,
                        turn = CUSPARSE_OPERATION_TRANSPOSE;
  static constexpr float one = 1, zero = 0;
  static void check(cusparseStatus_t status, const char* what) { fg::detail::check(status, what); }
  [[nodiscard]] static fg::gpu::buffer<char> room(const fg::gpu& on, std::size_t bytes) {
    return on.allocate<char>(static_cast<fg::offset>(std::max<std::size_t>(1, bytes)));
  }

  cusparseHandle_t handle = nullptr;
  cusparseSpMatDescr_t matrix = nullptr;

 private:
  fg::gpu::buffer<std::int32_t> row_begin_;
};

/// y = A x.
class plain_spmm {
 public:
  plain_spmm(const setting& s, fg::matrix_view<const float> x, fg::matrix_view<float> y)
      : a_(s, s.weight.data()), x_(x), y_(y) {
    std::size_t bytes = 0;
    a_.check(cusparseSpMM_bufferSize(a_.handle, a_.keep, a_.keep, &a_.one, a_.matrix, x_, &a_.zero,
                                     y_, CUDA_R_32F, CUSPARSE_SPMM_ALG_DEFAULT, &bytes),
             "cusparseSpMM_bufferSize");
    room_ = a_.room(s.on, bytes);
  }
  void run() {
    a_.check(cusparseSpMM(a_.handle, a_.keep, a_.keep, &a_.one, a_.matrix, x_, &a_.zero, y_,
                          CUDA_R_32F, CUSPARSE_SPMM_ALG_DEFAULT, room_.data()),
             "cusparseSpMM");
  }

 private:
  plain_matrix a_;
  fg::detail::dense_descriptor x_, y_;
  fg::gpu::buffer<char> room_;
};

/// w[e] = <a[r, :], b[c, :]>.
class plain_sddmm {
 public:
  plain_sddmm(const setting& s, fg::matrix_view<const float> a, fg::matrix_view<const float> b,
              float* w)
      : w_(s, w), a_(a), b_(b) {
    std::size_t bytes = 0;
    w_.check(cusparseSDDMM_bufferSize(w_.handle, w_.keep, w_.turn, &w_.one, a_, b_, &w_.zero,
                                      w_.matrix, CUDA_R_32F, CUSPARSE_SDDMM_ALG_DEFAULT, &bytes),
             "cusparseSDDMM_bufferSize");
    room_ = w_.room(s.on, bytes);
  }
  void run() {
    w_.check(cusparseSDDMM(w_.handle, w_.keep, w_.turn, &w_.one, a_, b_, &w_.zero, w_.matrix,
                           CUDA_R_32F, CUSPARSE_SDDMM_ALG_DEFAULT, room_.data()),
             "cusparseSDDMM");
  }

 private:
  plain_matrix w_;
  fg::detail::dense_descriptor a_, b_;
  fg::gpu::buffer<char> room_;
};

/// Sets the ratio of a task's time to that of a plain product of cuSPARSE's, measured in turns.
template <class Plain>
void compare(benchmark::State& state, task& t, Plain& plain) {
  const stopwatch clock(t.on);
  std::vector<double> own, others;
  for (int turn = 0; turn < (small() ? 1 : 11); ++turn) {
    own.push_back(clock.seconds_of(t.at_once(), [&] { t.run(); }));
    others.push_back(clock.seconds_of(t.at_once(), [&] { plain.run(); }));
  }
  set_timed(state, "ratio_to_plain", median(own) / median(others));
}

/// y = A x for d features. Bytes: of each entry its column and its weight (4 + 4), 4 for each row's
/// start, x and y: 8 entries + 4 (rows + 1) + 4 d (cols + rows). gathered_gb_per_s counts a row of
/// x for each entry instead, which caches may serve: (8 + 4 d) entries + 4 d rows.
class spmm_task : public task {
 public:
  spmm_task(const setting& s, fg::offset d, product which)
      : task(s.on),
        s_(s),
        which_(which),
        host_x_(random_matrix({}, {s.graph.cols(), d})),
        x_(on_device(on, host_x_)),
        y_(on, {s.graph.rows(), d}),
        plain_(s, std::as_const(x_).view(), y_.view()) {}

  void run() override {
    if (which_ == product::plain) return plain_.run();
    fg::spmm_into(on, fg::kernels::spmm_row<float>{.a = pattern_for(s_, which_),
                                                   .weight = s_.weight.data(),
                                                   .x = std::as_const(x_).view(),
                                                   .y = y_.view()});
  }
  double bytes() const override {
    const auto a = s_.graph.forward();
    return static_cast<double>(8 * a.entries + 4 * (a.rows + 1) + 4 * (x_.size() + y_.size()));
  }
  double difference() override {
    const auto a = s_.host.graph.forward();
    const auto rows = sample_rows(a);
    const fg::reference oracle;
    fg::matrix<float, fg::reference> expected(oracle,
                                              {static_cast<fg::offset>(rows.size()), y_.cols()});
    fg::spmm_into(oracle, fg::kernels::spmm_row<float>{.a = a,
                                                       .weight = s_.host.weight.data(),
                                                       .x = std::as_const(host_x_).view(),
                                                       .y = expected.view(),
                                                       .rows = rows.data()});
    on.fill(y_.data(), y_.size(), std::numeric_limits<float>::quiet_NaN());
    run();
    const auto got = y_.to_host(on);
    const auto d = static_cast<std::size_t>(y_.cols());
    distance apart;
    for (std::size_t i = 0; i < rows.size(); ++i)
      apart.see(std::span(got).subspan(static_cast<std::size_t>(rows[i]) * d, d),
                elements(expected).subspan(i * d, d));
    return apart.relative();
  }
  void report(benchmark::State& state, double seconds) override {
    compare(state, *this, plain_);
    const auto row = 4 * static_cast<double>(y_.cols());
    const auto gathered =
        (8 + row) * static_cast<double>(s_.graph.edges()) + row * static_cast<double>(y_.rows());
    set_timed(state, "gathered_gb_per_s", gathered / seconds / 1e9);
  }

 private:
  const setting& s_;
  product which_;
  fg::matrix<float, fg::cpu> host_x_;
  fg::matrix<float, fg::gpu> x_, y_;
  plain_spmm plain_;
};

/// w[e] = <a[r, :], b[c, :]> for d features. Bytes: of each entry its column and its score (4 + 4),
/// 4 for each row's start, a and b: 8 entries + 4 (rows + 1) + 4 d (rows + cols).
class sddmm_task : public task {
 public:
  sddmm_task(const setting& s, fg::offset d, product which)
      : task(s.on),
        s_(s),
        which_(which),
        host_(random_matrix({}, {s.graph.rows() + s.graph.cols(), d})),
        both_(on_device(on, host_)),
        w_(on, {s.graph.edges(), 1}),
        plain_(s, a_of(both_), b_of(both_), w_.data()) {}

  void run() override {
    if (which_ == product::plain) return plain_.run();
    fg::sddmm_into(on, fg::kernels::sddmm_row<float>{.pattern = pattern_for(s_, which_),
                                                     .a = a_of(both_),
                                                     .b = b_of(both_),
                                                     .weight = w_.data()});
  }
  double bytes() const override {
    const auto a = s_.graph.forward();
    return static_cast<double>(8 * a.entries + 4 * (a.rows + 1) + 4 * both_.size());
  }
  double difference() override {
    const auto pattern = s_.host.graph.forward();
    const auto rows = sample_rows(pattern);
    const fg::reference oracle;
    fg::matrix<float, fg::reference> left(oracle,
                                          {static_cast<fg::offset>(rows.size()), host_.cols()}),
        expected(oracle, w_.shape());
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::copy_n(a_of(host_).row(rows[i]), host_.cols(),
                  left.view().row(static_cast<fg::offset>(i)));
    fg::sddmm_into(oracle, fg::kernels::sddmm_row<float>{.pattern = pattern,
                                                         .a = std::as_const(left).view(),
                                                         .b = b_of(host_),
                                                         .weight = expected.data(),
                                                         .rows = rows.data()});
    on.fill(w_.data(), w_.size(), std::numeric_limits<float>::quiet_NaN());
    run();
    const auto got = w_.to_host(on);
    distance apart;
    for (const auto r : rows) {
      const auto first = static_cast<std::size_t>(pattern.row_begin[r]);
      const auto count = static_cast<std::size_t>(pattern.row_begin[r + 1]) - first;
      apart.see(std::span(got).subspan(first, count), elements(expected).subspan(first, count));
    }
    return apart.relative();
  }
  void report(benchmark::State& state, double) override { compare(state, *this, plain_); }

 private:
  template <class B>
  [[nodiscard]] fg::matrix_view<const float> a_of(const fg::matrix<float, B>& both) const {
    return both.view().rows_from(0, s_.graph.rows());
  }
  template <class B>
  [[nodiscard]] fg::matrix_view<const float> b_of(const fg::matrix<float, B>& both) const {
    return both.view().rows_from(s_.graph.rows(), s_.graph.cols());
  }

  const setting& s_;
  product which_;
  fg::matrix<float, fg::cpu> host_;  // a, then b
  fg::matrix<float, fg::gpu> both_, w_;
  plain_sddmm plain_;
};

}  // namespace bench
