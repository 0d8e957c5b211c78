// Arithmetic on the plain numbers of a step, such as the learning rate.
#pragma once
#include <cmath>

#include "program.h"

namespace pellucid {

inline double compute(std::int32_t op, double a, double b) {
    switch (op) {
        case op_copy: return a;
        case op_negative: return -a;
        case op_square: return a * a;
        case op_sqrt: return std::sqrt(a);
        case op_abs: return std::fabs(a);
        case op_sign: return (a > 0) - (a < 0);
        case op_exp: return std::exp(a);
        case op_expm1: return std::expm1(a);
        case op_log: return std::log(a);
        case op_log1p: return std::log1p(a);
        case op_sin: return std::sin(a);
        case op_cos: return std::cos(a);
        case op_tanh: return std::tanh(a);
        case op_floor: return std::floor(a);
        case op_reciprocal: return 1.0 / a;
        case op_add: return a + b;
        case op_subtract: return a - b;
        case op_multiply: return a * b;
        case op_divide: return a / b;
        case op_pow: return std::pow(a, b);
        case op_maximum: return a > b ? a : b;
        case op_minimum: return a < b ? a : b;
        case op_greater: return a > b;
        case op_greater_equal: return a >= b;
        case op_less: return a < b;
        case op_less_equal: return a <= b;
        case op_equal: return a == b;
        case op_not_equal: return a != b;
        case op_remainder: return a - b * std::floor(a / b);
    }
    return NAN;
}

}  // namespace pellucid
