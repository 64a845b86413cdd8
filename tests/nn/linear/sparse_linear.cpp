// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_values.hpp"
#include "temporary_file.hpp"
#include "temporary_folder.hpp"
#include <filigree/autograd/check_gradient.hpp>
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/nn/linear/sparse_linear.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace fg = filigree;
using fg::offset;
using fg::weight_format;

namespace {
/// A weight of normals of which all but about `percent` are set to zero.
template <class T>
std::vector<T> weight_with(offset n, int percent_zeros) {
  auto w = normals<T>(n, 1);
  for (std::size_t i = 0; i < w.size(); ++i)
    if (fg::philox{5}.uniform(i) * 100 < percent_zeros) w[i] = 0;
  return w;
}

/// Milliseconds as this machine might take them, without a clock: sparse formats cost ten times as
/// much for an element as a dense one.
auto seconds_at(int percent_zeros) {
  return [percent_zeros](weight_format f) {
    const double left = 1 - percent_zeros / 100.0;
    return 1e-3 * (f == weight_format::dense ? 1.5
                   : f == weight_format::csr ? 4.1 * left
                                             : 9 * left);
  };
}
}  // namespace

TEMPLATE_TEST_CASE("every format gives the dense product", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  // W = [ 5 0 ]   x = [ 1 2 ]   x W' = [  5 0 16 ]   bias [ 10 20 30 ]
  //     [ 0 0 ]       [ 3 4 ]          [ 15 0 36 ]
  //     [ 4 6 ]
  const auto matrix = [&](const std::vector<T>& host, fg::shape s) {
    return fg::matrix<T, B>(on, std::span<const T>(host), s);
  };
  const auto w = matrix({5, 0, 0, 0, 4, 6}, {3, 2}), x = matrix({1, 2, 3, 4}, {2, 2});
  const auto bias = matrix({10, 20, 30}, {1, 3});
  fg::crossover kept;
  for (const auto format : fg::weight_formats) {
    const fg::sparse_linear layer(on, w, bias, {.format = format, .m = 2, .kept = &kept});
    CAPTURE(fg::name_of(format));
    CHECK(layer.chosen() == format);
    CHECK(layer.why() == fg::name_of(format) + ": as asked for, at 50 % zeros");
    CHECK(layer.apply(on, x).to_host(on) == std::vector<T>{15, 20, 46, 25, 20, 66});
    CHECK(layer.weight(on).to_host(on) == w.to_host(on));
    fg::eager<T, B> r(on);
    CHECK(r.value(layer(r, r.constant(x))).to_host(on) == layer.apply(on, x).to_host(on));
    const fg::sparse_linear plain(on, w, {}, {.format = format, .m = 2, .kept = &kept});
    CHECK(plain.apply(on, x).to_host(on) == std::vector<T>{5, 0, 16, 15, 0, 36});
  }
}

TEST_CASE("95 percent zeros are kept in compressed rows, 30 percent dense") {
  const fg::cpu on;
  const auto chosen = [&](int percent) {
    const auto host = weight_with<float>(64 * 100, percent);
    const fg::matrix<float, fg::cpu> w(on, std::span<const float>(host), {64, 100});
    return fg::sparse_linear(on, w, {}, {.seconds = seconds_at(percent)});
  };
  const auto most = chosen(95), few = chosen(30);
  CHECK(most.chosen() == weight_format::csr);
  CHECK(most.why() == "csr: 0.205 ms against 1.5 ms dense at 95 % zeros");
  CHECK(few.chosen() == weight_format::dense);
  CHECK(few.why() == "dense: 30 % zeros would be slower sparse: csr 2.87 ms against 1.5 ms dense");
}

TEST_CASE("a sparse format that is less than a tenth faster than dense is not worth it") {
  fg::format_seconds t;
  t[weight_format::dense] = 1.5e-3;
  CHECK(t.best() == weight_format::dense);
  t[weight_format::csr] = 1.4e-3;
  t[weight_format::block] = 1.45e-3;
  CHECK(t.best() == weight_format::dense);
  CHECK(fg::reason_for(t, 0.6) ==
        "dense: 60 % zeros would be less than a tenth faster sparse: csr 1.4 ms against 1.5 ms "
        "dense");
  t[weight_format::block] = 1.3e-3;
  CHECK(t.best() == weight_format::block);
  CHECK(fg::reason_for(t, 0.6) == "block: 1.3 ms against 1.5 ms dense at 60 % zeros");
}

