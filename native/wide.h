// Vectors as wide as the registers of the CPU level that is compiled, and how arrays are cut into
// them.
#pragma once
#include <type_traits>
#include <utility>

#include "elementary.h"
#include "program.h"

namespace pellucid {
namespace {

// Of a level: bytes and number of its vector registers, and rows of a product that fit in them
// beside two vectors of columns.
#if defined(__AVX512F__)
constexpr i64 WIDTH = 64, REGISTERS = 32, STRIP = 8;
#elif defined(__AVX2__)
constexpr i64 WIDTH = 32, REGISTERS = 16, STRIP = 6;
#elif defined(__ARM_NEON)
constexpr i64 WIDTH = 16, REGISTERS = 32, STRIP = 8;
#else
constexpr i64 WIDTH = 16, REGISTERS = 16, STRIP = 4;
#endif

// `loose` is one anywhere in an array.
template <class T> struct Wide;
template <> struct Wide<float> {
    typedef float type __attribute__((vector_size(WIDTH)));
    typedef float loose __attribute__((vector_size(WIDTH), aligned(4), may_alias));
};
template <> struct Wide<double> {
    typedef double type __attribute__((vector_size(WIDTH)));
    typedef double loose __attribute__((vector_size(WIDTH), aligned(8), may_alias));
};
template <class T> using Vector = typename Wide<T>::type;
template <class T> constexpr i64 LANES = WIDTH / sizeof(T);
// What a comparison of vectors gives: 0 or −1 in each lane.
template <class V> using Ints = decltype(V{} < V{});

// A loop that is unrolled, so that an array of vectors that it counts through is one of registers.
#ifdef __clang__
#define EACH(v, count) _Pragma("unroll") for (i64 v = 0; v < (count); ++v)
#else
#define EACH(v, count) _Pragma("GCC unroll 32") for (i64 v = 0; v < (count); ++v)
#endif

// Vectors that are summed at a time, without and with a second one beside each.
constexpr i64 SUMS = REGISTERS / 2, PAIRS = REGISTERS / 4;

template <class T> [[gnu::always_inline]] inline Vector<T> load(const T* from) {
    return *reinterpret_cast<const typename Wide<T>::loose*>(from);
}

template <class T> [[gnu::always_inline]] inline void store(T* to, Vector<T> v) {
    *reinterpret_cast<typename Wide<T>::loose*>(to) = v;
}

}  // namespace
}  // namespace pellucid

#if defined(__AVX512F__)
#include "wide_avx512.h"
#elif defined(__AVX2__)
#include "wide_avx2.h"
#elif defined(__ARM_NEON)
#include "wide_neon.h"
#elif defined(__SSE2__)
#include "wide_sse2.h"
#else
#error "no vectors for this processor"
#endif

