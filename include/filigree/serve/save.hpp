// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_parameters.hpp>
#include <filigree/data/archive_interactions.hpp>
#include <filigree/serve/saved_lightgcn.hpp>
#include <filigree/tasks/ease.hpp>
#include <filigree/tasks/item_knn.hpp>
#include <filigree/tasks/popularity.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace filigree {

namespace detail {

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
    put_options(out, "options/", m.options());
  }
  static item_knn<B, T> get(const archive_reader& in, interactions train, const B& on) {
    return item_knn<B, T>(std::move(train), get_options<item_knn_options>(in, "options/"), on);
  }
};

template <class B, class T>
struct saved<ease<B, T>> {
  static constexpr const char* kind = "ease";
  static void put(archive_writer& out, const ease<B, T>& m) {
    put_options(out, "options/", m.options());
    put_matrix(out, m.on(), "weights", m.weights());
  }
  static ease<B, T> get(const archive_reader& in, interactions train, const B& on) {
    const shape s{train.items(), train.items()};
    return ease<B, T>(std::move(train), get_options<ease_options>(in, "options/"),
                      get_matrix<T>(in, on, "weights", s), on);
  }
};

}  // namespace detail

/// Writes a recommender with its training interactions and its names, so that the file is
/// sufficient for serving. For a pruned model, only what remains is written. The file is written
/// atomically; throws `file_error`, and `error` if a parameter is not finite.
template <recommender M>
void save(const M& m, const std::string& path) {
  archive_writer out;
  out.put("kind", std::string_view(detail::saved<M>::kind));
  put_interactions(out, m.train());
  detail::saved<M>::put(out, m);
  out.expect_finite("save");
  out.save(path);
}

/// The kind of the recommender in an archive: lightgcn, mf, item-knn, ease or popularity. Throws
/// `file_error`.
[[nodiscard]] inline std::string kind_of(const archive_reader& in) { return in.text("kind"); }
/// The same for a file.
[[nodiscard]] inline std::string kind_of(const std::string& path) {
  return kind_of(archive_reader(path));
}

/// The edge policy in an archive that holds a LightGCN: `fixed`, `learned`, `adaptive`, or the name
/// of a custom policy. Throws `file_error`.
[[nodiscard]] inline std::string edges_of(const archive_reader& in) { return detail::edges_of(in); }
/// The same for a file.
[[nodiscard]] inline std::string edges_of(const std::string& path) {
  return edges_of(archive_reader(path));
}

/// Reads a recommender of type M; a pruned LightGCN has only its remaining edges. Throws
/// `file_error` for an archive that holds another kind or other edges, and for a damaged file.
template <recommender M>
[[nodiscard]] M load(const archive_reader& in, const typename M::backend_type& on = {}) {
  if (const auto kind = in.text("kind"); kind != detail::saved<M>::kind)
    in.fail("kind of model", detail::saved<M>::kind, kind);
  return detail::saved<M>::get(in, get_interactions(in), on);
}
/// The same for a file.
template <recommender M>
[[nodiscard]] M load(const std::string& path, const typename M::backend_type& on = {}) {
  return load<M>(archive_reader(path), on);
}

}  // namespace filigree
