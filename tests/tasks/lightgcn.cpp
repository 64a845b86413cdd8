// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/autograd/model.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/tasks/matrix_factorization.hpp>

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace fg = filigree;

static_assert(fg::model<fg::lightgcn<fg::cpu>> && fg::recommender<fg::lightgcn<fg::cpu>>);
static_assert(fg::model<fg::lightgcn<fg::reference, fg::fixed_edges, double>>);
static_assert(fg::model<fg::matrix_factorization<fg::cpu>>);
static_assert(fg::recommender<fg::matrix_factorization<fg::cpu, double>>);

namespace {

constexpr fg::index users = 3, items = 4, nodes = users + items, dim = 3;
constexpr auto all_combinations = {fg::layer_weights::mean, fg::layer_weights::last,
                                   fg::layer_weights::learned};

/// User 0 has items 0 1, user 1 has 1 2 3, user 2 has nothing yet.
fg::interactions small_data() {
  return fg::interactions({{0, 0}, {0, 1}, {1, 1}, {1, 2}, {1, 3}}, users, items);
}

/// A row-major matrix on the host.
struct dense_matrix {
  std::size_t rows, cols;
  std::vector<double> at = std::vector<double>(rows * cols);
  double& operator()(std::size_t r, std::size_t c) { return at[r * cols + c]; }
  double operator()(std::size_t r, std::size_t c) const { return at[r * cols + c]; }
};
dense_matrix operator*(const dense_matrix& a, const dense_matrix& b) {
  dense_matrix c{a.rows, b.cols};
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t k = 0; k < a.cols; ++k)
      for (std::size_t j = 0; j < b.cols; ++j) c(i, j) += a(i, k) * b(k, j);
  return c;
}

/// The weights of all edges, nodes x nodes.
dense_matrix adjacency(fg::normalization how) {
  dense_matrix a{nodes, nodes};
  for (const auto& [u, i, time] : small_data().pairs())
    a(std::size_t(u), std::size_t(users + i)) = a(std::size_t(users + i), std::size_t(u)) = 1;
  std::array<double, nodes> degree{};
  for (std::size_t r = 0; r < nodes; ++r)
    for (std::size_t c = 0; c < nodes; ++c) degree[r] += a(r, c);
  for (std::size_t r = 0; r < nodes; ++r)
    for (std::size_t c = 0; c < nodes; ++c)
      if (a(r, c) != 0 && how != fg::normalization::none)
        a(r, c) =
            how == fg::normalization::row ? 1 / degree[r] : 1 / std::sqrt(degree[r] * degree[c]);
  return a;
}

/// LightGCN as its paper writes it down, with dense matrices.
dense_matrix expected_embeddings(const dense_matrix& e0, const dense_matrix& a, int layers,
                                 fg::layer_weights combine, const std::vector<double>& logits) {
  std::vector<double> share(static_cast<std::size_t>(layers) + 1);
  double total = 0;
  for (std::size_t k = 0; k < share.size(); ++k) {
    share[k] = combine == fg::layer_weights::mean      ? 1
               : combine == fg::layer_weights::learned ? std::exp(logits[k])
                                                       : double(k + 1 == share.size());
    total += share[k];
  }
  dense_matrix sum{nodes, dim}, e = e0;
  for (std::size_t k = 0; k < share.size(); ++k) {
    for (std::size_t i = 0; i < e.at.size(); ++i) sum.at[i] += share[k] / total * e.at[i];
    e = a * e;
  }
  return sum;
}

/// A model with known parameters: embeddings e0 and logits 0.3, -0.2, 0.1, 0.
template <class M>
dense_matrix fill(M& m) {
  using T = typename M::scalar;
  dense_matrix e0{nodes, dim};
  for (std::size_t i = 0; i < e0.at.size(); ++i)
    e0.at[i] = static_cast<double>(static_cast<T>(fg::philox{4}.normal(i)));
  for_each_parameter(m, [&](const std::string& name, auto& p) {
    const std::vector<double> logits{0.3, -0.2, 0.1, 0};
    const auto& from = name == "embedding" ? e0.at : logits;
    const std::vector<T> host(from.begin(), from.begin() + p.value.size());
    p.value.from_host(m.on(), host);
  });
  return e0;
}

template <class B>
typename fg::lightgcn<B>::batch batch_of(const B& on, const std::vector<fg::index>& list,
                                         fg::offset count, fg::offset negatives) {
  const auto ids = on.upload(std::span(list));
  return {fg::make_row_set(on, ids.data(), static_cast<fg::offset>(list.size()), nodes), count,
          negatives};
}

}  // namespace

