// What a level must bring, by AVX-512.
#pragma once
#include <immintrin.h>

namespace pellucid {
namespace {

inline __mmask16 first_lanes(i64 count) { return static_cast<__mmask16>((1u << count) - 1); }

inline Vector<float> load_some(const float* from, i64 count) {
    return (Vector<float>)_mm512_maskz_loadu_ps(first_lanes(count), from);
}

inline Vector<double> load_some(const double* from, i64 count) {
    return (Vector<double>)_mm512_maskz_loadu_pd(static_cast<__mmask8>(first_lanes(count)), from);
}

inline void store_some(float* to, Vector<float> v, i64 count) {
    _mm512_mask_storeu_ps(to, first_lanes(count), (__m512)v);
}

inline void store_some(double* to, Vector<double> v, i64 count) {
    _mm512_mask_storeu_pd(to, static_cast<__mmask8>(first_lanes(count)), (__m512d)v);
}

inline Vector<float> floor_(Vector<float> x) { return (Vector<float>)_mm512_floor_ps((__m512)x); }
inline Vector<double> floor_(Vector<double> x) {
    return (Vector<double>)_mm512_floor_pd((__m512d)x);
}
inline Vector<float> nearest(Vector<float> x) {
    return (Vector<float>)_mm512_roundscale_ps((__m512)x, 8);
}
inline Vector<float> sqrt_(Vector<float> x) { return (Vector<float>)_mm512_sqrt_ps((__m512)x); }
inline Vector<double> sqrt_(Vector<double> x) { return (Vector<double>)_mm512_sqrt_pd((__m512d)x); }

// Roots and quotients to the last bit or the one before it, from the processor's estimates: a
// quarter of the time of exact ones. Where there is an overflow they give NaN rather than ∞ or 0.
inline Vector<float> quick_sqrt(Vector<float> x) {
    const __m512 v = (__m512)x;
    const __mmask16 zero = _mm512_fpclass_ps_mask(v, 0x02 | 0x04 | 0x20);
    const __m512 y = _mm512_maskz_rsqrt14_ps(_knot_mask16(zero), v), s = _mm512_mul_ps(v, y);
    const __m512 half = _mm512_mul_ps(_mm512_set1_ps(0.5f), y);
    return (Vector<float>)_mm512_fmadd_ps(_mm512_fnmadd_ps(s, s, v), half, s);
}

inline Vector<float> quick_divide(Vector<float> x, Vector<float> y) {
    const __m512 a = (__m512)x, b = (__m512)y, r = _mm512_rcp14_ps(b);
    const __m512 q = _mm512_mul_ps(a, r), off = _mm512_fnmadd_ps(b, r, _mm512_set1_ps(1.0f));
    return (Vector<float>)_mm512_fmadd_ps(q, off, q);
}

// Writes the lanes that are not 0, and their columns, as whole vectors; a bit for each such lane.
inline std::uint32_t squeeze(Vector<float> x, i64 column, float* values, std::int32_t* columns) {
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i at = _mm512_add_epi32(lanes, _mm512_set1_epi32(static_cast<int>(column)));
    const __mmask16 full = _mm512_cmp_ps_mask((__m512)x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    _mm512_storeu_ps(values, _mm512_maskz_compress_ps(full, (__m512)x));
    _mm512_storeu_si512(columns, _mm512_maskz_compress_epi32(full, at));
    return full;
}

inline i64 bits_in(std::uint32_t mask) { return __builtin_popcount(mask); }

// Bit t of each of 32 masks.
inline std::uint32_t bit_of_each(const std::uint16_t* masks, int t) {
    return _mm512_test_epi16_mask(_mm512_loadu_epi16(masks),
                                  _mm512_set1_epi16(static_cast<short>(1 << t)));
}

}  // namespace
}  // namespace pellucid
