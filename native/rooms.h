// The memory of a pass: how large its tiles are, and room for all that is worked on.
#pragma once
#include "convolving.h"
#include "pieces.h"
#include "recurring.h"

namespace pellucid {

static_assert(MOST_PIECES <= LANES_OF_TILES, "a piece has a lane of its own");

constexpr i64 IMAGES = 65536;      // elements of the images in a tile
constexpr i64 LANE = 6'000'000;    // multiplications that are worth a lane of their own
constexpr i64 LANE_OF_ROWS = 16;   // rows, at least, that are
constexpr i64 WORK_OF_A_SUM = 64;  // multiplications for which another sum over a lane is made

// What follows from the program alone, and is looked at before every step.
class Extents {
public:
    explicit Extents(const Program& program) : tile_(tile_of(program)) {
        for (const Phase& phase : program.phases) {
            for (const Step& step : phase.rows) note(program, step);
            for (i64 total : phase.totals) sums_ += program.buffers[total].width;
        }
    }

    // Rows of a tile. A batch of one tile is cut into lanes only where its first product is not
    // shared out by columns.
    i64 tile(i64 rows) const {
        if (rows > tile_) return tile_;
        if (inputs_ && pieces_of_inputs(rows, inputs_, outputs_) > 1) return rows;
        const i64 lanes =
            pieces_of(rows * work_, std::max(LANE, sums_ * WORK_OF_A_SUM), rows / LANE_OF_ROWS);
        return (rows + lanes - 1) / lanes;
    }

    // Multiplications for a row.
    i64 work() const { return work_; }

    // Rows of the largest tile of batches of up to so many rows.
    i64 most(i64 rows) const { return std::min(rows, tile_); }

private:
    i64 tile_, work_ = 0, sums_ = 0, inputs_ = 0, outputs_ = 0;

    // Fewer where the images that are worked on would not stay in the cache.
    static i64 tile_of(const Program& program) {
        i64 widest = 1;
        for (const Phase& phase : program.phases)
            for (const Step& step : phase.rows)
                visit_if(step, [&](const Convolving auto& each) {
                    for (i64 buffer : each.buffers())
                        if (program.buffers[buffer].of_rows())
                            widest = std::max(widest, program.buffers[buffer].width);
                });
        return std::clamp<i64>(IMAGES / widest, 1, MOST_ROWS);
    }

    void note(const Program& program, const Step& step) {
        visit_if(step, [&](const Product auto& p) { work_ += work_of(p.each, p.k, p.m); });
        visit_if(step, [&](const Convolving auto& p) { work_ += p.window.patches() * p.channels; });
        visit_if(step, [&](const Recurring auto& p) { work_ += work_in_time(p); });
        visit_if(step, [&](const Weights& p) {
            if (program.stream && program.stream->part(p.dw) == 0u) inputs_ = p.k, outputs_ = p.m;
        });
    }
};

inline i64 scratch_of(const Program& program) {
    i64 most = 0;
    for (const Kernel& k : program.kernels)
        for (i64 s = 0; s < k.slot_count; ++s)
            if (k.slots[s].kind == Slot::scratch)
                most = std::max(most, (k.slots[s].offset + k.slots[s].width) * k.block);
    return most + 64;
}

// Room for steps on batches of so many rows.
template <class T> class Rooms {
public:
    explicit Rooms(State<T>& state, const Extents& extents) : s_(state), extents_(extents) {}

    // `entries`: the most in a row of the sparse input.
    void make(i64 rows, std::size_t workers, i64 entries) {
        if (rows <= rows_ && workers <= workers_ && entries <= entries_) return;
        rows = std::max(rows, rows_);
        entries = std::max(entries, entries_);
        workers = std::max(workers, workers_);
        s_.benches.resize(workers);
        tile_ = extents_.most(rows);
        const auto& buffers = s_.program->buffers;
        for (std::size_t b = 0; b < buffers.size(); ++b)
            if (buffers[b].across) s_.across[b].at_least(rows * buffers[b].width);
        for (Bench<T>& each : s_.benches) make_bench(each, entries);
        pieces(entries);
        rows_ = rows, entries_ = entries, workers_ = workers;  // it is all there
    }

private:
    State<T>& s_;
    const Extents& extents_;
    i64 rows_ = 0, tile_ = 0, entries_ = 0;
    std::size_t workers_ = 0;

    void make_bench(Bench<T>& bench, i64 entries) {
        const auto& buffers = s_.program->buffers;
        bench.rows.resize(buffers.size());
        for (std::size_t b = 0; b < buffers.size(); ++b)
            if (buffers[b].of_rows() && !buffers[b].across && !s_.is_sparse(b))
                bench.rows[b].at_least(tile_ * buffers[b].width);
        bench.scratch.at_least(scratch_of(*s_.program));
        i64 pack = 0, widest = 0;
        for_each([&](const Step& step) {
            visit_if(step, [&](const Product auto& p) {
                pack = std::max({pack, p.k, p.m, tile_ * p.each});
                widest = std::max(widest, p.m);
            });
            visit_if(step,
                     [&](const Convolving auto& p) { pack = std::max(pack, patches(p, bench)); });
            visit_if(step, [&](const Recurring auto& p) {
                bench.patches.at_least(room_in_time(p.cell, p.units));
            });
            visit_if(step,
                     [&](const MaxPoolBack& p) { bench.patches.at_least(p.window.channels); });
        });
        for (const Phase& phase : s_.program->phases)
            for (const auto& each : phase.fixed)
                if (const auto* p = std::get_if<Scatter>(&each))
                    widest = std::max(widest, p->width);
        bench.pack.at_least((pack + 16) * COLUMNS +
                            SMALL / 4);  // and weights that are turned, for 4 rows or more
        bench.line.at_least(STREAMED + COLUMNS * widest);
        if (const i64 columns = sparse_columns())
            bench.compressed.make_room(tile_, columns, entries);
    }

    // Room for the patches of a convolution; how deep the products with them are at most.
    template <Convolving C> i64 patches(const C& p, Bench<T>& bench) {
        const Window& o = p.window;
        const i64 rows = std::min(tile_, together(o));
        bench.patches.at_least(rows * o.patches());
        return std::max({rows * o.down * o.along, o.patch(), p.channels});
    }

    // For products that are cut by their inputs.
    void pieces(i64 entries) {
        i64 partial = 0;
        for_each([&](const Step& step) {
            const Forward* p = std::get_if<Forward>(&step);
            if (!p) return;
            const i64 rows = tile_ * p->each, pieces = pieces_of_inputs(rows, p->k, p->m);
            partial = std::max(partial, (pieces - 1) * rows * p->m);
            if (!s_.is_sparse(p->x)) return;
            for (i64 piece = 0; pieces > 1 && piece < pieces; ++piece)
                s_.panels[piece].make_room(tile_, p->k / 2 + 32, entries);
        });
        s_.partial.at_least(partial);
    }

    i64 sparse_columns() const {
        return s_.program->sparse_feed < 0 ? 0 : s_.width(s_.program->sparse_buffer);
    }

    template <class F> void for_each(F f) {
        for (const Phase& phase : s_.program->phases)
            for (const Step& step : phase.rows) f(step);
    }
};

}  // namespace pellucid
