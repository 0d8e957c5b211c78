// What a level must bring, by AVX2 and FMA.
#pragma once
#include <array>

#include "wide_x86.h"

namespace pellucid {
namespace {

constexpr std::int32_t FIRST_LANES[16] = {-1, -1, -1, -1, -1, -1, -1, -1};

// −1 in the first lanes, of 4 or of 8 bytes.
inline __m256i first_lanes(i64 count) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(FIRST_LANES + 8 - count));
}

inline Vector<float> load_some(const float* from, i64 count) {
    return (Vector<float>)_mm256_maskload_ps(from, first_lanes(count));
}

inline Vector<double> load_some(const double* from, i64 count) {
    return (Vector<double>)_mm256_maskload_pd(from, first_lanes(2 * count));
}

// In halves, since storing by a mask takes some processors as long as a dozen stores.
inline void store_some(float* to, Vector<float> v, i64 count) {
    if (count == 8) return store(to, v);
    __m128 half = _mm256_castps256_ps128((__m256)v);
    if (count & 4) {
        _mm_storeu_ps(to, half);
        half = _mm256_extractf128_ps((__m256)v, 1);
        to += 4;
    }
    if (count & 2) {
        _mm_storel_pi(reinterpret_cast<__m64*>(to), half);
        half = _mm_movehl_ps(half, half);
        to += 2;
    }
    if (count & 1) _mm_store_ss(to, half);
}

inline void store_some(double* to, Vector<double> v, i64 count) {
    if (count == 4) return store(to, v);
    __m128d half = _mm256_castpd256_pd128((__m256d)v);
    if (count & 2) {
        _mm_storeu_pd(to, half);
        half = _mm256_extractf128_pd((__m256d)v, 1);
        to += 2;
    }
    if (count & 1) _mm_store_sd(to, half);
}

inline Vector<float> floor_(Vector<float> x) { return (Vector<float>)_mm256_floor_ps((__m256)x); }
inline Vector<double> floor_(Vector<double> x) {
    return (Vector<double>)_mm256_floor_pd((__m256d)x);
}
inline Vector<float> nearest(Vector<float> x) {
    return (Vector<float>)_mm256_round_ps((__m256)x, 8);
}
inline Vector<float> sqrt_(Vector<float> x) { return (Vector<float>)_mm256_sqrt_ps((__m256)x); }
inline Vector<double> sqrt_(Vector<double> x) { return (Vector<double>)_mm256_sqrt_pd((__m256d)x); }

// For each mask of 8 lanes those that it names, one a byte.
constexpr std::array<u64, 256> NAMED = [] {
    std::array<u64, 256> all{};
    for (u64 mask = 0; mask < 256; ++mask)
        for (u64 lane = 0, at = 0; lane < 8; ++lane)
            if (mask >> lane & 1) all[mask] |= lane << 8 * at++;
    return all;
}();

// Writes the lanes that are not 0, and their columns, as whole vectors; a bit for each such lane.
inline std::uint32_t squeeze(Vector<float> x, i64 column, float* values, std::int32_t* columns) {
    const __m256 full = _mm256_cmp_ps((__m256)x, _mm256_setzero_ps(), _CMP_NEQ_UQ);
    const auto mask = static_cast<std::uint32_t>(_mm256_movemask_ps(full));
    const __m256i lanes =
        _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(NAMED[mask])));
    _mm256_storeu_ps(values, _mm256_permutevar8x32_ps((__m256)x, lanes));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(columns),
                        _mm256_add_epi32(lanes, _mm256_set1_epi32(static_cast<int>(column))));
    return mask;
}

inline i64 bits_in(std::uint32_t mask) { return __builtin_popcount(mask); }

}  // namespace
}  // namespace pellucid
