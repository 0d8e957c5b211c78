// Convolution by patches of images and products, and pooling.
#pragma once
#include "products.h"

namespace pellucid {

constexpr i64 PATCHES = 32768;  // elements of the patches that are worked on together

inline Window window(const std::vector<i64>& a, i64 at) {
    return {a[at], a[at + 1], a[at + 2], a[at + 3], a[at + 4], a[at + 5],
            a[at + 6], a[at + 7], a[at + 8], a[at + 9], a[at + 10]};
}

inline bool convolves(const Step& step) {
    return step.kind >= step_convolve && step.kind <= step_convolve_weights;
}

// How many images have their patches in the cache at a time.
inline i64 together(const Window& o) { return std::max<i64>(1, PATCHES / o.patches()); }

// Convolution: images, kernels and result, channels of the result, and the window.
template <class F> void by_images(const std::vector<i64>& a, const Tile& tile, F f) {
    const Window o = window(a, 4);
    for (i64 first = 0; first < tile.rows; first += together(o)) {
        const i64 images = std::min(together(o), tile.rows - first);
        f(o, first, images, images * o.down * o.along);
    }
}

template <class T> void convolve(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    const T *x = s.rows_of(a[0], tile, bench), *w = s.fixed(a[1]);
    T *z = s.rows_of(a[2], tile, bench), *seen = bench.patches.get();
    by_images(a, tile, [&](const Window& o, i64 first, i64 images, i64 rows) {
        s.do_.patches(o, x + first * o.image(), seen, images);
        product(s, seen, w, z + first * o.down * o.along * a[3], rows, o.patch(), a[3], bench);
    });
}

template <class T> void convolve_back(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    const T *dz = s.rows_of(a[0], tile, bench), *w = s.fixed(a[1]);
    T *dx = s.rows_of(a[2], tile, bench), *seen = bench.patches.get();
    by_images(a, tile, [&](const Window& o, i64 first, i64 images, i64 rows) {
        product_back(s, dz + first * o.down * o.along * a[3], w, seen, rows, o.patch(), a[3], bench);
        s.do_.fold(o, seen, dx + first * o.image(), images);
    });
}

template <class T> void convolve_weights(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    const T *x = s.rows_of(a[0], tile, bench), *dz = s.rows_of(a[1], tile, bench);
    T *dw = s.sum_of(a[2], tile.lane), *seen = bench.patches.get();
    by_images(a, tile, [&](const Window& o, i64 first, i64 images, i64 rows) {
        s.do_.patches(o, x + first * o.image(), seen, images);
        product_sum(s, seen, dz + first * o.down * o.along * a[3], dw, rows, o.patch(), a[3],
                    !tile.fresh || first > 0, bench);
    });
}

// Pooling: images and pooled images, or the gradient of these, both, and that of the images.
template <class T> void max_pool(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    s.do_.max_pool(window(a, 2), s.rows_of(a[0], tile, bench), s.rows_of(a[1], tile, bench), tile.rows);
}

template <class T> void max_pool_back(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    s.do_.max_pool_back(window(a, 4), s.rows_of(a[0], tile, bench), s.rows_of(a[1], tile, bench),
                        s.rows_of(a[2], tile, bench), s.rows_of(a[3], tile, bench), bench.patches.get(), tile.rows);
}

template <class T> void mean_pool(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    s.do_.mean_pool(window(a, 2), s.rows_of(a[0], tile, bench), s.rows_of(a[1], tile, bench), tile.rows);
}

template <class T> void mean_pool_back(State<T>& s, const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
    s.do_.mean_pool_back(window(a, 2), s.rows_of(a[0], tile, bench), s.rows_of(a[1], tile, bench), tile.rows);
}

}  // namespace pellucid