TEMPLATE_TEST_CASE("LightGCN's embeddings equal the dense formula", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  for (const int layers : {0, 1, 2, 3})
    for (const auto combine : all_combinations)
      for (const auto how :
           {fg::normalization::symmetric, fg::normalization::row, fg::normalization::none}) {
        fg::lightgcn<B, fg::fixed_edges, T> m(
            small_data(), {.dim = dim, .layers = layers, .combine = combine}, {how});
        const auto expected =
            expected_embeddings(fill(m), adjacency(how), layers, combine, {0.3, -0.2, 0.1, 0});
        fg::eager<T, B> r(m.on());
        const auto got = r.value(m.embed(r)).to_host(m.on());
        REQUIRE(got.size() == expected.at.size());
        double worst = 0;
        for (std::size_t i = 0; i < got.size(); ++i)
          worst = std::max(worst, std::abs(static_cast<double>(got[i]) - expected.at[i]));
        INFO(layers << " layers, combined " << static_cast<int>(combine));
        CHECK(worst < (sizeof(T) == 4 ? 1e-5 : 1e-13));
      }
}

TEMPLATE_TEST_CASE("embedding some rows gives the rows of embedding all", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  for (const int layers : {0, 1, 2, 3})
    for (const auto combine : all_combinations) {
      fg::lightgcn<B, fg::fixed_edges, T> m(small_data(),
                                            {.dim = dim, .layers = layers, .combine = combine});
      fill(m);
      const auto rows = batch_of(m.on(), {1, 6, 2, 1, 3, 4}, 2, 1).rows;
      fg::eager<T, B> r(m.on());
      const auto all = r.value(m.embed(r)).to_host(m.on());
      const auto some = r.value(m.embed(r, &rows)).to_host(m.on());
      const std::vector<std::size_t> distinct{1, 2, 3, 4, 6};
      REQUIRE(some.size() == distinct.size() * dim);
      for (std::size_t s = 0; s < distinct.size(); ++s)
        for (std::size_t j = 0; j < dim; ++j)
          CHECK(static_cast<double>(some[s * dim + j]) ==
                Approx(static_cast<double>(all[distinct[s] * dim + j])).margin(1e-6));
    }
}

TEMPLATE_TEST_CASE("the loss is BPR plus L2 on the batch's own rows, duplicates counted", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  // Triples (0, 0, 3) (1, 1, 0) (0, 1, 3) of user, positive, negative; items are nodes 3 ... 6.
  const std::vector<std::array<std::size_t, 3>> triples{{0, 3, 6}, {1, 4, 3}, {0, 4, 6}};
  fg::lightgcn<B, fg::fixed_edges, T> m(small_data(), {.dim = dim, .layers = 2, .l2 = 0.25f});
  const auto e0 = fill(m);
  const auto z = expected_embeddings(e0, adjacency(fg::normalization::symmetric), 2,
                                     fg::layer_weights::mean, {});
  const auto dot = [](const dense_matrix& x, std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t j = 0; j < dim; ++j) sum += x(a, j) * x(b, j);
    return sum;
  };
  double expected = 0;
  for (const auto& [u, i, j] : triples) {
    expected += std::log1p(std::exp(dot(z, u, j) - dot(z, u, i))) / 3;
    expected += 0.25 / 2 * (dot(e0, u, u) + dot(e0, i, i) + dot(e0, j, j)) / 3;
  }
  const auto batch = batch_of(m.on(), {0, 1, 0, 3, 4, 4, 6, 3, 6}, 3, 1);
  fg::eager<T, B> r(m.on());
  CHECK(static_cast<double>(r.value(m.loss(r, batch)).to_host(m.on())[0]) == Approx(expected));
}

TEMPLATE_TEST_CASE("the gradient of the whole model agrees with finite differences", "[long]",
                   BACKENDS) {
  using B = TestType;
  for (const int layers : {0, 1, 2, 3})
    for (const auto combine : all_combinations)
      for (const auto how : {fg::normalization::symmetric, fg::normalization::row})
        for (const int negatives : {1, 2}) {
          fg::lightgcn<B, fg::fixed_edges, double> m(
              small_data(), {.dim = dim, .layers = layers, .l2 = 0.3f, .combine = combine}, {how});
          fill(m);
          const B& on = m.on();
          // Users 0 1 0, positives, then the negatives of each; repeated nodes, node 5 left out.
          const std::vector<fg::index> one{0, 1, 0, 3, 4, 4, 6, 3, 6},
              two{0, 1, 0, 3, 4, 4, 6, 4, 3, 6, 6, 6};
          const auto batch = batch_of(on, negatives == 1 ? one : two, 3, negatives);
          const auto loss = [&] {
            fg::eager<double, B> r(on);
            return r.value(m.loss(r, batch)).to_host(on)[0];
          };
          fg::tape<double, B> r(on);
          r.backward(m.loss(r, batch));
          double worst = 0;
          fg::offset compared = 0;
          for_each_parameter(m, [&](const std::string&, auto& p) {
            const auto gradient = p.gradient.to_host(on);
            auto host = p.value.to_host(on);
            REQUIRE(gradient.size() == host.size());
            for (std::size_t i = 0; i < host.size(); ++i, ++compared) {
              const double before = host[i], h = 1e-5;
              const auto probe = [&](double step) {
                host[i] = before + step;
                p.value.from_host(on, host);
                return loss();
              };
              const double numeric = (probe(h) - probe(-h)) / (2 * h);
              host[i] = before;
              p.value.from_host(on, host);
              worst = std::max(worst, std::abs(gradient[i] - numeric));
            }
          });
          INFO(layers << " layers, combined " << static_cast<int>(combine));
          CHECK(compared == nodes * dim + (combine == fg::layer_weights::learned ? layers + 1 : 0));
          CHECK(worst < 1e-8);
        }
}

