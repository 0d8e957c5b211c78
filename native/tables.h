// Rows of tables: looked up and summed by number, and gradients that go back to them.
#pragma once
#include <bit>
#include <cmath>
#include <cstring>
#include <span>

#include "state.h"

namespace pellucid {

constexpr i64 PLACES = 64;  // that are summed at a time

// Row `number` of a table of so many; those below 0 count from its end.
template <class T> i64 table_row(T number, i64 count, Bench<T>& bench) {
    const bool near =
        std::abs(number) <= static_cast<T>(count);  // a NaN and 1e30 are no whole numbers
    const i64 row = near ? static_cast<i64>(number) + (number < T(0) ? count : 0) : -1;
    if (row < 0 || row >= count) {
        bench.finite = false;
        return 0;
    }
    return row;
}

template <class T> void run(State<T>& s, const Lookup& p, const Tile& tile, Bench<T>& bench) {
    const T *number = s.rows_of(p.x, tile, bench), *w = s.fixed(p.w);
    T* to = s.rows_of(p.e, tile, bench);
    const i64 places = tile.rows * p.each;
    if (p.together == 1) {
        for (i64 at = 0; at < places; ++at, to += p.width)
            std::memcpy(to, w + table_row(number[at], p.count, bench) * p.width,
                        sizeof(T) * p.width);
        return;
    }
    std::int32_t rows[PLACES];
    for (i64 at = 0; at < places; at += p.together, to += p.width) {
        std::memset(to, 0, sizeof(T) * p.width);
        for (i64 done = 0; done < p.together; done += PLACES) {
            const i64 some = std::min(PLACES, p.together - done);
            for (i64 i = 0; i < some; ++i)
                rows[i] =
                    static_cast<std::int32_t>(table_row(number[at + done + i], p.count, bench));
            s.do_.add_rows(to, w, rows, some, p.width);
        }
    }
}

// The places of a batch in the order of the rows of a table that they name, so far as to tell
// blocks of rows apart.
class Sorted {
public:
    void make_room(const Scatter& p, i64 rows) {
        const i64 places = rows * p.each;
        if (std::max(p.count, places) > INT32_MAX)
            throw std::length_error("a batch names more rows of a table than can be counted");
        row_.at_least(places);
        pairs_.at_least(places);
        starts_.at_least(blocks(p) + 2);
    }

    // Of `rows` rows of a batch.
    template <class T> void make(const Scatter& p, const T* number, i64 rows, Bench<T>& bench) {
        const i64 places = rows * p.each;
        const int shift = std::countr_zero(static_cast<u64>(in_block(p)));
        std::int32_t *row = row_.get(), *start = starts_.get();
        std::fill_n(start, blocks(p) + 2, 0);
        for (i64 at = 0; at < places; ++at) {
            row[at] = static_cast<std::int32_t>(table_row(number[at], p.count, bench));
            ++start[(row[at] >> shift) + 2];
        }
        for (i64 block = 0; block < blocks(p); ++block) start[block + 2] += start[block + 1];
        const std::int32_t inside = static_cast<std::int32_t>(in_block(p) - 1);
        for (i64 at = 0, from = 0; at < places; ++from)
            for (i64 i = 0; i < p.together; ++i, ++at)
                pairs_.get()[start[(row[at] >> shift) + 1]++] = {row[at] & inside,
                                                                 static_cast<std::int32_t>(from)};
    }

    // Rows of a table that are summed together: their gradients stay in the cache.
    static i64 in_block(const Scatter& p) {
        return static_cast<i64>(
            std::bit_floor(static_cast<u64>(std::clamp<i64>(STREAMED / p.width, 1, 64))));
    }

    static i64 blocks(const Scatter& p) { return (p.count + in_block(p) - 1) / in_block(p); }

    // Which rows of a block go with which rows of gradients.
    std::span<const Pair> pairs(i64 block) const {
        return {pairs_.get() + starts_.get()[block], pairs_.get() + starts_.get()[block + 1]};
    }

    i64 bytes() const { return row_.bytes() + starts_.bytes() + pairs_.bytes(); }

private:
    Room<std::int32_t> row_, starts_;
    Room<Pair> pairs_;
};

// The gradient of some rows of a table; a bit for each row that it is not 0 for want of a name.
template <class T>
u64 table_gradient(const State<T>& s, std::span<const Pair> pairs, const T* de, i64 rows, i64 width,
                   T* to) {
    std::memset(to, 0, sizeof(T) * rows * width);
    s.do_.add_pairs(to, de, pairs.data(), static_cast<i64>(pairs.size()), width);
    u64 named = 0;
    for (const Pair& each : pairs) named |= u64(1) << each.to;
    return named;
}

}  // namespace pellucid
