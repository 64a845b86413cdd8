// SPDX-License-Identifier: Apache-2.0
// Runs the code of documents, each in an empty folder with the bundled data: main DOCUMENT...
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>

extern const std::map<std::string, void (*)()> snippets;

int main(int count, char** documents) try {
  const auto folder = std::filesystem::current_path() / "work";
  for (int i = 1; i < count; ++i) {
    const auto found = snippets.find(documents[i]);
    if (found == snippets.end()) {
      std::cerr << documents[i] << ": code: expected some, got none\n";
      return 1;
    }
    auto name = found->first;
    for (auto& c : name)
      if (c == '/') c = '_';
    std::filesystem::remove_all(folder / name);
    std::filesystem::create_directories(folder / name);
    std::filesystem::current_path(folder / name);
    std::filesystem::create_directory_symlink(FILIGREE_BUNDLED_DATA, "data");
    found->second();
  }
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
