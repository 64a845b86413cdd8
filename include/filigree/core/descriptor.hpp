// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cerrno>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace filigree::detail {

/// Why a system call failed, as the end of a message: `: No space left on device`.
[[nodiscard]] inline std::string reason(int error = errno) {
  return ": " + std::generic_category().message(error);
}

/// Makes a system call, repeating it as long as it is interrupted by signals.
template <class Call>
auto uninterrupted(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// A file descriptor that is closed on destruction; tests false if the file could not be opened.
class descriptor {
 public:
  explicit descriptor(int number = -1) : number_(number) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  explicit operator bool() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }
  /// Closes it now; returns false if the system reports an error.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

}  // namespace filigree::detail
