// Recurrences over whole sequences: a few rows walk through time, and what is between two steps
// stays in the cache.
#pragma once
#include <algorithm>
#include <cstring>

#include "functions.h"
#include "matrix.h"

namespace pellucid {
namespace {

// A matrix of `depth` rows in panels of two vectors of its m columns. get(i, j) is a number of it.
template <class T, class Get> inline void cut_panels(i64 depth, i64 m, T* to, Get get) {
    for (i64 at = 0; at < m; at += 2 * LANES<T>)
        for (i64 i = 0; i < depth; ++i)
            for (i64 j = at; j < std::min(m, at + 2 * LANES<T>); ++j) *to++ = get(i, j);
}

// c[rows, m] += a[rows, depth]·b, b in panels
template <class T>
inline void add_product(const T* a, const T* panels, T* c, i64 rows, i64 depth, i64 m) {
    by_strips<T, 2>(m, [&]<i64 V>(Count<V>, auto last, i64 at) {
        strips<V>(a, depth, 1, panels + at * depth, std::min(2 * LANES<T>, m - at), rows, depth,
                  c + at, m, true, last);
    });
}

// One row at one step, at some of its units: what `part` reads and writes of arrays with `units` in
// each gate. `r` is H₋₁·U + b on the way there and dR on the way back; `h` and `c` go from step to
// step.
template <class T, class Part> struct Here {
    Part part;
    i64 units;
    T *r, *h, *c;

    Vector<T> get(const T* from, i64 gate = 0) const { return part.get(from + gate * units); }
    void put(T* to, Vector<T> x, i64 gate = 0) const {
        if (to) part.put(to + gate * units, x);
    }
};

template <class T> inline T* moved_on(T* array, i64 count) {
    return array ? array + count : nullptr;
}

struct Simple {
    static constexpr i64 gates = 1;

    // H = tanh(Z + R)
    template <class T, class P> static void forward(const Walk<T>& p, const Here<T, P>& at) {
        const auto h = tanh_(at.get(p.z) + at.get(at.r));
        at.put(at.h, h);
        at.put(p.h, h);
    }

    // dZ = dH⊙(1 − H²)
    template <class T, class P> static void back(const WayBack<T>& p, const Here<T, P>& at, bool) {
        const auto h = at.get(p.h), dz = (at.get(p.dh) + at.get(at.h)) * (T(1) - h * h);
        at.put(p.dz, dz);
        at.put(at.r, dz);
        at.put(at.h, Vector<T>{});
    }
};

struct LongShort {
    static constexpr i64 gates = 4;

    // C = f⊙C₋₁ + i⊙c̃, H = o⊙tanh C
    template <class T, class P> static void forward(const Walk<T>& p, const Here<T, P>& at) {
        const auto before = [&](i64 gate) { return at.get(p.z, gate) + at.get(at.r, gate); };
        const auto i = sigmoid_(before(0)), f = sigmoid_(before(1)), g = tanh_(before(2)),
                   o = sigmoid_(before(3));
        const auto c = i * g + f * at.get(at.c), h = o * tanh_(c);
        at.put(p.gates, i, 0);
        at.put(p.gates, f, 1);
        at.put(p.gates, g, 2);
        at.put(p.gates, o, 3);
        at.put(at.c, c);
        at.put(p.inner, c);
        at.put(at.h, h);
        at.put(p.h, h);
    }

    // dC = dC₊₁⊙f₊₁ + dH⊙o⊙(1 − tanh² C)
    template <class T, class P>
    static void back(const WayBack<T>& p, const Here<T, P>& at, bool begins) {
        const auto i = at.get(p.gates, 0), f = at.get(p.gates, 1), g = at.get(p.gates, 2),
                   o = at.get(p.gates, 3);
        const auto before = begins ? Vector<T>{} : at.get(p.inner - at.units);
        const auto dh = at.get(p.dh) + at.get(at.h), out = tanh_(at.get(p.inner));
        const auto dc = dh * ((T(1) - out * out) * o) + at.get(at.c);
        const auto give = [&](i64 gate, Vector<T> dz) {
            at.put(p.dz, dz, gate);
            at.put(at.r, dz, gate);
        };
        give(0, dc * (g * ((T(1) - i) * i)));
        give(1, dc * (before * ((T(1) - f) * f)));
        give(2, dc * (i * (T(1) - g * g)));
        give(3, dh * (out * ((T(1) - o) * o)));
        at.put(at.c, dc * f);
        at.put(at.h, Vector<T>{});
    }
};

struct Gated {
    static constexpr i64 gates = 3;

    // H = c + z⊙(H₋₁ − c), c = tanh(Z + r⊙R)
    template <class T, class P> static void forward(const Walk<T>& p, const Here<T, P>& at) {
        const auto z = sigmoid_(at.get(p.z, 0) + at.get(at.r, 0)),
                   r = sigmoid_(at.get(p.z, 1) + at.get(at.r, 1));
        const auto inner = at.get(at.r, 2), c = tanh_(r * inner + at.get(p.z, 2)),
                   h = z * (at.get(at.h) - c) + c;
        at.put(p.gates, z, 0);
        at.put(p.gates, r, 1);
        at.put(p.gates, c, 2);
        at.put(p.inner, inner);
        at.put(at.h, h);
        at.put(p.h, h);
    }

