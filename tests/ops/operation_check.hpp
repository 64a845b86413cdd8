// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/autograd/check_gradient.hpp>
#include <filigree/core/random.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace filigree {

/// How much a check has compared: gradient elements with differences, and elements of results and
/// gradients on cpu, or gpu, with those on reference.
struct operation_report {
  offset gradients = 0, elements = 0;
};

using operation_checks = std::map<std::string, operation_report (*)()>;

/// The checks registered so far, by the operation's name.
[[nodiscard]] inline operation_checks& registered_checks() {
  static operation_checks all;
  return all;
}

/// Registers the check of an operation: OPERATION_CHECK(spmm) { return check_operation(body); }.
#define OPERATION_CHECK(name)                                      \
  static operation_report check_of_##name();                       \
  [[maybe_unused]] static const bool registered_##name =           \
      registered_checks().emplace(#name, &check_of_##name).second; \
  static operation_report check_of_##name()

/// What is wrong with the check of an operation; empty: nothing.
[[nodiscard]] inline std::string complaint(const std::string& name,
                                           const operation_checks& checks) {
  const auto found = checks.find(name);
  if (found == checks.end()) return name + ": expected an OPERATION_CHECK, got none";
  const auto report = found->second();
  if (report.gradients == 0) return name + ": expected gradients compared, got 0";
  if (report.elements == 0) return name + ": expected elements compared with reference, got 0";
  return {};
}

/// Standard normal elements, the same ones for any scalar and backend.
template <class T, backend B>
[[nodiscard]] matrix<T, B> random_matrix(const B& on, shape s, std::uint64_t stream) {
  std::vector<T> host(static_cast<std::size_t>(s.size()));
  for (std::size_t i = 0; i < host.size(); ++i)
    host[i] = static_cast<T>(philox{42, stream}.normal(i));
  return {on, std::span<const T>(host), s};
}

/// Pairs of a rows x cols pattern: row 0 is a hub, every seventh row from 3 on is empty, the others
/// hold each column with probability `density`.
[[nodiscard]] inline std::pair<std::vector<index>, std::vector<index>> random_pairs(
    shape s, double density) {
  std::vector<index> row, col;
  for (offset r = 0; r < s.rows; ++r)
    for (offset c = 0; c < s.cols; ++c) {
      const auto at = static_cast<std::uint64_t>(r * s.cols + c);
      if (r % 7 == 3 || (r > 0 && philox{43}.uniform(at) >= density)) continue;
      row.push_back(static_cast<index>(r));
      col.push_back(static_cast<index>(c));
    }
  return {std::move(row), std::move(col)};
}

/// Runs an operation on random inputs: small ones where gradients are compared with differences,
/// else ones that are wider than a vector and many rows long.
template <class T, backend B>
class operation_run {
 public:
  operation_run(const B& on, bool wide) : on_(on), wide_(wide) {}

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] offset choose(offset small, offset wide) const { return wide_ ? wide : small; }
  [[nodiscard]] matrix<T, B> random(shape s, std::uint64_t stream) const {
    return random_matrix<T>(on_, s, stream);
  }
  /// A rectangular graph with a hub and empty rows.
  [[nodiscard]] graph<B> random_graph() const {
    const shape s{choose(5, 300), choose(6, 270)};
    const auto [row, col] = random_pairs(s, wide_ ? 0.02 : 0.4);
    return graph<B>(on_, s, row, col);
  }
  /// An undirected graph with self-loops.
  [[nodiscard]] graph<B> random_undirected() const {
    const offset n = choose(6, 300);
    std::vector<index> a, b;
    const auto [row, col] = random_pairs({n, n}, wide_ ? 0.02 : 0.4);
    for (std::size_t k = 0; k < row.size(); ++k)
      if (row[k] <= col[k] && col[k] % 7 != 3) {
        a.push_back(row[k]);
        b.push_back(col[k]);
      }
    return graph<B>::undirected(on_, n, a, b);
  }
  /// Ids below `bound`, with repeats and gaps.
  [[nodiscard]] std::vector<index> random_ids(offset n, offset bound) const {
    std::vector<index> ids;
    for (offset k = 0; k < n; ++k)
      ids.push_back(static_cast<index>(philox{44}.below(static_cast<std::uint64_t>(k), bound)));
    return ids;
  }

  /// One operation with random inputs of the given shapes.
  template <class Op, std::same_as<shape>... Shape>
  void operator()(const Op& op, const Shape&... shapes) {
    static_assert(operation<Op, T, B, matrix_view<const decltype(shapes.rows, T())>...>);
    auto next = [stream = std::uint64_t{0}]() mutable { return ++stream; };
    run(op, std::tuple{random_matrix<T>(on_, shapes, next())...});
  }
  /// One operation with inputs of one's own.
  template <class Op, std::same_as<matrix<T, B>>... In>
  void with(const Op& op, const In&... in) {
    run(op, std::tuple{in...});
  }

  std::vector<std::vector<double>> results;  ///< of each forward, then of each gradient
  offset gradients = 0;                      ///< compared with differences

 private:
  template <class Op, class Inputs>
  void run(const Op& op, const Inputs& inputs) {
    std::apply([&](const auto&... in) { wide_ ? record(op, in...) : compare(op, in...); }, inputs);
  }
  template <class Op, class... In>
  void compare(const Op& op, const In&... in) {
    if constexpr (std::is_same_v<T, double>) {
      const auto found = check_gradient(on_, op, in...);
      CHECK(found.error < 1e-7);
      gradients += found.compared;
    }
  }
  template <class Op, class... In>
  void record(const Op& op, const In&... in) {
    const auto keep = [&](const matrix<T, B>& m) {
      const auto host = m.to_host(on_);
      results.emplace_back(host.begin(), host.end());
    };
    matrix<T, B> y(on_, op.shape(in.view()...));
    op.forward(on_, y.view(), in.view()...);
    keep(y);
    const auto dy = random_matrix<T>(on_, y.shape(), 100);
    auto d = std::tuple{random_matrix<T>(on_, in.shape(), 101)...};
    std::apply(
        [&](auto&... m) {
          op.backward(on_, dy.view(), std::as_const(y).view(), in.view()...,
                      gradient<T>{m.view()}...);
          (keep(m), ...);
        },
        d);
  }

  B on_;
  bool wide_;
};

