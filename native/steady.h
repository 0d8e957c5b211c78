// Products of which each row has the same bits however many rows there are: every number is summed
// in order of its inputs, one after the other, as products with mostly empty rows do it too.
#pragma once
#include "matrix.h"

namespace pellucid {
namespace {

constexpr i64 DEPTH = 256;         // rows of a panel, which stays in the first cache
constexpr i64 ROWS_OF_PANEL = 32;  // rows of a product that are worth making panels for

// c[rows, m] = a[rows, depth]·b by panels of b, two vectors wide, of which
// fill(panel, first, count, at, width) writes some rows and columns.
template <class T, class Fill>
inline void by_panels(const T* a, i64 rows, i64 depth, T* c, i64 m, T* panel, Fill fill) {
    constexpr i64 wide = 2 * LANES<T>;
    for (i64 first = 0; first < depth; first += DEPTH)
        for (i64 at = 0; at < m; at += wide) {
            const i64 count = std::min(DEPTH, depth - first), width = std::min(wide, m - at);
            fill(panel, first, count, at, width);
            by_strips<T, 2>(width, [&]<i64 V>(Count<V>, auto last, i64 j) {
                const auto multiply = [&]<bool on>(std::bool_constant<on>) {
                    strips<V, on>(a + first, depth, 1, panel + j, wide, rows, count, c + at + j, m,
                                  false, last);
                };
                first ? multiply(std::true_type()) : multiply(std::false_type());
            });
        }
}

template <class T> void steady_nn(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, T* panel) {
    if (rows < STRIP)
        return by_strips<T, SUMS>(m, [&]<i64 V>(Count<V>, auto last, i64 at) {
            for (i64 r = 0; r < rows; ++r)
                strip<1, V>(a + r * k, k, 1, b + at, m, k, c + r * m + at, m, false, last);
        });
    if (rows < ROWS_OF_PANEL) return by_rows(a, k, 1, b, rows, k, c, m, false);
    by_panels(a, rows, k, c, m, panel, [&](T* to, i64 first, i64 count, i64 at, i64 width) {
        for (i64 i = 0; i < count; ++i, to += 2 * LANES<T>)
            std::memcpy(to, b + (first + i) * m + at, sizeof(T) * width);
    });
}

// c[rows, k] = a[rows, m]·b[k, m]ᵀ
template <class T> void steady_nt(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, T* panel) {
    by_panels(a, rows, m, c, k, panel, [&](T* to, i64 first, i64 count, i64 at, i64 width) {
        for (i64 i = 0; i < count; ++i, to += 2 * LANES<T>)
            for (i64 j = 0; j < width; ++j) to[j] = b[(at + j) * m + first + i];
    });
}

}  // namespace
}  // namespace pellucid
