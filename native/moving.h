// Rows of tables, and pieces of rows.
#pragma once
#include <cmath>
#include <cstring>

#include "state.h"

namespace pellucid {

// Tables: numbers of rows, table or gradient, rows out or in, rows of the table, width, count.
template <class T> i64 table_row(T number, i64 count, Bench<T>& bench) {
    const bool near = std::abs(number) <= static_cast<T>(count);  // a NaN and 1e30 are no whole numbers
    const i64 row = near ? static_cast<i64>(number) + (number < T(0) ? count : 0) : -1;
    if (row < 0 || row >= count) {
        bench.finite = false;
        return 0;
    }
    return row;
}

template <class T> void lookup(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    const T *number = s.rows_of(a[0], tile, bench), *w = s.fixed(a[1]);
    T* to = s.rows_of(a[2], tile, bench);
    for (i64 r = 0; r < tile.rows * a[5]; ++r, to += a[4])
        std::memcpy(to, w + table_row(number[r], a[3], bench) * a[4], sizeof(T) * a[4]);
}

template <class T> void scatter(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    const T *number = s.rows_of(a[0], tile, bench), *from = s.rows_of(a[1], tile, bench);
    T* dw = s.sum_of(a[2], tile.lane);
    if (tile.fresh) std::memset(dw, 0, sizeof(T) * a[3] * a[4]);
    for (i64 r = 0; r < tile.rows * a[5]; ++r, from += a[4])
        s.do_.add_to(dw + table_row(number[r], a[3], bench) * a[4], from, a[4]);
}

// Pieces of rows: from, to, their first places, numbers of a piece, and two loops, each with how often
// it runs and how far it goes on in both.
template <class T> void move(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    const i64 from_width = s.width(a[0]), to_width = s.width(a[1]);
    const T* from = s.rows_of(a[0], tile, bench) + a[2];
    T* to = s.rows_of(a[1], tile, bench) + a[3];
    const i64 count = a[4], repeats = a[5], step = a[6], to_step = a[7];
    for (i64 r = 0; r < tile.rows; ++r, from += from_width, to += to_width)
        for (i64 outer = 0; outer < a[8]; ++outer) {
            const T* source = from + outer * a[9];
            T* d = to + outer * a[10];
            if (count == 1) for (i64 p = 0; p < repeats; ++p) d[p * to_step] = source[p * step];
            else for (i64 p = 0; p < repeats; ++p, source += step, d += to_step)
                std::memcpy(d, source, sizeof(T) * count);
        }
}

template <class T> void zero(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    std::memset(s.rows_of(a[0], tile, bench), 0, sizeof(T) * tile.rows * s.width(a[0]));
}

}  // namespace pellucid
