// What a level must bring, by the SSE2 that every x86-64 processor has.
#pragma once
#include "wide_four.h"
#include "wide_x86.h"

namespace pellucid {
namespace {

inline Vector<float> load_some(const float* from, i64 count) {
    if (count == 4) return load(from);
    if (count == 1) return (Vector<float>)_mm_load_ss(from);
    const __m128 pair = _mm_loadl_pi(_mm_setzero_ps(), reinterpret_cast<const __m64*>(from));
    return (Vector<float>)(count == 2 ? pair : _mm_movelh_ps(pair, _mm_load_ss(from + 2)));
}

inline Vector<double> load_some(const double* from, i64 count) {
    return count == 2 ? load(from) : (Vector<double>)_mm_load_sd(from);
}

inline void store_some(float* to, Vector<float> v, i64 count) {
    if (count == 4) return store(to, v);
    if (count & 2) _mm_storel_pi(reinterpret_cast<__m64*>(to), (__m128)v);
    if (count & 1) to[count - 1] = v[count - 1];
}

inline void store_some(double* to, Vector<double> v, i64 count) {
    if (count == 2) store(to, v);
    else *to = v[0];
}

inline Vector<float> nearest(Vector<float> x) {
    return __builtin_convertvector((Ints<Vector<float>>)_mm_cvtps_epi32((__m128)x), Vector<float>);
}

inline Vector<float> floor_(Vector<float> x) {
    using I = Ints<Vector<float>>;
    const Vector<float> cut =
        __builtin_convertvector((I)_mm_cvttps_epi32((__m128)x), Vector<float>);
    const Vector<float> down = cut > x ? cut - 1.0f : cut;
    const Vector<float> size = (Vector<float>)((I)x & INT32_MAX);
    return size < 8388608.0f ? (Vector<float>)((I)down | ((I)x & INT32_MIN)) : x;
}

inline Vector<double> floor_(Vector<double> x) {
    return Vector<double>{std::floor(x[0]), std::floor(x[1])};
}
inline Vector<float> sqrt_(Vector<float> x) { return (Vector<float>)_mm_sqrt_ps((__m128)x); }
inline Vector<double> sqrt_(Vector<double> x) { return (Vector<double>)_mm_sqrt_pd((__m128d)x); }

inline std::uint32_t not_zero(Vector<float> x) {
    return static_cast<std::uint32_t>(_mm_movemask_ps(_mm_cmpneq_ps((__m128)x, _mm_setzero_ps())));
}

}  // namespace
}  // namespace pellucid
