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
struct Seen {
    i64 first, last;
};

inline Seen seen(i64 left, i64 size, i64 extent) {
    return {std::clamp<i64>(-left, 0, size), std::clamp<i64>(extent - left, 0, size)};
}

// Copies `count` numbers in pieces; the last piece may overlap the one before.
template <i64 piece, class T> inline void copy_pieces(T* to, const T* from, i64 count) {
    for (i64 j = 0; j < count - piece; j += piece) std::memcpy(to + j, from + j, sizeof(T) * piece);
    std::memcpy(to + count - piece, from + count - piece, sizeof(T) * piece);
}

// For each row that a window sees in each position along it: whole(place in the image, place in the
// patch) where it sees a run of wide × channels numbers, else part(…, …, count) for what it sees,
// and clear(place in the patch, count) for what lies outside of the image.
template <class Whole, class Part, class Clear>
inline void each_run(const Window& o, Whole whole, Part part, Clear clear) {
    const i64 run = o.wide * o.channels, step = o.stride_along * o.channels, patch = o.patch();
    const i64 first = std::min(o.along, (o.before + o.stride_along - 1) / o.stride_along);
    const i64 room = o.width + o.before - o.wide;
    const i64 last = room < 0 ? first : std::clamp(room / o.stride_along + 1, first, o.along);
    auto clipped = [&](i64 row, i64 j, i64 at) {
        const i64 left = j * o.stride_along - o.before;
        const Seen along = seen(left, o.wide, o.width);
        const i64 begin = along.first * o.channels,
                  end = std::max(along.last, along.first) * o.channels;
        clear(at, begin);
        part(row + left * o.channels + begin, at + begin, end - begin);
        clear(at + end, run - end);
    };
    for (i64 i = 0; i < o.down; ++i)
        for (i64 high = 0; high < o.high; ++high) {
            const i64 y = i * o.stride_down - o.above + high, row = y * o.width * o.channels;
            i64 at = i * o.along * patch + high * run, j = 0;
            if (y < 0 || y >= o.height) {
                for (; j < o.along; ++j, at += patch) clear(at, run);
                continue;
            }
            for (; j < first; ++j, at += patch) clipped(row, j, at);
            i64 from = row + (j * o.stride_along - o.before) * o.channels;
            for (; j < last; ++j, at += patch, from += step) whole(from, at);
            for (; j < o.along; ++j, at += patch) clipped(row, j, at);
        }
}

template <class T, class Copy>
inline void patches_by(const Window& o, const T* x, T* to, i64 rows, Copy copy) {
    for (i64 r = 0; r < rows; ++r, x += o.image(), to += o.patches())
        each_run(
            o, [&](i64 from, i64 at) { copy(to + at, x + from); },
            [&](i64 from, i64 at, i64 count) { std::memcpy(to + at, x + from, sizeof(T) * count); },
            [&](i64 at, i64 count) { std::memset(to + at, 0, sizeof(T) * count); });
}

template <i64 count, class T> inline void patches_of(const Window& o, const T* x, T* to, i64 rows) {
    patches_by(o, x, to, rows, [](T* d, const T* s) { std::memcpy(d, s, sizeof(T) * count); });
}

template <class T> void patches(const Window& o, const T* x, T* to, i64 rows) {
    const i64 run = o.wide * o.channels;
    switch (run) {
        case 1: return patches_of<1>(o, x, to, rows);
        case 2: return patches_of<2>(o, x, to, rows);
        case 3: return patches_of<3>(o, x, to, rows);
        case 4: return patches_of<4>(o, x, to, rows);
        case 5: return patches_of<5>(o, x, to, rows);
        case 6: return patches_of<6>(o, x, to, rows);
        case 7: return patches_of<7>(o, x, to, rows);
    }
    if (run < 16) patches_by(o, x, to, rows, [=](T* d, const T* s) { copy_pieces<8>(d, s, run); });
    else patches_by(o, x, to, rows, [=](T* d, const T* s) { copy_pieces<16>(d, s, run); });
}

// The adjoint: each number of the patches is added to the place that it was taken from.
template <class T> void fold(const Window& o, const T* from, T* x, i64 rows) {
    const i64 run = o.wide * o.channels;
    for (i64 r = 0; r < rows; ++r, x += o.image(), from += o.patches()) {
        std::memset(x, 0, sizeof(T) * o.image());
        auto part = [&](i64 to, i64 at, i64 count) { add_to(x + to, from + at, count); };
        each_run(
            o, [&](i64 to, i64 at) { part(to, at, run); }, part, [](i64, i64) {});
    }
}

// to += share·from
template <class T> inline void add_scaled(T* to, const T* from, T share, i64 count) {
    by_vectors<T>(count, [&](auto part, i64 i) {
        part.put(to + i, part.get(to + i) + share * part.get(from + i));
    });
}

// Calls f(place in the image, place in the pooled image, is it the first, numbers that are seen)
// for each number of channels in each window.
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
            by_vectors<T>(o.channels, [&](auto part, i64 c) {
                const Vector<T> a = part.get(x + from + c);
                if (first) return part.put(p + to + c, a);
                const Vector<T> most = part.get(p + to + c);
                part.put(p + to + c, (most >= a) | (most != most) ? most : a);
            });
        });
}

// dx = dp at the first largest number of each window. `free` has room for the channels.
template <class T>
void max_pool_back(const Window& o, const T* dp, const T* p, const T* x, T* dx, T* free, i64 rows) {
    for (i64 r = 0; r < rows;
         ++r, x += o.image(), dx += o.image(), p += o.pooled(), dp += o.pooled()) {
        std::memset(dx, 0, sizeof(T) * o.image());
        each_place(o, [&](i64 from, i64 to, bool first, i64) {
            by_vectors<T>(o.channels, [&](auto part, i64 c) {
                const Vector<T> left = part.get((first ? dp + to : free) + c), none{};
                const auto found = part.get(x + from + c) == part.get(p + to + c);
                T* d = dx + from + c;
                part.put(d, part.get(d) + (found ? left : none));
                part.put(free + c, found ? none : left);
            });
        });
    }
}

template <class T> void mean_pool(const Window& o, const T* x, T* p, i64 rows) {
    for (i64 r = 0; r < rows; ++r, x += o.image(), p += o.pooled()) {
        std::memset(p, 0, sizeof(T) * o.pooled());
        each_place(o, [&](i64 from, i64 to, bool, i64 count) {
            add_scaled(p + to, x + from, T(1) / static_cast<T>(count), o.channels);
        });
    }
}

template <class T> void mean_pool_back(const Window& o, const T* dp, T* dx, i64 rows) {
    for (i64 r = 0; r < rows; ++r, dx += o.image(), dp += o.pooled()) {
        std::memset(dx, 0, sizeof(T) * o.image());
        each_place(o, [&](i64 from, i64 to, bool, i64 count) {
            add_scaled(dx + from, dp + to, T(1) / static_cast<T>(count), o.channels);
        });
    }
}

}  // namespace
}  // namespace pellucid
