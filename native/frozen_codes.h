// Written by freeze.py: the updates of common optimizers. Do not edit.
// clang-format off
#pragma once
#include "program.h"

namespace pellucid {

struct Frozen {
    i64 slots, numbers, count;
    bool memory[16];
    Instruction code[32];
};

inline constexpr Frozen frozen_sgd = {3, 2, 2,
    {true, true, true},
    {
        {op_blend, 2, 0, 1, -2, 1, 0, 1},
        {op_check, -1, 2, 0, 0, 1, 1, 1},
    }};

inline constexpr Frozen frozen_momentum = {5, 2, 3,
    {true, true, true, true, true},
    {
        {op_blend, 2, 0, 1, -2, 1, 0, 1},
        {op_add, 4, 3, 2, 0, 1, 1, 1},
        {op_check, -1, 4, 0, 0, 1, 1, 1},
    }};

inline constexpr Frozen frozen_nesterov = {7, 5, 5,
    {true, false, true, true, true, false, true},
    {
        {op_multiply, 1, -1, 0, 0, 1, 1, 1},
        {op_blend, 3, 2, 1, -3, 1, 1, 1},
        {op_blend, 5, 4, 3, -5, 1, 3, 1},
        {op_subtract, 6, 5, 1, 0, 1, 1, 1},
        {op_check, -1, 6, 0, 0, 1, 1, 1},
    }};

inline constexpr Frozen frozen_adam = {10, 7, 11,
    {true, true, true, false, true, true, false, false, true, true},
    {
        {op_blend, 2, 0, 1, -2, 1, 0, 1},
        {op_square, 3, 1, 0, 0, 1, 1, 1},
        {op_blend, 5, 4, 3, -4, 1, 2, 1},
        {op_multiply, 3, 2, -5, 0, 1, 1, 1},
        {op_multiply, 6, 5, -6, 0, 1, 1, 1},
        {op_sqrt, 7, 6, 0, 0, 1, 1, 1},
        {op_add, 6, 7, -7, 0, 1, 1, 1},
        {op_divide, 7, 3, 6, 0, 1, 1, 1},
        {op_subtract, 9, 8, 7, 0, 1, 1, 1},
        {op_check, -1, 5, 0, 0, 1, 1, 1},
        {op_check, -1, 9, 0, 0, 1, 1, 1},
    }};

inline constexpr Frozen frozen_adamw = {10, 9, 11,
    {true, true, true, false, true, true, false, false, true, true},
    {
        {op_blend, 2, 0, 1, -2, 1, 0, 1},
        {op_square, 3, 1, 0, 0, 1, 1, 1},
        {op_blend, 5, 4, 3, -4, 1, 2, 1},
        {op_multiply, 3, 2, -5, 0, 1, 1, 1},
        {op_multiply, 6, 5, -6, 0, 1, 1, 1},
        {op_sqrt, 7, 6, 0, 0, 1, 1, 1},
        {op_add, 6, 7, -7, 0, 1, 1, 1},
        {op_divide, 7, 3, 6, 0, 1, 1, 1},
        {op_blend, 9, 8, 7, -9, 1, 7, 1},
        {op_check, -1, 5, 0, 0, 1, 1, 1},
        {op_check, -1, 9, 0, 0, 1, 1, 1},
    }};

inline constexpr Frozen frozen_rmsprop = {8, 4, 9,
    {true, false, true, true, false, false, true, true},
    {
        {op_square, 1, 0, 0, 0, 1, 1, 1},
        {op_blend, 3, 2, 1, -2, 1, 0, 1},
        {op_multiply, 1, -3, 0, 0, 1, 1, 1},
        {op_add, 4, 3, -4, 0, 1, 1, 1},
        {op_sqrt, 5, 4, 0, 0, 1, 1, 1},
        {op_divide, 4, 1, 5, 0, 1, 1, 1},
        {op_subtract, 7, 6, 4, 0, 1, 1, 1},
        {op_check, -1, 3, 0, 0, 1, 1, 1},
        {op_check, -1, 7, 0, 0, 1, 1, 1},
    }};

inline constexpr Frozen frozen_adagrad = {8, 2, 9,
    {true, false, true, true, false, false, true, true},
    {
        {op_square, 1, 0, 0, 0, 1, 1, 1},
        {op_add, 3, 2, 1, 0, 1, 1, 1},
        {op_multiply, 1, -1, 0, 0, 1, 1, 1},
        {op_add, 4, 3, -2, 0, 1, 1, 1},
        {op_sqrt, 5, 4, 0, 0, 1, 1, 1},
        {op_divide, 4, 1, 5, 0, 1, 1, 1},
        {op_subtract, 7, 6, 4, 0, 1, 1, 1},
        {op_check, -1, 3, 0, 0, 1, 1, 1},
        {op_check, -1, 7, 0, 0, 1, 1, 1},
    }};

inline constexpr Frozen frozen_adam_apart = {11, 8, 13,
    {true, true, true, false, true, true, true, false, false, true, true},
    {
        {op_blend, 2, 0, 1, -2, 1, 0, 1},
        {op_square, 3, 1, 0, 0, 1, 1, 1},
        {op_blend, 5, 4, 3, -4, 1, 2, 1},
        {op_multiply, 3, -5, 6, 0, 1, 1, 1},
        {op_multiply, 7, 2, -6, 0, 1, 1, 1},
        {op_multiply, 8, 3, 7, 0, 1, 1, 1},
        {op_multiply, 7, 5, -7, 0, 1, 1, 1},
        {op_sqrt, 3, 7, 0, 0, 1, 1, 1},
        {op_add, 7, 3, -8, 0, 1, 1, 1},
        {op_divide, 3, 8, 7, 0, 1, 1, 1},
        {op_subtract, 10, 9, 3, 0, 1, 1, 1},
        {op_check, -1, 5, 0, 0, 1, 1, 1},
        {op_check, -1, 10, 0, 0, 1, 1, 1},
    }};

#define FROZEN_NAMES(X) X(sgd) X(momentum) X(nesterov) X(adam) X(adamw) X(rmsprop) X(adagrad) X(adam_apart)
inline constexpr const Frozen* FROZEN[] = {&frozen_sgd, &frozen_momentum, &frozen_nesterov, &frozen_adam, &frozen_adamw, &frozen_rmsprop, &frozen_adagrad, &frozen_adam_apart};

}  // namespace pellucid
