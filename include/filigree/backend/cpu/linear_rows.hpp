// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/simd.hpp>
#include <filigree/kernels/linear.hpp>

#include <algorithm>
#include <type_traits>

namespace filigree::detail {

inline namespace FILIGREE_VECTORS {

/// Accumulates the products of a weight row with V vectors of a batch. Two accumulators alternate
/// (four if V is 1), so that an addition need not wait for the previous one.
template <int V, class T>
struct batch_sums {
  using vector = typename simd<T>::type;
  static constexpr int ways = V == 1 ? 4 : 2;
  static constexpr offset width = V * simd<T>::lanes;

  template <int Way>
  void add(T weight, const T* x) {
    const auto* const from = reinterpret_cast<const vector*>(x);
    for (int v = 0; v < V; ++v) sum[Way][v] += weight * from[v];
  }
  void store(T bias, T* out) {
    auto* const to = reinterpret_cast<vector*>(out);
    for (int v = 0; v < V; ++v) {
      vector total = sum[0][v] + sum[1][v];
      if constexpr (ways == 4) total += sum[2][v] + sum[3][v];
      to[v] = total + bias;
    }
  }
  vector sum[ways][V] = {};
};

/// Same, for a single element of a batch.
template <class T>
struct batch_sums<0, T> {
  static constexpr int ways = 4;
  static constexpr offset width = 1;

  template <int Way>
  void add(T weight, const T* x) {
    sum[Way] += weight * *x;
  }
  void store(T bias, T* out) { *out = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + bias; }
  T sum[ways] = {};
};

/// Calls add(way, k) for first <= k < last, where way is a compile-time constant.
template <int Ways, class Add>
inline void take_turns(offset first, offset last, const Add& add) {
  offset k = first;
  for (; k + Ways <= last; k += Ways) {
    add(std::integral_constant<int, 0>{}, k);
    add(std::integral_constant<int, 1>{}, k + 1);
    if constexpr (Ways == 4) {
      add(std::integral_constant<int, 2>{}, k + 2);
      add(std::integral_constant<int, 3>{}, k + 3);
    }
  }
  if constexpr (Ways == 4)
    for (; k < last; ++k) add(std::integral_constant<int, 0>{}, k);
  else if (k < last)  // one at most; gcc warns of a loop here
    add(std::integral_constant<int, 0>{}, k);
}

/// The sum of weight[k] * x[column[k]] for k < n. Written for four elements at a time: otherwise,
/// gcc turns the loop into gathers whose elements it adds one by one.
template <class T>
inline T dot_of_entries(const T* weight, const index* column, offset n, const T* x) {
  typedef T four __attribute__((vector_size(4 * sizeof(T)), aligned(alignof(T)), may_alias));
  four sum[2] = {};
  const auto add = [&](four& to, offset k) {
    const index* const c = column + k;
    four from = {};
    for (int l = 0; l < 4; ++l) from[l] = x[c[l]];
    to += *reinterpret_cast<const four*>(weight + k) * from;
  };
  offset k = 0;
  for (; k + 8 <= n; k += 8) {
    add(sum[0], k);
    add(sum[1], k + 4);
  }
  if (k + 4 <= n) {
    add(sum[0], k);
    k += 4;
  }
  sum[0] += sum[1];
  T total = (sum[0][0] + sum[0][1]) + (sum[0][2] + sum[0][3]);
  for (; k < n; ++k) total += weight[k] * x[column[k]];
  return total;
}

/// out[r - first, :] = the products of row r with a transposed batch x (in x width).
template <int V, class T>
inline void linear_rows(const kernels::csr_linear<T>& k, offset first, offset last, const T* x,
                        T* out) {
  using sums = batch_sums<V, T>;
  const auto* const column = k.w.neighbor;
  for (offset r = first; r < last; ++r, out += sums::width) {
    if constexpr (V == 0) {
      const offset begin = k.w.row_begin[r], end = k.w.row_begin[r + 1];
      *out = dot_of_entries(k.weight + begin, column + begin, end - begin, x) +
             (k.bias ? k.bias[r] : T(0));
    } else {
      sums s;
      take_turns<sums::ways>(k.w.row_begin[r], k.w.row_begin[r + 1], [&](auto way, offset e) {
        s.template add<way()>(k.weight[e], x + column[e] * sums::width);
      });
      s.store(k.bias ? k.bias[r] : T(0), out);
    }
  }
}

/// Same, for n of m; N is n, or 0 if n is known only at run time.
template <int V, int N, class T>
inline void n_of_m_rows(const kernels::n_of_m_linear<T>& k, offset first, offset last, const T* x,
                        T* out) {
  using sums = batch_sums<V, T>;
  const offset groups = k.w.groups(), n = N ? N : k.w.n, step = k.w.m * sums::width;
  const T* value = k.w.value + first * groups * n;
  const auto* position = k.w.position + first * groups * n;
  for (offset r = first; r < last; ++r, out += sums::width) {
    sums s;
    if constexpr (N == 1) {
      take_turns<sums::ways>(0, groups, [&](auto way, offset g) {
        s.template add<way()>(value[g], x + g * step + position[g] * sums::width);
      });
      value += groups;
      position += groups;
    } else {
      const T* from = x;
      for (offset g = 0; g < groups; ++g, from += step, value += n, position += n)
        take_turns<2>(0, n, [&](auto way, offset i) {
          s.template add<way()>(value[i], from + position[i] * sums::width);
        });
    }
    s.store(k.bias ? k.bias[r] : T(0), out);
  }
}

template <int V, class T>
inline void linear_rows(const kernels::n_of_m_linear<T>& k, offset first, offset last, const T* x,
                        T* out) {
  switch (k.w.n) {
    case 1:
      return n_of_m_rows<V, 1>(k, first, last, x, out);
    case 2:
      return n_of_m_rows<V, 2>(k, first, last, x, out);
    case 4:
      return n_of_m_rows<V, 4>(k, first, last, x, out);
    default:
      return n_of_m_rows<V, 0>(k, first, last, x, out);
  }
}

/// The elements of a batch that a strip of H rows processes: V vectors, or one element.
template <int V, class T>
struct batch_part {
  using type = typename simd<T>::type;
};
template <class T>
struct batch_part<0, T> {
  typedef T type __attribute__((may_alias));
};

/// H rows within one row of blocks, starting at row `r`, share their loads of x. Width is that of a
/// block, or 0 if it is known only at run time.
template <int V, int H, int Width, class T>
inline void block_strip(const kernels::block_linear<T>& k, offset r, const T* x, offset stride,
                        T* out) {
  using part = typename batch_part<V, T>::type;
  constexpr int parts = V ? V : 1;
  const offset height = k.w.block.rows, width = Width ? Width : k.w.block.cols;
  const offset row = r / height;
  part sum[H][parts] = {};
  const auto add = [&](const T* weight, const T* from) {
    const auto* const loaded = reinterpret_cast<const part*>(from);
    for (int v = 0; v < parts; ++v)
      for (int h = 0; h < H; ++h) sum[h][v] += weight[h] * loaded[v];
  };
  for (offset b = k.w.row_begin[row]; b < k.w.row_begin[row + 1]; ++b) {
    const offset c = k.w.column[b] * width;
    const offset count = Width == 1 ? 1 : std::min(width, k.w.cols - c);
    const T *w = k.w.value + b * width * height + r % height, *from = x + c * stride;
    for (offset j = 0; j < count; ++j, w += height, from += stride) add(w, from);
  }
  for (int h = 0; h < H; ++h)
    for (int v = 0; v < parts; ++v)
      reinterpret_cast<part*>(out + h * stride)[v] = sum[h][v] + (k.bias ? k.bias[r + h] : T(0));
}

template <int V, class T>
inline void linear_rows(const kernels::block_linear<T>& k, offset first, offset last, const T* x,
                        T* out) {
  constexpr offset stride = batch_sums<V, T>::width;
  constexpr int at_once = V > 2 ? 2 : V;  // 4 rows of more vectors would not fit into 16 registers
  for (offset r = first; r < last;) {
    const offset left = std::min(last - r, k.w.block.rows - r % k.w.block.rows);
    const auto strip = [&]<int H>(std::integral_constant<int, H>) {
      for (int v = 0; v < (V ? V : 1); v += V ? at_once : 1) {
        const offset at = v * offset{simd<T>::lanes};
        const T* const from = x ? x + at : x;  // without inputs there is no x
        if (k.w.block.cols == 1)
          block_strip<at_once, H, 1>(k, r, from, stride, out + (r - first) * stride + at);
        else
          block_strip<at_once, H, 0>(k, r, from, stride, out + (r - first) * stride + at);
      }
      r += H;
    };
    if (left >= 4)
      strip(std::integral_constant<int, 4>{});
    else if (left >= 2)
      strip(std::integral_constant<int, 2>{});
    else
      strip(std::integral_constant<int, 1>{});
  }
}

}  // namespace FILIGREE_VECTORS

}  // namespace filigree::detail
