// Elementary functions of vectors: polynomials after Cephes for float, the C library for double.
#pragma once
#include "elementary.h"
#include "waves.h"
#include "wide.h"

namespace pellucid {
namespace {

// A call would lose the constants that stand in registers.
#define INLINE [[gnu::always_inline]] inline

using Floats = Vector<float>;
using Doubles = Vector<double>;
using Whole32 = Ints<Floats>;  // a whole number in each lane of Floats

inline Floats power_of_two(Whole32 n) { return (Floats)((n + 127) << 23); }
inline Whole32 whole(Floats x) { return __builtin_convertvector(x, Whole32); }
inline Floats abs_(Floats x) { return (Floats)((Whole32)x & INT32_MAX); }
inline Floats with_sign(Floats x, Floats of) {
    return (Floats)((Whole32)x | ((Whole32)of & INT32_MIN));
}

// eʳ − 1 for |r| ≤ ln 2 / 2
INLINE Floats exp_poly(Floats r) {
    Floats p = 1.9875691500e-4f * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return p * r * r + r;
}

// eˣ = 2ⁿ·(1 + q) = a·b·(1 + q), for 2ⁿ alone may be too large or too small
struct Split {
    Floats a, b, q;
};

INLINE Split split_exp(Floats x) {
    x = x > 89.0f ? all<Floats>(89) : x;
    x = x < -104.0f ? all<Floats>(-104) : x;
    const Floats n = floor_(x * 1.44269504088896341f + 0.5f);
    const Floats r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    const Whole32 power = whole(n), half = power >> 1;
    return {power_of_two(half), power_of_two(power - half), exp_poly(r)};
}

INLINE Floats exp_(Floats x) {
    const Split s = split_exp(x);
    return (s.q + 1.0f) * s.a * s.b;
}

INLINE Floats expm1_(Floats x) {
    const Split s = split_exp(x);
    return (s.a * s.b - 1.0f) + s.q * s.a * s.b;
}

INLINE Floats log_(Floats x) {
    const Whole32 tiny = x < 1.17549435e-38f;
    const Whole32 bits = (Whole32)(tiny ? x * 8388608.0f : x);
    Floats e =
        __builtin_convertvector((bits >> 23) - 126, Floats) - (tiny ? all<Floats>(23) : Floats{});
    Floats m = (Floats)((bits & 0x007fffff) | 0x3f000000);
    const Whole32 low = m < 0.707106781186547524f;
    e -= low ? all<Floats>(1) : Floats{};
    m = low ? m + m - 1.0f : m - 1.0f;
    const Floats z = m * m;
    Floats p = 7.0376836292e-2f * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    Floats l = e * -2.12194440e-4f + p * m * z - 0.5f * z;
    l = m + l + e * 0.693359375f;
    l = x == 0.0f ? all<Floats>(-INFINITY) : l;
    l = x < 0.0f ? all<Floats>(NAN) : l;
    return x < INFINITY ? l : x;
}

inline Floats log1p_(Floats x) {
    const Floats u = 1.0f + x, l = log_(u);
    return u > 0.0f ? l + (u < 1e30f ? (x - (u - 1.0f)) / u : Floats{}) : l;
}

// By e = exp(−2·|x|) − 1, which is exact near 0 too: tanh |x| = −e/(2 + e).
INLINE Floats tanh_(Floats x) {
    const Floats y = abs_(x), most = y > 10.0f ? all<Floats>(10) : y;
    const Floats n = nearest(most * -2.88539008177792681f);
    const Floats two = power_of_two(whole(n));
    const Floats r = (-2.0f * most - n * 0.693359375f) - n * -2.12194440e-4f;
    const Floats e = exp_poly(r) * two + (two - 1.0f);
    return with_sign(abs_(quick_divide(e, 2.0f + e)), x);
}

// f of each lane.
template <class V, class F> inline V each_lane(V x, F f) {
    EACH(l, i64(sizeof(V) / sizeof(x[0]))) x[l] = f(x[l]);
    return x;
}

template <class V, class F> inline V each_lane(V a, V b, F f) {
    EACH(l, i64(sizeof(V) / sizeof(a[0]))) a[l] = f(a[l], b[l]);
    return a;
}

#define BY_LANES(name, V, T) \
    inline V name##_(V x) { \
        return each_lane(x, [](T each) { return std::name(each); }); \
    }
BY_LANES(exp, Doubles, double)
BY_LANES(expm1, Doubles, double)
BY_LANES(log, Doubles, double)
BY_LANES(log1p, Doubles, double)
BY_LANES(tanh, Doubles, double)
BY_LANES(sin, Doubles, double)
BY_LANES(cos, Doubles, double)
#undef BY_LANES

inline Floats sigmoid_(Floats x) { return 0.5f * (tanh_(0.5f * x) + 1.0f); }
inline Doubles sigmoid_(Doubles x) { return 0.5 * (tanh_(0.5 * x) + 1.0); }
inline Doubles abs_(Doubles x) { return (Doubles)((Ints<Doubles>)x & INT64_MAX); }

template <class V> inline V pow_(V a, V b) {
    return each_lane(a, b, [](auto x, auto y) { return std::pow(x, y); });
}

template <class V> inline V remainder_(V a, V b) {
    return each_lane(a, b, [](auto x, auto y) { return remainder_of(x, y); });
}

}  // namespace
}  // namespace pellucid
