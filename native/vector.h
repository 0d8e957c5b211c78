// Runs a kernel: each instruction a plain loop over a block of rows that stays in the cache.
#pragma once
#include <algorithm>
#include <cstring>

#include "elementary.h"
#include "frozen.h"
#include "wide.h"

namespace pellucid {
namespace {

#define EACH _Pragma("GCC ivdep") for (i64 i = 0; i < n; ++i)

#define DEFINE(op) \
    template <class T> void unary_##op(T* d, const T* a, i64 n) { EACH d[i] = op##_(a[i]); }
UNARY_OPS(DEFINE)
#undef DEFINE
#define DEFINE(op) \
    template <class T> void binary_##op(T* d, const T* a, const T* b, i64 n) { \
        EACH d[i] = op##_(a[i], b[i]); } \
    template <class T> void right_##op(T* d, const T* a, T b, i64 n) { EACH d[i] = op##_(a[i], b); } \
    template <class T> void left_##op(T* d, T a, const T* b, i64 n) { EACH d[i] = op##_(a, b[i]); }
BINARY_OPS(DEFINE)
#undef DEFINE

// Functions that are quicker on whole vectors.
#ifdef __AVX512F__
template <Vector<float> (*f)(Vector<float>)> void by_vectors(float* d, const float* a, i64 n) {
    for (i64 i = 0; i < n; i += LANES<float>) {
        const i64 count = std::min(n - i, LANES<float>);
        store_some(d + i, f(load_some(a + i, count)), count);
    }
}

template <> void unary_tanh<float>(float* d, const float* a, i64 n) { by_vectors<tanh_>(d, a, n); }
template <> void unary_sigmoid<float>(float* d, const float* a, i64 n) { by_vectors<sigmoid_>(d, a, n); }
#endif

template <class T> T sum_of(const T* a, i64 n) {
    T lanes[32] = {};
    i64 i = 0;
    for (; i + 32 <= n; i += 32)
        for (int l = 0; l < 32; ++l) lanes[l] += a[i + l];
    T s = T(0);
    for (int l = 0; l < 32; ++l) s += lanes[l];
    for (; i < n; ++i) s += a[i];
    return s;
}

template <class T> void row_sum(T* d, const T* a, i64 inner, i64 n) {
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

template <bool largest, class T> T beyond(T a, T b) {
    return largest ? maximum_(a, b) : minimum_(a, b);
}

template <bool largest, class T> void row_extreme(T* d, const T* a, i64 inner, i64 n) {
    for (i64 r = 0; r < n; ++r, a += inner) {
        i64 j = 0;
        T s = a[0];
        if (inner >= 32) {
            T lanes[16];
            for (int l = 0; l < 16; ++l) lanes[l] = a[l];
            for (j = 16; j + 16 <= inner; j += 16)
                for (int l = 0; l < 16; ++l) lanes[l] = beyond<largest>(lanes[l], a[j + l]);
            for (int l = 0; l < 16; ++l) s = beyond<largest>(s, lanes[l]);
        }
        for (; j < inner; ++j) s = beyond<largest>(s, a[j]);
        d[r] = s;
    }
}

template <class T> void repeat(T* d, const T* a, i64 inner, i64 n) {
    for (i64 r = 0; r < n; ++r)
        for (i64 j = 0; j < inner; ++j) d[r * inner + j] = a[r];
}

template <class T> void tile(T* d, const T* a, i64 inner, i64 n) {
    if (inner == 1) {
        for (i64 i = 0; i < n; ++i) d[i] = a[0];
        return;
    }
    std::memcpy(d, a, sizeof(T) * inner);
    for (i64 done = inner; done < n; done *= 2) std::memcpy(d + done, d, sizeof(T) * std::min(done, n - done));
}

// to[columns] += Σ of so many rows
template <class T> inline void sum_rows(T* to, const T* from, i64 stride, i64 rows, i64 columns) {
    if (!HAS_PARTS && columns < LANES<T>) {
        for (i64 r = 0; r < rows; ++r)
            for (i64 j = 0; j < columns; ++j) to[j] += from[r * stride + j];
        return;
    }
    Vector<T> sum[4] = {};
    i64 r = 0;
    for (; r + 4 <= rows; r += 4)
        for (i64 v = 0; v < 4; ++v) sum[v] += load_some(from + (r + v) * stride, columns);
    for (; r < rows; ++r) sum[0] += load_some(from + r * stride, columns);
    store_some(to, load_some(to, columns) + ((sum[0] + sum[1]) + (sum[2] + sum[3])), columns);
}

template <class T> void column_sum(T* __restrict d, const T* __restrict a, i64 inner, i64 n) {
    if (inner == 1) {
        d[0] += sum_of(a, n);
        return;
    }
    for (i64 j = 0; j < inner; j += LANES<T>) sum_rows(d + j, a + j, inner, n / inner, std::min(inner - j, LANES<T>));
}

template <class T> bool all_finite(const T* a, i64 n) {
    T s = T(0);
    T lanes[16] = {};
    i64 i = 0;
    for (; i + 16 <= n; i += 16)
        for (int l = 0; l < 16; ++l) lanes[l] += a[i + l] * T(0);
    for (int l = 0; l < 16; ++l) s += lanes[l];
    for (; i < n; ++i) s += a[i] * T(0);
    return s == T(0);
}

template <class T> bool execute(const Instruction& in, T* const* at, const T* numbers, i64 rows) {
    const i64 n = rows * in.width;
    T* d = in.d >= 0 ? at[in.d] : nullptr;
    const T* a = in.a >= 0 ? at[in.a] : nullptr;
    const T* b = in.b >= 0 ? at[in.b] : nullptr;
    const T* c = in.c >= 0 ? at[in.c] : nullptr;
    switch (in.op) {
#define CASE(op) case op_##op: unary_##op(d, a, n); break;
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
        case op_where: EACH d[i] = a[i] != T(0) ? b[i] : c[i]; break;
        case op_fill: { const T x = numbers[-1 - in.a]; EACH d[i] = x; break; }
        case op_repeat: repeat(d, a, in.inner, n / in.inner); break;
        case op_tile: tile(d, a, in.inner, n); break;
        case op_row_sum: row_sum(d, a, in.inner, n); break;
        case op_row_max: row_extreme<true>(d, a, in.inner, n); break;
        case op_row_min: row_extreme<false>(d, a, in.inner, n); break;
        case op_column_sum: column_sum(d, a, in.inner, n); break;
        case op_total: d[0] += sum_of(a, n); break;
        case op_check: return all_finite(a, n);
        // d = a·c + b·inner for the numbers c and inner
        case op_blend: {
            const T x = numbers[-1 - in.c], y = numbers[in.inner];
            EACH d[i] = a[i] * x + b[i] * y;
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
