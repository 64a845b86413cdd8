// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_members.hpp>
#include <filigree/autograd/archive_options.hpp>
#include <filigree/autograd/archive_parameters.hpp>
#include <filigree/core/error.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace filigree {

/// A network that can be described, and reconstructed from a description: `node_network`,
/// `graph_network`, `link_network`, or a custom one.
template <class N>
concept described_network = has_members<N> && has_options<typename N::description> &&
    requires(const N& n, const typename N::backend_type& on, typename N::description as) {
  { N::kind } -> std::convertible_to<std::string>;
  { n.describe() } -> std::same_as<typename N::description>;
  N(on, as);
};

/// Writes a network, so that the file is sufficient for serving: its description and its
/// parameters, without pruned elements. The file is written atomically; throws `file_error`, and
/// `error` if a parameter is not finite, or belongs to the edges of one graph.
template <described_network N>
void save(const N& n, const std::string& path) {
  for_each_edge_parameter(n, [](const std::string& name, const auto&) {
    throw error("save: " + name + ": expected parameters for any graph, got those of one");
  });
  archive_writer out;
  out.put("kind", std::string_view(N::kind));
  detail::put_options(out, "network/", n.describe());
  detail::put_to_serve(out, n);
  out.expect_finite("save");
  out.save(path);
}

/// Reads a network of type N. Throws `file_error` for an archive that holds another kind of network
/// or of parts, and for a damaged file.
template <described_network N>
[[nodiscard]] N load(const archive_reader& in, const typename N::backend_type& on = {}) {
  if (const auto kind = in.text("kind"); kind != N::kind) in.fail("kind of network", N::kind, kind);
  const auto as = detail::get_options<typename N::description>(in, "network/");
  const auto choices = detail::count_options(as), written = in.names("network/").size();
  if (choices != written)
    in.fail("choices of the network", std::to_string(choices), std::to_string(written));
  N n(on, as);
  detail::state_loader archive{in};
  detail::archive_members(on, n, archive);
  get_parameters(in, n, false);
  return n;
}
/// The same for a file.
template <described_network N>
[[nodiscard]] N load(const std::string& path, const typename N::backend_type& on = {}) {
  return load<N>(archive_reader(path), on);
}

}  // namespace filigree
