// Products of rows with weights: x·w, dz·wᵀ and xᵀ·dz, whole or cut into pieces.
#pragma once
#include "feeding.h"
#include "pieces.h"
#include "state.h"
#include "watched.h"

namespace pellucid {

enum { row_major = 101, as_is = 111, transposed = 112 };

template <class T> Gemm<T> gemm() {
#ifdef PELLUCID_WATCHED
    if constexpr (sizeof(T) == 4) return watched<T, &Blas::f32>;
    else return watched<T, &Blas::f64>;
#endif
    if constexpr (sizeof(T) == 4) return blas.f32;
    else return blas.f64;
}

constexpr i64 SMALL = 32'768;  // multiplications up to which a product is small
constexpr i64 NEAR = 524'288;  // bytes of weights that stay in a core's cache

// Rows of x are `stride` apart.
template <class T>
void product(const State<T>& s, const T* x, i64 stride, const T* w, T* z, i64 rows, i64 k, i64 m) {
    if (rows < 4)
        for (i64 r = 0; r < rows; ++r) s.do_.thin_nn(x + r * stride, w, z + r * m, 1, k, m);
    else if (k * m * i64(sizeof(T)) <= NEAR) s.do_.near_nn(x, stride, w, z, rows, k, m);
    else gemm<T>()(row_major, as_is, as_is, rows, m, k, T(1), x, stride, w, m, T(0), z, m);
}

template <class T>
void product(const State<T>& s, const T* x, const T* w, T* z, i64 rows, i64 k, i64 m,
             Bench<T>& bench) {
    if (s.steady) s.do_.steady_nn(x, w, z, rows, k, m, bench.pack.get());
    else product(s, x, k, w, z, rows, k, m);
}

template <class T>
void product_back(const State<T>& s, const T* dz, const T* w, T* dx, i64 rows, i64 k, i64 m,
                  Bench<T>& bench) {
    if (s.steady) return s.do_.steady_nt(dz, w, dx, rows, k, m, bench.pack.get());
    if (rows < 4) return s.do_.thin_nt(dz, w, dx, rows, k, m);
    if (rows * k * m <= SMALL) return s.do_.small_nt(dz, w, dx, rows, k, m, bench.pack.get());
    gemm<T>()(row_major, as_is, transposed, rows, k, m, T(1), dz, m, w, m, T(0), dx, k);
}

template <class T>
void product_sum(const State<T>& s, const T* x, i64 stride, const T* dz, T* dw, i64 rows, i64 k,
                 i64 m, bool add, T* pack) {
    if (rows >= 4) return s.do_.near_tn(x, stride, dz, dw, rows, k, m, add, pack);
    for (i64 r = 0; r < rows; ++r)
        s.do_.thin_tn(x + r * stride, dz + r * m, dw, 1, k, m, add || r > 0);
}

template <class T> void run(State<T>& s, const Forward& p, const Tile& tile, Bench<T>& bench) {
    const i64 k = p.k, m = p.m, rows = tile.rows * p.each;
    T* z = s.rows_of(p.z, tile, bench);
    if (s.is_sparse(p.x)) {
        compress(s, bench.compressed, tile, 0, k);
        return s.do_.sparse_forward(bench.compressed.x, s.fixed(p.w), z, rows, m);
    }
    product(s, s.rows_of(p.x, tile, bench), s.fixed(p.w), z, rows, k, m, bench);
}

template <class T> void run(State<T>& s, const Backward& p, const Tile& tile, Bench<T>& bench) {
    product_back(s, s.rows_of(p.dz, tile, bench), s.fixed(p.w), s.rows_of(p.dx, tile, bench),
                 tile.rows * p.each, p.k, p.m, bench);
}

// Rows first, … of xᵀ·dz; false if all are 0.
template <class T>
bool sparse_rows(const State<T>& s, const Compressed<T>& x, i64 first, i64 count, const T* dz,
                 T* to, i64 m) {
    bool any = false;
    for (i64 j = 0; j < count; ++j, to += m) {
        if (s.do_.sparse_row(x.x, first + j, dz, to, m)) any = true;
        else std::memset(to, 0, sizeof(T) * m);
    }
    return any;
}

// The gradient of some rows of w, from the entries of x in as many columns.
template <class T>
void sparse_weights(State<T>& s, Compressed<T>& x, const T* dz, T* dw, i64 k, i64 m,
                    const Tile& tile, Bench<T>& bench) {
    regroup(s, x, k, tile.rows);
    if (tile.fresh) {
        sparse_rows(s, x, 0, k, dz, dw, m);
        return;
    }
    T* line = bench.line.get();
    for (i64 j = 0; j < k; ++j, dw += m)
        if (s.do_.sparse_row(x.x, j, dz, line, m)) s.do_.add_to(dw, line, m);
}

template <class T> void run(State<T>& s, const Weights& p, const Tile& tile, Bench<T>& bench) {
    const i64 k = p.k, m = p.m;
    const T* dz = s.rows_of(p.dz, tile, bench);
    T* dw = s.sum_of(p.dw, tile.lane);
    if (s.is_sparse(p.x)) {
        compress(s, bench.compressed, tile, 0, k);
        return sparse_weights(s, bench.compressed, dz, dw, k, m, tile, bench);
    }
    product_sum(s, s.rows_of(p.x, tile, bench), k, dz, dw, tile.rows * p.each, k, m, !tile.fresh,
                bench.pack.get());
}

// x[:, piece]·w[piece, :]. Those of the first piece go to z, those of others are added to it later.
template <class T>
void run_piece(State<T>& s, const Forward& p, const Tile& tile, i64 piece, i64 pieces) {
    const i64 k = p.k, m = p.m, rows = tile.rows * p.each;
    const auto [first, count] = part_of(piece, pieces, k);
    Bench<T>& home = s.benches[0];
    T* z = piece ? s.partial.get() + (piece - 1) * rows * m : s.rows_of(p.z, tile, home);
    const T* w = s.fixed(p.w) + first * m;
    if (s.is_sparse(p.x)) {
        compress(s, s.panels[piece], tile, first, count);
        return s.do_.sparse_forward(s.panels[piece].x, w, z, rows, m);
    }
    product(s, s.rows_of(p.x, tile, home) + first, k, w, z, rows, count, m);
}

template <class T>
void run_piece(State<T>& s, const Backward& p, const Tile& tile, i64 piece, i64 pieces) {
    const i64 k = p.k, m = p.m, rows = tile.rows * p.each;
    const auto [first, count] = part_of(piece, pieces, k);
    Bench<T>& home = s.benches[0];
    gemm<T>()(row_major, as_is, transposed, rows, count, m, T(1), s.rows_of(p.dz, tile, home), m,
              s.fixed(p.w) + first * m, m, T(0), s.rows_of(p.dx, tile, home) + first, k);
}

template <class T>
void run_piece(State<T>& s, const Weights& p, const Tile& tile, i64 piece, i64 pieces,
               Bench<T>& bench) {
    const i64 k = p.k, m = p.m, rows = tile.rows * p.each;
    const auto [first, count] = part_of(piece, pieces, k);
    Bench<T>& home = s.benches[0];
    const T* dz = s.rows_of(p.dz, tile, home);
    T* dw = s.fixed(p.dw) + first * m;
    if (s.is_sparse(p.x)) {
        compress(s, s.panels[piece], tile, first, count);
        return sparse_weights(s, s.panels[piece], dz, dw, count, m, tile, bench);
    }
    product_sum(s, s.rows_of(p.x, tile, home) + first, k, dz, dw, rows, count, m, false,
                bench.pack.get());
}

}  // namespace pellucid
