// The parts of a program: what it works on, its steps, and the plain numbers of a step.
//
// Python makes them, under the same names. A field named as in the formula is the number of a
// buffer.
#pragma once
#include <array>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "program.h"

namespace pellucid {

using Address = std::uintptr_t;

// Numbers of each row of the batch, or an array whose `data` stay where they are. Rows that a later
// phase reads are kept `across` the batch.
struct Buffer {
    i64 width;
    bool across;
    std::optional<Address> data;
    bool of_rows() const { return !data; }
};

// clang-format off

// Rows in and out.
struct Feed { i64 to, input; };
struct Give { i64 source, output; };

// Products with k inputs and m outputs; each row of the batch holds `each` rows of the matrices.
struct Forward { i64 x, w, z, k, m, each; };     // z = x·w
struct Backward { i64 dz, w, dx, k, m, each; };  // dx = dz·wᵀ
struct Weights { i64 x, dz, dw, k, m, each; };   // dw = xᵀ·dz

// A kernel on rows; and one on fixed values, of which it computes so many, adding into `sums`.
struct OnRows { i64 kernel; };
struct Once { i64 kernel, size; std::vector<i64> sums; };

// An equation that somebody else runs on all rows of the batch: called with their number, where its
// buffers are, plain numbers, and where its results go.
struct Elsewhere {
    std::function<void(i64, std::vector<Address>, std::vector<double>, std::vector<Address>)> call;
    std::vector<i64> reads, numbers, gives;
};

// Random numbers, from a seed of their own or from that of the network.
struct Uniform { i64 to, stream; std::optional<i64> seed; };
struct Normal { i64 to, stream; std::optional<i64> seed; };

// Rows of a table of so many rows, by the numbers x, `each` of them in each row of the batch, of
// which so many `together` are summed to one row of e, or share one of de.
struct Lookup { i64 x, w, e, count, width, each, together; };     // e = Σ w[x]
struct Scatter { i64 x, de, dw, count, width, each, together; };  // dw[x] += de

// `again` times `repeats` pieces of so many `numbers`, from one place in a row to another.
struct Move {
    i64 source, to, first, to_first, numbers, repeats, step, to_step, again, leap, to_leap;
};
struct Zero { i64 to; };

struct Convolve {
    i64 x, w, z, channels;
    Window window;
    std::array<i64, 3> buffers() const { return {x, w, z}; }
};
struct ConvolveBack {
    i64 dz, w, dx, channels;
    Window window;
    std::array<i64, 3> buffers() const { return {dz, w, dx}; }
};
struct ConvolveWeights {
    i64 x, dz, dw, channels;
    Window window;
    std::array<i64, 3> buffers() const { return {x, dz, dw}; }
};
struct MaxPool { i64 x, p; Window window; };
struct MaxPoolBack { i64 dp, p, x, dx; Window window; };
struct MeanPool { i64 x, p; Window window; };
struct MeanPoolBack { i64 dp, dx; Window window; };

// clang-format on

// A recurrence over so many steps, and the way back; what is not there, or not asked for, has no
// buffer.
struct Recur {
    i64 cell, steps, units, z, u;
    std::optional<i64> b;
    i64 h;
    std::optional<i64> gates, inner;
};
struct RecurBack {
    i64 cell, steps, units, dh, u;
    std::optional<i64> h, gates, inner;
    i64 dz;
    std::optional<i64> dr;
};

using Step = std::variant<Feed, Give, Forward, Backward, Weights, OnRows, Uniform, Normal, Lookup,
                          Move, Zero, Convolve, ConvolveBack, ConvolveWeights, MaxPool, MaxPoolBack,
                          MeanPool, MeanPoolBack, Recur, RecurBack>;

template <class S>
concept Product = requires(const S& s) {
    s.k, s.m, s.each;
};
template <class S>
concept Convolving = requires(const S& s) {
    s.channels, s.window;
};
template <class S>
concept Recurring = requires(const S& s) {
    s.cell, s.units;
};

// f on the step itself, if f takes its kind.
template <class F> void visit_if(const Step& step, F f) {
    std::visit(
        [&](const auto& each) {
            if constexpr (requires { f(each); }) f(each);
        },
        step);
}

// What is computed for all rows before anything that depends on sums over them.
struct Phase {
    std::vector<Step> rows;
    std::vector<std::variant<Once, Elsewhere, Scatter>> fixed;
    std::vector<i64> sums;    // buffers that kernels add into
    std::vector<i64> totals;  // all buffers that are summed over rows, products included
};

// A kernel's instructions, of which the first `once` are the same for every block; if it is one of
// the kernels that were compiled as a whole, which, and the numbers that it reads.
struct Code {
    std::vector<Instruction> instructions;
    i64 once;
    std::vector<Slot> slots;
    i64 block;
    std::optional<i64> frozen;
    std::vector<std::int32_t> numbers;
};

// clang-format off
struct NumberCode { std::int32_t op; i64 to, a, b; };  // number `to` = op of the numbers a and b
struct Kept { i64 number, value; Address home; };      // a number that lives between steps ← value
struct Assigned { i64 target, value; };                // a fixed buffer ← another
struct Changing { Address data; i64 bytes; };          // memory that a step changes

// A gradient that nothing else reads: its buffer, and its first place in the vector of all.
struct StreamPart { i64 buffer, first; };
// clang-format on

// The update of weights may follow their gradient at once, a few rows at a time, so that the
// gradient is never written.
struct Stream {
    i64 kernel, gradient_slot;
    // the number that the gradient is multiplied with to be added to the weights, if that is all
    std::optional<i64> scale;
    std::vector<StreamPart> parts;  // in the order of their places

    std::optional<std::size_t> part(i64 buffer) const {
        for (std::size_t at = 0; at < parts.size(); ++at)
            if (parts[at].buffer == buffer) return at;
        return std::nullopt;
    }
};

// Plain numbers: what they begin as, how others follow, and those that are set at each step.
struct PlainNumbers {
    std::vector<double> values;
    std::vector<NumberCode> code;
    i64 rate, time, rows;
};

// A whole program. It does not depend on its precision.
struct Program {
    std::vector<Buffer> buffers;
    std::vector<Phase> phases;
    std::vector<Code> codes;
    PlainNumbers numbers;
    std::vector<Kept> kept;
    std::vector<Assigned> assigned;
    std::vector<Changing> changing;
    std::vector<i64> losses;  // fixed buffers of one number, reported
    std::optional<Stream> stream;
    std::vector<Kernel> kernels = {};          // the codes, as they are run
    i64 sparse_feed = -1, sparse_buffer = -1;  // of a run: the feed that goes in compressed form
};

inline bool is_plain(const Code& code) {
    for (const auto& each : code.instructions)
        if (each.width != 1 || (each.op >= op_repeat && each.op < op_check)) return false;
    for (const auto& each : code.slots)
        if (each.kind == Slot::fixed || each.kind == Slot::sum) return false;
    return true;
}

inline Kernel kernel_of(const Code& code) {
    i64 work = 0;
    for (const auto& each : code.instructions) work += each.width;
    return {code.instructions.data(),
            i64(code.instructions.size()),
            code.once,
            code.slots.data(),
            i64(code.slots.size()),
            code.block,
            code.frozen,
            code.numbers.data(),
            work,
            is_plain(code)};
}

}  // namespace pellucid
