// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cerrno>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace filigree::detail {

/// Why a call of the system failed, as the end of a message: `: No space left on device`.
[[nodiscard]] inline std::string reason(int error = errno) {
  return ": " + std::generic_category().message(error);
}

/// A system call, again as long as signals interrupt it.
template <class Call>
auto uninterrupted(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// An open file of the system, closed at the end; none where it could not be opened.
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
  /// Closes it now; false where the system says that something is lost.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

}  // namespace filigree::detail
