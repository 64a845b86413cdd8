// SPDX-License-Identifier: Apache-2.0
// Documents as bags of words, each with a label and a part: the training data of sparsify.
#pragma once
#include <filigree/filigree.hpp>

#include <string>
#include <utility>

namespace fg = filigree;

/// Reads the documents of a folder, its nodes, and scales the words of each to length 1. Throws
/// `file_error` naming file and line, and if a part has no documents.
inline fg::node_data load_documents(const std::string& folder) {
  auto d = fg::load_node_data(folder, {.edges = false});
  fg::normalize_features(d, fg::feature_norm::length);
  for (const auto& [part, members] : {std::pair{"val", &d.validation}, {"test", &d.test}})
    if (members->empty())
      throw fg::file_error(folder + "/nodes.txt: " + part + ": expected at least 1 node, got none");
  return d;
}
