// Rows on their way in: gathered in any order from arrays of any dtype, and random numbers.
#pragma once
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "wide.h"

namespace pellucid {
namespace {

template <class F> void with_kind(i64 kind, F f) {
    switch (kind) {
        case kind_u8:
        case kind_bool: f(static_cast<const std::uint8_t*>(nullptr)); break;
        case kind_i8: f(static_cast<const std::int8_t*>(nullptr)); break;
        case kind_u16: f(static_cast<const std::uint16_t*>(nullptr)); break;
        case kind_i16: f(static_cast<const std::int16_t*>(nullptr)); break;
        case kind_i32: f(static_cast<const std::int32_t*>(nullptr)); break;
        case kind_i64: f(static_cast<const std::int64_t*>(nullptr)); break;
        case kind_f32: f(static_cast<const float*>(nullptr)); break;
        case kind_f64: f(static_cast<const double*>(nullptr)); break;
    }
}

inline const char* row_at(const void* from, i64 stride, const i64* order, i64 row) {
    return static_cast<const char*>(from) + stride * (order ? order[row] : row);
}

// Has the cache fetch a row that will be read in the next tile.
inline void fetch(const void* from, i64 stride, i64 bytes, const i64* order, i64 row, i64 last) {
    if (row >= last || bytes < 256) return;
    const char* at = row_at(from, stride, order, row);
    for (i64 b = 0; b < bytes; b += 64) __builtin_prefetch(at + b, 0, 2);
}

// A number that somebody else may change: read once, so that what is used is what was looked at.
template <class C> inline i64 once(const C* from) { return *static_cast<const volatile C*>(from); }

// Calls row(r) for each row, then entry(r, column − begin, value) for each of its entries in
// columns begin, …, end − 1. Columns are looked at as they are taken, since somebody may change
// them while we run: those that do not ascend are passed over, so that a row never has more entries
// than columns.
template <class Row, class Entry>
void for_entries(const Array& from, i64 begin, i64 end, const i64* order, i64 first, i64 rows,
                 Row row, Entry entry) {
    with_kind(from.kind, [&](auto* value) {
        const auto each_row = [&](auto* column) {
            using S = decltype(value);
            using C = decltype(column);
            for (i64 r = 0; r < rows; ++r) {
                const i64 taken = order ? order[first + r] : first + r;
                const C columns = static_cast<C>(from.columns),
                        last = columns + from.starts[taken + 1];
                const C here = std::lower_bound(columns + from.starts[taken], last, begin);
                S value_here = static_cast<S>(from.data) + (here - columns);
                row(r);
                i64 next = begin;
                for (C at = here; at != last; ++at, ++value_here) {
                    const i64 column = once(at);
                    if (column >= end) break;
                    if (column < next) continue;
                    entry(r, column - begin, *value_here);
                    next = column + 1;
                }
            }
        };
        if (from.column_kind == kind_i32) each_row(static_cast<const std::int32_t*>(nullptr));
        else each_row(static_cast<const std::int64_t*>(nullptr));
    });
}

template <class T> inline void copy_row(T* to, const T* from, i64 width) {
    by_vectors<T>(width, [&](auto part, i64 j) { part.put(to + j, part.get(from + j)); });
}

template <class T>
void gather(T* to, const Array& from, i64 width, const i64* order, i64 first, i64 rows, i64 last) {
    if (from.starts) {
        std::memset(to, 0, sizeof(T) * rows * width);
        return for_entries(
            from, 0, width, order, first, rows, [](i64) {},
            [&](i64 r, i64 column, auto value) { to[r * width + column] = static_cast<T>(value); });
    }
    with_kind(from.kind, [&](auto* as) {
        using S = std::remove_cvref_t<decltype(*as)>;
        for (i64 r = 0; r < rows; ++r, to += width) {
            fetch(from.data, from.stride, width * sizeof(S), order, first + rows + r, last);
            const S* row =
                reinterpret_cast<const S*>(row_at(from.data, from.stride, order, first + r));
            if constexpr (std::is_same_v<S, T>) copy_row(to, row, width);
            else
                for (i64 j = 0; j < width; ++j) to[j] = static_cast<T>(row[j]);
        }
    });
}

struct Words {
    u64 w[4];
};

// Philox4x64 with 10 rounds, as NumPy's: the words at `block` of the stream that starts at counter
// (0, stream, step, 0) under the key (seed, "pellucid").
inline Words philox(u64 seed, u64 stream, u64 step, u64 block) {
    u64 c0 = block + 1, c1 = stream, c2 = step, c3 = 0;
    u64 k0 = seed, k1 = 0x70656C6C75636964ull;
    for (int round = 0; round < 10; ++round) {
        const unsigned __int128 p = static_cast<unsigned __int128>(0xD2E7470EE14C6C93ull) * c0;
        const unsigned __int128 q = static_cast<unsigned __int128>(0xCA5A826395121157ull) * c2;
        const u64 n0 = static_cast<u64>(q >> 64) ^ c1 ^ k0;
        const u64 n2 = static_cast<u64>(p >> 64) ^ c3 ^ k1;
        c1 = static_cast<u64>(q);
        c3 = static_cast<u64>(p);
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B97F4A7C15ull;
        k1 += 0xBB67AE8584CAA73Bull;
    }
    return {{c0, c1, c2, c3}};
}

inline float number_at(const Words& words, u64 at, float) {
    const u64 word = words.w[(at >> 1) & 3];
    const std::uint32_t half = static_cast<std::uint32_t>(at & 1 ? word >> 32 : word);
    return static_cast<float>(half >> 8) * (1.0f / 16777216.0f);
}

inline double number_at(const Words& words, u64 at, double) {
    return static_cast<double>(words.w[at & 3] >> 11) * (1.0 / 9007199254740992.0);
}

// Elements first, first + 1, … of randomness.uniform(seed, stream, step, …).
template <class T> void uniform(T* to, u64 seed, u64 stream, u64 step, u64 first, i64 count) {
    constexpr u64 each = sizeof(T) == 4 ? 8 : 4;
    u64 at = first;
    const u64 end = first + static_cast<u64>(count);
    while (at < end) {
        const Words words = philox(seed, stream, step, at / each);
        if (at % each == 0 && end - at >= each) {
            EACH(i, i64(each)) to[i] = number_at(words, u64(i), T(0));
            at += each, to += each;
        } else {
            do *to++ = number_at(words, at++, T(0));
            while (at < end && at % each);
        }
    }
}

}  // namespace
}  // namespace pellucid
