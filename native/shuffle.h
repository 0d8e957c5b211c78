// The order in which rows are taken: randomness.permutation, as NumPy draws it.
#pragma once
#include <algorithm>
#include <utility>

#include "rows.h"

namespace pellucid {
namespace {

// The 32-bit numbers of a stream of Philox, low half of a word first.
class Halves {
public:
    Halves(u64 seed, u64 stream, u64 step) : seed_(seed), stream_(stream), step_(step) {}

    std::uint32_t next() {
        if (at_ == COUNT) fill();
        return drawn_[at_++];
    }

private:
    static constexpr i64 BLOCKS = 32, COUNT = 8 * BLOCKS;

    void fill() {
        std::uint32_t* to = drawn_;
        for (i64 b = 0; b < BLOCKS; ++b)
            for (u64 word : philox(seed_, stream_, step_, block_++).w) {
                *to++ = static_cast<std::uint32_t>(word);
                *to++ = static_cast<std::uint32_t>(word >> 32);
            }
        at_ = 0;
    }

    u64 seed_, stream_, step_, block_ = 0;
    i64 at_ = COUNT;
    std::uint32_t drawn_[COUNT];
};

// Fisher and Yates, from the last place down: place i changes with one of the places 0 … i, which
// is drawn as so many low bits as i has; a number above i is passed over. Nobody can foretell that,
// so there is no branch: the place changes with itself instead. `count` is at most 2³².
inline void permutation(i64* to, i64 count, u64 seed, u64 stream, u64 step) {
    for (i64 i = 0; i < count; ++i) to[i] = i;
    Halves halves(seed, stream, step);
    i64 mask = 1;
    while (mask < count - 1) mask = 2 * mask + 1;
    for (i64 i = count - 1; i > 0; mask >>= 1)
        while (i > mask >> 1) {
            const i64 drawn = halves.next() & mask;
            std::swap(to[i], to[std::min(drawn, i)]);
            i -= drawn <= i;
        }
}

}  // namespace
}  // namespace pellucid