TEST_CASE("n of m is tried where a weight has such a pattern") {
  const fg::cpu on;
  auto host = normals<float>(6 * 20, 1);
  for (std::size_t i = 0; i < host.size(); ++i)
    if (i % 4 < 2) host[i] = 0;
  const fg::matrix<float, fg::cpu> w(on, std::span<const float>(host), {6, 20});
  std::vector<weight_format> tried;
  const auto seconds = [&](weight_format f) {
    tried.push_back(f);
    return f == weight_format::n_of_m ? 1.0 : 2.0;
  };
  const fg::sparse_linear layer(on, w, {}, {.seconds = seconds});
  CHECK(tried.size() == 4);
  CHECK(layer.chosen() == weight_format::n_of_m);
  CHECK(layer.structure().n == 2);
  CHECK(layer.structure().m == 4);
  CHECK(layer.structure().zeros == 0.5);

  tried.clear();
  host[0] = host[1] = 1;  // four of four
  const fg::matrix<float, fg::cpu> other(on, std::span<const float>(host), {6, 20});
  CHECK(fg::sparse_linear(on, other, {}, {.seconds = seconds}).structure().m == 0);
  CHECK(tried.size() == 3);
}

TEST_CASE("a weight is timed once, and a file remembers it for the next process") {
  const temporary_file file;
  const fg::cpu on{1};
  const auto host = weight_with<float>(40 * 30, 90);
  const fg::matrix<float, fg::cpu> w(on, std::span<const float>(host), {40, 30});
  std::string why;
  {
    fg::crossover kept(file.path());
    why = fg::sparse_linear(on, w, {}, {.batch = 3, .kept = &kept}).why();
    CHECK(fg::sparse_linear(on, w, {}, {.batch = 3, .kept = &kept}).why() == why);
  }
  std::ifstream in(file.path());
  std::string line, more;
  REQUIRE(std::getline(in, line));
  CHECK(!std::getline(in, more));
  CHECK_THAT(line, Catch::Contains("40x30 float zeros:90 ") && Catch::Contains(" batch:3 on "));
  {
    std::ofstream out(file.path());
    out << "neither key nor number\n"
        << line.substr(0, line.find('\t')) << "\t9000000 1000000 0 0 0\n";
  }
  fg::crossover kept(file.path());
  const fg::sparse_linear layer(on, w, {}, {.batch = 3, .kept = &kept});
  CHECK(layer.why() == "csr: 1 ms against 9 ms dense at " +
                           fg::detail::percent(layer.structure().zeros) + " zeros");
}

TEMPLATE_TEST_CASE("dense is kept in rows or in blocks, as was measured", "", float, double) {
  using T = TestType;
  const temporary_file file;
  const fg::cpu on{1};
  auto host = weight_with<T>(21 * 30, 30);
  for (std::size_t i = 0; i < 8 * 30; ++i) host[i] = 0;  // a dense weight keeps even these
  const auto values = normals<T>(17 * 30, 2);
  const fg::matrix<T, fg::cpu> w(on, std::span<const T>(host), {21, 30}),
      x(on, std::span<const T>(values), {17, 30});
  fg::crossover measured(file.path());
  (void)fg::sparse_linear(on, w, {}, {.kept = &measured});
  std::string key;
  std::getline(std::ifstream(file.path()), key, '\t');

  const auto layer_after = [&](const std::string& numbers, weight_format format) {
    std::ofstream(file.path()) << key << '\t' << numbers << '\n';
    fg::crossover kept(file.path());
    return fg::sparse_linear(on, w, {}, {.format = format, .kept = &kept});
  };
  const fg::offset all = 21 * 30 * sizeof(T), padded = 24 * 30 * sizeof(T);
  for (const auto format : {weight_format::automatic, weight_format::dense}) {
    const auto rows = layer_after("1000 2000 0 0 0", format);
    const auto blocks = layer_after("1000 2000 0 0 1", format);
    CHECK(rows.chosen() == weight_format::dense);
    CHECK(blocks.chosen() == weight_format::dense);
    CHECK(rows.bytes() == all);
    CHECK(blocks.bytes() == padded + 3 * 30 * 4 + 4 * 8);
    CHECK(blocks.weight(on).to_host(on) == host);
    CHECK(distance(rows.apply(on, x).to_host(on), blocks.apply(on, x).to_host(on)) < 1e-5);
  }
  // A line without the last number says nothing of blocks: measured again.
  (void)layer_after("1000 2000 0 0", weight_format::automatic);
  std::string line;
  std::getline(std::ifstream(file.path()), line);
  CHECK(line.starts_with(key + '\t'));
  CHECK(line != key + "\t1000 2000 0 0");
}

