// What levels with vectors of four floats share.
#pragma once

namespace pellucid {
namespace {

inline std::uint32_t not_zero(Vector<float> x);  // a bit for each lane

inline i64 bits_in(std::uint32_t mask) { return 0x4332322132212110 >> 4 * mask & 7; }

// Writes the lanes that are not 0, and their columns; a bit for each such lane.
inline std::uint32_t squeeze(Vector<float> x, i64 column, float* values, std::int32_t* columns) {
    const std::uint32_t mask = not_zero(x);
    if (mask)
        for (i64 lane = 0, at = 0; lane < 4; at += mask >> lane++ & 1) {
            values[at] = x[lane];
            columns[at] = static_cast<std::int32_t>(column + lane);
        }
    return mask;
}

}  // namespace
}  // namespace pellucid
