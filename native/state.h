// What a pass over rows works on: the program, the request, and the memory of both.
#pragma once
#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "memory.h"
#include "runner.h"
#include "team.h"

namespace pellucid {

constexpr i64 STREAMED = 2048;  // elements of a gradient that are updated together

// Some columns of the rows of a tile in compressed form.
template <class T> struct Compressed {
    Sparse<T> x{};
    // the row of the pass, and the column, that it begins with
    i64 first = -1, column = 0, columns = 0;
    bool regrouped = false;
    Room<std::int32_t> indices;
    Room<T> values;
    Room<std::uint32_t> masks;
    Room<std::uint16_t> block_masks;
    Room<const T*> places;

    // For rows of at most so many entries.
    void make_room(i64 rows, i64 width, i64 most) {
        const i64 entries = std::min(width, most) * rows + 64;
        if (entries > INT32_MAX)
            throw std::length_error("the rows of a tile have more entries than can be counted");
        std::int32_t* at = indices.at_least(2 * entries + rows + width + 128);
        T* value = values.at_least(2 * entries);
        x = {at,
             at + rows + 32,
             value,
             at + rows + 32 + entries,
             at + rows + width + 64 + entries,
             value + entries,
             0,
             masks.at_least((width + 16) * ((rows + 31) / 32)),
             block_masks.at_least((width / 16 + 1) * MOST_ROWS),
             places.at_least(rows)};
        first = -1;
    }

    i64 bytes() const {
        return indices.bytes() + values.bytes() + masks.bytes() + block_masks.bytes() +
               places.bytes();
    }
};

// What one worker needs.
template <class T> struct Bench {
    std::vector<Room<T>> rows;
    Room<T> scratch, pack, line, patches;
    Compressed<T> compressed;
    bool finite = true;

    i64 bytes() const {
        i64 sum =
            scratch.bytes() + pack.bytes() + line.bytes() + patches.bytes() + compressed.bytes();
        for (const auto& each : rows) sum += each.bytes();
        return sum;
    }
};

// Rows that are worked on together: a tile, or a part of one. `inset` is how far they are from the
// start of the tile's memory.
// clang-format off
struct Tile { i64 first, rows, lane; bool fresh; i64 inset = 0; };
// clang-format on

template <class T> struct State {
    std::shared_ptr<Program> program;
    const Level& level;
    const Kernels<T>& do_;
    const bool steady;  // nothing is trained: a row has the same bits in any batch
    const Request* ask = nullptr;
    std::vector<Room<T>> across;     // by buffer: what is kept for all rows of a batch
    std::vector<Room<T>> lane_sums;  // sums of each lane but the first, by (lane, buffer)
    std::vector<Bench<T>> benches;
    std::vector<Compressed<T>> panels;  // the sparse input of a tile, cut by columns
    Room<T> partial;                    // sums over a part of the columns
    std::vector<double> numbers;
    std::vector<T> typed;
    u64 step = 0;
    i64 position = 0, row_count = 0;  // of the batch
    bool shared_tile = false;         // all workers work on one tile, which is on the first bench

    State(const Level& of, const Kernels<T>& table, std::shared_ptr<Program> whole)
        : program(std::move(whole)), level(of), do_(table), steady(program->changing.empty()),
          across(program->buffers.size()), panels(MOST_PIECES), numbers(program->numbers.values),
          typed(program->numbers.values.size()) {}

    i64 width(i64 buffer) const { return program->buffers[buffer].width; }

    T* fixed(i64 buffer) const { return reinterpret_cast<T*>(*program->buffers[buffer].data); }

    T* rows_of(i64 buffer, const Tile& tile, Bench<T>& bench) {
        const Buffer& b = program->buffers[buffer];
        if (b.across) return across[buffer].get() + tile.first * b.width;
        return (shared_tile ? benches[0] : bench).rows[buffer].get() + tile.inset * b.width;
    }

    T* sum_of(i64 buffer, i64 lane) {
        if (!lane) return fixed(buffer);
        const std::size_t at = (lane - 1) * program->buffers.size() + buffer;
        if (at >= lane_sums.size())
            lane_sums.resize((LANES_OF_TILES - 1) * program->buffers.size());
        return lane_sums[at].at_least(program->buffers[buffer].width);
    }

    // Where the slots of a kernel are.
    void places(const Kernel& k, const Tile& tile, Bench<T>& bench, T** base) {
        for (i64 s = 0; s < k.slot_count; ++s) {
            const Slot& slot = k.slots[s];
            if (slot.kind == Slot::scratch) base[s] = bench.scratch.get() + slot.offset * k.block;
            else if (program->buffers[slot.buffer].of_rows())
                base[s] = rows_of(slot.buffer, tile, bench);
            else if (slot.kind == Slot::sum) base[s] = sum_of(slot.buffer, tile.lane) + slot.offset;
            else base[s] = fixed(slot.buffer) + slot.offset;
        }
    }

    void run(const Kernel& k, const Tile& tile, i64 rows, Bench<T>& bench) {
        T* base[MOST_SLOTS];
        places(k, tile, bench, base);
        bench.finite &= do_.run(k, base, typed.data(), rows);
    }

    // Elements first, … of a kernel on vectors, whose slots begin at `base`.
    void run_some(const Kernel& k, T* const* base, i64 first, i64 count, Bench<T>& bench) {
        if (!count) return;
        T* at[MOST_SLOTS];
        move_on(k, base, at, first, bench);
        bench.finite &= do_.run(k, at, typed.data(), count);
    }

    static void move_on(const Kernel& k, T* const* base, T** at, i64 first, Bench<T>& bench) {
        for (i64 s = 0; s < k.slot_count; ++s) {
            const Slot& slot = k.slots[s];
            if (slot.kind == Slot::scratch) at[s] = bench.scratch.get() + slot.offset * k.block;
            else at[s] = base[s] + (slot.kind == Slot::rows ? first * slot.width : 0);
        }
    }

    bool is_sparse(i64 buffer) const {
        return program->sparse_feed >= 0 && program->sparse_buffer == buffer;
    }

    i64 bytes() const {
        i64 sum = partial.bytes();
        for (const auto& each : across) sum += each.bytes();
        for (const auto& each : lane_sums) sum += each.bytes();
        for (const auto& each : panels) sum += each.bytes();
        for (const auto& each : benches) sum += each.bytes();
        return sum;
    }
};

}  // namespace pellucid
