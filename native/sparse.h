// Products with mostly empty rows: only what is not zero is looked at, sums stay in registers.
#pragma once
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "elementary.h"
#include "matrix.h"
#include "rows.h"

namespace pellucid {
namespace {

template <class T, class S> i64 compress_row(const S* row, i64 width, std::int32_t* column, T* value) {
    i64 found = 0;
    for (i64 j = 0; j < width; ++j) {
        column[found] = static_cast<std::int32_t>(j);
        value[found] = static_cast<T>(row[j]);
        found += row[j] != S(0);
    }
    return found;
}

#ifdef __AVX512F__
inline __m512 sixteen(const float* from, __mmask16 there) { return _mm512_maskz_loadu_ps(there, from); }

// Writes whole vectors: the arrays have room for one more than the row is wide. The mask of each
// block of 16 columns is kept too, one row of masks for each block.
template <class S>
i64 compress_wide(const S* row, i64 width, std::int32_t* column, float* value, std::uint16_t* masks) {
    __m512i at = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i step = _mm512_set1_epi32(16);
    i64 found = 0;
    for (i64 j = 0; j < width; j += 16) {
        const __mmask16 there = width - j >= 16 ? 0xffff : (1u << (width - j)) - 1;
        const __m512 x = sixteen(row + j, there);
        const __mmask16 full = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
        _mm512_storeu_ps(value + found, _mm512_maskz_compress_ps(full, x));
        _mm512_storeu_si512(column + found, _mm512_maskz_compress_epi32(full, at));
        masks[j / 16 * MOST_ROWS] = full;
        found += __builtin_popcount(full);
        at = _mm512_add_epi32(at, step);
    }
    return found;
}

// From a bit for each column in each row to a bit for each row in each column.
inline void transpose_masks(const std::uint16_t* masks, std::uint32_t* by_column, i64 width,
                            i64 rows, i64 groups) {
    for (i64 j = 0; j < width; j += 16)
        for (i64 g = 0; g < groups; ++g) {
            const i64 left = rows - 32 * g;
            const __mmask32 there = left >= 32 ? 0xffffffffu : (1u << left) - 1;
            const __m512i v = _mm512_maskz_loadu_epi16(there, masks + j / 16 * MOST_ROWS + 32 * g);
            for (i64 t = 0; t < 16 && j + t < width; ++t)
                by_column[(j + t) * groups + g] = _mm512_test_epi16_mask(v, _mm512_set1_epi16(1 << t));
        }
}
#endif

// Rows that are compressed already: a part of their entries.
template <class T>
void take_entries(Sparse<T>& x, const Array& from, i64 column, i64 width, const i64* order, i64 first, i64 rows) {
    i64 at = 0;
    const auto row = [&](i64 r) { x.start[r] = static_cast<std::int32_t>(at); };
    for_entries(from, column, column + width, order, first, rows, row, [&](i64, i64 where, auto value) {
        x.column[at] = static_cast<std::int32_t>(where);
        x.value[at++] = static_cast<T>(value);
    });
    x.start[rows] = static_cast<std::int32_t>(at);
}

template <class T>
void compress(Sparse<T>& x, const Array& from, i64 column, i64 width, const i64* order, i64 first,
              i64 rows, i64 last) {
    x.groups = 0;
    if (from.starts) return take_entries(x, from, column, width, order, first, rows);
    with_kind(from.kind, [&](auto* as) {
        using S = std::remove_cvref_t<decltype(*as)>;
        const char* data = static_cast<const char*>(from.data) + column * sizeof(S);
        i64 at = 0;
        for (i64 r = 0; r < rows; ++r) {
            x.start[r] = static_cast<std::int32_t>(at);
            const S* row = reinterpret_cast<const S*>(row_at(data, from.stride, order, first + r));
            fetch(data, from.stride, width * sizeof(S), order, first + rows + r, last);
#ifdef __AVX512F__
            if constexpr (std::is_same_v<S, float> && std::is_same_v<T, float>) {
                x.row[r] = row;
                x.groups = (rows + 31) / 32;
                at += compress_wide(row, width, x.column + at, x.value + at, x.block_mask + r);
                continue;
            }
#endif
            at += compress_row<T, S>(row, width, x.column + at, x.value + at);
        }
        x.start[rows] = static_cast<std::int32_t>(at);
    });
}

// The entries by column: a counting sort.
template <class T> void regroup(Sparse<T>& x, i64 width, i64 rows) {
#ifdef __AVX512F__
    if (x.groups) return transpose_masks(x.block_mask, x.mask, width, rows, x.groups);
#endif
    std::memset(x.by_start, 0, sizeof(std::int32_t) * (width + 2));
    const i64 count = x.start[rows];
    std::int32_t* place = x.by_start + 2;
    for (i64 e = 0; e < count; ++e) ++place[x.column[e]];
    place = x.by_start + 1;
    for (i64 j = 1; j <= width; ++j) place[j] += place[j - 1];
    for (i64 r = 0; r < rows; ++r)
        for (i64 e = x.start[r]; e < x.start[r + 1]; ++e) {
            const std::int32_t to = place[x.column[e]]++;
            x.by_row[to] = static_cast<std::int32_t>(r);
            x.by_value[to] = x.value[e];
        }
}

// to[V lanes] = Σ value[e]·rows[index[e]·m]
template <i64 V, class T>
inline void weighted(const T* value, const std::int32_t* index, i64 count, const T* rows, i64 m,
                     T* to) {
    Vector<T> sum[V] = {};
    for (i64 e = 0; e < count; ++e) {
        const T* row = rows + index[e] * m;
        const T x = value[e];
        for (i64 v = 0; v < V; ++v) sum[v] += x * load(row + v * LANES<T>);
    }
    for (i64 v = 0; v < V; ++v) store(to + v * LANES<T>, sum[v]);
}

template <class T>
inline void weighted_tail(const T* value, const std::int32_t* index, i64 count, const T* rows, i64 m,
                          T* to, i64 columns) {
    T sum[LANES<T>] = {};
    for (i64 e = 0; e < count; ++e) {
        const T* row = rows + index[e] * m;
        for (i64 j = 0; j < columns; ++j) sum[j] += value[e] * row[j];
    }
    for (i64 j = 0; j < columns; ++j) to[j] = sum[j];
}

template <class T>
void weighted_sum(const T* value, const std::int32_t* index, i64 count, const T* rows, i64 m, T* to) {
    i64 at = 0;
    constexpr i64 L = LANES<T>;
    for (; at + 8 * L <= m; at += 8 * L) weighted<8>(value, index, count, rows + at, m, to + at);
    if (at + 4 * L <= m) weighted<4>(value, index, count, rows + at, m, to + at), at += 4 * L;
    if (at + 2 * L <= m) weighted<2>(value, index, count, rows + at, m, to + at), at += 2 * L;
    if (at + L <= m) weighted<1>(value, index, count, rows + at, m, to + at), at += L;
    if (at < m) weighted_tail(value, index, count, rows + at, m, to + at, m - at);
}

template <class T> void sparse_forward(const Sparse<T>& x, const T* w, T* z, i64 rows, i64 m) {
    for (i64 r = 0; r < rows; ++r)
        weighted_sum(x.value + x.start[r], x.column + x.start[r], x.start[r + 1] - x.start[r], w, m,
                     z + r * m);
}

// to[V lanes] = Σ x[r, j]·rows[r·m] over the rows that the masks name
template <i64 V, class T>
inline void masked(const Sparse<T>& x, i64 j, const T* rows, i64 m, T* to) {
    Vector<T> sum[V] = {};
    for (i64 g = 0; g < x.groups; ++g)
        for (std::uint32_t left = x.mask[j * x.groups + g]; left; left &= left - 1) {
            const i64 r = 32 * g + __builtin_ctz(left);
            const T value = x.row[r][j];
            const T* row = rows + r * m;
            for (i64 v = 0; v < V; ++v) sum[v] += value * load(row + v * LANES<T>);
        }
    for (i64 v = 0; v < V; ++v) store(to + v * LANES<T>, sum[v]);
}

template <class T>
inline void masked_tail(const Sparse<T>& x, i64 j, const T* rows, i64 m, T* to, i64 columns) {
    T sum[LANES<T>] = {};
    for (i64 g = 0; g < x.groups; ++g)
        for (std::uint32_t left = x.mask[j * x.groups + g]; left; left &= left - 1) {
            const i64 r = 32 * g + __builtin_ctz(left);
            for (i64 c = 0; c < columns; ++c) sum[c] += x.row[r][j] * rows[r * m + c];
        }
    for (i64 c = 0; c < columns; ++c) to[c] = sum[c];
}

template <class T> bool masked_row(const Sparse<T>& x, i64 j, const T* dz, T* g, i64 m) {
    std::uint32_t any = 0;
    for (i64 k = 0; k < x.groups; ++k) any |= x.mask[j * x.groups + k];
    if (!any) return false;
    constexpr i64 L = LANES<T>;
    i64 at = 0;
    for (; at + 8 * L <= m; at += 8 * L) masked<8>(x, j, dz + at, m, g + at);
    if (at + 4 * L <= m) masked<4>(x, j, dz + at, m, g + at), at += 4 * L;
    if (at + 2 * L <= m) masked<2>(x, j, dz + at, m, g + at), at += 2 * L;
    if (at + L <= m) masked<1>(x, j, dz + at, m, g + at), at += L;
    if (at < m) masked_tail(x, j, dz + at, m, g + at, m - at);
    return true;
}

template <class T> bool sparse_row(const Sparse<T>& x, i64 j, const T* dz, T* g, i64 m) {
    if (x.groups) return masked_row(x, j, dz, g, m);
    const i64 first = x.by_start[j], count = x.by_start[j + 1] - first;
    if (count) weighted_sum(x.by_value + first, x.by_row + first, count, dz, m, g);
    return count;
}

template <class T>
bool sparse_rank_one(const Sparse<T>& x, T scale, const T* dz, T* w, i64 m) {
    return add_outer(x.value, x.start[1], scale, dz, w, m, [&](i64 e) { return x.column[e]; });
}

}  // namespace
}  // namespace pellucid
