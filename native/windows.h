// Windows that move over images: patches taken out and added back, and pooling.
#pragma once
#include <algorithm>
#include <cstring>
#include <limits>

#include "matrix.h"
#include "program.h"

namespace pellucid {
namespace {

// Where in a row of the image a window at `left` sees something: places first up to last of it.
struct Seen { i64 first, last; };

inline Seen seen(i64 left, i64 size, i64 extent) {
    return {std::clamp<i64>(-left, 0, size), std::clamp<i64>(extent - left, 0, size)};
}

// Copies a run; up to a vector beyond its end is overwritten, and read.
template <class T> inline void copy_run(T* to, const T* from, i64 count) {
    for (i64 j = 0; j < count; j += LANES<T>) store(to + j, load(from + j));
}

// Calls f(position, place in the image, place in the patch, count) for each run of numbers that a
// window sees in one row of the image, and clear(place in the patch, count) for what lies outside.
// Places in patches grow from call to call.
template <class F, class G> inline void each_run(const Window& o, F f, G clear) {
    i64 at = 0;
    for (i64 i = 0; i < o.down; ++i)
        for (i64 j = 0; j < o.along; ++j) {
            const i64 top = i * o.stride_down - o.above, left = j * o.stride_along - o.before;
            const Seen across = seen(left, o.wide, o.width);
            for (i64 y = top; y < top + o.high; ++y, at += o.wide * o.channels) {
                const bool inside = y >= 0 && y < o.height && across.first < across.last;
                const i64 first = (inside ? across.first : o.wide) * o.channels;
                const i64 last = (inside ? across.last : o.wide) * o.channels;
                if (first > 0) clear(at, first);
                if (inside) f((y * o.width + left) * o.channels + first, at + first, last - first);
                if (last < o.wide * o.channels) clear(at + last, o.wide * o.channels - last);
            }
        }
}

template <class T> void patches(const Window& o, const T* x, T* to, i64 rows) {
    for (i64 r = 0; r < rows; ++r, x += o.image(), to += o.patches())
        each_run(
            o, [&](i64 from, i64 at, i64 count) { copy_run(to + at, x + from, count); },
            [&](i64 at, i64 count) { std::memset(to + at, 0, sizeof(T) * count); });
}

// The adjoint: each number of the patches is added to the place that it was taken from.
template <class T> void fold(const Window& o, const T* from, T* x, i64 rows) {
    for (i64 r = 0; r < rows; ++r, x += o.image(), from += o.patches()) {
        std::memset(x, 0, sizeof(T) * o.image());
        each_run(
            o, [&](i64 to, i64 at, i64 count) { add_to(x + to, from + at, count); },
            [](i64, i64) {});
    }
}

// Calls f(place in the image, place in the pooled image, is it the first, numbers that are seen) for
// each number of channels in each window.
template <class F> inline void each_place(const Window& o, F f) {
    i64 to = 0;
    for (i64 i = 0; i < o.down; ++i)
        for (i64 j = 0; j < o.along; ++j, to += o.channels) {
            const i64 top = i * o.stride_down - o.above, left = j * o.stride_along - o.before;
            const Seen rows = seen(top, o.high, o.height), across = seen(left, o.wide, o.width);
            const i64 count = (rows.last - rows.first) * (across.last - across.first);
            for (i64 y = top + rows.first; y < top + rows.last; ++y)
                for (i64 x = left + across.first; x < left + across.last; ++x)
                    f((y * o.width + x) * o.channels, to,
                      y == top + rows.first && x == left + across.first, count);
        }
}

template <class T> void max_pool(const Window& o, const T* x, T* p, i64 rows) {
    for (i64 r = 0; r < rows; ++r, x += o.image(), p += o.pooled())
        each_place(o, [&](i64 from, i64 to, bool first, i64) {
            const T* __restrict a = x + from;
            T* __restrict most = p + to;
            if (first) std::memcpy(most, a, sizeof(T) * o.channels);
            else for (i64 c = 0; c < o.channels; ++c) most[c] = most[c] >= a[c] || most[c] != most[c] ? most[c] : a[c];
        });
}

// dx = dp at the first largest number of each window. `free` has room for the channels.
template <class T>
void max_pool_back(const Window& o, const T* dp, const T* p, const T* x, T* dx, T* free, i64 rows) {
    for (i64 r = 0; r < rows; ++r, x += o.image(), dx += o.image(), p += o.pooled(), dp += o.pooled()) {
        std::memset(dx, 0, sizeof(T) * o.image());
        each_place(o, [&](i64 from, i64 to, bool first, i64) {
            T *__restrict d = dx + from, *__restrict left = free;
            if (first) std::memcpy(left, dp + to, sizeof(T) * o.channels);
            for (i64 c = 0; c < o.channels; ++c) {
                const bool found = x[from + c] == p[to + c];
                d[c] += found ? left[c] : T(0);
                left[c] = found ? T(0) : left[c];
            }
        });
    }
}

template <class T> void mean_pool(const Window& o, const T* x, T* p, i64 rows) {
    for (i64 r = 0; r < rows; ++r, x += o.image(), p += o.pooled()) {
        std::memset(p, 0, sizeof(T) * o.pooled());
        each_place(o, [&](i64 from, i64 to, bool, i64 count) {
            const T share = T(1) / static_cast<T>(count);
            for (i64 c = 0; c < o.channels; ++c) p[to + c] += share * x[from + c];
        });
    }
}

template <class T> void mean_pool_back(const Window& o, const T* dp, T* dx, i64 rows) {
    for (i64 r = 0; r < rows; ++r, dx += o.image(), dp += o.pooled()) {
        std::memset(dx, 0, sizeof(T) * o.image());
        each_place(o, [&](i64 from, i64 to, bool, i64 count) {
            const T share = T(1) / static_cast<T>(count);
            for (i64 c = 0; c < o.channels; ++c) dx[from + c] += share * dp[to + c];
        });
    }
}

}  // namespace
}  // namespace pellucid