namespace pellucid {
namespace {

// Quotients and roots for updates and for tanh: a level may bring quicker ones for float.
template <class V> inline V quick_divide(V x, V y) { return x / y; }
template <class V> inline V quick_sqrt(V x) { return sqrt_(x); }

// A vector in memory: all of it, or its first lanes, beyond which it is 0 and is not written.
struct Whole {
    template <class T> [[gnu::always_inline]] static Vector<T> get(const T* from) {
        return load(from);
    }
    template <class T> [[gnu::always_inline]] static void put(T* to, Vector<T> v) { store(to, v); }
};

struct Part {
    i64 count;
    template <class T> [[gnu::always_inline]] Vector<T> get(const T* from) const {
        return load_some(from, count);
    }
    template <class T> [[gnu::always_inline]] void put(T* to, Vector<T> v) const {
        store_some(to, v, count);
    }
};

// Vector v of V that lie side by side, the last of which is a part.
template <i64 V, class T, class Last>
[[gnu::always_inline]] inline Vector<T> get(const Last& last, const T* from, i64 v) {
    return v + 1 < V ? load(from + v * LANES<T>) : last.get(from + v * LANES<T>);
}

template <i64 V, class T, class Last>
[[gnu::always_inline]] inline void put(const Last& last, T* to, i64 v, Vector<T> x) {
    v + 1 < V ? store(to + v * LANES<T>, x) : last.put(to + v * LANES<T>, x);
}

// f(part, at) for each vector of `count` numbers.
template <class T, class F> inline void by_vectors(i64 count, F f) {
    i64 at = 0;
    for (; at + LANES<T> <= count; at += LANES<T>) f(Whole(), at);
    if (at < count) f(Part{count - at}, at);
}

template <i64 V> using Count = std::integral_constant<i64, V>;

template <class T, i64 V, class F> inline i64 whole_strips(i64 count, i64 at, F& f) {
    for (; at + V * LANES<T> <= count; at += V * LANES<T>) f(Count<V>(), Whole(), at);
    if constexpr (V > 2) return whole_strips<T, V / 2>(count, at, f);
    else return at;
}

// What is left of a row, at most V vectors, as one strip.
template <class T, i64 V, class F> inline void last_strip(i64 left, i64 at, F& f) {
    if constexpr (V > 1)
        if (left <= (V - 1) * LANES<T>) return last_strip<T, V - 1>(left, at, f);
    if (left == V * LANES<T>) f(Count<V>(), Whole(), at);
    else f(Count<V>(), Part{left - (V - 1) * LANES<T>}, at);
}

// f(vectors, last, at) for strips of a row of `count` numbers: up to `most` vectors, a power of 2,
// and what the last of them is.
template <class T, i64 most, class F> inline void by_strips(i64 count, F f) {
    const i64 at = whole_strips<T, most>(count, 0, f), left = count - at;
    if (left > LANES<T>) f(Count<2>(), Part{left - LANES<T>}, at);
    else if (left == LANES<T>) f(Count<1>(), Whole(), at);
    else if (left > 0) f(Count<1>(), Part{left}, at);
}

// The same in few strips, for what goes over a list at each: as many sums as there are registers
// for, beside a number and what it is multiplied by.
constexpr i64 LAST_SUMS = 13;
template <class T, class F> inline void by_few_strips(i64 count, F f) {
    i64 at = 0;
    while (count - at > LAST_SUMS * LANES<T>)
        if (count - at >= SUMS * LANES<T>) f(Count<SUMS>(), Whole(), at), at += SUMS * LANES<T>;
        else f(Count<SUMS / 2>(), Whole(), at), at += SUMS / 2 * LANES<T>;
    if (at < count) last_strip<T, LAST_SUMS>(count - at, at, f);
}

// Lanes by their places in a, and after it in b.
template <class V, std::size_t... I>
inline V picked(const V& a, const V& b, std::index_sequence<I...>) {
#ifdef __clang__
    return __builtin_shufflevector(a, b, I...);
#else
    return __builtin_shuffle(a, b, Ints<V>{I...});
#endif
}

// What notes whether something was not finite, which makes NaN of 0: a number, or one for each
// lane.
template <class V> inline void note(V& spoilt, const V& x) { spoilt += x * V{}; }
// Notes on one would wait for each other: neighbours take turns.
constexpr i64 NOTES = 4;
inline bool is_spoilt(float spoilt) { return !(spoilt == 0.0f); }
inline bool is_spoilt(double spoilt) { return !(spoilt == 0.0); }
template <class V> inline bool is_spoilt(const V& spoilt) {
    bool any = false;
    EACH(l, i64(sizeof(V) / sizeof(spoilt[0]))) any |= is_spoilt(spoilt[l]);
    return any;
}
template <class V> inline bool is_spoilt(const V (&spoilt)[NOTES]) {
    return is_spoilt((spoilt[0] + spoilt[1]) + (spoilt[2] + spoilt[3]));
}

}  // namespace
}  // namespace pellucid
