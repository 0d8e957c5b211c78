// Products of small matrices, where a call of BLAS would cost more than the product.
#pragma once
#include <algorithm>

#include "thin.h"

namespace pellucid {
namespace {

#ifdef __AVX512F__
constexpr i64 STRIP = 8;
#else
constexpr i64 STRIP = 4;
#endif

// c[R, lanes] (+)= a·b, where a's element (r, i) is a[r·row + i·step] and row i of b begins at i·stride.
template <i64 R, class Load, class T>
inline void strip(const T* a, i64 row, i64 step, const T* b, i64 stride, i64 depth, T* c, i64 m,
                  i64 columns, bool add, Load load_row) {
    Vector<T> sum[R] = {};
    for (i64 i = 0; i < depth; ++i) {
        const Vector<T> v = load_row(b + i * stride);
        for (i64 r = 0; r < R; ++r) sum[r] += a[r * row + i * step] * v;
    }
    for (i64 r = 0; r < R; ++r) {
        if (add) sum[r] += load_some(c + r * m, columns);
        store_some(c + r * m, sum[r], columns);
    }
}

template <class T, class Load>
inline void by_strips(const T* a, i64 row, i64 step, const T* b, i64 stride, i64 rows, i64 depth, T* c,
                      i64 m, i64 columns, bool add, Load load_row) {
    i64 r = 0;
    const auto strips = [&]<i64 R>(std::integral_constant<i64, R>) {
        for (; r + R <= rows; r += R)
            strip<R>(a + r * row, row, step, b, stride, depth, c + r * m, m, columns, add, load_row);
    };
    strips(std::integral_constant<i64, STRIP>());
    if constexpr (STRIP > 4) strips(std::integral_constant<i64, 4>());
    strips(std::integral_constant<i64, 2>());
    strips(std::integral_constant<i64, 1>());
}

// c[rows, m] (+)= a·b for b[depth, m], some columns at a time; the last of them by way of `pack` where
// a part of a vector cannot be loaded.
template <class T>
inline void by_columns(const T* a, i64 row, i64 step, const T* b, i64 rows, i64 depth, T* c, i64 m,
                       bool add, T* pack) {
    constexpr i64 L = LANES<T>;
    i64 at = 0;
    for (; at + L <= m; at += L)
        by_strips(a, row, step, b + at, m, rows, depth, c + at, m, L, add, load<T>);
    if (at == m) return;
    const i64 columns = m - at;
    if constexpr (HAS_PARTS) {
        by_strips(a, row, step, b + at, m, rows, depth, c + at, m, columns, add,
                  [=](const T* from) { return load_some(from, columns); });
    } else {
        for (i64 i = 0; i < depth; ++i)
            for (i64 j = 0; j < L; ++j) pack[i * L + j] = j < columns ? b[i * m + at + j] : T(0);
        by_strips(a, row, step, pack, L, rows, depth, c + at, m, columns, add, load<T>);
    }
}

template <class T> void small_nn(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, T* pack) {
    if (m == 1) return thin_nt(b, a, c, 1, rows, k);
    by_columns(a, k, 1, b, rows, k, c, m, false, pack);
}

// c[rows, k] = a[rows, m]·b[k, m]ᵀ
template <class T> void small_nt(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, T* pack) {
    if (m == 1) return by_columns(a, 1, 1, b, rows, 1, c, k, false, pack);
    T* turned = pack + LANES<T> * m;
    for (i64 i = 0; i < k; ++i)
        for (i64 j = 0; j < m; ++j) turned[j * k + i] = b[i * m + j];
    by_columns(a, m, 1, turned, rows, m, c, k, false, pack);
}

// c[k, m] (+)= a[rows, k]ᵀ·b[rows, m]
template <class T>
void small_tn(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, bool add, T* pack) {
    if (m == 1 && !add) return thin_nn(b, a, c, 1, rows, k);
    by_columns(a, 1, k, b, k, rows, c, m, add, pack);
}

}  // namespace
}  // namespace pellucid
