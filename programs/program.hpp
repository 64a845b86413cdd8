// SPDX-License-Identifier: Apache-2.0
// What the programs have in common apart from their work: which files they may write, where they
// print, and how they exit.
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/file.hpp>
#ifdef READS_GZIP  // if zlib was found
#include <filigree/data/gzip.hpp>
#endif

#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <new>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <vector>

/// Throws unless all output was written: the disk may be full, or the terminal closed.
inline void expect_printed() {
  errno = 0;
  if (std::cout.flush() && std::fflush(stdout) == 0 && !std::ferror(stdout)) return;
  if (errno == 0) {  // it failed earlier: see what the system reports now
    std::clearerr(stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
  }
  throw filigree::file_error("standard output: cannot be written" +
                             (errno ? ": " + std::generic_category().message(errno) : ""));
}

/// Runs a program: an exception, or a failure to write standard output, becomes a line on standard
/// error and status 1.
template <class Work>
int run_program(const std::string& name, const Work& work) try {
  const int status = work();
  expect_printed();
  return status;
} catch (const std::bad_alloc&) {
  std::cerr << name << ": memory: expected more, got none\n";
  return 1;
} catch (const std::exception& e) {
  std::cerr << name << ": " << e.what() << '\n';
  return 1;
}

/// Text formatted as by printf, for std::cout.
[[gnu::format(printf, 1, 2)]] inline std::string formatted(const char* format, ...) {
  char line[512];
  std::va_list values;
  va_start(values, format);
  std::vsnprintf(line, sizeof line, format, values);
  va_end(values);
  return line;
}

/// A file and the option that names it; an empty path: not requested.
struct option_file {
  std::string option, path;
};

namespace program {

/// What a path finally refers to, following links, including dangling ones.
inline std::filesystem::path end_of(std::filesystem::path path) {
  std::error_code none;
  for (int links = 0; links < 40 && is_symlink(symlink_status(path, none)); ++links)
    path = path.parent_path() / read_symlink(path, none);
  return weakly_canonical(absolute(path, none), none);
}

/// A file in use; `place` is its actual path, even for `-`.
struct file_use {
  std::string option, path, verb, place;

  file_use(const option_file& file, bool reads)
      : option(file.option),
        path(file.path),
        verb(reads ? "reads" : "writes"),
        place(path != "-" ? path
              : reads     ? "/dev/stdin"
                          : "/dev/stdout") {}

  /// Whether both are the same file; devices such as /dev/null do not count.
  [[nodiscard]] bool meets(const file_use& other) const {
    if (path == "-" && other.path == "-" && verb == other.verb) return true;
    struct stat one {
    }, two{};
    if (::stat(place.c_str(), &one) == 0 && ::stat(other.place.c_str(), &two) == 0)
      return one.st_dev == two.st_dev && one.st_ino == two.st_ino && !S_ISCHR(one.st_mode);
    const auto end = end_of(place);
    return !end.empty() && end == end_of(other.place);
  }
  /// Whether it can be read a second time.
  [[nodiscard]] bool stays() const {
    std::error_code none;
    return path != "-" && !std::filesystem::is_fifo(place, none);
  }
  [[noreturn]] void refuse(const file_use& other) const {
    throw filigree::file_error(option + ": expected a file of its own, got " + path + ", which " +
                               other.option + ' ' + other.verb);
  }
};

}  // namespace program

/// Throws, before the work begins, if an output cannot be written, or if it is an input, another
/// output, or the file that standard output is redirected to; and if two options read the same
/// pipe. If an output is standard output, human-readable text goes to standard error instead.
inline void expect_files(const std::vector<option_file>& inputs,
                         const std::vector<option_file>& outputs) {
  std::vector<program::file_use> uses;
  for (const auto& file : inputs) {
    if (file.path.empty()) continue;
    const program::file_use input(file, true);
    for (const auto& other : uses)
      if (!input.stays() && input.meets(other)) input.refuse(other);
    uses.push_back(input);
  }
  bool prints = false;
  for (const auto& file : outputs) {
    if (file.path.empty()) continue;
    filigree::expect_writable(file.path);
    const program::file_use output(file, false);
    for (const auto& other : uses)
      if (output.meets(other)) output.refuse(other);
    uses.push_back(output);
    prints = prints || filigree::is_standard_output(file.path);
  }
  const program::file_use printed({"standard output", "-"}, false);
  std::error_code none;
  if (!prints && std::filesystem::is_regular_file(printed.place, none))
    for (const auto& other : uses)
      if (other.meets(printed)) other.refuse(printed);
  if (prints) std::cout.rdbuf(std::cerr.rdbuf());
}

/// The files that `load_node_data` reads from a folder.
inline void add_node_files(std::vector<option_file>& inputs, const std::string& option,
                           const std::string& folder) {
  if (folder.empty()) return;
  for (const auto* name : {"nodes.txt", "edges.txt", "features.txt", "classes.txt"})
    inputs.push_back({option, folder + '/' + name});
}
