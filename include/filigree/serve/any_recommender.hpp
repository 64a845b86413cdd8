// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/one_of.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/fixed_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/serve/save.hpp>
#include <filigree/tasks/ease.hpp>
#include <filigree/tasks/item_knn.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/tasks/matrix_factorization.hpp>
#include <filigree/tasks/popularity.hpp>
#include <filigree/tasks/recommender.hpp>

#include <concepts>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace filigree {

/// A type-erased recommender, for example chosen by a user or loaded from a file. It is itself a
/// recommender: `evaluate`, `rank` and `recommend` are compiled only once for all models that it
/// may hold. Copies share the model, which is immutable.
template <backend B, class T = float>
class any_recommender {
  struct held {
    virtual ~held() = default;
    virtual void score(const B&, std::span<const index>, index, matrix_view<T>) const = 0;
    [[nodiscard]] virtual const interactions& train() const = 0;
    [[nodiscard]] virtual const B& on() const = 0;
    [[nodiscard]] virtual std::string kind() const = 0;
    virtual void save(const std::string& path) const = 0;
  };
  template <class M>
  struct holder final : held {
    M model;
    explicit holder(M m) : model(std::move(m)) {}
    void score(const B& on, std::span<const index> users, index first,
               matrix_view<T> block) const override {
      model.score(on, users, first, block);
    }
    [[nodiscard]] const interactions& train() const override { return model.train(); }
    [[nodiscard]] const B& on() const override { return model.on(); }
    [[nodiscard]] std::string kind() const override { return detail::saved<M>::kind; }
    void save(const std::string& path) const override { filigree::save(model, path); }
  };

 public:
  using scalar = T;
  using backend_type = B;

  /// Takes ownership of a model.
  template <recommender M>
  requires(!std::same_as<M, any_recommender> && std::same_as<typename M::backend_type, B> &&
           std::same_as<typename M::scalar, T>) any_recommender(M model)
      : held_(std::make_shared<const holder<M>>(std::move(model))) {}

  void score(const B& on, std::span<const index> users, index first, matrix_view<T> block) const {
    held_->score(on, users, first, block);
  }
  [[nodiscard]] const interactions& train() const { return held_->train(); }
  [[nodiscard]] const B& on() const { return held_->on(); }
  /// The kind that `kind_of` returns for its file.
  [[nodiscard]] std::string kind() const { return held_->kind(); }
  /// The model, if it is of type M; null otherwise.
  template <recommender M>
  [[nodiscard]] const M* as() const {
    const auto* const one = dynamic_cast<const holder<M>*>(held_.get());
    return one ? &one->model : nullptr;
  }
  /// Like `save` for the model itself.
  void save(const std::string& path) const { held_->save(path); }

 private:
  std::shared_ptr<const held> held_;
};

template <recommender M>
any_recommender(M) -> any_recommender<typename M::backend_type, typename M::scalar>;

/// Writes the model it holds.
template <backend B, class T>
void save(const any_recommender<B, T>& m, const std::string& path) {
  m.save(path);
}

/// The edge policies that a LightGCN in a file may have.
using any_edges = one_of<fixed_edges, adaptive_edges, learned_edges>;

/// Reads whichever recommender an archive holds. Throws `file_error` for an unknown kind or unknown
/// edges, and for a damaged file.
template <backend B, class T = float>
[[nodiscard]] any_recommender<B, T> load_any(const archive_reader& in, const B& on = {}) {
  const auto kind = kind_of(in);
  if (kind == "popularity") return load<popularity<B, T>>(in, on);
  if (kind == "item-knn") return load<item_knn<B, T>>(in, on);
  if (kind == "ease") return load<ease<B, T>>(in, on);
  if (kind == "mf") return load<matrix_factorization<B, T>>(in, on);
  if (kind == "lightgcn") return load<lightgcn<B, any_edges, T>>(in, on);
  in.fail("kind of model", "a recommender", kind);
}
/// The same for a file.
template <backend B, class T = float>
[[nodiscard]] any_recommender<B, T> load_any(const std::string& path, const B& on = {}) {
  return load_any<B, T>(archive_reader(path), on);
}

}  // namespace filigree
