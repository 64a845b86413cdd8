// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/backend/generic/runs.hpp>
#include <filigree/core/random.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;

template <class B, class Buffer>
auto down(const B& on, const Buffer& b) {
  list<std::remove_cvref_t<decltype(*b.data())>> host(b.size());
  on.download(b, std::span(host));
  return host;
}
template <class T>
struct summand {
  const T* x;
  FILIGREE_FN T operator()(fg::offset i) const { return x[i]; }
};
}  // namespace

TEMPLATE_TEST_CASE("runs of equal keys are found, and summed", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  const list<std::uint64_t> keys{3, 3, 7, 1, 1, 1, 3};
  const list<T> values{1, 2, 4, 8, 16, 32, 64};
  const auto k = on.upload(std::span(keys));
  const auto v = on.upload(std::span(values));
  const auto runs = fg::run_length_encode(on, k.data(), 7);
  CHECK(down(on, runs.keys) == list<std::uint64_t>{3, 7, 1, 3});
  CHECK(down(on, runs.begin) == list<fg::offset>{0, 2, 3, 6, 7});
  const auto summed = fg::reduce_by_key<T>(on, k.data(), 7, summand<T>{v.data()});
  CHECK(down(on, summed.keys) == list<std::uint64_t>{3, 7, 1, 3});
  CHECK(down(on, summed.sums) == list<T>{3, 4, 56, 64});
  CHECK(fg::run_length_encode(on, k.data(), 0).keys.size() == 0);
  CHECK(down(on, fg::run_length_encode(on, k.data(), 0).begin) == list<fg::offset>{0});
  CHECK(fg::reduce_by_key<T>(on, k.data(), 0, summand<T>{v.data()}).sums.size() == 0);
}

TEMPLATE_TEST_CASE("runs of many keys are those of the reference", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  constexpr fg::offset n = 9000;
  list<std::uint32_t> keys;
  list<T> values;
  for (fg::offset i = 0; i < n; ++i) {
    const auto bits = fg::philox{5}.bits(static_cast<std::uint64_t>(i));
    keys.push_back(static_cast<std::uint32_t>(i < 4000 ? 7 : bits % 3));  // a run of many tiles
    values.push_back(static_cast<T>(bits % 16));
  }
  const auto found = [&](const auto& where) {
    const auto k = where.upload(std::span(keys));
    const auto v = where.upload(std::span(values));
    const auto runs = fg::run_length_encode(where, k.data(), n);
    const auto summed = fg::reduce_by_key<T>(where, k.data(), n, summand<T>{v.data()});
    return std::tuple(down(where, runs.keys), down(where, runs.begin), down(where, summed.keys),
                      down(where, summed.sums));
  };
  CHECK(found(on) == found(fg::reference{}));
}

TEMPLATE_TEST_CASE("the k largest come first, of equals the first, NaN last", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  const auto inf = std::numeric_limits<T>::infinity();
  const list<T> x{static_cast<T>(NAN), -0.0, 2, -inf, 0, 2, inf, -3, static_cast<T>(-NAN)};
  const auto from = on.upload(std::span(x));
  const list<fg::offset> order{6, 2, 5, 1, 4, 7, 3, 0, 8};
  for (const fg::offset k : {0, 1, 4, 9})
    CHECK(down(on, fg::top_k(on, from.data(), 9, k)) ==
          list<fg::offset>(order.begin(), order.begin() + k));
  CHECK_THROWS_WITH(fg::top_k(on, from.data(), 9, 10), "top_k: k: expected 0 to 9, got 10");
  CHECK_THROWS_WITH(fg::top_k(on, from.data(), 9, -1), "top_k: k: expected 0 to 9, got -1");
}
