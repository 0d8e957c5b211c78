// Runs a kernel: each instruction a plain loop over a block of rows that stays in the cache.
#pragma once
#include <algorithm>
#include <cstring>

#include "frozen.h"
#include "functions.h"

namespace pellucid {
namespace {

// d = f(of each), where what is given to f are vectors of arrays, or numbers.
template <class T, class F> inline void each_vector(T* d, i64 n, F f) {
    by_vectors<T>(n, [&](auto part, i64 i) {
        part.put(d + i, f([&](const T* from) { return part.get(from + i); }));
    });
}

#define DEFINE(op) \
    template <class T> void unary_##op(T* d, const T* a, i64 n) { \
        each_vector(d, n, [=](auto of) { return op##_(of(a)); }); \
    }
UNARY_OPS(DEFINE)
#undef DEFINE
#define DEFINE(op) \
    template <class T> void binary_##op(T* d, const T* a, const T* b, i64 n) { \
        each_vector(d, n, [=](auto of) { return op##_(of(a), of(b)); }); \
    } \
    template <class T> void right_##op(T* d, const T* a, T b, i64 n) { \
        each_vector(d, n, [=, y = Vector<T>{} + b](auto of) { return op##_(of(a), y); }); \
    } \
    template <class T> void left_##op(T* d, T a, const T* b, i64 n) { \
        each_vector(d, n, [=, x = Vector<T>{} + a](auto of) { return op##_(x, of(b)); }); \
    }
BINARY_OPS(DEFINE)
#undef DEFINE

// By 32 sums, whatever the width of vectors.
template <class T> T sum_of(const T* a, i64 n) {
    constexpr i64 L = LANES<T>, V = 32 / L;
    T s = T(0);
    i64 i = 0;
    if (n >= 32) {
        Vector<T> sum[V];
        EACH(v, V) sum[v] = Vector<T>{};
        for (; i + 32 <= n; i += 32)
            EACH(v, V) sum[v] += load(a + i + v * L);
        EACH(v, V)
            EACH(l, L) s += sum[v][l];
    }
    for (; i < n; ++i) s += a[i];
    return s;
}

// Σ of rows of `inner` numbers, at one vector of them.
template <class T, class Part>
[[gnu::always_inline]] inline Vector<T> stacked(Part part, const T* a, i64 inner, i64 rows) {
    Vector<T> sum[4];
    EACH(v, 4) sum[v] = Vector<T>{};
    i64 r = 0;
    for (; r + 4 <= rows; r += 4)
        EACH(v, 4) sum[v] += part.get(a + (r + v) * inner);
    for (; r < rows; ++r) sum[0] += part.get(a + r * inner);
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

// Each number from `inner` of them that stand `apart`: f(part, from) at a vector of results.
template <class T, class F> void across(T* d, const T* a, i64 inner, i64 apart, i64 n, F f) {
    for (i64 done = 0; done < n; done += apart, a += inner * apart)
        by_vectors<T>(apart, [&](auto part, i64 j) { part.put(d + done + j, f(part, a + j)); });
}

template <class T> void row_sum(T* d, const T* a, i64 inner, i64 apart, i64 n) {
    if (apart > 1)
        return across(d, a, inner, apart, n,
                      [=](auto part, const T* from) { return stacked(part, from, apart, inner); });
    if (inner >= 32) {
        for (i64 r = 0; r < n; ++r) d[r] = sum_of(a + r * inner, inner);
        return;
    }
    for (i64 r = 0; r < n; ++r) {
        T s = a[r * inner];
        for (i64 j = 1; j < inner; ++j) s += a[r * inner + j];
        d[r] = s;
    }
}

template <bool largest, class V> V beyond(V a, V b) {
    if constexpr (largest) return maximum_(a, b);
    else return minimum_(a, b);
}

template <bool largest, class T> void row_extreme(T* d, const T* a, i64 inner, i64 apart, i64 n) {
    constexpr i64 L = LANES<T>;
    if (apart > 1)
        return across(d, a, inner, apart, n, [=](auto part, const T* from) {
            Vector<T> most = part.get(from);
            for (i64 i = 1; i < inner; ++i)
                most = beyond<largest>(most, part.get(from + i * apart));
            return most;
        });
    for (i64 r = 0; r < n; ++r, a += inner) {
        i64 j = 1;
        T s = a[0];
        if (inner >= 2 * L) {
            Vector<T> most = load(a);
            for (j = L; j + L <= inner; j += L) most = beyond<largest>(most, load(a + j));
            EACH(l, L) s = beyond<largest>(s, T(most[l]));
        }
        for (; j < inner; ++j) s = beyond<largest>(s, a[j]);
        d[r] = s;
    }
}

template <class T> void repeat(T* d, const T* a, i64 inner, i64 apart, i64 n) {
    for (i64 r = 0; r < n; r += apart, a += apart)
        for (i64 j = 0; j < inner; ++j, d += apart)
            if (apart == 1) *d = *a;
            else std::memcpy(d, a, sizeof(T) * apart);
}

template <class T> void tile(T* d, const T* a, i64 inner, i64 n) {
    if (inner == 1) {
        for (i64 i = 0; i < n; ++i) d[i] = a[0];
        return;
    }
    std::memcpy(d, a, sizeof(T) * inner);
    for (i64 done = inner; done < n; done *= 2)
        std::memcpy(d + done, d, sizeof(T) * std::min(done, n - done));
}

// d += Σ of rows, each of `inner` numbers
template <class T> void column_sum(T* d, const T* a, i64 inner, i64 n) {
    if (inner == 1) {
        d[0] += sum_of(a, n);
        return;
    }
    const i64 rows = n / inner;
    by_vectors<T>(inner, [&](auto part, i64 j) {
        part.put(d + j, part.get(d + j) + stacked(part, a + j, inner, rows));
    });
}

template <class T> bool all_finite(const T* a, i64 n) {
    Vector<T> spoilt[NOTES] = {};
    by_strips<T, NOTES>(n, [&]<i64 V>(Count<V>, auto last, i64 i) {
        EACH(v, V) note(spoilt[v], get<V>(last, a + i, v));
    });
    return !is_spoilt(spoilt);
}

template <class T> bool execute(const Instruction& in, T* const* at, const T* numbers, i64 rows) {
    const i64 n = rows * in.width;
    T* d = in.d >= 0 ? at[in.d] : nullptr;
    const T* a = in.a >= 0 ? at[in.a] : nullptr;
    const T* b = in.b >= 0 ? at[in.b] : nullptr;
    const T* c = in.c >= 0 ? at[in.c] : nullptr;
    switch (in.op) {
#define CASE(op) \
    case op_##op: unary_##op(d, a, n); break;
        UNARY_OPS(CASE)
#undef CASE
#define CASE(op) \
    case op_##op: \
        if (a && b) binary_##op(d, a, b, n); \
        else if (a) right_##op(d, a, numbers[-1 - in.b], n); \
        else left_##op(d, numbers[-1 - in.a], b, n); \
        break;
        BINARY_OPS(CASE)
#undef CASE
        case op_where:
            each_vector(d, n, [=](auto of) { return of(a) != T(0) ? of(b) : of(c); });
            break;
        case op_fill: std::fill_n(d, n, numbers[-1 - in.a]); break;
        case op_repeat: repeat(d, a, in.inner, in.apart, n / in.inner); break;
        case op_tile: tile(d, a, in.inner, n); break;
        case op_row_sum: row_sum(d, a, in.inner, in.apart, n); break;
        case op_row_max: row_extreme<true>(d, a, in.inner, in.apart, n); break;
        case op_row_min: row_extreme<false>(d, a, in.inner, in.apart, n); break;
        case op_column_sum: column_sum(d, a, in.inner, n); break;
        case op_total: d[0] += sum_of(a, n); break;
        case op_check: return all_finite(a, n);
        // d = a·c + b·inner for the numbers c and inner
        case op_blend: {
            const T x = numbers[-1 - in.c], y = numbers[in.inner];
            each_vector(d, n, [=](auto of) { return of(a) * x + of(b) * y; });
            break;
        }
    }
    return true;
}

template <class T> bool run_kernel(const Kernel& k, T* const* base, const T* numbers, i64 rows) {
    if (k.frozen) return FROZEN_RUNS<T>[*k.frozen](k, base, numbers, rows);
    T* at[MOST_SLOTS];
    bool finite = true;
    for (i64 s = 0; s < k.slot_count; ++s) at[s] = base[s];
    const i64 first = rows < k.block ? rows : k.block;
    for (i64 i = 0; i < k.once; ++i) execute(k.code[i], at, numbers, first);
    for (i64 row = 0; row < rows; row += k.block) {
        const i64 count = rows - row < k.block ? rows - row : k.block;
        for (i64 s = 0; s < k.slot_count; ++s)
            if (k.slots[s].kind == Slot::rows) at[s] = base[s] + row * k.slots[s].width;
        for (i64 i = k.once; i < k.count; ++i) finite &= execute(k.code[i], at, numbers, count);
    }
    return finite;
}

}  // namespace
}  // namespace pellucid