TEMPLATE_TEST_CASE("layers stored as bf16 change loss and gradient by what rounding changes", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  for (const int layers : {0, 1, 2, 3})
    for (const auto combine : all_combinations) {
      std::vector<double> own, narrow;
      for (auto* const to : {&own, &narrow}) {
        const auto storage = to == &own ? fg::storage_type::own : fg::storage_type::bf16;
        fg::lightgcn<B, fg::fixed_edges, T> m(
            small_data(),
            {.dim = dim, .layers = layers, .l2 = 0.3f, .combine = combine, .storage = storage});
        fill(m);
        fg::tape<T, B> r(m.on());
        const auto batch = batch_of(m.on(), {0, 1, 0, 3, 4, 4, 6, 3, 6}, 3, 1);
        const auto loss = m.loss(r, batch);
        to->push_back(static_cast<double>(r.value(loss).to_host(m.on())[0]));
        r.backward(loss);
        for_each_parameter(m, [&](const std::string&, auto& p) {
          for (const T g : p.gradient.to_host(m.on())) to->push_back(static_cast<double>(g));
        });
        fg::eager<T, B> e(m.on());  // inference does not round
        const auto all = e.value(m.embed(e)).to_host(m.on());
        fg::lightgcn<B, fg::fixed_edges, T> same(
            small_data(), {.dim = dim, .layers = layers, .combine = combine});
        fill(same);
        CHECK(all == e.value(same.embed(e)).to_host(m.on()));
        CHECK((m.identity().find(", storage bf16, ") != std::string::npos) == (to == &narrow));
      }
      REQUIRE(own.size() == narrow.size());
      double difference = 0, size = 0;
      for (std::size_t i = 0; i < own.size(); ++i) {
        difference += (own[i] - narrow[i]) * (own[i] - narrow[i]);
        size += own[i] * own[i];
      }
      INFO(layers << " layers, combined " << static_cast<int>(combine));
      CHECK(std::sqrt(difference / size) < 0x1p-8);
      CHECK((difference > 0) == (layers > 0));
    }
}

TEMPLATE_TEST_CASE("a score is the inner product of user and item", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  fg::lightgcn<B, fg::fixed_edges, T> m(small_data(), {.dim = dim, .layers = 2});
  const auto z = expected_embeddings(fill(m), adjacency(fg::normalization::symmetric), 2,
                                     fg::layer_weights::mean, {});
  const std::vector<fg::index> who{2, 0};
  fg::matrix<T, B> block(m.on(), {2, 3});
  m.score(m.on(), who, 1, block.view());
  const auto got = block.to_host(m.on());
  for (std::size_t b = 0; b < 2; ++b)
    for (std::size_t j = 0; j < 3; ++j) {
      double expected = 0;
      for (std::size_t d = 0; d < dim; ++d)
        expected += z(static_cast<std::size_t>(who[b]), d) * z(users + 1 + j, d);
      CHECK(static_cast<double>(got[b * 3 + j]) == Approx(expected).margin(1e-6));
    }
}

TEST_CASE("scores follow the parameters") {
  fg::lightgcn<fg::cpu> m(small_data(), {.dim = dim, .layers = 1});
  const std::vector<fg::index> who{0};
  const auto score = [&] {
    fg::matrix<float, fg::cpu> block(m.on(), {1, 1});
    m.score(m.on(), who, 0, block.view());
    return block.to_host(m.on())[0];
  };
  const auto before = score();
  fill(m);
  const auto after = score();
  CHECK(after != before);
  CHECK(score() == after);
}

