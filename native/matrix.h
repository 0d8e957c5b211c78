// Products of small matrices, where a call of BLAS would cost more than the product.
#pragma once
#include <cstring>
#include <utility>

#include "wide.h"

namespace pellucid {
namespace {

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

// Lanes H apart of each vector added: of `a` in one half of each 2·H lanes, of `b` in the other.
template <std::size_t H, class T, std::size_t... I>
inline Vector<T> folded(const Vector<T>& a, const Vector<T>& b, std::index_sequence<I...>) {
    constexpr std::size_t L = LANES<T>;
    return __builtin_shufflevector(a, b, (I % (2 * H) < H ? I : I - H + L)...) +
           __builtin_shufflevector(a, b, (I % (2 * H) < H ? I + H : I + L)...);
}

// The sums of as many vectors as a vector has lanes, each in its lane.
template <std::size_t H, class T> inline Vector<T> sums_of(Vector<T>* v) {
    if constexpr (H == 0) return v[0];
    else {
        for (std::size_t r = 0; r < H; ++r)
            v[r] = folded<H, T>(v[r], v[r + H], std::make_index_sequence<LANES<T>>());
        return sums_of<H / 2, T>(v);
    }
}

// The products of `a` with as many rows of b as a vector has lanes; m is a multiple of these.
template <class T> inline Vector<T> dots(const T* a, const T* b, i64 m) {
    constexpr i64 L = LANES<T>;
    Vector<T> sum[L] = {};
    for (i64 j = 0; j < m; j += L) {
        const Vector<T> x = load(a + j);
        for (i64 r = 0; r < L; ++r) sum[r] += x * load(b + r * m + j);
    }
    return sums_of<L / 2, T>(sum);
}

template <class T> void thin_nt(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m) {
    constexpr i64 L = LANES<T>;
    for (i64 r = 0; r < rows; ++r, a += m, c += k) {
        i64 i = 0;
        if (m % L == 0)
            for (; i + L <= k; i += L) store(c + i, dots(a, b + i * m, m));
        for (; i < k; ++i) c[i] = dot(a, b + i * m, m);
    }
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

// to += factor·from; false, or a mark, if something is not finite
template <class T>
inline bool add_scaled(T* to, const T* from, T factor, i64 count, Spoilt<Vector<T>>& spoilt) {
    i64 j = 0;
    for (; j + LANES<T> <= count; j += LANES<T>) {
        const Vector<T> sum = load(to + j) + factor * load(from + j);
        spoilt |= not_finite(sum);
        store(to + j, sum);
    }
    bool finite = true;
    for (; j < count; ++j) {
        to[j] += factor * from[j];
        finite &= is_finite(to[j]);
    }
    return finite;
}

template <class T> bool rank_one(const T* x, i64 count, T scale, const T* dz, T* w, i64 m) {
    Spoilt<Vector<T>> spoilt{};
    bool finite = true;
    for (i64 i = 0; i < count; ++i) finite &= add_scaled(w + i * m, dz, scale * x[i], m, spoilt);
    return finite && !any(spoilt);
}

template <class T> void add_to(T* to, const T* from, i64 count) {
    _Pragma("GCC ivdep") for (i64 i = 0; i < count; ++i) to[i] += from[i];
}

}  // namespace
}  // namespace pellucid
