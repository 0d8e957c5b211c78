// Kernels compiled as a whole: one loop, with everything between load and store in registers.
#pragma once
#include <bit>
#include <type_traits>
#include <utility>

#include "frozen_codes.h"
#include "functions.h"

namespace pellucid {
namespace {

template <class T> inline void get(T& v, const T* from) { v = *from; }
template <class T> inline void get(Vector<T>& v, const T* from) { v = load(from); }
template <class T> inline void put(T* to, const T& v) { *to = v; }
template <class T> inline void put(T* to, Vector<T> v) { store(to, v); }

// V is T, or a vector of them.
template <std::int32_t place, class V, class T>
[[gnu::always_inline]] inline V operand(const V* r, const T* numbers) {
    if constexpr (place >= 0) return r[place];
    else return numbers[-1 - place] + V{};
}

// clang-format off
template <Instruction in, class V, class T>
[[gnu::always_inline]] inline void one(V* r, const T* numbers, V& spoilt) {
    const V a = operand<in.a>(r, numbers);
    if constexpr (in.op == op_check) note(spoilt, a);
    else if constexpr (in.op == op_sqrt) r[in.d] = quick_sqrt(a);
    else if constexpr (in.op == op_divide) r[in.d] = quick_divide(a, operand<in.b>(r, numbers));
#define CASE(name) else if constexpr (in.op == op_##name) r[in.d] = name##_(a);
    UNARY_OPS(CASE)
#undef CASE
#define CASE(name) \
    else if constexpr (in.op == op_##name) r[in.d] = name##_(a, operand<in.b>(r, numbers));
    BINARY_OPS(CASE)
#undef CASE
    else if constexpr (in.op == op_blend)
        r[in.d] = a * numbers[-1 - in.c] + r[in.b] * numbers[in.inner];
    else static_assert(in.op < 0, "this operation is not compiled into kernels");
}
// clang-format on

constexpr bool reads(const Instruction& in, i64 slot) {
    const bool two = in.op >= op_add && in.op <= op_remainder;
    return in.a == slot || ((two || in.op == op_blend) && in.b == slot);
}

// Whether a slot in memory is read before it is written.
constexpr bool comes_in(const Frozen& f, i64 slot) {
    for (i64 i = 0; i < f.count; ++i) {
        if (reads(f.code[i], slot)) return f.memory[slot];
        if (f.code[i].d == slot) return false;
    }
    return false;
}

constexpr bool goes_out(const Frozen& f, i64 slot) {
    for (i64 i = 0; i < f.count; ++i)
        if (f.code[i].d == slot) return f.memory[slot];
    return false;
}

// The places of a kernel from row `i` on, as one T or as a vector.
template <class V, const Frozen& f, class T, std::size_t... S, std::size_t... I>
[[gnu::always_inline]] inline void run_place(T* const* at, const T* numbers, i64 i, V* spoilt,
                                             std::index_sequence<S...>, std::index_sequence<I...>) {
    V r[sizeof...(S)];
    ((comes_in(f, S) ? get(r[S], at[S] + i) : void()), ...);
    (one<f.code[I]>(r, numbers, spoilt[I % NOTES]), ...);
    ((goes_out(f, S) ? put(at[S] + i, r[S]) : void()), ...);
}

template <class T, const Frozen& f>
bool run_frozen(const Kernel& k, T* const* base, const T* all, i64 rows) {
    T numbers[16], *at[f.slots];
    for (i64 j = 0; j < f.numbers; ++j) numbers[j] = all[k.numbers[j]];
    for (i64 s = 0; s < f.slots; ++s) at[s] = base[s];
    constexpr auto slots = std::make_index_sequence<f.slots>();
    constexpr auto code = std::make_index_sequence<f.count>();
    Vector<T> spoilt[NOTES] = {};
    T left[NOTES] = {};
    i64 i = 0;
    for (; i + LANES<T> <= rows; i += LANES<T>)
        run_place<Vector<T>, f>(at, numbers, i, spoilt, slots, code);
    for (; i < rows; ++i) run_place<T, f>(at, numbers, i, left, slots, code);
    return !is_spoilt(spoilt) && !is_spoilt(left);
}

template <class T> using FrozenRun = bool (*)(const Kernel&, T* const*, const T*, i64);

template <class T>
constexpr FrozenRun<T> FROZEN_RUNS[] = {
#define EACH_FROZEN(name) run_frozen<T, frozen_##name>,
    FROZEN_NAMES(EACH_FROZEN)
#undef EACH_FROZEN
};

}  // namespace
}  // namespace pellucid
