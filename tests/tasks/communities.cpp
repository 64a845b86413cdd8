// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include <filigree/data/coarsen.hpp>
#include <filigree/networks/best_classes.hpp>
#include <filigree/nn/conv/encoder.hpp>
#include <filigree/nn/conv/graph_conv.hpp>
#include <filigree/nn/fusion/fusion.hpp>
#include <filigree/nn/head.hpp>
#include <filigree/nn/pool/readout.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/classifier.hpp>
#include <filigree/tasks/labeled_part.hpp>
#include <filigree/train/fit.hpp>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace filigree {

namespace {
/// Nodes that are told by their own rows, fused with a readout of their community: what two
/// coarsenings put together.
template <class T, backend B>
class community_model : public nothing_to_observe {
  using layers_type = encoder<graph_conv<equal_edges, mean_neighbors, own_update, with_elu>>;

 public:
  using scalar = T;
  using backend_type = B;
  struct batch {
    random_streams random;
  };

  community_model(const B& on, const node_data& data, index hidden)
      : on_(on),
        adjacency_(graph<B>::undirected(on, data.nodes, data.from, data.to)),
        features_(detail::sparse_features_of<T>(on, data.feature_begin, data.feature, data.value,
                                                data.features)),
        community_of_(in_communities(on, data.nodes, coarsen(on, adjacency_, 2))),
        part_(detail::make_part(on, data.train, data.label, data.nodes, data.classes)),
        layers_({}, on, {.in = data.features, .out = hidden, .sparse = true, .seed = 1}, 1),
        readout_({}, on, {.in = hidden, .out = hidden, .seed = 2}),
        fusion_({}, on, {.in = hidden, .out = hidden, .seed = 3}),
        head_({}, on, {.in = hidden, .out = data.classes, .seed = 4}) {}

  template <recorder R>
  [[nodiscard]] typename R::var scores(R& r, random_streams& random) const {
    const auto keep = [](int, const activation<R>& x) { return x; };
    const auto node =
        layers_.each_layer(r, adjacency_, activation<R>(r, features_), random, keep).back();
    const auto community = community_of_.spread(r, readout_.read(r, community_of_, node));
    return head_.scores(r, fusion_.fuse(r, node, community));
  }
  template <recorder R>
  [[nodiscard]] typename R::var loss(R& r, const batch& b) const {
    auto random = b.random;
    return r(cross_entropy{part_->labels}, r(take_rows<B>{part_->rows}, scores(r, random)));
  }
  [[nodiscard]] offset steps(offset) const { return 1; }
  [[nodiscard]] batch sample(std::uint64_t seed, offset epoch, offset, offset) const {
    return {random_streams(seed, epoch)};
  }
  [[nodiscard]] const B& on() const { return on_; }
  static void members(auto& self, auto&& see) {
    see("", self.layers_);
    see("readout", self.readout_);
    see("fusion", self.fusion_);
    see("head", self.head_);
  }
  [[nodiscard]] std::string identity() const { return "communities"; }
  [[nodiscard]] std::vector<T> inferred() const {
    eager<T, B> r(on_);
    random_streams random;
    return r.value(scores(r, random)).to_host(on_);
  }

 private:
  [[nodiscard]] static groups<T, B> in_communities(const B& on, index nodes,
                                                   const std::vector<coarsening>& levels) {
    return {on, std::span<const index>(communities(nodes, levels)), levels.back().clusters};
  }

  B on_;
  graph<B> adjacency_;
  sparse_features<T, B> features_;
  groups<T, B> community_of_;
  std::shared_ptr<const labeled_part<B>> part_;
  typename layers_type::template state<T, B> layers_;
  typename attention_readout::template state<T, B> readout_;
  typename gated_fusion::template state<T, B> fusion_;
  typename linear_head::template state<T, B> head_;
};
}  // namespace

static_assert(model<community_model<float, cpu>>);

TEST_CASE("nodes that are fused with their community learn their camp") {
  const auto data = toy::camps_of_nodes();
  const cpu on;
  community_model<float, cpu> m(on, data, 8);
  fit(m, adam{.rate = 0.02f}, {.epochs = 60, .batch = 1});
  const auto best = best_classes(m.inferred(), data.classes);
  int right = 0;
  for (const index id : data.test) {
    const auto node = static_cast<std::size_t>(id);
    right += best[node] == data.label[node];
  }
  CHECK(right > 0.75 * static_cast<double>(data.test.size()));
}

TEMPLATE_TEST_CASE("nodes fused with their community agree with differences and reference", "",
                   BACKENDS) {
  const auto data = toy::camps_of_nodes(30);
  const TestType on;
  community_model<double, TestType> m(on, data, 3);
  community_model<double, reference> other(reference{}, data, 3);
  const auto got = m.inferred(), expected = other.inferred();
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(expected[i]).margin(1e-12));
  shake(on, m);
  CHECK(parameter_error(
            on,
            [&](const auto& f) {
              for_each_parameter(m, [&](const std::string& n, auto& p) { f(n, p); });
            },
            [&](auto& r) { return m.loss(r, {}); }) < 1e-6);
}

}  // namespace filigree