TEST_CASE("the first embeddings are normal with the chosen spread, and follow the seed") {
  std::vector<fg::interaction> pairs;
  for (fg::index u = 0; u < 200; ++u) pairs.push_back({u, u});
  const auto first = [&](fg::lightgcn_options options) {
    options.dim = 50;
    fg::lightgcn<fg::cpu> m(fg::interactions(pairs), options);
    std::vector<float> host;
    for_each_parameter(m, [&](const std::string&, auto& p) { host = p.value.to_host(m.on()); });
    return host;
  };
  const auto e = first({.spread = 0.2f, .seed = 7});
  double sum = 0, squares = 0;
  for (const float x : e) {
    sum += static_cast<double>(x);
    squares += static_cast<double>(x * x);
  }
  const auto n = static_cast<double>(e.size());
  REQUIRE(n == 400 * 50);
  CHECK(sum / n == Approx(0).margin(0.005));
  CHECK(std::sqrt(squares / n) == Approx(0.2).epsilon(0.02));
  CHECK(first({.spread = 0.2f, .seed = 7}) == e);
  CHECK(first({.spread = 0.2f, .seed = 8}) != e);
}

TEST_CASE("an epoch's batches cover each interaction once, as node ids") {
  const auto data = small_data();
  fg::lightgcn<fg::cpu> m(data, {.dim = dim});
  CHECK(m.steps(2) == 3);
  CHECK(m.steps(100) == 1);
  std::vector<int> times(5 * nodes);
  for (fg::offset step = 0; step < 3; ++step) {
    const auto b = m.sample(1, 0, step, 2);
    CHECK(b.count == (step < 2 ? 2 : 1));
    const auto id = [&](fg::offset k) { return b.rows.rows.data()[b.rows.local.data()[k]]; };
    for (fg::offset k = 0; k < b.count; ++k) {
      const auto u = id(k), i = id(b.count + k) - users, j = id(2 * b.count + k) - users;
      ++times[static_cast<std::size_t>(u * items + i)];
      REQUIRE((j >= 0 && j < items));
      for (const auto owned : data.items_of(u)) CHECK(j != owned);
    }
  }
  for (const auto& [u, i, time] : data.pairs())
    CHECK(times[static_cast<std::size_t>(u * items + i)] == 1);
}

TEST_CASE("LightGCN names options and data that make no model") {
  const auto make = [](fg::interactions data, fg::lightgcn_options options) {
    return fg::lightgcn<fg::cpu>(std::move(data), options);
  };
  CHECK_THROWS_WITH(make(small_data(), {.dim = 0}), "embedding: dim: expected at least 1, got 0");
  CHECK_THROWS_WITH(make(small_data(), {.layers = -1}),
                    "lightgcn: layers: expected at least 0, got -1");
  CHECK_THROWS_WITH(make(small_data(), {.sampling = {.count = 0}}),
                    "sampling: negatives: expected at least 1, got 0");
  CHECK_THROWS_WITH(make(small_data(), {.l2 = -1}), "embedding: l2: expected at least 0, got -1");
  CHECK_THROWS_WITH(make(small_data(), {.spread = std::nanf("")}),
                    "embedding: spread: expected at least 0, got nan");
  CHECK_THROWS_WITH(make({}, {}), "embedding: users and items: expected some, got none");
  CHECK_THROWS_WITH(make(fg::interactions({}, 3, 0), {}),
                    "embedding: users and items: expected some, got none");
  auto m = make(fg::interactions({{0, 0}, {0, 1}}), {.dim = 2});
  CHECK_THROWS_WITH(m.sample(1, 0, 0, 1),
                    "sampling: user 0: expected an item left to draw as a negative, got a user "
                    "that owns all 2");
}

TEST_CASE("matrix factorization is LightGCN without layers") {
  fg::matrix_factorization<fg::cpu> m(small_data(),
                                      {.dim = dim, .l2 = 0.5f, .spread = 0.3f, .seed = 9});
  fg::lightgcn<fg::cpu> same(small_data(),
                             {.dim = dim, .layers = 0, .l2 = 0.5f, .spread = 0.3f, .seed = 9});
  CHECK(m.edges() == 0);
  const auto values = [](auto& model) {
    std::vector<float> host;
    for_each_parameter(model, [&](const std::string& name, auto& p) {
      CHECK(name == "embedding");
      host = p.value.to_host(model.on());
    });
    return host;
  };
  CHECK(values(m) == values(same));
  const auto loss = [](auto& model) {
    fg::eager<float, fg::cpu> r(model.on());
    return r.value(model.loss(r, model.sample(3, 1, 0, 4))).to_host(model.on())[0];
  };
  CHECK(loss(m) == loss(same));
  CHECK_THROWS_WITH(fg::matrix_factorization<fg::cpu>(small_data(), {.dim = 0}),
                    "embedding: dim: expected at least 1, got 0");
}
