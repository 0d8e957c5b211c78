// Products of small matrices, where a call of BLAS would cost more than the product.
#pragma once
#include <cstring>

#include "program.h"

namespace pellucid {
namespace {

template <class T> struct Wide;
template <> struct Wide<float> { typedef float type __attribute__((vector_size(64))); };
template <> struct Wide<double> { typedef double type __attribute__((vector_size(64))); };
template <class T> using Vector = typename Wide<T>::type;
template <class T> constexpr i64 LANES = 64 / sizeof(T);

template <class T> inline Vector<T> load(const T* from) {
    Vector<T> v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

template <class T> inline void store(T* to, const Vector<T>& v) { std::memcpy(to, &v, sizeof v); }

template <class T> inline void store_some(T* to, const Vector<T>& v, i64 count) {
    if (count >= LANES<T>) return store(to, v);
    T part[LANES<T>];
    store(part, v);
    for (i64 j = 0; j < count; ++j) to[j] = part[j];
}

#ifdef __AVX512F__
constexpr i64 STRIP = 8;
#else
constexpr i64 STRIP = 4;
#endif

// c[R, lanes] (+)= a·panel, where a's element (r, i) is a[r·row + i·step] and the panel has `depth`
// rows of a vector each.
template <i64 R, class T>
inline void strip(const T* a, i64 row, i64 step, const T* panel, i64 depth, T* c, i64 m, i64 columns,
                  bool add) {
    Vector<T> sum[R] = {};
    for (i64 i = 0; i < depth; ++i) {
        const Vector<T> b = load(panel + i * LANES<T>);
        for (i64 r = 0; r < R; ++r) sum[r] += a[r * row + i * step] * b;
    }
    for (i64 r = 0; r < R; ++r) {
        if (add) {
            T before[LANES<T>] = {};
            for (i64 j = 0; j < columns; ++j) before[j] = c[r * m + j];
            sum[r] += load(before);
        }
        store_some(c + r * m, sum[r], columns);
    }
}

template <class T>
inline void by_strips(const T* a, i64 row, i64 step, const T* panel, i64 rows, i64 depth, T* c,
                      i64 m, i64 columns, bool add) {
    i64 r = 0;
    for (; r + STRIP <= rows; r += STRIP)
        strip<STRIP>(a + r * row, row, step, panel, depth, c + r * m, m, columns, add);
    for (; r < rows; ++r) strip<1>(a + r * row, row, step, panel, depth, c + r * m, m, columns, add);
}

template <class T> void small_nn(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, T* pack) {
    for (i64 at = 0; at < m; at += LANES<T>) {
        const i64 columns = m - at < LANES<T> ? m - at : LANES<T>;
        for (i64 i = 0; i < k; ++i)
            for (i64 j = 0; j < LANES<T>; ++j)
                pack[i * LANES<T> + j] = j < columns ? b[i * m + at + j] : T(0);
        by_strips(a, k, 1, pack, rows, k, c + at, m, columns, false);
    }
}

// c[rows, k] = a[rows, m]·b[k, m]ᵀ
template <class T> void small_nt(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, T* pack) {
    for (i64 at = 0; at < k; at += LANES<T>) {
        const i64 columns = k - at < LANES<T> ? k - at : LANES<T>;
        for (i64 i = 0; i < m; ++i)
            for (i64 j = 0; j < LANES<T>; ++j)
                pack[i * LANES<T> + j] = j < columns ? b[(at + j) * m + i] : T(0);
        by_strips(a, m, 1, pack, rows, m, c + at, k, columns, false);
    }
}

// c[k, m] (+)= a[rows, k]ᵀ·b[rows, m]
template <class T>
void small_tn(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, bool add, T* pack) {
    for (i64 at = 0; at < m; at += LANES<T>) {
        const i64 columns = m - at < LANES<T> ? m - at : LANES<T>;
        for (i64 i = 0; i < rows; ++i)
            for (i64 j = 0; j < LANES<T>; ++j)
                pack[i * LANES<T> + j] = j < columns ? b[i * m + at + j] : T(0);
        by_strips(a, 1, k, pack, k, rows, c + at, m, columns, add);
    }
}

// The same three products for very few rows: no packing, whole rows of b at a time.
template <i64 V, class T>
inline void combine(const T* a, const T* rows, i64 count, i64 m, T* to) {
    Vector<T> sum[V] = {};
    for (i64 i = 0; i < count; ++i)
        for (i64 v = 0; v < V; ++v) sum[v] += a[i] * load(rows + i * m + v * LANES<T>);
    for (i64 v = 0; v < V; ++v) store(to + v * LANES<T>, sum[v]);
}

template <class T> void thin_nn(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m) {
    constexpr i64 L = LANES<T>;
    for (i64 r = 0; r < rows; ++r, a += k, c += m) {
        i64 at = 0;
        for (; at + 8 * L <= m; at += 8 * L) combine<8>(a, b + at, k, m, c + at);
        for (; at + 4 * L <= m; at += 4 * L) combine<4>(a, b + at, k, m, c + at);
        for (; at + L <= m; at += L) combine<1>(a, b + at, k, m, c + at);
        for (i64 j = at; j < m; ++j) c[j] = T(0);
        for (i64 i = 0; i < k; ++i)
            for (i64 j = at; j < m; ++j) c[j] += a[i] * b[i * m + j];
    }
}

template <class T> inline T dot(const T* a, const T* b, i64 n) {
    Vector<T> sum[4] = {};
    i64 i = 0;
    for (; i + 4 * LANES<T> <= n; i += 4 * LANES<T>)
        for (i64 v = 0; v < 4; ++v)
            sum[v] += load(a + i + v * LANES<T>) * load(b + i + v * LANES<T>);
    for (; i + LANES<T> <= n; i += LANES<T>) sum[0] += load(a + i) * load(b + i);
    const Vector<T> all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    T s = T(0);
    for (i64 l = 0; l < LANES<T>; ++l) s += all[l];
    for (; i < n; ++i) s += a[i] * b[i];
    return s;
}

template <class T> void thin_nt(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m) {
    for (i64 r = 0; r < rows; ++r)
        for (i64 i = 0; i < k; ++i) c[r * k + i] = dot(a + r * m, b + i * m, m);
}

template <class T>
void thin_tn(const T* a, const T* __restrict b, T* __restrict c, i64 rows, i64 k, i64 m, bool add) {
    for (i64 r = 0; r < rows; ++r, a += k, b += m, add = true)
        for (i64 i = 0; i < k; ++i) {
            const T x = a[i];
            T* to = c + i * m;
            if (add)
                for (i64 j = 0; j < m; ++j) to[j] += x * b[j];
            else
                for (i64 j = 0; j < m; ++j) to[j] = x * b[j];
        }
}

template <class T> void add_to(T* to, const T* from, i64 count) {
    _Pragma("GCC ivdep") for (i64 i = 0; i < count; ++i) to[i] += from[i];
}

}  // namespace
}  // namespace pellucid
