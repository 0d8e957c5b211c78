// Rows of tables, and pieces of rows.
#pragma once
#include <cmath>
#include <cstring>

#include "state.h"

namespace pellucid {

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
    for (i64 r = 0; r < tile.rows * p.each; ++r, to += p.width)
        std::memcpy(to, w + table_row(number[r], p.count, bench) * p.width, sizeof(T) * p.width);
}

template <class T> void run(State<T>& s, const Scatter& p, const Tile& tile, Bench<T>& bench) {
    const T *number = s.rows_of(p.x, tile, bench), *from = s.rows_of(p.de, tile, bench);
    T* dw = s.sum_of(p.dw, tile.lane);
    if (tile.fresh) std::memset(dw, 0, sizeof(T) * p.count * p.width);
    for (i64 r = 0; r < tile.rows * p.each; ++r, from += p.width)
        s.do_.add_to(dw + table_row(number[r], p.count, bench) * p.width, from, p.width);
}

template <class T> void run(State<T>& s, const Move& p, const Tile& tile, Bench<T>& bench) {
    const i64 from_width = s.width(p.source), to_width = s.width(p.to);
    const T* from = s.rows_of(p.source, tile, bench) + p.first;
    T* to = s.rows_of(p.to, tile, bench) + p.to_first;
    const i64 count = p.numbers, repeats = p.repeats, step = p.step, to_step = p.to_step;
    for (i64 r = 0; r < tile.rows; ++r, from += from_width, to += to_width)
        for (i64 outer = 0; outer < p.again; ++outer) {
            const T* source = from + outer * p.leap;
            T* d = to + outer * p.to_leap;
            if (count == 1)
                for (i64 p = 0; p < repeats; ++p) d[p * to_step] = source[p * step];
            else
                for (i64 p = 0; p < repeats; ++p, source += step, d += to_step)
                    std::memcpy(d, source, sizeof(T) * count);
        }
}

template <class T> void run(State<T>& s, const Zero& p, const Tile& tile, Bench<T>& bench) {
    std::memset(s.rows_of(p.to, tile, bench), 0, sizeof(T) * tile.rows * s.width(p.to));
}

}  // namespace pellucid
