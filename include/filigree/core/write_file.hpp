// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/descriptor.hpp>
#include <filigree/core/error.hpp>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <sys/file.h>  // flock
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace filigree {

namespace detail {

/// The target of a path for writing.
struct destination {
  std::string name, path;  // name for messages; path with links followed, even to a missing file
  int open_file = -1;      // a descriptor of this process: for `-`, /dev/stdout, /dev/fd/3
  bool exists = false;
  struct stat before {};

  /// Whether the file is replaced atomically; otherwise it is written in place.
  [[nodiscard]] bool replaced() const {
    return open_file < 0 && (!exists || S_ISREG(before.st_mode));
  }
  [[nodiscard]] std::string folder() const {
    const auto folder = std::filesystem::path(path).parent_path();
    return folder.empty() ? "." : folder.string();
  }
  [[noreturn]] void fail(int error = errno) const {
    throw file_error(name + ": cannot be written" + reason(error));
  }
};

/// Follows links one by one, so that a link to a descriptor of this process is detected. Throws
/// `file_error` for a directory, and if the system cannot tell what is there.
[[nodiscard]] inline destination destination_of(const std::string& path) {
  destination to{.name = path, .path = path};
  if (path == "-") {
    to.name = "standard output";
    to.open_file = STDOUT_FILENO;
  }
  const auto own = "/proc/" + std::to_string(::getpid()) + "/fd";
  std::error_code none;
  for (int links = 0; to.open_file < 0 && links < 40; ++links) {
    if (!std::filesystem::is_symlink(std::filesystem::symlink_status(to.path, none))) break;
    const std::filesystem::path link(to.path);
    if (std::filesystem::canonical(to.folder(), none) == own) {
      const auto number = link.filename().string();
      std::from_chars(number.data(), number.data() + number.size(), to.open_file);
      break;
    }
    const auto target = std::filesystem::read_symlink(link, none);
    if (none) break;
    to.path = (link.parent_path() / target).string();
  }
  to.exists = to.open_file < 0 ? ::stat(to.path.c_str(), &to.before) == 0
                               : ::fstat(to.open_file, &to.before) == 0;
  if (!to.exists && (to.open_file >= 0 || errno != ENOENT || path.empty())) to.fail();
  if (to.exists && S_ISDIR(to.before.st_mode)) to.fail(EISDIR);
  return to;
}

inline void write_all(const destination& to, const descriptor& out,
                      std::span<const std::string_view> parts) {
  for (auto part : parts)
    while (!part.empty()) {
      const auto written =
          uninterrupted([&] { return ::write(out.number(), part.data(), part.size()); });
      if (written < 0) to.fail();
      part.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// Writes to a pipe, a device, or an open file of this process.
inline void write_through(const destination& to, std::span<const std::string_view> parts) {
  if (to.open_file == STDOUT_FILENO && std::fflush(stdout) != 0)
    to.fail();  // output printed earlier comes first
  descriptor out(to.open_file >= 0 ? ::fcntl(to.open_file, F_DUPFD_CLOEXEC, 0) : uninterrupted([&] {
    return ::open(to.path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  }));
  if (!out) to.fail();
  write_all(to, out, parts);
  if (!out.close()) to.fail();
}

/// A new file next to the one to be replaced, `NAME.partial.NUMBERS`; locked to show that it is in
/// use, and removed on destruction unless it has replaced the target.
class partial_file {
 public:
  explicit partial_file(const destination& to) : to_(to) {
    sweep();
    do {
      path_ = to.folder() + '/' + prefix() + numbers();
      file_ = descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                                to.exists ? 0600 : 0666));
    } while (file_ ? !locked() : errno == EEXIST);
    if (!file_) to.fail();
  }
  partial_file(const partial_file&) = delete;
  partial_file& operator=(const partial_file&) = delete;
  ~partial_file() {
    if (file_ && !path_.empty()) ::unlink(path_.c_str());
  }

  [[nodiscard]] const descriptor& file() const { return file_; }

  /// Replaces the target, keeping its mode and, if the system allows it, its owner. Both the data
  /// and the name are then on disk.
  void replace() {
    if (to_.exists) keep_mode();
    if (::fsync(file_.number()) != 0 || ::rename(path_.c_str(), to_.path.c_str()) != 0) to_.fail();
    path_.clear();
    const descriptor folder(::open(to_.folder().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Ignores directories that cannot be read, and file systems that do not support this flush.
    if (folder && ::fsync(folder.number()) != 0 && errno != EINVAL && errno != ENOTSUP) to_.fail();
  }

 private:
  /// The file name, truncated if the result would be too long for the system.
  [[nodiscard]] std::string prefix() const {
    return std::filesystem::path(to_.path).filename().string().substr(0, 210) + ".partial.";
  }
  static std::string numbers() {
    std::random_device random;
    return std::to_string(::getpid()) + '.' + std::to_string(random()) + '.' +
           std::to_string(random());
  }
  /// False if a concurrent sweep has already unlinked the file.
  [[nodiscard]] bool locked() const {
    struct stat about {};
    uninterrupted([&] { return ::flock(file_.number(), LOCK_EX); });
    return ::fstat(file_.number(), &about) != 0 || about.st_nlink > 0;
  }
  /// Removes files that killed runs of this user left behind, that is, those that are not locked.
  void sweep() const {
    std::error_code end;
    const auto begin = prefix();
    for (std::filesystem::directory_iterator at(to_.folder(), end), last; !end && at != last;
         at.increment(end)) {
      const auto name = at->path().filename().string();
      if (!name.starts_with(begin) || name == begin ||
          name.find_first_not_of("0123456789.", begin.size()) != name.npos)
        continue;
      const auto path = at->path().string();
      const descriptor left(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
      struct stat about {};
      if (left && ::fstat(left.number(), &about) == 0 && S_ISREG(about.st_mode) &&
          about.st_uid == ::geteuid() && ::flock(left.number(), LOCK_EX | LOCK_NB) == 0)
        ::unlink(path.c_str());
    }
  }
  void keep_mode() const {
    const auto& b = to_.before;
    auto mode = b.st_mode & 07777;
    if (::fchown(file_.number(), b.st_uid, b.st_gid) != 0) {
      mode &= 0777;
      // Try only the group; if that is not allowed either, both stay those of this process.
      if (::fchown(file_.number(), static_cast<uid_t>(-1), b.st_gid) != 0) mode &= 0707;
    }
    ::fchmod(file_.number(), mode);
  }

  const destination& to_;
  std::string path_;
  descriptor file_;
};

}  // namespace detail

/// Throws `file_error` with the system's reason if `write_file` could not create, replace or write
/// to `path`: call it before long work rather than failing afterwards.
inline void expect_writable(const std::string& path) {
  const auto to = detail::destination_of(path);
  if (to.open_file >= 0) {
    if (const int flags = ::fcntl(to.open_file, F_GETFL);
        flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
      to.fail(EBADF);
  } else if (to.replaced() ? ::access(to.folder().c_str(), W_OK | X_OK) != 0
                           : ::access(to.path.c_str(), W_OK) != 0) {
    to.fail();
  }
}

/// Whether `write_file` prints to standard output: `-`, `/dev/stdout`, and links to it.
[[nodiscard]] inline bool is_standard_output(const std::string& path) {
  return detail::destination_of(path).open_file == STDOUT_FILENO;
}

/// Replaces a regular file atomically: writes a file next to it, flushes it to disk, renames it.
/// Readers of `path` see the old bytes or the new ones, never a mix, and the same holds after a
/// crash of the machine. A symbolic link stays, and the file that it points to is replaced; mode
/// and owner are kept. Files that killed runs left next to it are removed. Pipes, devices and
/// `/dev/stdout` are written to directly; `-` is standard output. Throws `file_error` with the
/// system's reason and leaves a regular file unchanged.
inline void write_file(const std::string& path, std::span<const std::string_view> parts) {
  const auto to = detail::destination_of(path);
  if (!to.replaced()) return detail::write_through(to, parts);
  detail::partial_file beside(to);
  detail::write_all(to, beside.file(), parts);
  beside.replace();
}

/// Same, for one piece.
inline void write_file(const std::string& path, std::string_view bytes) {
  write_file(path, std::span(&bytes, 1));
}

}  // namespace filigree
