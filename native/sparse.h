// Products with mostly empty rows: only what is not zero is looked at, sums stay in registers.
#pragma once
#include "matrix.h"
#include "rows.h"

namespace pellucid {
namespace {

template <class T, class S>
i64 compress_row(const S* row, i64 width, std::int32_t* column, T* value) {
    i64 found = 0;
    for (i64 j = 0; j < width; ++j) {
        column[found] = static_cast<std::int32_t>(j);
        value[found] = static_cast<T>(row[j]);
        found += row[j] != S(0);
    }
    return found;
}

// Writes whole vectors: the arrays have room for one more than the row is wide. The mask of each
// block of 16 columns is kept too, one row of masks for each block.
inline i64 compress_wide(const float* row, i64 width, std::int32_t* column, float* value,
                         std::uint16_t* masks) {
    i64 found = 0;
    by_vectors<float>(width, [&](auto part, i64 j) {
        const std::uint32_t full = squeeze(part.get(row + j), j, value + found, column + found);
        std::uint16_t& mask = masks[j / 16 * MOST_ROWS];
        mask = static_cast<std::uint16_t>((j % 16 ? mask : 0) | full << j % 16);
        found += bits_in(full);
    });
    return found;
}

// From a bit for each column in each row to a bit for each row in each column.
inline void transpose_masks(const std::uint16_t* masks, std::uint32_t* by_column, i64 width,
                            i64 rows, i64 groups) {
    for (i64 j = 0; j < width; j += 16)
        for (i64 g = 0; g < groups; ++g) {
            const i64 left = rows - 32 * g;
            const std::uint32_t there = left >= 32 ? 0xffffffffu : (1u << left) - 1;
            for (i64 t = 0; t < std::min<i64>(16, width - j); ++t)
                by_column[(j + t) * groups + g] =
                    bit_of_each(masks + j / 16 * MOST_ROWS + 32 * g, static_cast<int>(t)) & there;
        }
}

// Rows that are compressed already: a part of their entries.
template <class T>
void take_entries(Sparse<T>& x, const Array& from, i64 column, i64 width, const i64* order,
                  i64 first, i64 rows) {
    i64 at = 0;
    const auto row = [&](i64 r) { x.start[r] = static_cast<std::int32_t>(at); };
    for_entries(from, column, column + width, order, first, rows, row,
                [&](i64, i64 where, auto value) {
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
            if constexpr (std::is_same_v<S, float> && std::is_same_v<T, float>) {
                x.row[r] = row;
                x.groups = (rows + 31) / 32;
                at += compress_wide(row, width, x.column + at, x.value + at, x.block_mask + r);
            } else at += compress_row<T, S>(row, width, x.column + at, x.value + at);
        }
        x.start[rows] = static_cast<std::int32_t>(at);
    });
}

// The entries by column: a counting sort.
template <class T> void regroup(Sparse<T>& x, i64 width, i64 rows) {
    if (x.groups) return transpose_masks(x.block_mask, x.mask, width, rows, x.groups);
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

// to[V vectors] = Σ value[e]·rows[index[e]·m]
template <i64 V, class T, class Last>
inline void weighted(const T* value, const std::int32_t* index, i64 count, const T* rows, i64 m,
                     T* to, Last last) {
    Vector<T> sum[V];
    EACH(v, V) sum[v] = Vector<T>{};
    for (i64 e = 0; e < count; ++e) {
        const T* row = rows + index[e] * m;
        const T x = value[e];
        EACH(v, V) sum[v] += x * get<V>(last, row, v);
    }
    EACH(v, V) put<V>(last, to, v, sum[v]);
}

template <class T>
void weighted_sum(const T* value, const std::int32_t* index, i64 count, const T* rows, i64 m,
                  T* to) {
    by_few_strips<T>(m, [&]<i64 V>(Count<V>, auto last, i64 at) {
        weighted<V>(value, index, count, rows + at, m, to + at, last);
    });
}

// to[V vectors] += Σ table[rows[e]·m], several sums in turn where a row is short
template <i64 V, class T, class Last>
inline void add_some(T* to, const T* table, const std::int32_t* rows, i64 count, i64 m, Last last) {
    constexpr i64 turns = V >= SUMS / 2 ? 1 : V >= SUMS / 4 ? 2 : 4;
    Vector<T> sum[turns * V];
    EACH(v, turns * V) sum[v] = Vector<T>{};
    const auto add = [&](i64 e, i64 turn) {
        EACH(v, V) sum[turn * V + v] += get<V>(last, table + rows[e] * m, v);
    };
    i64 e = 0;
    for (; e + turns <= count; e += turns)
        EACH(turn, turns) add(e + turn, turn);
    for (; e < count; ++e) add(e, 0);
    for (i64 turn = 1; turn < turns; ++turn)
        EACH(v, V) sum[v] += sum[turn * V + v];
    EACH(v, V) put<V>(last, to, v, get<V>(last, to, v) + sum[v]);
}

template <class T>
void add_rows(T* to, const T* table, const std::int32_t* rows, i64 count, i64 m) {
    by_strips<T, SUMS>(m, [&]<i64 V>(Count<V>, auto last, i64 at) {
        add_some<V>(to + at, table + at, rows, count, m, last);
    });
}

template <class T> void add_pairs(T* to, const T* table, const Pair* pairs, i64 count, i64 m) {
    by_strips<T, SUMS>(m, [&]<i64 V>(Count<V>, auto last, i64 at) {
        for (const Pair* each = pairs; each < pairs + count; ++each) {
            T* sum = to + each->to * m + at;
            const T* row = table + each->from * m + at;
            EACH(v, V) put<V>(last, sum, v, get<V>(last, sum, v) + get<V>(last, row, v));
        }
    });
}

template <class T> void sparse_forward(const Sparse<T>& x, const T* w, T* z, i64 rows, i64 m) {
    for (i64 r = 0; r < rows; ++r)
        weighted_sum(x.value + x.start[r], x.column + x.start[r], x.start[r + 1] - x.start[r], w, m,
                     z + r * m);
}

// to[V vectors] = Σ x[r, j]·rows[r·m] over the rows that the masks name
template <i64 V, class T, class Last>
inline void masked(const Sparse<T>& x, i64 j, const T* rows, i64 m, T* to, Last last) {
    Vector<T> sum[V];
    EACH(v, V) sum[v] = Vector<T>{};
    for (i64 g = 0; g < x.groups; ++g)
        for (std::uint32_t left = x.mask[j * x.groups + g]; left; left &= left - 1) {
            const i64 r = 32 * g + __builtin_ctz(left);
            const T value = x.row[r][j];
            const T* row = rows + r * m;
            for (i64 v = 0; v < V; ++v) sum[v] += value * get<V>(last, row, v);
        }
    EACH(v, V) put<V>(last, to, v, sum[v]);
}

template <class T> bool masked_row(const Sparse<T>& x, i64 j, const T* dz, T* g, i64 m) {
    std::uint32_t any = 0;
    for (i64 k = 0; k < x.groups; ++k) any |= x.mask[j * x.groups + k];
    if (!any) return false;
    by_few_strips<T>(
        m, [&]<i64 V>(Count<V>, auto last, i64 at) { masked<V>(x, j, dz + at, m, g + at, last); });
    return true;
}

template <class T> bool sparse_row(const Sparse<T>& x, i64 j, const T* dz, T* g, i64 m) {
    if (x.groups) return masked_row(x, j, dz, g, m);
    const i64 first = x.by_start[j], count = x.by_start[j + 1] - first;
    if (count) weighted_sum(x.by_value + first, x.by_row + first, count, dz, m, g);
    return count;
}

template <class T> bool sparse_rank_one(const Sparse<T>& x, T scale, const T* dz, T* w, i64 m) {
    return add_outer(x.value, x.start[1], scale, dz, w, m, [&](i64 e) { return x.column[e]; });
}

}  // namespace
}  // namespace pellucid
