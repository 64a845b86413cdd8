// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>

#include <span>
#include <utility>
#include <vector>

namespace filigree {

/// A dense row-major matrix (rows x cols) on backend B. Copies are deep; a moved-from matrix is 0 x
/// 0.
template <class T, backend B>
class matrix {
 public:
  using scalar = T;

  matrix() = default;
  matrix(const matrix&) = default;
  matrix(matrix&& other) noexcept
      : data_(std::move(other.data_)), shape_(std::exchange(other.shape_, {})) {}
  matrix& operator=(matrix other) noexcept {
    std::swap(data_, other.data_);
    std::swap(shape_, other.shape_);
    return *this;
  }
  ~matrix() = default;
  /// The contents are uninitialized.
  matrix(const B& on, shape s) : data_(on.template allocate<T>(s.size())), shape_(s) {}
  /// A copy of host memory in row-major order; throws `shape_error` unless it has rows * cols
  /// elements.
  matrix(const B& on, std::span<const T> host, shape s) : shape_(s) {
    detail::expect_equal("matrix: elements", s.size(), static_cast<offset>(host.size()));
    data_ = on.upload(host);
  }
  /// Takes over a buffer, owned or borrowed.
  matrix(typename B::template buffer<T> data, shape s) : data_(std::move(data)), shape_(s) {
    detail::expect_equal("matrix: elements", s.size(), static_cast<offset>(data_.size()));
  }
  [[nodiscard]] static matrix zeros(const B& on, shape s) {
    return matrix(on.template zeros<T>(s.size()), s);
  }

  [[nodiscard]] offset rows() const { return shape_.rows; }
  [[nodiscard]] offset cols() const { return shape_.cols; }
  [[nodiscard]] offset size() const { return shape_.size(); }
  [[nodiscard]] filigree::shape shape() const { return shape_; }
  [[nodiscard]] T* data() { return data_.data(); }
  [[nodiscard]] const T* data() const { return data_.data(); }
  [[nodiscard]] matrix_view<T> view() { return {data_.data(), shape_.rows, shape_.cols}; }
  [[nodiscard]] matrix_view<const T> view() const {
    return {data_.data(), shape_.rows, shape_.cols};
  }

  /// A copy on the host, row-major. Waits for the backend.
  [[nodiscard]] std::vector<T> to_host(const B& on) const {
    std::vector<T> host(static_cast<std::size_t>(size()));
    if (size()) on.download(data_, std::span<T>(host));
    return host;
  }
  /// Overwrites the elements with data from host memory; throws `shape_error` unless the sizes
  /// agree.
  void from_host(const B& on, std::span<const T> host) {
    detail::expect_equal("matrix: elements", size(), static_cast<offset>(host.size()));
    const auto from = on.upload(host);
    on.copy(from.data(), data_.data(), size());
  }

 private:
  typename B::template buffer<T> data_;
  filigree::shape shape_;
};

}  // namespace filigree
