// The parts of a program as Python's classes: the same names, the same fields, made by keyword.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/function.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include "parts.h"

namespace pellucid {

template <class S, class V> struct Field {
    const char* name;
    V S::*place;
};

template <class S, class... V>
void bind(nanobind::module_& m, const char* name, Field<S, V>... fields) {
    nanobind::class_<S> bound(m, name);
    bound.def(nanobind::init<V...>(), nanobind::kw_only(), nanobind::arg(fields.name)...);
    (bound.def_ro(fields.name, fields.place), ...);
}

inline void bind_operations(nanobind::module_& m) {
    auto ops = nanobind::enum_<Op>(m, "Op", nanobind::is_arithmetic());
#define VALUE(op) ops.value(#op, op_##op);
    UNARY_OPS(VALUE)
    BINARY_OPS(VALUE)
    OTHER_OPS(VALUE)
#undef VALUE
    nanobind::enum_<Slot::Kind>(m, "Place", nanobind::is_arithmetic())
        .value("scratch", Slot::scratch)
        .value("rows", Slot::rows)
        .value("fixed", Slot::fixed)
        .value("sum", Slot::sum);
}

// What a field goes by in Python is what it goes by here.
// clang-format off
#define PART(S, ...) bind<S>(m, #S, __VA_ARGS__)
#define F(S, name) Field<S, decltype(S::name)>{#name, &S::name}
// clang-format on

inline void bind_kernels(nanobind::module_& m) {
    PART(Instruction, F(Instruction, op), F(Instruction, d), F(Instruction, a), F(Instruction, b),
         F(Instruction, c), F(Instruction, width), F(Instruction, inner), F(Instruction, apart));
    PART(Slot, F(Slot, kind), F(Slot, buffer), F(Slot, offset), F(Slot, width));
    PART(Code, F(Code, instructions), F(Code, once), F(Code, slots), F(Code, block),
         F(Code, frozen), F(Code, numbers));
}

inline void bind_steps(nanobind::module_& m) {
    PART(Window, F(Window, height), F(Window, width), F(Window, channels), F(Window, high),
         F(Window, wide), F(Window, stride_down), F(Window, stride_along), F(Window, above),
         F(Window, before), F(Window, down), F(Window, along));
    PART(Feed, F(Feed, to), F(Feed, input));
    PART(Give, F(Give, source), F(Give, output));
    PART(Forward, F(Forward, x), F(Forward, w), F(Forward, z), F(Forward, k), F(Forward, m),
         F(Forward, each));
    PART(Backward, F(Backward, dz), F(Backward, w), F(Backward, dx), F(Backward, k), F(Backward, m),
         F(Backward, each));
    PART(Weights, F(Weights, x), F(Weights, dz), F(Weights, dw), F(Weights, k), F(Weights, m),
         F(Weights, each));
    PART(OnRows, F(OnRows, kernel));
    PART(Once, F(Once, kernel), F(Once, size), F(Once, sums));
    PART(Elsewhere, F(Elsewhere, call), F(Elsewhere, reads), F(Elsewhere, numbers),
         F(Elsewhere, gives));
    PART(Uniform, F(Uniform, to), F(Uniform, stream), F(Uniform, seed));
    PART(Normal, F(Normal, to), F(Normal, stream), F(Normal, seed));
    PART(Lookup, F(Lookup, x), F(Lookup, w), F(Lookup, e), F(Lookup, count), F(Lookup, width),
         F(Lookup, each), F(Lookup, together));
    PART(Scatter, F(Scatter, x), F(Scatter, de), F(Scatter, dw), F(Scatter, count),
         F(Scatter, width), F(Scatter, each), F(Scatter, together));
    PART(Move, F(Move, source), F(Move, to), F(Move, first), F(Move, to_first), F(Move, numbers),
         F(Move, repeats), F(Move, step), F(Move, to_step), F(Move, again), F(Move, leap),
         F(Move, to_leap));
    PART(Zero, F(Zero, to));
    PART(Convolve, F(Convolve, x), F(Convolve, w), F(Convolve, z), F(Convolve, channels),
         F(Convolve, window));
    PART(ConvolveBack, F(ConvolveBack, dz), F(ConvolveBack, w), F(ConvolveBack, dx),
         F(ConvolveBack, channels), F(ConvolveBack, window));
    PART(ConvolveWeights, F(ConvolveWeights, x), F(ConvolveWeights, dz), F(ConvolveWeights, dw),
         F(ConvolveWeights, channels), F(ConvolveWeights, window));
    PART(MaxPool, F(MaxPool, x), F(MaxPool, p), F(MaxPool, window));
    PART(MaxPoolBack, F(MaxPoolBack, dp), F(MaxPoolBack, p), F(MaxPoolBack, x), F(MaxPoolBack, dx),
         F(MaxPoolBack, window));
    PART(MeanPool, F(MeanPool, x), F(MeanPool, p), F(MeanPool, window));
    PART(MeanPoolBack, F(MeanPoolBack, dp), F(MeanPoolBack, dx), F(MeanPoolBack, window));
    nanobind::enum_<Cell>(m, "Cell", nanobind::is_arithmetic())
        .value("rnn", cell_rnn)
        .value("lstm", cell_lstm)
        .value("gru", cell_gru);
    PART(Recur, F(Recur, cell), F(Recur, steps), F(Recur, units), F(Recur, z), F(Recur, u),
         F(Recur, b), F(Recur, h), F(Recur, gates), F(Recur, inner));
    PART(RecurBack, F(RecurBack, cell), F(RecurBack, steps), F(RecurBack, units), F(RecurBack, dh),
         F(RecurBack, u), F(RecurBack, h), F(RecurBack, gates), F(RecurBack, inner),
         F(RecurBack, dz), F(RecurBack, dr));
}

inline void bind_program(nanobind::module_& m) {
    PART(Buffer, F(Buffer, width), F(Buffer, across), F(Buffer, data));
    PART(Phase, F(Phase, rows), F(Phase, fixed), F(Phase, sums), F(Phase, totals));
    PART(NumberCode, F(NumberCode, op), F(NumberCode, to), F(NumberCode, a), F(NumberCode, b));
    PART(PlainNumbers, F(PlainNumbers, values), F(PlainNumbers, code), F(PlainNumbers, rate),
         F(PlainNumbers, time), F(PlainNumbers, rows));
    PART(Kept, F(Kept, number), F(Kept, value), F(Kept, home));
    PART(Assigned, F(Assigned, target), F(Assigned, value));
    PART(Changing, F(Changing, data), F(Changing, bytes));
    PART(StreamPart, F(StreamPart, buffer), F(StreamPart, first));
    PART(Stream, F(Stream, kernel), F(Stream, gradient_slot), F(Stream, scale), F(Stream, parts));
    PART(Program, F(Program, buffers), F(Program, phases), F(Program, codes), F(Program, numbers),
         F(Program, kept), F(Program, assigned), F(Program, changing), F(Program, losses),
         F(Program, stream));
}

#undef F
#undef PART

}  // namespace pellucid