TEST_CASE("a layer knows the bytes of its weight") {
  const fg::cpu on;
  // Two rows of [ 1 0 0 0 ] and [ 0 0 0 2 ].
  const std::vector<float> host{1, 0, 0, 0, 0, 0, 0, 2};
  const fg::matrix<float, fg::cpu> w(on, std::span<const float>(host), {2, 4});
  const auto bytes = [&](weight_format f) {
    return fg::sparse_linear(on, w, {}, {.format = f, .block = {2, 1}, .n = 1, .m = 4}).bytes();
  };
  CHECK(bytes(weight_format::csr) == 2 * (4 + 4) + 3 * 8);
  CHECK(bytes(weight_format::block) == 2 * (2 * 4 + 4) + 2 * 8);
  CHECK(bytes(weight_format::n_of_m) == 2 * (4 + 1));
}

TEST_CASE("where no file can be written, measurements stay in memory") {
  fg::crossover kept("/proc/nobody/may/write/crossover.txt");
  fg::format_seconds t;
  t[weight_format::dense] = 1;
  CHECK_FALSE(kept.find("key"));
  kept.keep("key", t);
  REQUIRE(kept.find("key"));
  CHECK((*kept.find("key"))[weight_format::dense] == 1);
}

TEST_CASE("sparse_linear says what does not fit") {
  const fg::cpu on;
  const auto w =
      fg::matrix<float, fg::cpu>(on, std::span<const float>(std::vector<float>(24, 1.f)), {3, 8});
  using linear = fg::sparse_linear<fg::cpu, float>;
  CHECK_THROWS_WITH(linear(on, w, fg::matrix<float, fg::cpu>(on, {2, 3})),
                    "sparse_linear: rows of bias: expected 1, got 2");
  CHECK_THROWS_WITH(linear(on, w, fg::matrix<float, fg::cpu>(on, {1, 4})),
                    "sparse_linear: columns of bias: expected 3, got 4");
  CHECK_THROWS_WITH(linear(on, w, fg::matrix<float, fg::cpu>(on, {0, 3})),
                    "sparse_linear: rows of bias: expected 1, got 0");
  CHECK_THROWS_WITH(linear(on, w, fg::matrix<float, fg::cpu>(on, {2, 0})),
                    "sparse_linear: rows of bias: expected 1, got 2");
  CHECK_THROWS_WITH(linear(on, w, {}, {.batch = 0}),
                    "sparse_linear: batch: expected at least 1, got 0");
  CHECK_THROWS_WITH(linear(on, w, {}, {.block = {0, 1}}),
                    "weight_structure: rows of a block: expected at least 1, got 0");
  CHECK_THROWS_WITH(linear(on, w, {}, {.block = {1, -1}}),
                    "weight_structure: columns of a block: expected at least 1, got -1");
  CHECK_THROWS_WITH(linear(on, w, {}, {.n = -1}),
                    "weight_structure: n: expected at least 0, got -1");
  CHECK_THROWS_WITH(linear(on, w, {}, {.m = -1}),
                    "weight_structure: m: expected at least 0, got -1");
  CHECK_THROWS_WITH(linear(on, w, {}, {.format = weight_format::n_of_m}),
                    "n_of_m: nonzeros in group 0 of row 0: expected at most 2, got 4");
  const linear layer(on, w, {}, {.format = weight_format::csr});
  CHECK_THROWS_WITH(layer.apply(on, fg::matrix<float, fg::cpu>(on, {2, 7})),
                    "sparse_linear: columns of x: expected 8, got 7");
}

TEMPLATE_TEST_CASE("a weight without inputs gives its bias", "", BACKENDS) {
  const TestType on;
  const fg::matrix<float, TestType> w(on, fg::shape{3, 0}), x(on, fg::shape{2, 0});
  const fg::matrix<float, TestType> bias(on, std::vector<float>{1, 2, 3}, {1, 3});
  fg::crossover kept;
  for (const auto format :
       {weight_format::automatic, weight_format::dense, weight_format::csr, weight_format::block}) {
    const fg::sparse_linear layer(on, w, bias, {.format = format, .kept = &kept});
    CHECK(layer.apply(on, x).to_host(on) == std::vector<float>{1, 2, 3, 1, 2, 3});
  }
}

