// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_state.hpp>
#include <filigree/autograd/close_edges.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/snapshot.hpp>

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace filigree::detail {

/// Archives the members that `each(f)` visits as f(name, leaf, per_edge): which edges and rows are
/// left, then running averages and buffers, and, if `parameters`, parameters.
template <backend B, class Each, class Archive>
void archive_leaves(const B& on, const Each& each, Archive& archive, bool parameters) {
  bool others = false;
  offset edges = 0;
  each([&](const std::string& name, auto& leaf, bool) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (is_gated_graph<L>) {
      others = archive_edges(on, leaf, archive, name);
      edges = leaf.pattern().edges();
    }
    if constexpr (is_embedding<L>) leaf.archive(on, archive, name);
  });
  const auto fit = [&](auto& m) {
    m = std::remove_cvref_t<decltype(m)>::zeros(on, {edges, m.cols()});
  };
  each([&](const std::string&, auto& leaf, bool of_edges) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if (!others || !of_edges) return;
    if constexpr (is_parameter<L>) {
      const auto then = std::exchange(leaf, {});
      leaf.value = then.value;
      fit(leaf.value);
      leaf.frozen = then.frozen;
      leaf = std::move(leaf).with_flags_of(then);
    } else if constexpr (is_average<L>) {
      leaf.value = leaf.next = {};
    } else if constexpr (!is_gated_graph<L> && !is_embedding<L>) {
      fit(leaf);
    }
  });
  each([&](const std::string& name, auto& leaf, bool of_edges) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    const auto values = [&](auto& m) {
      if (m.size())
        archive.array(on, name, m, m.shape());
      else if (of_edges)
        archive.array(on, name, m, shape{edges, 1});
      else
        archive.array(on, name, m);  // it may have started in the file
    };
    if constexpr (is_parameter<L>) {
      if (parameters) archive.parameter(on, name, leaf);
    } else if constexpr (is_embedding<L>) {
      if (parameters) archive.parameter(on, name, leaf.table);
    } else if constexpr (is_average<L>) {
      values(leaf.value);
    } else if constexpr (!is_gated_graph<L>) {
      values(leaf);
    }
  });
}

/// f(name, leaf, per_edge) for each member of a model; for a buffer, leaf is its matrix.
template <has_members M, class F>
void each_leaf(M& m, const F& f) {
  walk(m, [&](const std::string& name, auto& leaf, bool of_edges) {
    if constexpr (is_buffer<std::remove_cvref_t<decltype(leaf)>>)
      f(name, leaf.values, of_edges);
    else
      f(name, leaf, of_edges);
  });
}

/// Archives what a checkpoint must hold of a model besides its parameters.
template <backend B, has_members M, class Archive>
void archive_members(const B& on, M& m, Archive& archive) {
  archive_leaves(
      on, [&](const auto& f) { each_leaf(m, f); }, archive, false);
}
/// Writes what serving needs of a model: the remaining edges and rows and everything that belongs
/// to them, without masks.
template <has_members M>
void put_to_serve(archive_writer& out, const M& m) {
  const auto& on = m.on();
  using buffer_type = typename M::backend_type::template buffer<offset>;
  state_saver archive{.out = out, .whole = false};
  std::optional<buffer_type> stay;
  each_leaf(m, [&](const std::string& name, const auto& leaf, bool) {
    if constexpr (is_gated_graph<std::remove_cvref_t<decltype(leaf)>>) {
      auto light = leaf;
      stay = remove_closed(on, light);
      archive_edges(on, light, archive, name);
    }
  });
  each_leaf(m, [&](const std::string& name, const auto& leaf, bool of_edges) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (is_gated_graph<L>) {
    } else if constexpr (is_parameter<L>) {
      auto light = leaf;
      if (light.mask.size()) light.value = masked_value(on, light);
      light.mask = {};
      if (of_edges && stay) keep_rows(on, light, *stay);
      archive.parameter(on, "parameter/" + name, light);
    } else if constexpr (is_embedding<L>) {
      auto light = leaf;
      light.compact(on);
      light.archive(on, archive, name);
      archive.parameter(on, "parameter/" + name, light.table);
    } else {
      auto light = leaf;
      if (of_edges && stay) keep_rows(on, light, *stay);
      if constexpr (is_average<L>)
        archive.array(on, name, light.value);
      else
        archive.array(on, name, light);
    }
  });
}
/// Archives a snapshot of a model, if there is one; one read from a file must be of the same kind
/// of model.
template <backend B, has_members M, class Archive>
void archive_snapshot(const B& on, M& m, Archive& archive, const std::string& name,
                      std::optional<snapshot>& then) {
  bool there = then.has_value();
  archive.value(name, there);
  if (!there) return then.reset();
  if (!then) then.emplace(m);
  prefixed<Archive> in{archive, name + '/'};
  archive_leaves(
      on,
      [&](const auto& f) {
        then->for_each(m, [&](const std::string& member, const auto&, auto& leaf, bool of_edges) {
          f(member, leaf, of_edges);
        });
      },
      in, true);
}

}  // namespace filigree::detail
