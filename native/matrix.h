// Products of matrices that are in the cache, where packing them costs more than it gains.
#pragma once
#include "thin.h"

namespace pellucid {
namespace {

// c[R, V vectors] (+)= a·b, where a's element (r, i) is a[r·row + i·step] and row i of b begins at
// i·stride. The sums go `on` from c, or begin at 0.
template <i64 R, i64 V, bool on = false, class Last, class T>
inline void strip(const T* a, i64 row, i64 step, const T* b, i64 stride, i64 depth, T* c, i64 m,
                  bool add, Last last) {
    Vector<T> sum[R][V];
    EACH(r, R)
        EACH(v, V) sum[r][v] = on ? get<V>(last, c + r * m, v) : Vector<T>{};
    for (i64 i = 0; i < depth; ++i) {
        Vector<T> of_b[V];
        EACH(v, V) of_b[v] = get<V>(last, b + i * stride, v);
        EACH(r, R) {
            const T of_a = a[r * row + i * step];
            EACH(v, V) sum[r][v] += of_a * of_b[v];
        }
    }
    EACH(r, R)
        EACH(v, V)
            put<V>(last, c + r * m, v, add ? sum[r][v] + get<V>(last, c + r * m, v) : sum[r][v]);
}

// The same for any number of rows.
template <i64 V, bool on = false, class Last, class T>
inline void strips(const T* a, i64 row, i64 step, const T* b, i64 stride, i64 rows, i64 depth, T* c,
                   i64 m, bool add, Last last) {
    i64 r = 0;
    // six and two more are four and four, which do not wait for their sums
    i64 end = STRIP == 6 && rows > 6 && rows % 6 == 2 ? rows - 8 : rows;
    const auto of = [&]<i64 R>(Count<R>) {
        for (; r + R <= end; r += R)
            strip<R, V, on>(a + r * row, row, step, b, stride, depth, c + r * m, m, add, last);
    };
    of(Count<STRIP>());
    end = rows;
    if constexpr (STRIP > 4) of(Count<4>());
    of(Count<2>());
    of(Count<1>());
}

// c[rows, m] (+)= a·b for b[depth, m]
template <class T>
inline void by_rows(const T* a, i64 row, i64 step, const T* b, i64 rows, i64 depth, T* c, i64 m,
                    bool add) {
    by_strips<T, 2>(m, [&]<i64 V>(Count<V>, auto last, i64 at) {
        strips<V>(a, row, step, b + at, m, rows, depth, c + at, m, add, last);
    });
}

template <class T> void near_nn(const T* a, i64 stride, const T* b, T* c, i64 rows, i64 k, i64 m) {
    if (m == 1 && stride == k) return thin_nt(b, a, c, 1, rows, k);
    by_rows(a, stride, 1, b, rows, k, c, m, false);
}

// c[rows, k] = a[rows, m]·b[k, m]ᵀ, with b turned in `pack`
template <class T> void small_nt(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, T* pack) {
    if (m == 1) return by_rows(a, 1, 1, b, rows, 1, c, k, false);
    for (i64 i = 0; i < k; ++i)
        for (i64 j = 0; j < m; ++j) pack[j * k + i] = b[i * m + j];
    by_rows(a, m, 1, pack, rows, m, c, k, false);
}

// Numbers of a beyond which its columns are packed: they would fall on the same places of the
// cache.
constexpr i64 SPREAD = 16'384;
constexpr i64 DEPTH_OF_COLUMNS = 512;

// c[k, m] (+)= a[rows, k]ᵀ·b[rows, m]
template <class T>
void near_tn(const T* a, i64 stride, const T* b, T* c, i64 rows, i64 k, i64 m, bool add, T* pack) {
    if (m == 1 && !add && stride == k) return thin_nn(b, a, c, 1, rows, k);
    if (rows * stride < SPREAD) return by_rows(a, 1, stride, b, k, rows, c, m, add);
    for (i64 first = 0; first < rows; first += DEPTH_OF_COLUMNS) {
        const i64 depth = std::min(DEPTH_OF_COLUMNS, rows - first);
        for (i64 j = 0; j < k; j += COLUMNS) {
            const i64 some = std::min(COLUMNS, k - j);
            for (i64 i = 0; i < depth; ++i)
                std::memcpy(pack + i * COLUMNS, a + (first + i) * stride + j, sizeof(T) * some);
            by_rows(pack, 1, COLUMNS, b + first * m, some, depth, c + j * m, m, add || first);
        }
    }
}

}  // namespace
}  // namespace pellucid
