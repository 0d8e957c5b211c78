// Rows on their way in and out, and random numbers.
#pragma once
#include <cmath>
#include <cstring>

#include "state.h"

namespace pellucid {

template <class T> void feed(State<T>& s, i64 to, i64 from, const Tile& tile, Bench<T>& bench) {
    if (from == s.plan->sparse_feed) return;  // whoever reads it takes it in compressed form
    s.do_.gather(s.rows_of(to, tile, bench), s.ask->feeds[from], s.width(to), s.ask->order,
                 s.position + tile.first, tile.rows, s.ask->last);
}

// Columns first, … of the sparse input in compressed form. A later phase may come with another tile.
template <class T> void compress(State<T>& s, Compressed<T>& to, const Tile& tile, i64 first, i64 count) {
    const i64 row = s.position + tile.first;
    if (to.first == row && to.column == first && to.columns == count) return;
    s.do_.compress(to.x, s.ask->feeds[s.plan->sparse_feed], first, count, s.ask->order, row, tile.rows, s.ask->last);
    to.first = row, to.column = first, to.columns = count;
    to.regrouped = false;
}

template <class T> void regroup(State<T>& s, Compressed<T>& x, i64 width, i64 rows) {
    if (!x.regrouped) s.do_.regroup(x.x, width, rows);
    x.regrouped = true;
}

// buffer, number of the output
template <class T> void give(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    void* to = a[1] < static_cast<i64>(s.ask->outputs.size()) ? s.ask->outputs[a[1]] : nullptr;
    if (!to) return;
    const i64 width = s.width(a[0]), at = s.position - s.ask->first + tile.first;
    std::memcpy(static_cast<T*>(to) + at * width, s.rows_of(a[0], tile, bench), sizeof(T) * tile.rows * width);
}

// Random numbers: buffer, stream, and the seed if it is not that of the network.
template <class T> u64 seed_of(const State<T>& s, const std::vector<i64>& a) {
    return a[2] ? static_cast<u64>(a[3]) : s.ask->seed;
}

template <class T> void uniform(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    const i64 width = s.width(a[0]);
    s.do_.uniform(s.rows_of(a[0], tile, bench), seed_of(s, a), a[1], s.step, tile.first * width, tile.rows * width);
}

template <class T> void normal(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    const i64 width = s.width(a[0]), count = tile.rows * width;
    double u[256], v[256];
    T* to = s.rows_of(a[0], tile, bench);
    for (i64 at = 0; at < count; at += 256) {
        const i64 some = std::min<i64>(256, count - at), first = tile.first * width + at;
        s.level.f64->uniform(u, seed_of(s, a), a[1], s.step, first, some);
        s.level.f64->uniform(v, seed_of(s, a), a[1], s.step, s.row_count * width + first, some);
        for (i64 i = 0; i < some; ++i)
            to[at + i] = static_cast<T>(std::sqrt(-2.0 * std::log1p(-u[i])) * std::cos(2.0 * M_PI * v[i]));
    }
}

}  // namespace pellucid
