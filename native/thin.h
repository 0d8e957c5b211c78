// Products with very few rows, and sums of rows: no packing, whole rows at a time.
#pragma once
#include <cstring>
#include <utility>

#include "wide.h"

namespace pellucid {
namespace {

// to[V lanes] = Σ a[i]·rows[i·m]
template <i64 V, class T>
inline void combine(const T* a, const T* rows, i64 count, i64 m, T* to) {
    Vector<T> sum[V] = {};
    for (i64 i = 0; i < count; ++i)
        for (i64 v = 0; v < V; ++v) sum[v] += a[i] * load(rows + i * m + v * LANES<T>);
    for (i64 v = 0; v < V; ++v) store(to + v * LANES<T>, sum[v]);
}

// The same for a part of a vector.
template <class T>
inline void combine_some(const T* a, const T* rows, i64 count, i64 m, T* to, i64 columns) {
    Vector<T> sum[4] = {};
    i64 i = 0;
    for (; i + 4 <= count; i += 4)
        for (i64 v = 0; v < 4; ++v) sum[v] += a[i + v] * load_some(rows + (i + v) * m, columns);
    for (; i < count; ++i) sum[0] += a[i] * load_some(rows + i * m, columns);
    store_some(to, (sum[0] + sum[1]) + (sum[2] + sum[3]), columns);
}

template <class T> void thin_nn(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m) {
    constexpr i64 L = LANES<T>;
    for (i64 r = 0; r < rows; ++r, a += k, c += m) {
        i64 at = 0;
        for (; at + 8 * L <= m; at += 8 * L) combine<8>(a, b + at, k, m, c + at);
        for (; at + 4 * L <= m; at += 4 * L) combine<4>(a, b + at, k, m, c + at);
        for (; at < m; at += L) combine_some(a, b + at, k, m, c + at, std::min(m - at, L));
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

// The products of `a` with as many rows of b as a vector has lanes.
template <class T> inline Vector<T> dots(const T* a, const T* b, i64 m) {
    constexpr i64 L = LANES<T>;
    Vector<T> sum[L] = {};
    i64 j = 0;
    for (; j + L <= m; j += L) {
        const Vector<T> x = load(a + j);
        for (i64 r = 0; r < L; ++r) sum[r] += x * load(b + r * m + j);
    }
    if (j < m) {
        const Vector<T> x = load_some(a + j, m - j);
        for (i64 r = 0; r < L; ++r) sum[r] += x * load_some(b + r * m + j, m - j);
    }
    return sums_of<L / 2, T>(sum);
}

template <class T> void thin_nt(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m) {
    constexpr i64 L = LANES<T>;
    for (i64 r = 0; r < rows; ++r, a += m, c += k) {
        i64 i = 0;
        if (HAS_PARTS || m % L == 0)
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

// w[index(i), V lanes] += scale·x[i]·dz
template <i64 V, class T, class Index>
inline bool add_products(const T* x, i64 count, T scale, const T* dz, T* w, i64 m, Index index) {
    Vector<T> d[V], spoilt[V] = {};
    for (i64 v = 0; v < V; ++v) d[v] = scale * load(dz + v * LANES<T>);
    for (i64 i = 0; i < count; ++i) {
        T* to = w + index(i) * m;
        for (i64 v = 0; v < V; ++v) {
            const Vector<T> sum = load(to + v * LANES<T>) + x[i] * d[v];
            note(spoilt[v], sum);
            store(to + v * LANES<T>, sum);
        }
    }
    for (i64 v = 1; v < V; ++v) spoilt[0] += spoilt[v];
    return !is_spoilt(spoilt[0]);
}

// w[index(i), :] += scale·x[i]·dz; false if something is not finite
template <class T, class Index>
inline bool add_outer(const T* x, i64 count, T scale, const T* dz, T* w, i64 m, Index index) {
    constexpr i64 L = LANES<T>;
    bool finite = true;
    i64 at = 0;
    for (; at + 8 * L <= m; at += 8 * L) finite &= add_products<8>(x, count, scale, dz + at, w + at, m, index);
    for (; at + 4 * L <= m; at += 4 * L) finite &= add_products<4>(x, count, scale, dz + at, w + at, m, index);
    for (; at + L <= m; at += L) finite &= add_products<1>(x, count, scale, dz + at, w + at, m, index);
    for (i64 i = 0; at < m && i < count; ++i)
        for (i64 j = at; j < m; ++j) finite &= is_finite(w[index(i) * m + j] += scale * x[i] * dz[j]);
    return finite;
}

template <class T> bool rank_one(const T* x, i64 count, T scale, const T* dz, T* w, i64 m) {
    return add_outer(x, count, scale, dz, w, m, [](i64 i) { return i; });
}

template <class T> void add_to(T* to, const T* from, i64 count) {
    _Pragma("GCC ivdep") for (i64 i = 0; i < count; ++i) to[i] += from[i];
}

}  // namespace
}  // namespace pellucid
