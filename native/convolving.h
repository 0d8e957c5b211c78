// Convolution by patches of images and products, and pooling.
#pragma once
#include "products.h"

namespace pellucid {

constexpr i64 PATCHES = 32768;  // elements of the patches that are worked on together

// How many images have their patches in the cache at a time.
inline i64 together(const Window& o) { return std::max<i64>(1, PATCHES / o.patches()); }

template <class F> void by_images(const Window& o, const Tile& tile, F f) {
    for (i64 first = 0; first < tile.rows; first += together(o)) {
        const i64 images = std::min(together(o), tile.rows - first);
        f(o, first, images, images * o.down * o.along);
    }
}

template <class T> void run(State<T>& s, const Convolve& p, const Tile& tile, Bench<T>& bench) {
    const T *x = s.rows_of(p.x, tile, bench), *w = s.fixed(p.w);
    T *z = s.rows_of(p.z, tile, bench), *seen = bench.patches.get();
    by_images(p.window, tile, [&](const Window& o, i64 first, i64 images, i64 rows) {
        s.do_.patches(o, x + first * o.image(), seen, images);
        product(s, seen, w, z + first * o.down * o.along * p.channels, rows, o.patch(), p.channels,
                bench);
    });
}

template <class T> void run(State<T>& s, const ConvolveBack& p, const Tile& tile, Bench<T>& bench) {
    const T *dz = s.rows_of(p.dz, tile, bench), *w = s.fixed(p.w);
    T *dx = s.rows_of(p.dx, tile, bench), *seen = bench.patches.get();
    by_images(p.window, tile, [&](const Window& o, i64 first, i64 images, i64 rows) {
        product_back(s, dz + first * o.down * o.along * p.channels, w, seen, rows, o.patch(),
                     p.channels, bench);
        s.do_.fold(o, seen, dx + first * o.image(), images);
    });
}

template <class T>
void run(State<T>& s, const ConvolveWeights& p, const Tile& tile, Bench<T>& bench) {
    const T *x = s.rows_of(p.x, tile, bench), *dz = s.rows_of(p.dz, tile, bench);
    T *dw = s.sum_of(p.dw, tile.lane), *seen = bench.patches.get();
    by_images(p.window, tile, [&](const Window& o, i64 first, i64 images, i64 rows) {
        s.do_.patches(o, x + first * o.image(), seen, images);
        product_sum(s, seen, o.patch(), dz + first * o.down * o.along * p.channels, dw, rows,
                    o.patch(), p.channels, !tile.fresh || first > 0, bench.pack.get());
    });
}

template <class T> void run(State<T>& s, const MaxPool& p, const Tile& tile, Bench<T>& bench) {
    s.do_.max_pool(p.window, s.rows_of(p.x, tile, bench), s.rows_of(p.p, tile, bench), tile.rows);
}

template <class T> void run(State<T>& s, const MaxPoolBack& p, const Tile& tile, Bench<T>& bench) {
    s.do_.max_pool_back(p.window, s.rows_of(p.dp, tile, bench), s.rows_of(p.p, tile, bench),
                        s.rows_of(p.x, tile, bench), s.rows_of(p.dx, tile, bench),
                        bench.patches.get(), tile.rows);
}

template <class T> void run(State<T>& s, const MeanPool& p, const Tile& tile, Bench<T>& bench) {
    s.do_.mean_pool(p.window, s.rows_of(p.x, tile, bench), s.rows_of(p.p, tile, bench), tile.rows);
}

template <class T> void run(State<T>& s, const MeanPoolBack& p, const Tile& tile, Bench<T>& bench) {
    s.do_.mean_pool_back(p.window, s.rows_of(p.dp, tile, bench), s.rows_of(p.dx, tile, bench),
                         tile.rows);
}

}  // namespace pellucid
