// SPDX-License-Identifier: Apache-2.0
// Documents as bags of words, each with a label and a part: what sparsify learns from.
#pragma once
#include <filigree/filigree.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fg = filigree;

/// Documents with a label, in the order of the files, and which of them belong to which part.
struct labeled_documents {
  std::vector<fg::offset> begin{0};  ///< documents + 1: document d has the words from begin[d] on
  std::vector<fg::index> word;       ///< ascending in each document
  std::vector<float> value;          ///< counts, scaled so that a document has length 1
  std::vector<fg::index> label;
  std::vector<fg::index> train, validation, test;
  std::vector<std::string> classes;
  fg::index words = 0;
};

/// Reads classes.txt (a name a line), nodes.txt (`id label part ...`, ids from 0, label -1: none,
/// part train, val, test or -) and features.txt (`id word:count ...`) of a folder. Throws
/// `file_error` naming file and line.
inline labeled_documents load_documents(const std::string& folder) {
  labeled_documents d;
  fg::line_reader classes(folder + "/classes.txt");
  while (classes.next()) d.classes.emplace_back(classes.line());
  if (d.classes.empty()) classes.fail_file("classes", "at least 1", "none");

  fg::line_reader nodes(folder + "/nodes.txt"), features(folder + "/features.txt");
  const auto last_class = static_cast<fg::index>(d.classes.size()) - 1;
  std::vector<std::pair<fg::index, float>> bag;
  for (fg::index id = 0; nodes.next(); ++id) {
    (void)nodes.parse<fg::index>(nodes.word(), "id", id, id);
    const auto label = nodes.parse<fg::index>(nodes.word(), "label", -1, last_class);
    const auto part = nodes.word();
    if (part != "train" && part != "val" && part != "test" && part != "-")
      nodes.fail("part", "train, val, test or -", fg::line_reader::quoted(part));
    if ((label < 0) != (part == "-"))
      nodes.fail("part", label < 0 ? "-, for it has no label" : "train, val or test",
                 fg::line_reader::quoted(part));

    if (!features.next())
      features.fail_file("documents", "as many as nodes.txt has", std::to_string(id));
    (void)features.parse<fg::index>(features.word(), "id", id, id);
    if (label < 0) continue;
    bag.clear();
    float squares = 0;
    for (auto w = features.word(); !w.empty(); w = features.word()) {
      const auto colon = std::min(w.find(':'), w.size());
      const auto name = features.parse<fg::index>(w.substr(0, colon), "word", 0, 99'999'999);
      const auto count =
          features.parse<float>(w.substr(std::min(colon + 1, w.size())), "count", 1, 1e6f);
      bag.emplace_back(name, count);
      squares += count * count;
    }
    std::sort(bag.begin(), bag.end());
    for (std::size_t k = 0; k < bag.size(); ++k) {
      if (k && bag[k].first == bag[k - 1].first)
        features.fail("word", "each once", std::to_string(bag[k].first) + " again");
      d.word.push_back(bag[k].first);
      d.value.push_back(bag[k].second / std::sqrt(squares));
      d.words = std::max(d.words, bag[k].first + 1);
    }
    d.begin.push_back(static_cast<fg::offset>(d.word.size()));
    auto& members = part == "train" ? d.train : part == "val" ? d.validation : d.test;
    members.push_back(static_cast<fg::index>(d.label.size()));
    d.label.push_back(label);
  }
  if (features.next()) features.fail("documents", "as many as nodes.txt has", "more");
  for (const auto& [part, members] :
       {std::pair{"train", &d.train}, {"val", &d.validation}, {"test", &d.test}})
    if (members->empty()) nodes.fail_file(part, "at least 1 document", "none");
  return d;
}
