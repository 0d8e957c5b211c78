// Vectors of 64 bytes, which the compiler cuts to what the processor has.
#pragma once
#include <cstring>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "elementary.h"
#include "program.h"

namespace pellucid {
namespace {

template <class T> struct Wide;
template <> struct Wide<float> { typedef float type __attribute__((vector_size(64))); };
template <> struct Wide<double> { typedef double type __attribute__((vector_size(64))); };
template <class T> using Vector = typename Wide<T>::type;
template <class T> constexpr i64 LANES = 64 / sizeof(T);

template <class T> inline Vector<T> load(const T* from) {
    Vector<T> v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

template <class T> inline void store(T* to, const Vector<T>& v) { std::memcpy(to, &v, sizeof v); }

// Parts of vectors; lanes beyond `count` are 0, and are not written.
#ifdef __AVX512F__
constexpr bool HAS_PARTS = true;

inline Vector<float> load_some(const float* from, i64 count) {
    return (Vector<float>)_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from);
}

inline Vector<double> load_some(const double* from, i64 count) {
    return (Vector<double>)_mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << count) - 1), from);
}

inline void store_some(float* to, const Vector<float>& v, i64 count) {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), (__m512)v);
}

inline void store_some(double* to, const Vector<double>& v, i64 count) {
    _mm512_mask_storeu_pd(to, static_cast<__mmask8>((1u << count) - 1), (__m512d)v);
}
#else
constexpr bool HAS_PARTS = false;

template <class T> inline Vector<T> load_some(const T* from, i64 count) {
    if (count == LANES<T>) return load(from);
    T part[LANES<T>] = {};
    for (i64 j = 0; j < count; ++j) part[j] = from[j];
    return load(part);
}

template <class T> inline void store_some(T* to, const Vector<T>& v, i64 count) {
    if (count == LANES<T>) return store(to, v);
    T part[LANES<T>];
    store(part, v);
    for (i64 j = 0; j < count; ++j) to[j] = part[j];
}
#endif

template <class T> inline void get(T& v, const T* from) { v = *from; }
template <class T> inline void get(Vector<T>& v, const T* from) { v = load(from); }
template <class T> inline void put(T* to, const T& v) { *to = v; }
template <class T> inline void put(T* to, const Vector<T>& v) { store(to, v); }

// What notes whether something was not finite, which makes NaN of 0: a number, or one for each lane.
template <class V> inline void note(V& spoilt, const V& x) { spoilt += x * V{}; }
inline bool is_spoilt(float spoilt) { return !(spoilt == 0.0f); }
inline bool is_spoilt(double spoilt) { return !(spoilt == 0.0); }
template <class V> inline bool is_spoilt(const V& spoilt) {
    bool any = false;
    for (std::size_t l = 0; l < sizeof(V) / sizeof(spoilt[0]); ++l) any |= is_spoilt(spoilt[l]);
    return any;
}

// Roots and quotients to the last bit or the one before it, from the processor's estimates: a quarter
// of the time of exact ones. Where there is an overflow they give NaN rather than ∞ or 0.
#ifdef __AVX512F__
template <class T> constexpr bool HAS_QUICK = sizeof(T) == 4;
inline Vector<float> sqrt_(Vector<float> x) {
    const __m512 v = (__m512)x, y = _mm512_rsqrt14_ps(v), s = _mm512_mul_ps(v, y);
    const __m512 half = _mm512_mul_ps(_mm512_set1_ps(0.5f), y);
    const __m512 root = _mm512_fmadd_ps(_mm512_fnmadd_ps(s, s, v), half, s);
    const __mmask16 zero = _mm512_fpclass_ps_mask(v, 0x02 | 0x04 | 0x20);
    return (Vector<float>)_mm512_mask_mov_ps(root, zero, _mm512_setzero_ps());
}

inline Vector<float> divide_(Vector<float> x, Vector<float> y) {
    const __m512 a = (__m512)x, b = (__m512)y, r = _mm512_rcp14_ps(b);
    const __m512 finer = _mm512_fmadd_ps(_mm512_fnmadd_ps(b, r, _mm512_set1_ps(1.0f)), r, r);
    const __m512 q = _mm512_mul_ps(a, finer);
    return (Vector<float>)_mm512_fmadd_ps(_mm512_fnmadd_ps(q, b, a), finer, q);
}

// As the one of a single number.
inline Vector<float> tanh_(Vector<float> x) {
    const __m512 y = _mm512_min_ps(_mm512_set1_ps(10.0f), _mm512_abs_ps((__m512)x));
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(y, _mm512_set1_ps(-2.88539008177792681f)), 8);
    const Vector<float> two = (Vector<float>)_mm512_scalef_ps(_mm512_set1_ps(1.0f), n);
    const Vector<float> r = (-2.0f * (Vector<float>)y - (Vector<float>)n * 0.693359375f) - (Vector<float>)n * -2.12194440e-4f;
    const Vector<float> e = exp_poly(r) * two + (two - 1.0f);
    const __m512 t = (__m512)divide_(e, 2.0f + e), sign = _mm512_set1_ps(-0.0f);
    return (Vector<float>)_mm512_or_ps(_mm512_andnot_ps(sign, t), _mm512_and_ps((__m512)x, sign));
}

inline Vector<float> sigmoid_(Vector<float> x) { return 0.5f * (tanh_(0.5f * x) + 1.0f); }
#else
template <class T> constexpr bool HAS_QUICK = false;
#endif

}  // namespace
}  // namespace pellucid
