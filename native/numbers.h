// Arithmetic on the plain numbers of a step, such as the learning rate.
#pragma once
#include "elementary.h"
#include "program.h"

namespace pellucid {

inline double compute(std::int32_t op, double a, double b) {
    switch (op) {
#define CASE(name) \
    case op_##name: return name##_(a);
        UNARY_OPS(CASE)
#undef CASE
#define CASE(name) \
    case op_##name: return name##_(a, b);
        BINARY_OPS(CASE)
#undef CASE
    }
    return NAN;
}

}  // namespace pellucid
