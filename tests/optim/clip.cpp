// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "optim/row.hpp"
#include <filigree/optim/clip.hpp>

#include <cmath>
#include <span>
#include <string>
#include <vector>

namespace filigree {

namespace {
/// Two parameters with gradients (3, 4) and (12): their norm is 13.
template <class T, backend B>
struct two_parameters {
  parameter<T, B> a, b;
  explicit two_parameters(const B& on) : a(row<T>(on, {0, 0})), b(row<T>(on, {0})) {
    a.gradient = row<T>(on, {3, 4});
    b.gradient = row<T>(on, {12});
  }
  static void members(auto& self, auto&& see) {
    see("a", self.a);
    see("b", self.b);
  }
};

double host(const auto& on, const auto& norm) {
  double out = 0;
  on.download(norm, std::span(&out, 1));
  return out;
}

int downloads = 0;
/// reference that counts how often the host asks for memory.
struct watched : reference {
  template <class T>
  void download(const buffer<T>& from, std::span<T> to) const {
    ++downloads;
    reference::download(from, to);
  }
};
static_assert(backend<watched>);
}  // namespace

TEMPLATE_TEST_CASE("clip_gradients scales all gradients by one factor", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  two_parameters<T, typename TestType::backend> m(on);
  CHECK(host(on, clip_gradients(on, m, 6.5)) == 13);
  CHECK(m.a.gradient.to_host(on) == std::vector<T>{1.5, 2});
  CHECK(m.b.gradient.to_host(on) == std::vector<T>{6});
}

TEMPLATE_TEST_CASE("clip_gradients leaves short gradients as they are", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  two_parameters<T, typename TestType::backend> m(on);
  CHECK(host(on, clip_gradients(on, m, 13)) == 13);
  CHECK(m.a.gradient.to_host(on) == std::vector<T>{3, 4});
  CHECK(m.b.gradient.to_host(on) == std::vector<T>{12});
}

TEMPLATE_TEST_CASE("clip_gradients counts neither frozen parameters nor masked elements", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  two_parameters<T, typename TestType::backend> m(on);
  m.b.frozen = true;
  m.a.mask = row<T>(on, {0, 1});
  CHECK(host(on, clip_gradients(on, m, 2)) == 4);
  CHECK(m.a.gradient.to_host(on)[1] == 2);
  CHECK(m.b.gradient.to_host(on) == std::vector<T>{12});
  m.a.gradient = {};
  CHECK(host(on, clip_gradients(on, m, 2)) == 0);
}

TEMPLATE_TEST_CASE("clip_gradients squares large gradients without overflow", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  two_parameters<T, typename TestType::backend> m(on);
  m.b.gradient = row<T>(on, {T(1e30)});
  clip_gradients(on, m, 1);
  CHECK(static_cast<double>(m.b.gradient.to_host(on)[0]) == Approx(1));
}

TEMPLATE_TEST_CASE("clip_gradients does not hide NaN", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  two_parameters<T, typename TestType::backend> m(on);
  m.b.gradient = row<T>(on, {T(NAN)});
  CHECK(std::isnan(host(on, clip_gradients(on, m, 1))));
  CHECK(std::isnan(m.b.gradient.to_host(on)[0]));
  CHECK(m.a.gradient.to_host(on) == std::vector<T>{3, 4});
}

TEST_CASE("clip_gradients never waits for the backend") {
  const watched on;
  two_parameters<float, watched> m(on);
  downloads = 0;
  clip_gradients(on, m, 1);
  CHECK(downloads == 0);
}

TEST_CASE("clip_gradients says which norm it takes") {
  const reference on;
  two_parameters<float, reference> m(on);
  CHECK_THROWS_WITH(clip_gradients(on, m, 0), "clip_gradients: norm: expected above 0, got 0");
  CHECK_THROWS_WITH(clip_gradients(on, m, NAN), "clip_gradients: norm: expected above 0, got nan");
}

}  // namespace filigree
