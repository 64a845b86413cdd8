// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_parameters.hpp>
#include <filigree/data/archive.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace filigree {

/// Where and how often a run is saved, so that it can go on after being killed.
struct checkpointing {
  std::string path;  ///< empty: never
  offset every_steps =
      0;               ///< also in mid-epoch, every so many steps; 0: at the end of epochs alone
  bool resume = true;  ///< goes on from the file if there is one; else starts anew and replaces it
};

namespace detail {

/// Sees a run's state and writes it down.
struct checkpoint_saver {
  archive_writer out;

  /// A setting that must be the same when the run goes on.
  template <class T>
  void field(const std::string& name, const T& value) {
    out.put(name, value);
  }
  template <class T>
  void value(const std::string& name, T& value) {
    out.put(name, value);
  }
  void value(const std::string& name, bool& value) { out.put(name, std::uint8_t{value}); }
  template <class B, class T>
  void array(const B& on, const std::string& name, matrix<T, B>& m, shape) {
    if (m.size()) put_matrix(out, on, name, m);
  }
  template <class B, class M>
  void model(const B&, M& m) {
    put_parameters(out, m, true);
  }
};

/// Sees a run's state and puts back what was written down.
struct checkpoint_loader {
  archive_reader in;

  template <class T>
  void field(const std::string& name, const T& value) {
    const auto written = in.number<T>(name);
    if (written != value) in.fail(name, std::to_string(value), std::to_string(written));
  }
  void field(const std::string& name, const std::string& value) {
    if (const auto written = in.text(name); written != value) in.fail(name, value, written);
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
  template <class B, class T>
  void array(const B& on, const std::string& name, matrix<T, B>& m, shape s) {
    m = in.has(name) ? get_matrix<T>(in, on, name, s) : matrix<T, B>();
  }
  template <class B, class M>
  void model(const B&, M& m) {
    get_parameters(in, m, true);
  }
};

/// Decides when to save, and does it.
class checkpoint_keeper {
 public:
  explicit checkpoint_keeper(const checkpointing& how) : how_(how) {
    if (!how_.path.empty()) expect_writable(how_.path);
  }

  template <class State>
  void resume(const State& state) {
    if (how_.path.empty() || !how_.resume || !std::filesystem::exists(how_.path)) return;
    checkpoint_loader loader{archive_reader(how_.path)};
    state(loader);
  }
  template <class State>
  void step_done(const State& state) {
    if (how_.every_steps > 0 && ++steps_ % how_.every_steps == 0) save(state);
  }
  template <class State>
  void save(const State& state) const {
    if (how_.path.empty()) return;
    checkpoint_saver saver;
    state(saver);
    saver.out.save(how_.path);
  }

 private:
  checkpointing how_;
  offset steps_ = 0;
};

}  // namespace detail

}  // namespace filigree