TEMPLATE_TEST_CASE("the gradient passes through a sparse layer", "", BACKENDS) {
  const TestType on;
  const auto host = weight_with<double>(5 * 6, 60);
  const fg::matrix<double, TestType> w(on, std::span<const double>(host), {5, 6});
  const auto values = normals<double>(4 * 6, 2);
  const fg::matrix<double, TestType> x(on, std::span<const double>(values), {4, 6});
  fg::crossover kept;
  for (const auto format : {weight_format::dense, weight_format::csr, weight_format::block}) {
    const fg::sparse_linear layer(on, w, {}, {.format = format, .kept = &kept});
    using product = typename fg::sparse_linear<TestType, double>::product;
    const auto found = fg::check_gradient(on, product{layer}, x);
    CHECK(found.error < 1e-7);
    CHECK(found.compared == 24);
  }
}

TEST_CASE("many threads use one sparse layer") {
  const fg::cpu on{1};
  const auto host = weight_with<float>(70 * 50, 80), values = normals<float>(33 * 50, 2);
  const fg::matrix<float, fg::cpu> w(on, std::span<const float>(host), {70, 50}),
      x(on, std::span<const float>(values), {33, 50});
  const fg::sparse_linear layer(on, w, {}, {.format = weight_format::csr});
  const auto expected = layer.apply(on, x).to_host(on);
  std::vector<std::vector<float>> got(4);
  std::vector<std::thread> threads;
  for (auto& g : got) threads.emplace_back([&] { g = layer.apply(on, x).to_host(on); });
  for (auto& t : threads) t.join();
  for (const auto& g : got) CHECK(g == expected);
}

TEST_CASE("a line of measurements that says nothing true is left out") {
  const temporary_file file;
  file.write(
      "no number\tx 1 0 0 0\nbelow 0\t-5 1 0 0 0\nneither rows nor blocks\t5 1 0 0 2\n"
      "no dense\t0 1 0 0 0\nshort\t5 1\ngood\t5 1 0 0 1\n");
  const fg::crossover kept(file.path());
  for (const char* const key :
       {"no number", "below 0", "neither rows nor blocks", "no dense", "short"})
    CHECK_FALSE(kept.find(key));
  REQUIRE(kept.find("good"));
  CHECK(kept.find("good")->dense_in_blocks);
}

TEST_CASE("where a folder has the place of the file, measurements stay in memory") {
  const temporary_folder folder;
  fg::crossover kept(folder.path());
  fg::format_seconds t;
  t[weight_format::dense] = 1;
  kept.keep("key", t);
  CHECK(kept.find("key"));
  CHECK(std::filesystem::is_directory(folder.path()));
}

TEST_CASE("measurements are kept in the user's cache unless a place is named") {
  const auto now = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value ? value : "");
  };
  const auto cache = now("XDG_CACHE_HOME"), home = now("HOME");
  const temporary_folder folder;
  ::setenv("XDG_CACHE_HOME", "", 1);
  ::setenv("HOME", "", 1);
  CHECK(fg::crossover::path_of_user().empty());
  ::unsetenv("XDG_CACHE_HOME");
  ::unsetenv("HOME");
  CHECK(fg::crossover::path_of_user().empty());
  ::setenv("HOME", "/home/somebody", 1);
  CHECK(fg::crossover::path_of_user() == "/home/somebody/.cache/filigree/crossover.txt");
  ::setenv("XDG_CACHE_HOME", folder.path().c_str(), 1);
  const auto file = folder.path() + "/filigree/crossover.txt";
  CHECK(fg::crossover::path_of_user() == file);

  const fg::cpu on;
  const auto host = weight_with<float>(8 * 8, 90);
  const fg::sparse_linear layer(
      on, fg::matrix<float, fg::cpu>(on, std::span<const float>(host), {8, 8}));
  CHECK(std::filesystem::exists(file));
  ::setenv("XDG_CACHE_HOME", cache.c_str(), 1);
  ::setenv("HOME", home.c_str(), 1);
}

TEST_CASE("a block counts where any of its rows and columns has a nonzero") {
  // [ 0 5 0 0 ]
  // [ 0 0 0 0 ]
  const std::vector<float> host{0, 5, 0, 0, 0, 0, 0, 0};
  CHECK(fg::weight_structure::of(std::span<const float>(host), {2, 4}, {2, 2}).blocks == 0.5);
  CHECK(fg::weight_structure::of(std::span<const float>(host), {2, 4}, {1, 4}).blocks == 0.5);
  CHECK(fg::weight_structure::of(std::span<const float>(host), {2, 4}, {1, 1}).blocks == 0.125);
}
