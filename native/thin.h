// Products with very few rows, and sums of rows: no packing, whole rows at a time.
#pragma once
#include <cstring>
#include <utility>

#include "wide.h"

namespace pellucid {
namespace {

// to[V vectors] = Σ a[i]·rows[i·m]
template <i64 V, class T> inline void combine(const T* a, const T* rows, i64 count, i64 m, T* to) {
    Vector<T> sum[V];
    EACH(v, V) sum[v] = Vector<T>{};
    for (i64 i = 0; i < count; ++i)
        EACH(v, V) sum[v] += a[i] * load(rows + i * m + v * LANES<T>);
    EACH(v, V) store(to + v * LANES<T>, sum[v]);
}

// The same for one vector, in four sums.
template <class T, class Part>
inline void combine_one(const T* a, const T* rows, i64 count, i64 m, T* to, Part part) {
    Vector<T> sum[4];
    EACH(v, 4) sum[v] = Vector<T>{};
    i64 i = 0;
    for (; i + 4 <= count; i += 4)
        EACH(v, 4) sum[v] += a[i + v] * part.get(rows + (i + v) * m);
    for (; i < count; ++i) sum[0] += a[i] * part.get(rows + i * m);
    part.put(to, (sum[0] + sum[1]) + (sum[2] + sum[3]));
}

template <class T> void thin_nn(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m) {
    constexpr i64 L = LANES<T>;
    for (i64 r = 0; r < rows; ++r, a += k, c += m) {
        i64 at = 0;
        for (; at + 8 * L <= m; at += 8 * L) combine<8>(a, b + at, k, m, c + at);
        for (; at + 4 * L <= m; at += 4 * L) combine<4>(a, b + at, k, m, c + at);
        by_vectors<T>(
            m - at, [&](auto part, i64 j) { combine_one(a, b + at + j, k, m, c + at + j, part); });
    }
}

template <class T> inline T dot(const T* a, const T* b, i64 n) {
    Vector<T> sum[4];
    EACH(v, 4) sum[v] = Vector<T>{};
    i64 i = 0;
    for (; i + 4 * LANES<T> <= n; i += 4 * LANES<T>)
        EACH(v, 4) sum[v] += load(a + i + v * LANES<T>) * load(b + i + v * LANES<T>);
    for (; i + LANES<T> <= n; i += LANES<T>) sum[0] += load(a + i) * load(b + i);
    const Vector<T> all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    T s = T(0);
    for (i64 l = 0; l < LANES<T>; ++l) s += all[l];
    for (; i < n; ++i) s += a[i] * b[i];
    return s;
}

// Lanes H apart of each vector added: of `a` in one half of each 2·H lanes, of `b` in the other.
template <std::size_t H, class T, std::size_t... I>
inline Vector<T> folded(Vector<T> a, Vector<T> b, std::index_sequence<I...>) {
    constexpr std::size_t L = LANES<T>;
    return picked(a, b, std::index_sequence<(I % (2 * H) < H ? I : I - H + L)...>()) +
           picked(a, b, std::index_sequence<(I % (2 * H) < H ? I + H : I + L)...>());
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

// sum[r] += a·(row r of b), for as many rows as a vector has lanes, at one place of them
template <class T, class Part>
[[gnu::always_inline]] inline void add_dots(Vector<T>* sum, const T* a, const T* b, i64 m,
                                            Part part) {
    const Vector<T> x = part.get(a);
    EACH(r, LANES<T>) sum[r] += x * part.get(b + r * m);
}

// The products of `a` with so many rows of b.
template <class T> inline Vector<T> dots(const T* a, const T* b, i64 m) {
    constexpr i64 L = LANES<T>;
    Vector<T> sum[L];
    EACH(r, L) sum[r] = Vector<T>{};
    i64 j = 0;
    for (; j + L <= m; j += L) add_dots(sum, a + j, b + j, m, Whole());
    if (j < m) add_dots(sum, a + j, b + j, m, Part{m - j});
    return sums_of<L / 2, T>(sum);
}

template <class T> void thin_nt(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m) {
    constexpr i64 L = LANES<T>;
    for (i64 r = 0; r < rows; ++r, a += m, c += k) {
        i64 i = 0;
        for (; i + L <= k; i += L) store(c + i, dots(a, b + i * m, m));
        for (; i < k; ++i) c[i] = dot(a, b + i * m, m);
    }
}

template <class T> void thin_tn(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, bool add) {
    for (i64 r = 0; r < rows; ++r, a += k, b += m, add = true)
        for (i64 i = 0; i < k; ++i) {
            T* to = c + i * m;
            by_vectors<T>(m, [&](auto part, i64 j) {
                const Vector<T> x = part.get(b + j);
                part.put(to + j, add ? part.get(to + j) + a[i] * x : a[i] * x);
            });
        }
}

// w[index(i), V vectors] += scale·x[i]·dz
template <i64 V, class T, class Last, class Index>
inline bool add_products(const T* x, i64 count, T scale, const T* dz, T* w, i64 m, Last last,
                         Index index) {
    Vector<T> d[V], spoilt[V];
    EACH(v, V) spoilt[v] = Vector<T>{};
    EACH(v, V) d[v] = scale * get<V>(last, dz, v);
    for (i64 i = 0; i < count; ++i) {
        T* to = w + index(i) * m;
        EACH(v, V) {
            const Vector<T> sum = get<V>(last, to, v) + x[i] * d[v];
            note(spoilt[v], sum);
            put<V>(last, to, v, sum);
        }
    }
    for (i64 v = 1; v < V; ++v) spoilt[0] += spoilt[v];
    return !is_spoilt(spoilt[0]);
}

// w[index(i), :] += scale·x[i]·dz; false if something is not finite
template <class T, class Index>
inline bool add_outer(const T* x, i64 count, T scale, const T* dz, T* w, i64 m, Index index) {
    bool finite = true;
    by_strips<T, PAIRS>(m, [&]<i64 V>(Count<V>, auto last, i64 at) {
        finite &= add_products<V>(x, count, scale, dz + at, w + at, m, last, index);
    });
    return finite;
}

template <class T> bool rank_one(const T* x, i64 count, T scale, const T* dz, T* w, i64 m) {
    return add_outer(x, count, scale, dz, w, m, [](i64 i) { return i; });
}

template <class T> void add_to(T* to, const T* from, i64 count) {
    by_vectors<T>(
        count, [&](auto part, i64 i) { part.put(to + i, part.get(to + i) + part.get(from + i)); });
}

}  // namespace
}  // namespace pellucid
