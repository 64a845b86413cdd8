// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_parameters.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/data/archive_reader.hpp>
#include <filigree/data/archive_writer.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree {

namespace detail {
/// f(name, matrix) for the values of parameters, with masked elements as 0 if the model is const,
/// and for running means and other buffers, whose names start with `prefix`. Throws `error` if
/// there are none.
template <class M, class F>
void each_part(M& m, std::string_view prefix, const std::string& operation, const F& f) {
  bool found = false;
  for_each_parameter(m, [&](const std::string& name, auto& p) {
    if (!name.starts_with(prefix)) return;
    found = true;
    if constexpr (std::is_const_v<M>)
      if (p.reads_masked()) {
        const auto left = masked_value(m.on(), p);
        return f(name, left);
      }
    f(name, p.value);
  });
  for_each_buffer(m, [&](const std::string& name, auto& values) {
    if (!name.starts_with(prefix)) return;
    found = true;
    f(name, values);
  });
  if (!found)
    throw error(operation + ": parameters: expected names that begin with \"" +
                std::string(prefix) + "\", got none");
}
/// Assigns everything that was read at once, so that an error halfway changes nothing.
template <class Matrix>
void assign(std::vector<std::pair<Matrix*, Matrix>>& next) {
  for (auto& [to, values] : next) *to = std::move(values);
}
}  // namespace detail

/// Writes the parameters of a model whose names start with `prefix` (all for ""), and its running
/// means; for example, a backbone without its head, `save_parts(model, "backbone", "layers.")`. The
/// file is written atomically; throws `file_error`, and `error` if no name starts with `prefix` or
/// a number is not finite.
template <class M>
void save_parts(M& model, const std::string& path, std::string_view prefix = "") {
  archive_writer out;
  detail::each_part(std::as_const(model), prefix, "save_parts",
                    [&](const std::string& name, const auto& values) {
                      detail::put_matrix(out, model.on(), "part/" + name, values);
                    });
  out.expect_finite("save_parts");
  out.save(path);
}

/// Reads them into a model that has parameters of these names and shapes. Throws `file_error`
/// naming a parameter that is missing or has a different shape, `error` if no name starts with
/// `prefix`, and then changes nothing.
template <class M>
void load_parts(M& model, const std::string& path, std::string_view prefix = "") {
  using matrix_type = matrix<typename M::scalar, typename M::backend_type>;
  const archive_reader in(path);
  std::vector<std::pair<matrix_type*, matrix_type>> next;
  detail::each_part(model, prefix, "load_parts", [&](const std::string& name, matrix_type& values) {
    next.emplace_back(&values, detail::get_matrix<typename M::scalar>(
                                   in, model.on(), "part/" + name, values.shape()));
  });
  detail::assign(next);
}

/// Copies the parameters whose names start with `prefix` from one model to another, of any kind and
/// backend, that has parameters of these names and shapes: transfer without a file. Throws `error`
/// naming a parameter that is missing, `shape_error` for one with a different shape, and then
/// changes nothing.
template <class From, class To>
void copy_parts(From& from, To& to, std::string_view prefix = "") {
  using matrix_type = matrix<typename To::scalar, typename To::backend_type>;
  std::vector<std::pair<matrix_type*, matrix_type>> next;
  detail::each_part(to, prefix, "copy_parts", [&](const std::string& name, matrix_type& values) {
    bool there = false;
    detail::each_part(
        std::as_const(from), prefix, "copy_parts",
        [&](const std::string& other, const auto& source) {
          if (other != name) return;
          there = true;
          detail::expect_equal("copy_parts: rows of " + name, values.rows(), source.rows());
          detail::expect_equal("copy_parts: columns of " + name, values.cols(), source.cols());
          const auto host = source.to_host(from.on());
          const std::vector<typename To::scalar> converted(host.begin(), host.end());
          next.emplace_back(&values, matrix_type(to.on(), converted, values.shape()));
        });
    if (!there) throw error("copy_parts: " + name + ": expected it in both models, got it in one");
  });
  detail::assign(next);
}

}  // namespace filigree
