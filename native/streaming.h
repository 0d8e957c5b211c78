// The update of weights right after their gradient, a few rows at a time, so that this is never
// written.
#pragma once
#include "products.h"
#include "tables.h"

namespace pellucid {

// Whether a row's product with a gradient goes straight into the weights.
inline bool is_rank_one(const Program& program, i64 rows) {
    return rows == 1 && program.stream && program.stream->scale;
}

// Products whose result an update may begin with pay for it where they are large, or mostly zeros,
// or of rank one.
inline bool pays(const Program& program, i64 rows, i64 k, i64 m, bool sparse) {
    return sparse || is_rank_one(program, rows) || pieces_of_inputs(rows, k, m) > 1;
}

// The gradient of `count` rows of w from row `first` on: xᵀ·dz for these columns of x. False if all
// of it is 0, in which case it may be left out.
template <class T> struct Gradient {
    const Compressed<T>* sparse;
    const T *x, *dz;
    i64 rows, k, m;
    T* pack;

    bool operator()(const State<T>& s, i64 first, i64 count, T* to) const {
        if (sparse) return sparse_rows(s, *sparse, first, count, dz, to, m);
        product_sum(s, x + first, k, dz, to, rows, count, m, false, pack);
        return true;
    }
};

// The update of `count` rows of w, in places `begin`, …, by a gradient of one row.
template <class T>
void update_rank_one(State<T>& s, const Kernel& k, T* const* base, const Gradient<T>& gradient,
                     i64 begin, i64 count, Bench<T>& bench) {
    T* w = base[k.code[0].a] + begin;
    const T scale = s.typed[*s.program->stream->scale];
    bench.finite &=
        gradient.sparse
            ? s.do_.sparse_rank_one(gradient.sparse->x, scale, gradient.dz, w, gradient.m)
            : s.do_.rank_one(gradient.x, count, scale, gradient.dz, w, gradient.m);
}

// The update of `count` numbers of a vector from place `begin` on, by their gradient.
template <class T>
void update_some(State<T>& s, const Kernel& k, T* const* base, T* gradient, i64 begin, i64 count,
                 Bench<T>& bench) {
    T* at[MOST_SLOTS];
    s.move_on(k, base, at, begin, bench);
    at[s.program->stream->gradient_slot] = gradient;
    bench.finite &= s.do_.run(k, at, s.typed.data(), count);
}

// Rows of w that are updated together.
inline i64 rows_streamed(i64 m, bool sparse) {
    if (sparse) return std::max<i64>(1, STREAMED / m);
    return std::max<i64>(1, STREAMED / m / COLUMNS) * COLUMNS;
}

// The update of `count` rows of w, the first of which is in place `begin` of the vector of all.
template <class T>
void update_rows(State<T>& s, const Kernel& k, T* const* base, const Gradient<T>& gradient,
                 i64 begin, i64 count, Bench<T>& bench) {
    const bool may_stay = s.program->stream->scale && gradient.sparse;
    const i64 m = gradient.m, together = may_stay ? 1 : rows_streamed(m, gradient.sparse);
    T* line = bench.line.get();
    for (i64 j = 0; j < count; j += together) {
        const i64 some = std::min(together, count - j);
        if (gradient(s, j, some, line) || !may_stay)
            update_some(s, k, base, line, begin + j * m, some * m, bench);
    }
}

// The same for some rows of a table; where a gradient of 0 changes nothing, those that are named.
template <class T>
void update_table(State<T>& s, const Kernel& k, T* const* base, std::span<const Pair> pairs,
                  const T* de, i64 begin, i64 rows, i64 width, Bench<T>& bench) {
    const bool may_stay = s.program->stream->scale.has_value();
    if (may_stay && pairs.empty()) return;
    T* line = bench.line.get();
    const u64 named = table_gradient(s, pairs, de, rows, width, line);
    if (!may_stay) return update_some(s, k, base, line, begin, rows * width, bench);
    for (u64 left = named; left; left &= left - 1) {
        const i64 row = std::countr_zero(left);
        update_some(s, k, base, line + row * width, begin + row * width, width, bench);
    }
}

}  // namespace pellucid
