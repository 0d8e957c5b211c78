// Numbers too small to be normal cost a hundred times as much as others; while a program runs they
// count as 0.
#pragma once
#include <cstdint>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace pellucid {

#if defined(__SSE2__)
class FlushTiny {
public:
    FlushTiny() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }
    ~FlushTiny() { _mm_setcsr(before_); }

private:
    unsigned before_;
};
#elif defined(__aarch64__)
class FlushTiny {
public:
    FlushTiny() : before_(control()) { control(before_ | 1u << 24); }
    ~FlushTiny() { control(before_); }

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
struct FlushTiny {
    FlushTiny() {}
};
#endif

}  // namespace pellucid