namespace detail {
template <class T, backend B, class Body>
[[nodiscard]] auto run_wide(const B& on, const Body& body) {
  operation_run<T, B> run(on, true);
  body(run);
  return std::move(run.results);
}

/// cpu and gpu compute what reference computes, up to rounding; cpu the same bits with one and two
/// threads, gpu in two runs, the second in a stream of its own.
template <class T, class Body>
[[nodiscard]] offset compare_backends(const Body& body) {
  const double within = std::is_same_v<T, float> ? 2e-4 : 1e-11;
#ifdef __CUDACC__
  const auto one = run_wide<T>(gpu{}, body), two = run_wide<T>(gpu::with_own_stream(), body);
#else
  const auto one = run_wide<T>(cpu{1}, body), two = run_wide<T>(cpu{2}, body);
#endif
  const auto expected = run_wide<T>(reference{}, body);
  CHECK(one == two);
  REQUIRE(one.size() == expected.size());
  offset compared = 0;
  for (std::size_t r = 0; r < one.size(); ++r) {
    REQUIRE(one[r].size() == expected[r].size());
    double worst = 0;
    for (std::size_t i = 0; i < one[r].size(); ++i, ++compared) {
      const double error = std::abs(one[r][i] - expected[r][i]) / (1 + std::abs(expected[r][i]));
      if (!(error <= worst)) worst = error;
    }
    INFO("result " << r);
    CHECK(worst <= within);
  }
  return compared;
}
}  // namespace detail

/// body(run) runs one operation with any number of settings: run(op, shapes...). Compares gradients
/// with differences in double on each backend, and cpu or gpu with reference in both scalars.
template <class Body>
[[nodiscard]] operation_report check_operation(const Body& body) {
  operation_report report;
  const auto differences = [&](const auto& on) {
    operation_run<double, std::remove_cvref_t<decltype(on)>> run(on, false);
    body(run);
    report.gradients += run.gradients;
  };
#ifndef __CUDACC__
  differences(reference{});
#endif
  differences(fast{});
  report.elements = detail::compare_backends<float>(body) + detail::compare_backends<double>(body);
  return report;
}

}  // namespace filigree
