// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "saved_and_loaded.hpp"
#include "tasks/camps.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/fit.hpp>

#include <string>
#include <type_traits>

namespace filigree {

namespace {
/// The choices of a network as they are told.
template <class N>
std::string told(const N& n) {
  std::string text;
  detail::append_options(text, "network", n.describe());
  return text;
}
}  // namespace

TEMPLATE_TEST_CASE("a network of nodes is saved, and classifies as before", "", BACKENDS) {
  const auto data = toy::camps_of_nodes();
  const auto check = [&](auto model) {
    fit(model, adam{.rate = 1e-2f}, {.epochs = 5});
    const auto& network = model.network();
    using network_type = std::remove_cvref_t<decltype(network)>;
    const auto same = saved_and_loaded<network_type>(network);
    CHECK(same.scores(data) == network.scores(data));
    CHECK(told(same) == told(network));
  };
  const TestType on;
  check(node_classifier<TestType, sgc>(data, {.layers = 1}, {}, {}, {}, {}, on));
  gat attention;
  attention.edges.heads = 2;
  attention.template step<with_dropout>().rate = 0.25f;
  check(node_classifier<TestType, gat>(data, {.hidden = 8}, attention, {}, {}, {}, on));
  check(node_classifier<TestType, encoder<sage, concat_layers>, gated_fusion, gpf_plus,
                        prototype_head>(data, {.hidden = 6, .seed = 3}, {},
                                        {.per_feature = true, .start = -1}, {.tokens = 2},
                                        {.temperature = 0.5f}, on));
}

}  // namespace filigree