    // dZ = (dH⊙(H₋₁ − c)⊙z′, dc⊙R⊙r′, dc), dR = (…, …, dc⊙r), dc = dH⊙(1 − z)⊙(1 − c²)
    template <class T, class P>
    static void back(const WayBack<T>& p, const Here<T, P>& at, bool begins) {
        const auto z = at.get(p.gates, 0), r = at.get(p.gates, 1), c = at.get(p.gates, 2);
        const auto before = begins ? Vector<T>{} : at.get(p.h - at.units);
        const auto dh = at.get(p.dh) + at.get(at.h), to_c = (T(1) - c * c) * (T(1) - z);
        const auto give = [&](i64 gate, Vector<T> dz, Vector<T> dr) {
            at.put(p.dz, dz, gate);
            at.put(p.dr, dr, gate);
            at.put(at.r, dr, gate);
        };
        const auto dz = dh * ((before - c) * ((T(1) - z) * z));
        const auto dr = dh * ((to_c * at.get(p.inner)) * ((T(1) - r) * r));
        give(0, dz, dz);
        give(1, dr, dr);
        give(2, dh * to_c, dh * (to_c * r));
        at.put(at.h, dh * z);
    }
};

// What rows have between two steps, and the weights in panels.
template <class T> struct Between {
    i64 units, wide;
    T *panels, *r, *h, *c;

    Between(i64 units, i64 gates, T* free)
        : units(units), wide(gates * units), panels(free), r(panels + units * wide),
          h(r + ROWS_IN_STEP * wide), c(h + ROWS_IN_STEP * units) {}

    void begin() { std::memset(h, 0, 2 * sizeof(T) * ROWS_IN_STEP * units); }

    // f(here, unit) for some units of a row at a time.
    template <class F> void each(i64 row, F f) {
        by_vectors<T>(units, [&](auto part, i64 j) {
            f(Here<T, decltype(part)>{part, units, r + row * wide + j, h + row * units + j,
                                      c + row * units + j},
              j);
        });
    }
};

template <class Cell, class T> void walk_by(const Walk<T>& p, i64 rows, T* free) {
    const i64 m = p.units, wide = Cell::gates * m;
    Between<T> between(m, Cell::gates, free);
    cut_panels(m, wide, between.panels, [&](i64 i, i64 j) { return p.u[i * wide + j]; });
    for (i64 first = 0; first < rows; first += ROWS_IN_STEP) {
        const i64 count = std::min(ROWS_IN_STEP, rows - first);
        between.begin();
        for (i64 step = 0; step < p.steps; ++step) {
            for (i64 row = 0; row < count; ++row) {
                if (p.b) std::memcpy(between.r + row * wide, p.b, sizeof(T) * wide);
                else std::memset(between.r + row * wide, 0, sizeof(T) * wide);
            }
            if (step) add_product(between.h, between.panels, between.r, count, m, wide);
            for (i64 row = 0; row < count; ++row)
                between.each(row, [&](const auto& here, i64 j) {
                    const i64 at = (first + row) * p.steps + step, slim = at * m + j,
                              broad = at * wide + j;
                    const Walk<T> of{p.cell,
                                     p.steps,
                                     m,
                                     p.z + broad,
                                     p.u,
                                     p.b,
                                     p.h + slim,
                                     moved_on(p.gates, broad),
                                     moved_on(p.inner, slim)};
                    Cell::forward(of, here);
                });
        }
    }
}

template <class Cell, class T> void walk_back_by(const WayBack<T>& p, i64 rows, T* free) {
    const i64 m = p.units, wide = Cell::gates * m;
    Between<T> between(m, Cell::gates, free);
    cut_panels(wide, m, between.panels, [&](i64 i, i64 j) { return p.u[j * wide + i]; });
    for (i64 first = 0; first < rows; first += ROWS_IN_STEP) {
        const i64 count = std::min(ROWS_IN_STEP, rows - first);
        between.begin();
        for (i64 step = p.steps - 1; step >= 0; --step) {
            for (i64 row = 0; row < count; ++row)
                between.each(row, [&](const auto& here, i64 j) {
                    const i64 at = (first + row) * p.steps + step, slim = at * m + j,
                              broad = at * wide + j;
                    const WayBack<T> of{p.cell,
                                        p.steps,
                                        m,
                                        p.dh + slim,
                                        p.u,
                                        moved_on(p.h, slim),
                                        moved_on(p.gates, broad),
                                        moved_on(p.inner, slim),
                                        p.dz + broad,
                                        moved_on(p.dr, broad)};
                    Cell::back(of, here, step == 0);
                });
            if (step) add_product(between.r, between.panels, between.h, count, wide, m);
        }
    }
}

template <class T> void walk(const Walk<T>& p, i64 rows, T* free) {
    if (p.cell == cell_lstm) return walk_by<LongShort>(p, rows, free);
    if (p.cell == cell_gru) return walk_by<Gated>(p, rows, free);
    walk_by<Simple>(p, rows, free);
}

template <class T> void walk_back(const WayBack<T>& p, i64 rows, T* free) {
    if (p.cell == cell_lstm) return walk_back_by<LongShort>(p, rows, free);
    if (p.cell == cell_gru) return walk_back_by<Gated>(p, rows, free);
    walk_back_by<Simple>(p, rows, free);
}

}  // namespace
}  // namespace pellucid
