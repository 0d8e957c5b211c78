// Numbers too small to be normal cost a hundred times as much as others; while a program runs they
// count as 0.
#pragma once
#include <cstdint>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace pellucid {

#if defined(__SSE2__)
template <bool flush> class Tiny {
public:
    Tiny() : before_(_mm_getcsr()) { _mm_setcsr(flush ? before_ | 0x8040 : before_ & ~0x8040u); }
    ~Tiny() { _mm_setcsr(before_); }

private:
    unsigned before_;
};
#elif defined(__aarch64__)
template <bool flush> class Tiny {
public:
    Tiny() : before_(control()) { control(flush ? before_ | 1u << 24 : before_ & ~(1ul << 24)); }
    ~Tiny() { control(before_); }

private:
    std::uint64_t before_;

    static std::uint64_t control() {
        std::uint64_t now;
        asm volatile("mrs %0, fpcr" : "=r"(now));
        return now;
    }
    static void control(std::uint64_t then) { asm volatile("msr fpcr, %0" : : "r"(then)); }
};
#else
template <bool flush> struct Tiny {
    Tiny() {}
};
#endif
using FlushTiny = Tiny<true>;
using KeepTiny = Tiny<false>;  // as whoever is called has it

}  // namespace pellucid
