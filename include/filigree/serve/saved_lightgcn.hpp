// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_members.hpp>
#include <filigree/autograd/archive_options.hpp>
#include <filigree/autograd/archive_parameters.hpp>
#include <filigree/autograd/archive_state.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/tasks/matrix_factorization.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace filigree::detail {

/// How a model is written and reconstructed: `kind`, `put(out, model)`, `get(in, train, on)`.
template <class M>
struct saved;

/// Throws unless the file has an embedding for each user and each item, or for each that remains.
inline void expect_embeddings(const archive_reader& in, const interactions& train) {
  shape expected{offset{train.users()} + train.items(), in.number<index>("options/dim")};
  if (in.has("embedding.kept") && in.number<std::uint8_t>("embedding.whole") == 0)
    expected.rows = static_cast<offset>(in.get<index>("embedding.kept").size());
  expect_shape(in, "parameter/embedding/value", expected);
}

/// Whether no part of a model has been pruned.
template <class M>
[[nodiscard]] bool is_whole(const M& m) {
  return m.edges() == m.original_edges() &&
         m.rows() == offset{m.train().users()} + m.train().items();
}

/// The name of the edge policy. Fixed edges without pruning have no name in the file, and their
/// options are stored elsewhere.
[[nodiscard]] inline std::string edges_of(const archive_reader& in) {
  return in.has("options/edges") ? in.text("options/edges") : std::string(fixed_edges::kind);
}

/// The edge policy with its options; throws `file_error` for any other kind.
template <class Edges>
[[nodiscard]] Edges get_edges(const archive_reader& in) {
  const auto kind = edges_of(in);
  const auto* const from = in.has("options/edges") ? "options/edges/" : "options/";
  if constexpr (is_one_of<Edges>) {
    std::optional<Edges> found;
    std::string expected;
    Edges::each_type([&]<class E>(std::type_identity<E>) {
      expected += (expected.empty() ? "" : " or ") + std::string(E::kind);
      if (kind == E::kind) found = get_options<E>(in, from);
    });
    if (!found) in.fail("edges", expected, kind);
    return *std::move(found);
  } else {
    if (kind != Edges::kind) in.fail("edges", Edges::kind, kind);
    return get_options<Edges>(in, from);
  }
}

template <class B, class Edges, class T>
struct saved<lightgcn<B, Edges, T>> {
  using model = lightgcn<B, Edges, T>;
  static constexpr const char* kind = "lightgcn";
  static void put(archive_writer& out, const model& m) {
    put_options(out, "options/", m.options());
    ask(m.edge_options(), [&]<class E>(const E& edges) {
      static_assert(described_policy<E>,
                    "save: edges: expected a policy with kind and options, got one without");
      if (std::same_as<E, fixed_edges> && is_whole(m)) {
        put_options(out, "options/", edges);
        put_parameters(out, m, false);
      } else {
        out.put("options/edges", std::string_view(E::kind));
        put_options(out, "options/edges/", edges);
        put_to_serve(out, m);
      }
    });
  }
  static model get(const archive_reader& in, interactions train, const B& on) {
    auto edges = get_edges<Edges>(in);
    expect_embeddings(in, train);
    model m(std::move(train), get_options<lightgcn_options>(in, "options/"), edges, on);
    if (in.has("options/edges")) {
      state_loader archive{in};
      archive_members(on, m, archive);
    }
    get_parameters(in, m, false);
    return m;
  }
};

template <class B, class T>
struct saved<matrix_factorization<B, T>> {
  using model = matrix_factorization<B, T>;
  static constexpr const char* kind = "mf";
  static void put(archive_writer& out, const model& m) {
    put_options(out, "options/", m.options());
    is_whole(m) ? put_parameters(out, m, false) : put_to_serve(out, m);
  }
  static model get(const archive_reader& in, interactions train, const B& on) {
    expect_embeddings(in, train);
    model m(std::move(train), get_options<matrix_factorization_options>(in, "options/"), on);
    if (in.has("embedding.kept")) {
      state_loader archive{in};
      archive_members(on, m, archive);
    }
    get_parameters(in, m, false);
    return m;
  }
};

}  // namespace filigree::detail
