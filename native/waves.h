// Sine and cosine of vectors, exact to a unit in the last place of a float: computed in double.
#pragma once
#include <cstring>

#include "elementary.h"
#include "wide.h"

namespace pellucid {
namespace {

using Whole64 = Ints<Vector<double>>;  // a whole number in each lane

// π/2 in two parts: a whole number below 2²⁰ times the first is exact.
constexpr double QUARTER = 0x1.921FB544p0, REST_OF_QUARTER = 0x1.0B4611A626331p-34;
// Where that ends; what is larger goes to the C library.
constexpr float FAR = 1e6f;

// sin(x + turns·π/2): by the nearest multiple n·π/2, and Taylor's series of what is left, up to
// the terms that a float can tell.
[[gnu::always_inline]] inline Vector<double> turned(Vector<double> x, int turns) {
    constexpr double TWO_52 = 0x1.8p52;  // whose sum with a number has no places after the point
    const Vector<double> shifted = x * 0x1.45F306DC9C883p-1 + TWO_52, n = shifted - TWO_52;
    const Vector<double> r = (x - n * QUARTER) - n * REST_OF_QUARTER, s = r * r;
    Vector<double> sine = s * (1.0 / 362880) - 1.0 / 5040;
    sine = (sine * s + 1.0 / 120) * s - 1.0 / 6;
    sine = r * (sine * s + 1.0);
    Vector<double> cosine = s * (-1.0 / 3628800) + 1.0 / 40320;
    cosine = (cosine * s - 1.0 / 720) * s + 1.0 / 24;
    cosine = (cosine * s - 0.5) * s + 1.0;
    const Whole64 place = (Whole64)shifted + turns;
    const Vector<double> y = (place & 1) != 0 ? cosine : sine;
    return (Vector<double>)((Whole64)y ^ ((place & 2) << 62));
}

// Whether a lane is −1, of lanes that are 0 or −1.
template <class I> inline bool any_lane(I lanes) {
    std::int64_t words[sizeof(I) / 8], all = 0;
    std::memcpy(words, &lanes, sizeof(I));
    for (const std::int64_t each : words) all |= each;
    return all != 0;
}

// In halves as double; a lane that is far off or not finite by the C library's f, so that what a
// lane gets does not depend on its neighbours.
template <class F>
[[gnu::always_inline]] inline Vector<float> wave(Vector<float> x, int turns, F exactly) {
    typedef float Half __attribute__((vector_size(WIDTH / 2)));
    Half halves[2];
    std::memcpy(halves, &x, sizeof(x));
    for (Half& each : halves)
        each = __builtin_convertvector(turned(__builtin_convertvector(each, Vector<double>), turns),
                                       Half);
    Vector<float> y;
    std::memcpy(&y, halves, sizeof(y));
    const auto far = ~((x < FAR) & (x > -FAR));
    if (any_lane(far)) [[unlikely]]
        EACH(l, LANES<float>) y[l] = far[l] ? exactly(x[l]) : y[l];
    return y;
}

inline Vector<float> sin_(Vector<float> x) {
    return wave(x, 0, [](float each) { return std::sin(each); });
}
inline Vector<float> cos_(Vector<float> x) {
    return wave(x, 1, [](float each) { return std::cos(each); });
}

}  // namespace
}  // namespace pellucid
