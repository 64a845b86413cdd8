// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "tasks/camps.hpp"
#include "temporary_file.hpp"
#include <filigree/nn/conv/encoder.hpp>
#include <filigree/nn/conv/gin.hpp>
#include <filigree/nn/head.hpp>
#include <filigree/serve/parts.hpp>

#include <span>
#include <string>
#include <vector>

namespace filigree {

namespace {
/// A model with no more than parts: layers with running means, and a head.
template <class T, backend B>
class parts_of_a_model {
 public:
  using scalar = T;
  using backend_type = B;
  explicit parts_of_a_model(std::uint64_t seed, offset classes = 3, B on = {}, int layers = 2)
      : on_(on),
        encoder_({}, on, {.in = 5, .out = 4, .seed = seed}, layers),
        head_({}, on, {.in = 4, .out = classes, .seed = seed + 1}) {
    shake(on, encoder_);
  }
  [[nodiscard]] const B& on() const { return on_; }
  static void members(auto& self, auto&& see) {
    see("", self.encoder_);
    see("head", self.head_);
  }
  /// Values of the parameters and running means whose names begin so.
  [[nodiscard]] std::vector<double> values(const std::string& prefix) {
    std::vector<double> all;
    detail::each_part(*this, prefix, "values", [&](const std::string&, auto& m) {
      for (const auto v : m.to_host(on_)) all.push_back(static_cast<double>(v));
    });
    return all;
  }

 private:
  B on_;
  typename encoder<gin>::template state<T, B> encoder_;
  typename linear_head::template state<T, B> head_;
};
}  // namespace

TEMPLATE_TEST_CASE("a backbone is saved without its head and read into another model", "",
                   BACKENDS) {
  const temporary_file file(".parts");
  parts_of_a_model<float, TestType> from(1), to(2, 7);
  const auto head = to.values("head.");
  save_parts(from, file.path(), "layers.");
  load_parts(to, file.path(), "layers.");
  CHECK(to.values("layers.") == from.values("layers."));
  CHECK(to.values("head.") == head);
  load_parts(to, file.path(), "layers.1.");
}

TEST_CASE("parts go from one backend and scalar to another") {
  parts_of_a_model<float, reference> from(1);
  parts_of_a_model<double, cpu> to(2);
  copy_parts(from, to);
  CHECK(to.values("") == from.values(""));
}

TEST_CASE("parts that do not fit are named, and nothing changes") {
  const temporary_file file(".parts");
  parts_of_a_model<float, cpu> three(1), seven(2, 7);
  const auto before = seven.values("");
  save_parts(three, file.path());
  CHECK_THROWS_WITH(load_parts(seven, file.path()),
                    file.path() + ": shape of part/head.weight: expected 4 x 7, got 4 x 3");
  parts_of_a_model<float, reference> shallow(3, 3, {}, 1);
  CHECK_THROWS_WITH(copy_parts(shallow, three, "layers."),
                    "copy_parts: layers.1.own: expected it in both models, got it in one");
  CHECK_THROWS_WITH(copy_parts(three, seven),
                    "copy_parts: columns of head.weight: expected 7, got 3");
  CHECK(seven.values("") == before);
  save_parts(three, file.path(), "layers.");
  CHECK_THROWS_WITH(load_parts(seven, file.path(), "head."), Catch::Contains("part/head.weight"));
  CHECK(seven.values("") == before);
  CHECK_THROWS_WITH(save_parts(three, file.path(), "nobody"),
                    "save_parts: parameters: expected names that begin with \"nobody\", got none");
}

TEST_CASE("what is masked is saved and copied as the zeros that it is to a model") {
  const reference on;
  parts_of_a_model<float, reference> from(1), copied(2), loaded(3);
  for_each_parameter(from, [&](const std::string& name, auto& p) {
    if (name != "head.weight") return;
    std::vector<float> mask(static_cast<std::size_t>(p.value.size()), 1);
    mask[0] = mask[2] = 0;
    p.mask = matrix<float, reference>(on, std::span<const float>(mask), p.value.shape());
  });
  copy_parts(from, copied, "head");
  const temporary_file file(".parts");
  save_parts(from, file.path(), "head");
  load_parts(loaded, file.path(), "head");
  for (auto* to : {&copied, &loaded})
    for_each_parameter(*to, [&](const std::string& name, auto& p) {
      if (name != "head.weight") return;
      const auto value = p.value.to_host(on);
      CHECK(value[0] == 0);
      CHECK(value[1] != 0);
      CHECK(value[2] == 0);
    });
}

}  // namespace filigree
