// The update of weights right after their gradient, a few rows at a time, so that this is never written.
#pragma once
#include "products.h"

namespace pellucid {

constexpr i64 PIECE_OF_VECTOR = 16'384;  // elements of an update that are worth a piece

inline bool is_streamed(const Plan& plan, const std::vector<i64>& weights) {
    return weights[2] == plan.stream.weights;
}

// The gradient of `count` rows of w from row `first` on: xᵀ·dz for these columns of x. False if all of
// it is 0, in which case it may be left out.
template <class T> struct Gradient {
    const Compressed<T>* sparse;
    const T *x, *dz;
    i64 rows, k, m;

    bool operator()(const State<T>& s, i64 first, i64 count, T* to, Bench<T>& bench) const {
        if (!sparse) {
            gemm<T>()(row_major, transposed, as_is, count, m, rows, T(1), x + first, k, dz, m, T(0), to, m);
            return true;
        }
        bool any = false;
        for (i64 j = 0; j < count; ++j, to += m) {
            if (s.do_.sparse_row(sparse->x, first + j, dz, to, m)) any = true;
            else std::memset(to, 0, sizeof(T) * m);
        }
        return any;
    }
};

// The update of the weights in rows first, … of w, whose gradient's rows are numbered from there.
template <class T>
void update_rows(State<T>& s, const Kernel& k, T* const* base, const Gradient<T>& gradient, i64 first,
                 i64 count, Bench<T>& bench) {
    const Stream& stream = s.plan->stream;
    const i64 m = gradient.m, together = std::max<i64>(1, (stream.scale >= 0 ? 1 : STREAMED / m));
    T *at[MOST_SLOTS], *line = bench.line.get();
    for (i64 j = 0; j < count; j += together) {
        const i64 some = std::min(together, count - j);
        if (!gradient(s, j, some, line, bench) && stream.scale >= 0) continue;
        s.move_on(k, base, at, stream.first + (first + j) * m, bench);
        at[stream.gradient_slot] = line;
        bench.finite &= s.do_.run(k, at, s.typed.data(), some * m);
    }
}

}  // namespace pellucid
