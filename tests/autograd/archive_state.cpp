// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/autograd/archive_options.hpp>
#include <filigree/autograd/archive_state.hpp>

#include <string>
#include <vector>

namespace filigree {

namespace {
enum class taste { sweet, sour, salty };
/// A policy with a choice of each kind that is saved.
struct meal {
  taste of = taste::sour;
  bool hot = true;
  float weight = 0.25f;
  int courses = 3;

  static constexpr const char* kind = "meal";
  static void options(auto& self, auto&& see) {
    see("of", self.of, taste::salty);
    see("hot", self.hot);
    see("weight", self.weight);
    see("courses", self.courses);
  }
};
}  // namespace

TEST_CASE("the choices of a policy come back, and one that there is not is refused") {
  archive_writer out;
  detail::put_options(out, "my.", meal{taste::salty, false, 0.5f, 7});
  const archive_reader in("a", out.bytes());
  const auto back = detail::get_options<meal>(in, "my.");
  CHECK((back.of == taste::salty && !back.hot));
  CHECK((back.weight == 0.5f && back.courses == 7));
  for (const int wrong : {-1, 3}) {
    archive_writer other;
    other.put("my.of", wrong);
    CHECK_THROWS_WITH(detail::get_options<meal>(archive_reader("a", other.bytes()), "my."),
                      "a: my.of: expected 0 to 2, got " + std::to_string(wrong));
  }
}

TEST_CASE("ids that come back ascend and stay below their bound") {
  const auto read = [](std::vector<index> ids) {
    archive_writer out;
    detail::state_saver{out}.ids("kept", ids, 5);
    const archive_reader in("a", out.bytes());
    detail::state_loader{in}.ids("kept", ids, 5);
    return ids;
  };
  CHECK(read({0, 2, 4}) == std::vector<index>{0, 2, 4});
  CHECK_THROWS_WITH(read({0, 5}), "a: kept: expected 1 to 4, got 5");
  CHECK_THROWS_WITH(read({2, 2}), "a: kept: expected 3 to 4, got 2");
  CHECK_THROWS_WITH(read({-1}), "a: kept: expected 0 to 4, got -1");
}

TEST_CASE("a matrix of a state may be absent, and stays empty then") {
  const reference on;
  archive_writer out;
  matrix<float, reference> one(on, std::vector<float>{1, 2}, {1, 2}), none;
  detail::state_saver saver{out};
  saver.array(on, "one", one);
  saver.array(on, "none", none);
  const archive_reader in("a", out.bytes());
  CHECK_FALSE(in.has("none"));
  detail::state_loader loader{in};
  matrix<float, reference> back, other(on, std::vector<float>{3}, {1, 1});
  loader.array(on, "one", back);
  loader.array(on, "none", other);
  CHECK(back.to_host(on) == std::vector<float>{1, 2});
  CHECK(other.size() == 0);
  auto flat = one;
  loader.array(on, "none", flat, {0, 3});
  CHECK(flat.shape() == shape{0, 3});
}

TEST_CASE("texts of settings are told apart by what differs, or shown whole") {
  using both = std::pair<std::string, std::string>;
  CHECK(detail::difference("dim 3, l2 0", "dim 4, l2 0") == both("dim 3", "dim 4"));
  CHECK(detail::difference("dim 3, l2 0", "dim 4, l2 1") == both("dim 3, l2 0", "dim 4, l2 1"));
  CHECK(detail::difference("dim 3", "width 4") == both("dim 3", "width 4"));
  archive_writer out;
  out.put("fit.seed", 1);
  out.put("fit.model", std::string_view("dim 3"));
  const archive_reader in("a", out.bytes());
  detail::state_loader loader{in};
  CHECK_NOTHROW(loader.field("fit.seed", 1));
  CHECK_THROWS_WITH(loader.field("fit.seed", 2), "a: fit.seed: expected 2, got 1");
  CHECK_THROWS_WITH(loader.identity("fit.model", "dim 5"),
                    "a: fit.model: expected dim 5, got dim 3");
  CHECK_NOTHROW(loader.identity("fit.model", "dim 3"));
}

TEST_CASE("a state of another version is refused with its number") {
  archive_writer out;
  detail::state_saver{out}.written_by("0.2");
  const archive_reader in("a", out.bytes());
  CHECK_NOTHROW(detail::state_loader{in}.written_by("0.2"));
  CHECK_THROWS_WITH(detail::state_loader{in}.written_by("0.3"),
                    "a: checkpoint: expected one of filigree 0.3, got one of 0.2");
  archive_writer before;  // which did not say
  before.put("fit.seed", 1);
  const archive_reader old("b", before.bytes()), other("c", archive_writer().bytes());
  CHECK_THROWS_WITH(detail::state_loader{old}.written_by("0.2"),
                    "b: checkpoint: expected one of filigree 0.2, got one of 0.1");
  CHECK_THROWS_WITH(detail::state_loader{other}.written_by("0.2"),
                    "c: kind of file: expected a checkpoint, got none");
}

}  // namespace filigree
