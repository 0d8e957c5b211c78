// Numbers too small to be normal cost a hundred times as much as others; while a program runs they
// count as 0.
#pragma once
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
#else
struct FlushTiny { FlushTiny() {} };
#endif

}  // namespace pellucid
