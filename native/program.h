// What a program is made of: slots, instructions, kernels, and the table of functions that run
// them.
#pragma once
#include <cstdint>
#include <optional>

namespace pellucid {

using i64 = std::int64_t;
using u64 = std::uint64_t;

// clang-format off
// d = f(a)
#define UNARY_OPS(X) \
    X(copy) X(negative) X(square) X(sqrt) X(abs) X(sign) X(exp) X(expm1) X(log) X(log1p) X(sin) \
    X(cos) X(tanh) X(floor) X(reciprocal) X(sigmoid)
// d = f(a, b), where a or b may be a number
#define BINARY_OPS(X) \
    X(add) X(subtract) X(multiply) X(divide) X(pow) X(maximum) X(minimum) X(greater) \
    X(greater_equal) X(less) X(less_equal) X(equal) X(not_equal) X(remainder)
// where: d = a ≠ 0 ? b : c.  fill: d = a number.  repeat: each `apart` elements `inner` times.
// tile: `inner` elements over and over.  row_*: over each `inner` elements that stand `apart`.
// column_sum: d[j] += Σ over rows.  total: d[0] += Σ over everything.
// check: notes what is not finite.  blend: d = a·x + b·y for numbers x, y.
#define OTHER_OPS(X) \
    X(where) X(fill) X(repeat) X(tile) X(row_sum) X(row_max) X(row_min) X(column_sum) X(total) \
    X(check) X(blend)
// clang-format on

// clang-format off
enum Op : std::int32_t {
#define NAME(op) op_##op,
    UNARY_OPS(NAME) BINARY_OPS(NAME) OTHER_OPS(NAME)
#undef NAME
    op_count
};
// clang-format on

constexpr i64 MOST_SLOTS = 120;
constexpr i64 MOST_ROWS = 256;  // of a tile
constexpr i64 COLUMNS = 24;     // of a in aᵀ·b that are worked on together

// Where an operand lives. A `rows` slot moves on with the rows, the others stay; to a `sum` is
// added.
struct Slot {
    enum Kind : std::int32_t { scratch, rows, fixed, sum };
    std::int32_t kind, buffer;
    i64 offset, width;
};

// One instruction on `width` elements of each row. Operands below 0 are numbers: −1 − index.
struct Instruction {
    std::int32_t op, d, a, b, c, width, inner, apart;
};

// A chain of instructions, run block by block of rows so that what is between them stays in the
// cache. The first `once` instructions are the same for every block.
struct Kernel {
    const Instruction* code;
    i64 count, once;
    const Slot* slots;
    i64 slot_count, block;
    // which of the kernels that were compiled as a whole it is, if any, and the numbers that it
    // reads
    std::optional<i64> frozen;
    const std::int32_t* numbers;
    i64 work;       // the widths of all instructions
    bool is_plain;  // every element is by itself, so that it can be cut anywhere
};

// clang-format off
enum Kind : std::int32_t {
    kind_u8, kind_i8, kind_i16, kind_i32, kind_i64, kind_f32, kind_f64, kind_u16, kind_bool
};
// clang-format on

// Rows that come in. Where there are `starts`, row r is its entries starts[r] up to starts[r + 1]
// in columns that ascend, and all else is 0; no row has more than `most` of them.
struct Array {
    const void* data = nullptr;
    i64 kind = 0, stride = 0;
    const i64* starts = nullptr;
    const void* columns = nullptr;
    i64 column_kind = 0, most = 0;
};

// Some rows of a matrix in compressed form: row r holds entries start[r] up to start[r + 1].
template <class T> struct Sparse {
    std::int32_t* start;
    std::int32_t* column;
    T* value;
    // the same entries by column: column j holds entries by_start[j] up to by_start[j + 1]
    std::int32_t* by_start;
    std::int32_t* by_row;
    T* by_value;
    // or, where `groups` is not 0: bit r of mask[j·groups + g] says that row 32·g + r holds one
    i64 groups;
    std::uint32_t* mask;
    std::uint16_t* block_mask;
    const T** row;
};

// A row that is added to another.
struct Pair {
    std::int32_t to, from;
};

// A window of `high` × `wide` places that stands at `down` × `along` positions of an image, of
// which the first are `above` and `before` its edges.
struct Window {
    i64 height, width, channels, high, wide, stride_down, stride_along, above, before, down, along;

