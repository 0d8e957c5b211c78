// Products of a library that is not watched: a compiler that watches memory or threads is told what
// they read and write. Otherwise there is nothing here.
#pragma once
#include "runner.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PELLUCID_WATCHED 1

// Compilers know these under types of their own.
#if defined(__SANITIZE_ADDRESS__)
void watch_read(const void*, std::size_t) asm("__asan_loadN");
void watch_write(void*, std::size_t) asm("__asan_storeN");
#else
void watch_read(const void*, std::size_t) asm("__tsan_read_range");
void watch_write(void*, std::size_t) asm("__tsan_write_range");
#endif

namespace pellucid {

// c[rows, m] = alpha·a[rows, k]·b[k, m] + beta·c, a and b as they are or turned.
template <class T, Gemm<T> Blas::*product>
void watched(int order, int turn_a, int turn_b, int rows, int m, int k, T alpha, const T* a,
             int a_wide, const T* b, int b_wide, T beta, T* c, int c_wide) {
    const auto read = [](const T* x, int wide, int high, int count) {
        for (i64 r = 0; r < high; ++r) watch_read(x + r * wide, sizeof(T) * count);
    };
    constexpr int as_is = 111;
    turn_a == as_is ? read(a, a_wide, rows, k) : read(a, a_wide, k, rows);
    turn_b == as_is ? read(b, b_wide, k, m) : read(b, b_wide, m, k);
    for (i64 r = 0; r < rows; ++r) watch_write(c + r * c_wide, sizeof(T) * m);
    (blas.*product)(order, turn_a, turn_b, rows, m, k, alpha, a, a_wide, b, b_wide, beta, c,
                    c_wide);
}

}  // namespace pellucid
#endif
