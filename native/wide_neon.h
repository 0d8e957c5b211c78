// What a level must bring, by the NEON that every 64-bit Arm processor has.
#pragma once
#include <arm_neon.h>

#include "wide_four.h"

namespace pellucid {
namespace {

inline Vector<float> load_some(const float* from, i64 count) {
    if (count == 4) return load(from);
    const float32x4_t none = vdupq_n_f32(0.0f);
    if (count == 1) return (Vector<float>)vld1q_lane_f32(from, none, 0);
    const float32x4_t pair = vcombine_f32(vld1_f32(from), vdup_n_f32(0.0f));
    return (Vector<float>)(count == 2 ? pair : vld1q_lane_f32(from + 2, pair, 2));
}

inline Vector<double> load_some(const double* from, i64 count) {
    return count == 2 ? load(from) : (Vector<double>)vld1q_lane_f64(from, vdupq_n_f64(0.0), 0);
}

inline void store_some(float* to, Vector<float> v, i64 count) {
    if (count == 4) return store(to, v);
    if (count & 2) vst1_f32(to, vget_low_f32((float32x4_t)v));
    if (count & 1) to[count - 1] = v[count - 1];
}

inline void store_some(double* to, Vector<double> v, i64 count) {
    if (count == 2) store(to, v);
    else *to = v[0];
}

inline Vector<float> floor_(Vector<float> x) { return (Vector<float>)vrndmq_f32((float32x4_t)x); }
inline Vector<double> floor_(Vector<double> x) {
    return (Vector<double>)vrndmq_f64((float64x2_t)x);
}
inline Vector<float> nearest(Vector<float> x) { return (Vector<float>)vrndnq_f32((float32x4_t)x); }
inline Vector<float> sqrt_(Vector<float> x) { return (Vector<float>)vsqrtq_f32((float32x4_t)x); }
inline Vector<double> sqrt_(Vector<double> x) { return (Vector<double>)vsqrtq_f64((float64x2_t)x); }

inline std::uint32_t not_zero(Vector<float> x) {
    const uint32x4_t bit = {1, 2, 4, 8};
    return vaddvq_u32(vbicq_u32(bit, vceqzq_f32((float32x4_t)x)));
}

// Bit t of each of 32 masks.
inline std::uint32_t bit_of_each(const std::uint16_t* masks, int t) {
    const uint16x8_t place = {1, 2, 4, 8, 16, 32, 64, 128},
                     bit = vdupq_n_u16(static_cast<std::uint16_t>(1 << t));
    std::uint32_t bits = 0;
    for (int at = 0; at < 32; at += 8)
        bits |= std::uint32_t{vaddvq_u16(vandq_u16(vtstq_u16(vld1q_u16(masks + at), bit), place))}
                << at;
    return bits;
}

}  // namespace
}  // namespace pellucid
