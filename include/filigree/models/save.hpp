// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_parameters.hpp>
#include <filigree/data/archive_interactions.hpp>
#include <filigree/models/ease.hpp>
#include <filigree/models/item_knn.hpp>
#include <filigree/models/lightgcn.hpp>
#include <filigree/models/matrix_factorization.hpp>
#include <filigree/models/popularity.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace filigree {

namespace detail {

/// How a model is written down and made again: `kind`, `put(out, model)`, `get(in, train, on)`.
template <class M>
struct saved;

template <class B, class T>
struct saved<popularity<B, T>> {
  static constexpr const char* kind = "popularity";
  static void put(archive_writer&, const popularity<B, T>&) {}
  static popularity<B, T> get(const archive_reader&, interactions train, const B& on) {
    return popularity<B, T>(std::move(train), {}, on);
  }
};

template <class B, class T>
struct saved<item_knn<B, T>> {
  static constexpr const char* kind = "item-knn";
  static void put(archive_writer& out, const item_knn<B, T>& m) {
    out.put("options/neighbors", m.options().neighbors);
    out.put("options/shrink", m.options().shrink);
    out.put("options/user_exponent", m.options().user_exponent);
    out.put("options/source_exponent", m.options().source_exponent);
    out.put("options/target_exponent", m.options().target_exponent);
  }
  static item_knn<B, T> get(const archive_reader& in, interactions train, const B& on) {
    return item_knn<B, T>(std::move(train),
                          {.neighbors = in.number<index>("options/neighbors"),
                           .shrink = in.number<float>("options/shrink"),
                           .user_exponent = in.number<float>("options/user_exponent"),
                           .source_exponent = in.number<float>("options/source_exponent"),
                           .target_exponent = in.number<float>("options/target_exponent")},
                          on);
  }
};

template <class B, class T>
struct saved<ease<B, T>> {
  static constexpr const char* kind = "ease";
  static void put(archive_writer& out, const ease<B, T>& m) {
    out.put("options/lambda", m.options().lambda);
    out.put("options/memory_limit", m.options().memory_limit);
    put_matrix(out, m.on(), "weights", m.weights());
  }
  static ease<B, T> get(const archive_reader& in, interactions train, const B& on) {
    const shape s{train.items(), train.items()};
    return ease<B, T>(std::move(train),
                      {.lambda = in.number<float>("options/lambda"),
                       .memory_limit = in.number<std::int64_t>("options/memory_limit")},
                      get_matrix<T>(in, on, "weights", s), on);
  }
};

/// One of the choices 0 to `last`.
template <class Enum>
[[nodiscard]] Enum get_choice(const archive_reader& in, const std::string& name, Enum last) {
  const int written = in.number<int>(name), most = static_cast<int>(last);
  if (written < 0 || written > most)
    in.fail(name, "0 to " + std::to_string(most), std::to_string(written));
  return static_cast<Enum>(written);
}

/// The length of the embeddings; throws unless the file has one for each user and each item.
[[nodiscard]] inline index get_dim(const archive_reader& in, const interactions& train) {
  const auto dim = in.number<index>("options/dim");
  const shape expected{offset{train.users()} + train.items(), dim};
  expect_shape(in, "parameter/embedding/value", expected);
  return dim;
}

/// What LightGCN and matrix factorization share.
inline void put_sampling(archive_writer& out, const bpr_sampling& s) {
  out.put("options/positive", static_cast<int>(s.positive));
  out.put("options/negative", static_cast<int>(s.negative));
  out.put("options/negatives", s.count);
}
[[nodiscard]] inline bpr_sampling get_sampling(const archive_reader& in) {
  return {.positive = get_choice(in, "options/positive", positives::per_user),
          .negative = get_choice(in, "options/negative", negatives::popularity),
          .count = in.number<int>("options/negatives")};
}

template <class B, class T>
struct saved<lightgcn<B, fixed_edges, keep_all, T>> {
  using model = lightgcn<B, fixed_edges, keep_all, T>;
  static constexpr const char* kind = "lightgcn";
  static void put(archive_writer& out, const model& m) {
    const auto& o = m.options();
    out.put("options/dim", o.dim);
    out.put("options/layers", o.layers);
    out.put("options/l2", o.l2);
    out.put("options/combine", static_cast<int>(o.combine));
    put_sampling(out, o.sampling);
    out.put("options/spread", o.spread);
    out.put("options/seed", o.seed);
    out.put("options/normalize", static_cast<int>(m.edge_options().normalize));
    put_parameters(out, m, false);
  }
  static model get(const archive_reader& in, interactions train, const B& on) {
    const auto dim = get_dim(in, train);
    model m(std::move(train),
            {.dim = dim,
             .layers = in.number<int>("options/layers"),
             .l2 = in.number<float>("options/l2"),
             .combine = get_choice(in, "options/combine", layer_weights::learned),
             .sampling = get_sampling(in),
             .spread = in.number<float>("options/spread"),
             .seed = in.number<std::uint64_t>("options/seed")},
            {.normalize = get_choice(in, "options/normalize", normalization::none)}, {}, on);
    get_parameters(in, m, false);
    return m;
  }
};

template <class B, class T>
struct saved<matrix_factorization<B, T>> {
  using model = matrix_factorization<B, T>;
  static constexpr const char* kind = "mf";
  static void put(archive_writer& out, const model& m) {
    const auto& o = m.options();
    out.put("options/dim", o.dim);
    out.put("options/l2", o.l2);
    put_sampling(out, o.sampling);
    out.put("options/spread", o.spread);
    out.put("options/seed", o.seed);
    put_parameters(out, m, false);
  }
  static model get(const archive_reader& in, interactions train, const B& on) {
    const auto dim = get_dim(in, train);
    model m(std::move(train),
            {.dim = dim,
             .l2 = in.number<float>("options/l2"),
             .sampling = get_sampling(in),
             .spread = in.number<float>("options/spread"),
             .seed = in.number<std::uint64_t>("options/seed")},
            on);
    get_parameters(in, m, false);
    return m;
  }
};

}  // namespace detail

/// Writes a recommender with its training interactions and its names, so that it can serve alone.
/// The file appears as a whole or not at all; throws `file_error`.
template <recommender M>
void save(const M& m, const std::string& path) {
  archive_writer out;
  out.put("kind", std::string_view(detail::saved<M>::kind));
  put_interactions(out, m.train());
  detail::saved<M>::put(out, m);
  out.save(path);
}

/// The kind of the recommender in a file: lightgcn, mf, item-knn, ease or popularity. Throws
/// `file_error`.
[[nodiscard]] inline std::string kind_of(const std::string& path) {
  return archive_reader(path).text("kind");
}

/// Reads a recommender of type M. Throws `file_error` for a file that is damaged or holds another
/// kind.
template <recommender M>
[[nodiscard]] M load(const std::string& path, const typename M::backend_type& on = {}) {
  const archive_reader in(path);
  if (const auto kind = in.text("kind"); kind != detail::saved<M>::kind)
    in.fail("kind of model", detail::saved<M>::kind, kind);
  return detail::saved<M>::get(in, get_interactions(in), on);
}

}  // namespace filigree
