// Pieces of rows, moved.
#pragma once
#include <cstring>

#include "state.h"

namespace pellucid {

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
