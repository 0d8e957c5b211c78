// How work is cut into pieces. That depends on shapes alone, so that the bits do not depend on
// threads.
#pragma once
#include <algorithm>

#include "parts.h"
#include "team.h"

namespace pellucid {

constexpr i64 PIECE = 600'000;           // multiplications that are worth a piece
constexpr i64 PIECE_OF_ROWS = 8;         // rows, at least, that are
constexpr i64 PIECE_OF_INPUTS = 96;      // columns of x, at least, that are
constexpr i64 PIECE_OF_WEIGHTS = 32;     // rows of a gradient, at least, that are
constexpr i64 PIECE_OF_VECTOR = 16'384;  // elements of an update that are
constexpr i64 PIECE_OF_KERNEL = 60'000;  // elements times instructions that are
constexpr i64 PIECE_OF_FEED = 16'384;    // elements of rows on their way in that are

inline i64 pieces_of(i64 work, i64 piece, i64 most) {
    i64 pieces = 1;
    while (2 * pieces <= std::min({work / piece, most, MOST_PIECES})) pieces *= 2;
    return pieces;
}

inline i64 work_of(i64 rows, i64 k, i64 m) { return rows * k * std::max<i64>(m, 16); }

inline i64 pieces_of_inputs(i64 rows, i64 k, i64 m) {
    return pieces_of(work_of(rows, k, m), PIECE, k / PIECE_OF_INPUTS);
}

template <Product P> i64 pieces_of_rows(i64 rows, const P& p) {
    return pieces_of(work_of(rows * p.each, p.k, p.m), PIECE, rows / PIECE_OF_ROWS);
}

// Where piece `at` of so many begins. Pieces begin on a cache line where there are many elements.
inline i64 piece_begins(i64 at, i64 pieces, i64 count) {
    const i64 grain = count >= 64 * pieces ? 16 : 1;
    return at == pieces ? count : count * at / pieces / grain * grain;
}

// What piece `at` of so many is of so many elements: the first, and how many.
struct Part {
    i64 first, count;
};

inline Part part_of(i64 at, i64 pieces, i64 count) {
    const i64 first = piece_begins(at, pieces, count);
    return {first, piece_begins(at + 1, pieces, count) - first};
}

inline bool by_inputs(i64 rows, i64 k) { return k > 2 * rows; }

}  // namespace pellucid
