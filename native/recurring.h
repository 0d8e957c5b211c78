// Recurrences over whole sequences, some rows at a time.
#pragma once
#include "state.h"

namespace pellucid {

// Multiplications for a row.
template <Recurring R> i64 work_in_time(const R& p) {
    return p.steps * p.units * p.units * gates_of(p.cell);
}

template <class T> void run(State<T>& s, const Recur& p, const Tile& tile, Bench<T>& bench) {
    const auto rows = [&](std::optional<i64> buffer) {
        return buffer ? s.rows_of(*buffer, tile, bench) : nullptr;
    };
    s.do_.walk({p.cell, p.steps, p.units, rows(p.z), s.fixed(p.u), p.b ? s.fixed(*p.b) : nullptr,
                rows(p.h), rows(p.gates), rows(p.inner)},
               tile.rows, bench.patches.get());
}

template <class T> void run(State<T>& s, const RecurBack& p, const Tile& tile, Bench<T>& bench) {
    const auto rows = [&](std::optional<i64> buffer) {
        return buffer ? s.rows_of(*buffer, tile, bench) : nullptr;
    };
    s.do_.walk_back({p.cell, p.steps, p.units, rows(p.dh), s.fixed(p.u), rows(p.h), rows(p.gates),
                     rows(p.inner), rows(p.dz), rows(p.dr)},
                    tile.rows, bench.patches.get());
}

}  // namespace pellucid
