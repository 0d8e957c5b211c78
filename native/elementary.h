// Elementary functions that vectorise: polynomials after Cephes for float, the C library for double.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

namespace pellucid {
namespace {

inline float power_of_two(std::int32_t n) { return std::bit_cast<float>((n + 127) << 23); }

// eʳ − 1 for |r| ≤ ln 2 / 2
template <class V> inline V exp_poly(V r) {
    V p = 1.9875691500e-4f * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return p * r * r + r;
}

// eˣ = 2ⁿ·(1 + q):  n, and q = eʳ − 1 for |r| ≤ ln 2 / 2
struct Split { std::int32_t n; float q; };

inline Split split_exp(float x) {
    x = x > 89.0f ? 89.0f : x;
    x = x < -104.0f ? -104.0f : x;
    const float n = std::floor(x * 1.44269504088896341f + 0.5f);
    const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    return {static_cast<std::int32_t>(n == n ? n : 0.0f), exp_poly(r)};
}

inline float exp_(float x) {
    const Split s = split_exp(x);
    const std::int32_t half = s.n >> 1;
    return (s.q + 1.0f) * power_of_two(half) * power_of_two(s.n - half);
}

inline float expm1_(float x) {
    const Split s = split_exp(x);
    const std::int32_t half = s.n >> 1;
    const float a = power_of_two(half), b = power_of_two(s.n - half);
    return (a * b - 1.0f) + s.q * a * b;
}

inline float log_(float x) {
    const bool tiny = x < 1.17549435e-38f;
    const float y = tiny ? x * 8388608.0f : x;
    const std::int32_t bits = std::bit_cast<std::int32_t>(y);
    float e = static_cast<float>((bits >> 23) - 126) - (tiny ? 23.0f : 0.0f);
    float m = std::bit_cast<float>((bits & 0x007fffff) | 0x3f000000);
    const bool low = m < 0.707106781186547524f;
    e -= low ? 1.0f : 0.0f;
    m = low ? m + m - 1.0f : m - 1.0f;
    const float z = m * m;
    float p = 7.0376836292e-2f;
    p = p * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    float l = p * m * z + e * -2.12194440e-4f - 0.5f * z;
    l = m + l + e * 0.693359375f;
    l = x == 0.0f ? -INFINITY : l;
    l = x < 0.0f ? NAN : l;
    return x < INFINITY ? l : x;
}

inline float log1p_(float x) {
    const float u = 1.0f + x;
    const float l = log_(u) + (u < 1e30f ? (x - (u - 1.0f)) / u : 0.0f);
    return u > 0.0f ? l : log_(u);
}

// By e = exp(−2·|x|) − 1, which is exact near 0 too: tanh |x| = −e/(2 + e).
inline float tanh_(float x) {
    const float y = std::fabs(x);
    const float z = (y < 10.0f ? y : 10.0f) * -2.0f;
    const float n = std::floor(z * 1.44269504088896341f + 0.5f);
    const float r = (z - n * 0.693359375f) - n * -2.12194440e-4f;
    const float two = power_of_two(static_cast<std::int32_t>(n));
    const float e = exp_poly(r) * two + (two - 1.0f);
    return x == x ? std::copysign(e / (2.0f + e), x) : x;
}

inline float sin_(float x) { return std::sin(x); }
inline float cos_(float x) { return std::cos(x); }

inline double exp_(double x) { return std::exp(x); }
inline double expm1_(double x) { return std::expm1(x); }
inline double log_(double x) { return std::log(x); }
inline double log1p_(double x) { return std::log1p(x); }
inline double tanh_(double x) { return std::tanh(x); }
inline double sin_(double x) { return std::sin(x); }
inline double cos_(double x) { return std::cos(x); }

template <class T> inline bool is_finite(T x) {
    if constexpr (sizeof(T) == 4) return (std::bit_cast<std::uint32_t>(x) & 0x7f800000u) != 0x7f800000u;
    else return (std::bit_cast<std::uint64_t>(x) & 0x7ff0000000000000ull) != 0x7ff0000000000000ull;
}

template <class T> inline T copy_(T x) { return x; }
template <class T> inline T negative_(T x) { return -x; }
template <class T> inline T square_(T x) { return x * x; }
template <class T> inline T sqrt_(T x) { return std::sqrt(x); }
template <class T> inline T abs_(T x) { return std::fabs(x); }
template <class T> inline T sign_(T x) { return x > T(0) ? T(1) : (x < T(0) ? T(-1) : x * T(0)); }
template <class T> inline T floor_(T x) { return std::floor(x); }
template <class T> inline T reciprocal_(T x) { return T(1) / x; }
template <class T> inline T sigmoid_(T x) { return T(0.5) * (tanh_(T(0.5) * x) + T(1)); }

template <class T> inline T add_(T a, T b) { return a + b; }
template <class T> inline T subtract_(T a, T b) { return a - b; }
template <class T> inline T multiply_(T a, T b) { return a * b; }
template <class T> inline T divide_(T a, T b) { return a / b; }
template <class T> inline T pow_(T a, T b) { return std::pow(a, b); }
template <class T> inline T maximum_(T a, T b) { return a > b || a != a ? a : b; }
template <class T> inline T minimum_(T a, T b) { return a < b || a != a ? a : b; }
template <class T> inline T greater_(T a, T b) { return a > b ? T(1) : T(0); }
template <class T> inline T greater_equal_(T a, T b) { return a >= b ? T(1) : T(0); }
template <class T> inline T less_(T a, T b) { return a < b ? T(1) : T(0); }
template <class T> inline T less_equal_(T a, T b) { return a <= b ? T(1) : T(0); }
template <class T> inline T equal_(T a, T b) { return a == b ? T(1) : T(0); }
template <class T> inline T not_equal_(T a, T b) { return a != b ? T(1) : T(0); }
template <class T> inline T remainder_(T a, T b) { return a - b * std::floor(a / b); }

}  // namespace
}  // namespace pellucid
