// The program runner: many training steps, or a pass over rows, without coming back to Python.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "parts.h"

namespace pellucid {

constexpr i64 LANES_OF_TILES = 8;  // partial sums over tiles, whatever the number of threads

template <class T>
using Gemm = void (*)(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*, int);

struct Blas {
    Gemm<float> f32 = nullptr;
    Gemm<double> f64 = nullptr;
};
extern Blas blas;

struct Request {
    std::vector<Array> feeds;
    std::vector<void*> outputs;
    const i64* order = nullptr;
    i64 first = 0, last = 0, batch = 1;
    const double* rates = nullptr;  // from that of the first step on; none: nothing is trained
    u64 seed = 0, step = 0;
    double seconds = 0;
    i64 threads = 1;  // at most; as many as pay, if it may choose
    bool chooses = true;
    double* losses = nullptr;  // to each is added that of every step, times its rows
    std::function<bool()>
        stops;  // asked now and then: whether to leave it at the steps that are done
};

struct Answer {
    i64 steps = 0;
    bool finite = true;
};

struct Runner {
    virtual ~Runner() = default;
    virtual Answer run(const Request&) = 0;
    virtual i64 bytes() const = 0;
};

std::unique_ptr<Runner> make_runner(const Level&, bool doubles, std::shared_ptr<Program>);

}  // namespace pellucid
