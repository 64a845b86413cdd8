// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Metrics by name, in the order in which they were requested.
class report {
 public:
  /// Appends a metric.
  void add(std::string name, double value) { values_.emplace_back(std::move(name), value); }
  /// The value of a metric; throws `range_error` if it was not evaluated.
  [[nodiscard]] double operator[](const std::string& name) const {
    for (const auto& [n, value] : values_)
      if (n == name) return value;
    throw range_error("report: metric: expected one that was evaluated, got " + name);
  }
  /// Names and values.
  [[nodiscard]] const std::vector<std::pair<std::string, double>>& values() const {
    return values_;
  }
  /// Appends a note on how the metrics were measured.
  void note(std::string text) { notes_.push_back(std::move(text)); }
  /// The notes.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  /// A line `name value` for each metric, and a line `# note` for each note.
  friend std::ostream& operator<<(std::ostream& out, const report& r) {
    for (const auto& [name, value] : r.values_) out << name << ' ' << value << '\n';
    for (const auto& note : r.notes_) out << "# " << note << '\n';
    return out;
  }

 private:
  std::vector<std::string> notes_;
  std::vector<std::pair<std::string, double>> values_;
};

}  // namespace filigree
