// The elementwise operations, once: on numbers, and on vectors of them lane by lane.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

namespace pellucid {
namespace {

inline double exp_(double x) { return std::exp(x); }
inline double expm1_(double x) { return std::expm1(x); }
inline double log_(double x) { return std::log(x); }
inline double log1p_(double x) { return std::log1p(x); }
inline double tanh_(double x) { return std::tanh(x); }
inline double sin_(double x) { return std::sin(x); }
inline double cos_(double x) { return std::cos(x); }
inline double floor_(double x) { return std::floor(x); }
inline double sqrt_(double x) { return std::sqrt(x); }
inline float sqrt_(float x) { return std::sqrt(x); }
inline double abs_(double x) { return std::fabs(x); }
inline double sigmoid_(double x) { return 0.5 * (tanh_(0.5 * x) + 1.0); }
inline double pow_(double a, double b) { return std::pow(a, b); }

// Python's: of the sign of b.
template <class T> inline T remainder_of(T a, T b) {
    const T rest = std::fmod(a, b);
    if (rest == T(0)) return std::copysign(rest, b);
    return (rest < T(0)) != (b < T(0)) ? rest + b : rest;
}

inline double remainder_(double a, double b) { return remainder_of(a, b); }

// The same number in every lane.
template <class V> inline V all(double x) {
    if constexpr (std::is_arithmetic_v<V>) return static_cast<V>(x);
    else return V{} + static_cast<std::remove_cvref_t<decltype(V{}[0])>>(x);
}

template <class V> inline V copy_(V x) { return x; }
template <class V> inline V negative_(V x) { return -x; }
template <class V> inline V square_(V x) { return x * x; }
template <class V> inline V reciprocal_(V x) { return all<V>(1) / x; }
template <class V> inline V sign_(V x) {
    return x > all<V>(0) ? all<V>(1) : x < all<V>(0) ? all<V>(-1) : x == all<V>(0) ? all<V>(0) : x;
}

template <class V> inline V add_(V a, V b) { return a + b; }
template <class V> inline V subtract_(V a, V b) { return a - b; }
template <class V> inline V multiply_(V a, V b) { return a * b; }
template <class V> inline V divide_(V a, V b) { return a / b; }
// A NaN in either is the result.
template <class V> inline V maximum_(V a, V b) { return ((a > b) | (a != a)) ? a : b; }
template <class V> inline V minimum_(V a, V b) { return ((a < b) | (a != a)) ? a : b; }
template <class V> inline V greater_(V a, V b) { return a > b ? all<V>(1) : all<V>(0); }
template <class V> inline V greater_equal_(V a, V b) { return a >= b ? all<V>(1) : all<V>(0); }
template <class V> inline V less_(V a, V b) { return a < b ? all<V>(1) : all<V>(0); }
template <class V> inline V less_equal_(V a, V b) { return a <= b ? all<V>(1) : all<V>(0); }
template <class V> inline V equal_(V a, V b) { return a == b ? all<V>(1) : all<V>(0); }
template <class V> inline V not_equal_(V a, V b) { return a != b ? all<V>(1) : all<V>(0); }

}  // namespace
}  // namespace pellucid
