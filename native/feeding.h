// Rows on their way in and out, and random numbers.
#pragma once
#include <cmath>
#include <cstring>

#include "state.h"

namespace pellucid {

template <class T> void run(State<T>& s, const Feed& p, const Tile& tile, Bench<T>& bench) {
    if (p.input == s.program->sparse_feed) return;  // whoever reads it takes it in compressed form
    s.do_.gather(s.rows_of(p.to, tile, bench), s.ask->feeds[p.input], s.width(p.to), s.ask->order,
                 s.position + tile.first, tile.rows, s.ask->last);
}

// Columns first, … of the sparse input in compressed form. A later phase may come with another
// tile.
template <class T>
void compress(State<T>& s, Compressed<T>& to, const Tile& tile, i64 first, i64 count) {
    const i64 row = s.position + tile.first;
    if (to.first == row && to.column == first && to.columns == count) return;
    s.do_.compress(to.x, s.ask->feeds[s.program->sparse_feed], first, count, s.ask->order, row,
                   tile.rows, s.ask->last);
    to.first = row, to.column = first, to.columns = count;
    to.regrouped = false;
}

template <class T> void regroup(State<T>& s, Compressed<T>& x, i64 width, i64 rows) {
    if (!x.regrouped) s.do_.regroup(x.x, width, rows);
    x.regrouped = true;
}

template <class T> void run(State<T>& s, const Give& p, const Tile& tile, Bench<T>& bench) {
    void* to =
        p.output < static_cast<i64>(s.ask->outputs.size()) ? s.ask->outputs[p.output] : nullptr;
    if (!to) return;
    const i64 width = s.width(p.source), at = s.position - s.ask->first + tile.first;
    std::memcpy(static_cast<T*>(to) + at * width, s.rows_of(p.source, tile, bench),
                sizeof(T) * tile.rows * width);
}

template <class T> u64 seed_of(const State<T>& s, const std::optional<i64>& own) {
    return own ? static_cast<u64>(*own) : s.ask->seed;
}

template <class T> void run(State<T>& s, const Uniform& p, const Tile& tile, Bench<T>& bench) {
    const i64 width = s.width(p.to);
    s.do_.uniform(s.rows_of(p.to, tile, bench), seed_of(s, p.seed), p.stream, s.step,
                  tile.first * width, tile.rows * width);
}

template <class T> void run(State<T>& s, const Normal& p, const Tile& tile, Bench<T>& bench) {
    const i64 width = s.width(p.to), count = tile.rows * width;
    double u[256], v[256];
    T* to = s.rows_of(p.to, tile, bench);
    for (i64 at = 0; at < count; at += 256) {
        const i64 some = std::min<i64>(256, count - at), first = tile.first * width + at;
        s.level.f64->uniform(u, seed_of(s, p.seed), p.stream, s.step, first, some);
        s.level.f64->uniform(v, seed_of(s, p.seed), p.stream, s.step, s.row_count * width + first,
                             some);
        for (i64 i = 0; i < some; ++i)
            to[at + i] =
                static_cast<T>(std::sqrt(-2.0 * std::log1p(-u[i])) * std::cos(2.0 * M_PI * v[i]));
    }
}

}  // namespace pellucid
