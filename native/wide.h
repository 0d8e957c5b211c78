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

template <class T> inline void get(T& v, const T* from) { v = *from; }
template <class T> inline void get(Vector<T>& v, const T* from) { v = load(from); }
template <class T> inline void put(T* to, const T& v) { *to = v; }
template <class T> inline void put(T* to, const Vector<T>& v) { store(to, v); }

// What marks that something was not finite: a number, or one for each lane.
template <class V> struct SpoiltOf { using type = unsigned; };
template <> struct SpoiltOf<Vector<float>> { using type = decltype(Vector<float>{} < Vector<float>{}); };
template <> struct SpoiltOf<Vector<double>> { using type = decltype(Vector<double>{} < Vector<double>{}); };
template <class V> using Spoilt = typename SpoiltOf<V>::type;

inline unsigned not_finite(float x) { return !is_finite(x); }
inline unsigned not_finite(double x) { return !is_finite(x); }
inline auto not_finite(const Vector<float>& x) { return x - x != Vector<float>{}; }
inline auto not_finite(const Vector<double>& x) { return x - x != Vector<double>{}; }

template <class S> inline bool any(const S& spoilt) {
    long long all = 0;
    for (std::size_t l = 0; l < sizeof(S) / sizeof(spoilt[0]); ++l) all |= spoilt[l];
    return all != 0;
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
#else
template <class T> constexpr bool HAS_QUICK = false;
#endif

}  // namespace
}  // namespace pellucid