    i64 image() const { return height * width * channels; }
    i64 pooled() const { return down * along * channels; }
    i64 patch() const { return high * wide * channels; }
    i64 patches() const { return down * along * patch(); }
};

// What is done at each step of a recurrence, with gates for each of its units.
enum Cell : std::int32_t { cell_rnn, cell_lstm, cell_gru };

inline i64 gates_of(i64 cell) { return cell == cell_lstm ? 4 : cell == cell_gru ? 3 : 1; }

constexpr i64 ROWS_IN_STEP = 16;  // rows that walk through time together

// Numbers that rows which walk through time have room for between two steps, weights included.
inline i64 room_in_time(i64 cell, i64 units) {
    const i64 wide = gates_of(cell) * units;
    return wide * units + ROWS_IN_STEP * (wide + 2 * units);
}

// A walk through time: where the rows of its arrays begin. `inner` are the cells C of an LSTM, and
// what of R the candidate of a GRU is computed from. What is not there, or not asked for, is null.
template <class T> struct Walk {
    i64 cell, steps, units;
    const T *z, *u, *b;
    T *h, *gates, *inner;
};

// The way back; dr are the gradients of R.
template <class T> struct WayBack {
    i64 cell, steps, units;
    const T *dh, *u, *h, *gates, *inner;
    T *dz, *dr;
};

template <class T> struct Kernels {
    // gives false if a check met something that is not finite
    bool (*run)(const Kernel&, T* const* base, const T* numbers, i64 rows);
    // rows first up to first + rows; as many after them, up to `last`, are fetched into the cache
    void (*gather)(T* to, const Array& from, i64 width, const i64* order, i64 first, i64 rows,
                   i64 last);
    // their columns column, …, column + width − 1
    void (*compress)(Sparse<T>&, const Array& from, i64 column, i64 width, const i64* order,
                     i64 first, i64 rows, i64 last);
    void (*regroup)(Sparse<T>&, i64 width, i64 rows);
    // z[rows, m] = x[rows, k]·w[k, m], x sparse
    void (*sparse_forward)(const Sparse<T>&, const T* w, T* z, i64 rows, i64 m);
    // one row of xᵀ·dz: g[m] = Σ x[r, j]·dz[r, :]; false, and nothing is written, if it is empty
    bool (*sparse_row)(const Sparse<T>&, i64 j, const T* dz, T* g, i64 m);
    // w += scale·xᵀ·dz for one row x; false if something is not finite
    bool (*rank_one)(const T* x, i64 count, T scale, const T* dz, T* w, i64 m);
    bool (*sparse_rank_one)(const Sparse<T>&, T scale, const T* dz, T* w, i64 m);
    // c[rows, m] = a[rows, k]·b[k, m], where rows of a are `stride` apart, and b is in the cache
    void (*near_nn)(const T* a, i64 stride, const T* b, T* c, i64 rows, i64 k, i64 m);
    // c[rows, k] = a[rows, m]·b[k, m]ᵀ for small k and m
    void (*small_nt)(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, T* pack);
    // c[k, m] = a[rows, k]ᵀ·b[rows, m], or that is added
    void (*near_tn)(const T* a, i64 stride, const T* b, T* c, i64 rows, i64 k, i64 m, bool add,
                    T* pack);
    // the same for a few rows
    void (*thin_nn)(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m);
    void (*thin_nt)(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m);
    void (*thin_tn)(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, bool add);
    // the same for any number of rows, on which the bits of a row do not depend
    void (*steady_nn)(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, T* panel);
    void (*steady_nt)(const T* a, const T* b, T* c, i64 rows, i64 k, i64 m, T* panel);
    void (*add_to)(T* to, const T* from, i64 count);
    // to[width] += Σ of so many rows of a table
    void (*add_rows)(T* to, const T* table, const std::int32_t* rows, i64 count, i64 width);
    // for each pair, to[pair.to][width] += table[pair.from][width]
    void (*add_pairs)(T* to, const T* table, const Pair* pairs, i64 count, i64 width);
    void (*uniform)(T* to, u64 seed, u64 stream, u64 step, u64 first, i64 count);
    // images and patches of images, pooled images, and their gradients
    void (*patches)(const Window&, const T* x, T* to, i64 rows);
    void (*fold)(const Window&, const T* from, T* x, i64 rows);
    void (*max_pool)(const Window&, const T* x, T* p, i64 rows);
    void (*max_pool_back)(const Window&, const T* dp, const T* p, const T* x, T* dx, T* free,
                          i64 rows);
    void (*mean_pool)(const Window&, const T* x, T* p, i64 rows);
    void (*mean_pool_back)(const Window&, const T* dp, T* dx, i64 rows);
    // recurrences over whole sequences; `free` has room between two steps
    void (*walk)(const Walk<T>&, i64 rows, T* free);
    void (*walk_back)(const WayBack<T>&, i64 rows, T* free);
};

struct Level {
    const char* name;
    bool (*runs_here)();
    const Kernels<float>* f32;
    const Kernels<double>* f64;
};

}  // namespace pellucid
