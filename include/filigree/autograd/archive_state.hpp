// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_parameters.hpp>
#include <filigree/data/archive_reader.hpp>
#include <filigree/data/archive_writer.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree::detail {

/// Visits a state and writes it; for parameters, with `whole`, everything training needs.
struct state_saver {
  archive_writer& out;
  bool whole = true;
  std::set<std::string> names{};

  /// The oldest version of filigree whose checkpoints use these names.
  void written_by(const std::string& version) { out.put("fit.version", version); }
  /// A setting that must be the same when the run resumes.
  template <class T>
  void field(const std::string& name, const T& value) {
    out.put(name, value);
  }
  /// The same for a text `name value, name value, ...`.
  void identity(const std::string& name, const std::string& text) { out.put(name, text); }
  /// Throws `error` for a name that is already in use.
  template <class T>
  void value(const std::string& name, T& value) {
    if (!names.insert(name).second)
      throw error("checkpoint: " + name + ": expected one of that name, got two");
    if constexpr (std::is_same_v<T, bool>)
      out.put(name, std::uint8_t{value});
    else
      out.put(name, value);
  }
  /// Ascending numbers from 0 to below `bound`.
  template <class Id>
  void ids(const std::string& name, std::vector<Id>& values, offset) {
    out.put(name, values);
  }
  template <class B, class T>
  void array(const B& on, const std::string& name, matrix<T, B>& m, shape) {
    if (m.size()) put_matrix(out, on, name, m);
  }
  /// The same for any shape.
  template <class B, class T>
  void array(const B& on, const std::string& name, matrix<T, B>& m) {
    array(on, name, m, m.shape());
  }
  template <class B, class T>
  void parameter(const B& on, const std::string& name, const filigree::parameter<T, B>& p) {
    put_parameter(out, on, name, p, whole);
  }
  template <class B, class M>
  void model(const B&, M& m) {
    put_parameters(out, m, whole);
  }
};

/// The differing parts of two texts `name value, name value, ...`, or both texts if no part with a
/// common name differs.
[[nodiscard]] inline std::pair<std::string, std::string> difference(const std::string& a,
                                                                    const std::string& b) {
  const auto parts = [](const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at <= text.size();) {
      const auto end = std::min(text.find(", ", at), text.size());
      out.push_back(text.substr(at, end - at));
      at = end + 2;
    }
    return out;
  };
  const auto name = [](const std::string& part) { return part.substr(0, part.find(' ')); };
  std::pair<std::string, std::string> out;
  for (const auto& x : parts(a))
    for (const auto& y : parts(b)) {
      if (name(x) != name(y) || x == y) continue;
      out.first += (out.first.empty() ? "" : ", ") + x;
      out.second += (out.second.empty() ? "" : ", ") + y;
    }
  return out.first.empty() ? std::pair(a, b) : out;
}

/// Visits a state and restores what was written.
struct state_loader {
  const archive_reader& in;
  bool whole = true;

  void written_by(const std::string& version) {
    const std::string name = "fit.version";
    if (!in.has(name) && !in.has("fit.seed"))
      in.fail("kind of file", "a checkpoint", in.has("kind") ? in.text("kind") : "none");
    const auto written = in.has(name) ? in.text(name) : std::string("0.1");  // which had none
    if (written != version)
      in.fail("checkpoint", "one of filigree " + version, "one of " + written);
  }
  template <class T>
  void field(const std::string& name, const T& value) {
    const auto written = in.number<T>(name);
    if (written != value) in.fail(name, std::to_string(value), std::to_string(written));
  }
  void identity(const std::string& name, const std::string& text) {
    const auto written = in.text(name);
    if (written == text) return;
    const auto [expected, got] = difference(text, written);
    in.fail(name, expected, got);
  }
  template <class T>
  void value(const std::string& name, T& value) {
    value = in.number<T>(name);
  }
  template <class T>
  void value(const std::string& name, std::vector<T>& values) {
    values = in.get<T>(name);
  }
  void value(const std::string& name, bool& value) { value = in.number<std::uint8_t>(name) != 0; }
  template <class Id>
  void ids(const std::string& name, std::vector<Id>& values, offset bound) {
    auto read = in.get<Id>(name);
    offset least = 0;
    for (const offset id : read) {
      if (id < least || id >= bound)
        in.fail(name, std::to_string(least) + " to " + std::to_string(bound - 1),
                std::to_string(id));
      least = id + 1;
    }
    values = std::move(read);
  }
  template <class B, class T>
  void array(const B& on, const std::string& name, matrix<T, B>& m, shape s) {
    if (in.has(name))
      m = get_matrix<T>(in, on, name, s);
    else
      m = s.rows * s.cols == 0 ? matrix<T, B>(on, s) : matrix<T, B>();
  }
  template <class B, class T>
  void array(const B& on, const std::string& name, matrix<T, B>& m) {
    array(on, name, m, in.has(name) ? in.shape_of(name) : shape{});
  }
  template <class B, class T>
  void parameter(const B& on, const std::string& name, filigree::parameter<T, B>& p) {
    p = get_parameter<T>(in, on, name, p.value.shape(), whole).with_flags_of(p);
  }
  template <class B, class M>
  void model(const B&, M& m) {
    get_parameters(in, m, whole);
  }
};

/// A wrapper for an archive that prepends `prefix` to all names.
template <class Archive>
struct prefixed {
  Archive& to;
  std::string prefix;

  template <class T>
  void value(const std::string& name, T& value) {
    to.value(prefix + name, value);
  }
  template <class Id>
  void ids(const std::string& name, std::vector<Id>& values, offset bound) {
    to.ids(prefix + name, values, bound);
  }
  template <class B, class T>
  void array(const B& on, const std::string& name, matrix<T, B>& m, shape s) {
    to.array(on, prefix + name, m, s);
  }
  template <class B, class T>
  void array(const B& on, const std::string& name, matrix<T, B>& m) {
    to.array(on, prefix + name, m);
  }
  template <class B, class T>
  void parameter(const B& on, const std::string& name, filigree::parameter<T, B>& p) {
    to.parameter(on, prefix + name, p);
  }
};

}  // namespace filigree::detail
