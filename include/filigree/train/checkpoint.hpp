// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_state.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/file.hpp>

#include <string>

namespace filigree {

/// Where and how often a run is saved, so that it can resume after being killed.
struct checkpointing {
  std::string path{};      ///< empty: never
  offset every_steps = 0;  ///< also every so many steps; 0: only at the end of epochs
  bool resume = true;      ///< resumes from an existing file; if false, starts over and replaces it
};

namespace detail {

/// The oldest version of filigree whose checkpoints can be read: raise it when a name or a meaning
/// in them changes.
inline constexpr const char* checkpoint_version = "0.2";

/// Decides when to save, and saves.
class checkpoint_keeper {
 public:
  explicit checkpoint_keeper(const checkpointing& how) : how_(how) {
    expect_least("checkpoint: every_steps", how.every_steps, 0);
    if (how_.path.empty()) return;
    expect_writable(how_.path);
    const auto to = destination_of(how_.path);
    if (!to.replaced())
      throw file_error(to.name + ": checkpoint: expected a regular file, got a pipe or a device");
  }

  /// Resumes from the file, all or nothing: a file that is rejected midway changes nothing.
  template <class State>
  void resume(const State& state) {
    if (how_.path.empty() || !how_.resume || !destination_of(how_.path).exists) return;
    const archive_reader in(how_.path);
    archive_writer before;
    state_saver saver{before};
    state(saver);
    try {
      state_loader loader{in};
      state(loader);
    } catch (...) {
      const archive_reader back(how_.path, before.bytes());
      state_loader loader{back};
      state(loader);
      throw;
    }
  }
  /// Counts a step; returns whether it is time to save.
  [[nodiscard]] bool step_done() {
    return !how_.path.empty() && how_.every_steps > 0 && ++steps_ % how_.every_steps == 0;
  }
  template <class State>
  void save(const State& state) const {
    if (how_.path.empty()) return;
    archive_writer out;
    state_saver saver{out};
    state(saver);
    out.save(how_.path);
  }

 private:
  checkpointing how_;
  offset steps_ = 0;
};

}  // namespace detail

}  // namespace filigree
