// What the levels below AVX-512 share on x86-64.
#pragma once
#include <immintrin.h>

namespace pellucid {
namespace {

inline __m128i sixteen_bytes(const void* from) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

// Bit t of each of 16 masks, which becomes the sign of a byte.
inline std::uint32_t bit_of_sixteen(const std::uint16_t* masks, int t) {
    const __m128i low = _mm_slli_epi16(sixteen_bytes(masks), 15 - t);
    const __m128i high = _mm_slli_epi16(sixteen_bytes(masks + 8), 15 - t);
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
}

inline std::uint32_t bit_of_each(const std::uint16_t* masks, int t) {
    return bit_of_sixteen(masks, t) | bit_of_sixteen(masks + 16, t) << 16;
}

}  // namespace
}  // namespace pellucid
