// The program runner: many training steps, or a pass over rows, without coming back to Python.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "program.h"

namespace pellucid {

constexpr i64 LANES_OF_TILES = 8;  // partial sums over tiles, whatever the number of threads

template <class T>
using Gemm = void (*)(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*, int);

struct Blas {
    Gemm<float> f32 = nullptr;
    Gemm<double> f64 = nullptr;
};
extern Blas blas;

// The steps of a program. Their operands are numbers of buffers, extents, and so on.
#define STEP_KINDS(X) \
    X(feed) X(forward) X(backward) X(weights) X(kernel) X(uniform) X(normal) X(lookup) X(scatter) \
    X(move) X(zero) X(give) X(convolve) X(convolve_back) X(convolve_weights) X(max_pool) \
    X(max_pool_back) X(mean_pool) X(mean_pool_back)

enum StepKind : std::int32_t {
#define NAME(step) step_##step,
    STEP_KINDS(NAME)
#undef NAME
    step_count
};

struct Step {
    std::int32_t kind;
    std::vector<i64> args;
};

// What is computed for all rows before anything that depends on sums over them.
struct Phase {
    std::vector<Step> rows, fixed;
    std::vector<i64> sums;   // buffers that kernels add into
    std::vector<i64> totals; // all buffers that are summed over rows, products included
};

struct Buffer {
    i64 width = 0;
    bool of_rows = false, across = false;
    void* data = nullptr;  // of a fixed buffer
};

struct NumberCode { std::int32_t op, d, a, b; };

// The update of weights may follow their gradient at once, a few rows at a time, so that the gradient
// is never written.
struct Stream {
    i64 kernel = -1, gradient_slot = -1;
    // the number that the gradient is multiplied with to be added to the weights, if that is all
    i64 scale = -1;
    // gradients that nothing else reads: their buffers, and their places in the vector of all, in order
    std::vector<std::pair<i64, i64>> parts;

    // Which part a buffer is, or −1.
    i64 part(i64 buffer) const {
        for (std::size_t at = 0; at < parts.size(); ++at)
            if (parts[at].first == buffer) return static_cast<i64>(at);
        return -1;
    }
};

// Everything about a program that does not depend on its precision.
struct Plan {
    std::vector<Buffer> buffers;
    std::vector<Phase> phases;
    std::vector<std::vector<Instruction>> codes;
    std::vector<std::vector<Slot>> slots;
    std::vector<std::vector<std::int32_t>> kernel_numbers;
    std::vector<Kernel> kernels;
    std::vector<NumberCode> number_code;
    std::vector<double> numbers;
    std::vector<std::pair<i64, double*>> kept;           // numbers that live between steps
    std::vector<std::pair<i64, i64>> moved;              // kept number ← number
    std::vector<std::pair<i64, i64>> assigned;           // fixed buffer ← fixed buffer
    std::vector<std::pair<void*, i64>> changing;         // what a step changes: memory, bytes
    std::vector<i64> losses;                             // fixed buffers of one number, reported
    i64 rate = -1, time = -1, rows = -1;                 // numbers set at each step
    i64 sparse_feed = -1;                                // the feed that goes in compressed form
    i64 sparse_buffer = -1;
    Stream stream;
};

struct Request {
    std::vector<Array> feeds;
    std::vector<void*> outputs;
    const i64* order = nullptr;
    i64 first = 0, last = 0, batch = 1;
    const double* rates = nullptr;  // from that of the first step on; none: nothing is trained
    u64 seed = 0, step = 0;
    double seconds = 0;
    i64 threads = 1;         // at most; as many as pay, if it may choose
    bool chooses = true;
    double* losses = nullptr;  // to each is added that of every step, times its rows
    std::function<bool()> stops;  // asked now and then: whether to leave it at the steps that are done
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

std::unique_ptr<Runner> make_runner(const Level&, bool doubles, std::shared_ptr<Plan>);

}  // namespace pellucid
