// Steps that are shared out: those of one tile, cut into pieces where that pays, and those on
// vectors.
#pragma once
#include "asking.h"
#include "steps.h"
#include "streaming.h"

namespace pellucid {

template <class T> class Sharing {
public:
    Sharing(State<T>& state, Asking& asking)
        : s_(state), program_(*state.program), asking_(asking),
          streamed_(program_.stream ? program_.stream->parts.size() : 0) {}

    // A step begins, led by this team.
    void begin(Team::Held& team) {
        team_ = &team;
        std::fill(streamed_.begin(), streamed_.end(), std::nullopt);
    }

    // The steps on one tile, which are cut into pieces where that pays; not all, if it is to stop.
    void run_tile(const Phase& phase) {
        const Tile tile{0, s_.row_count, 0, true};
        i64 lanes = 1;
        clear(phase.sums, 0, 1);
        for (const Step& each : phase.rows) {
            if (asking_.stops_within(0)) return;
            const OnRows* on_rows = std::get_if<OnRows>(&each);
            if (!on_rows) {
                std::visit([&](const auto& step) { run_pieces(step, tile); }, each);
                continue;
            }
            const Kernel& k = program_.kernels[on_rows->kernel];
            const i64 pieces =
                pieces_of(tile.rows * k.work, PIECE_OF_KERNEL, tile.rows / PIECE_OF_ROWS);
            if (pieces > lanes) clear(phase.sums, lanes, pieces), lanes = pieces;
            by_rows(tile, pieces, [&](const Tile& part, int worker) {
                s_.run(k, part, part.rows, s_.benches[worker]);
            });
        }
        add_lanes(phase.sums, lanes);
    }

    // What is computed once.
    void run_once(const Once& once) {
        clear(once.sums, 0, 1);
        const Kernel& k = program_.kernels[once.kernel];
        if (program_.stream && once.kernel == program_.stream->kernel) return update(k, once.size);
        if (!k.is_plain) return s_.run(k, Tile{0, 0, 0, true}, once.size, s_.benches[0]);
        T* base[MOST_SLOTS];
        s_.places(k, Tile{0, 0, 0, true}, s_.benches[0], base);
        run_vector(k, base, 0, once.size);
    }

    // The gradient of a table, of which no row is in two pieces.
    void run_once(const Scatter& p) {
        const auto part = program_.stream ? program_.stream->part(p.dw) : std::nullopt;
        if (part) {
            streamed_[*part] = &p;
            return;
        }
        T* dw = s_.fixed(p.dw);
        by_blocks(p, [&](std::span<const Pair> pairs, const T* de, const Part& rows, int) {
            table_gradient(s_, pairs, de, rows.count, p.width, dw + rows.first * p.width);
        });
    }

    // For batches of so many rows.
    void make_room(i64 rows) {
        for (const Phase& phase : program_.phases)
            for (const auto& each : phase.fixed)
                if (const auto* p = std::get_if<Scatter>(&each)) sorted_.make_room(*p, rows);
    }

    i64 bytes() const { return sorted_.bytes(); }

    // Sums of these lanes are there, and 0.
    void clear(const std::vector<i64>& sums, i64 first, i64 last) {
        for (i64 lane = first; lane < last; ++lane)
            for (i64 sum : sums) std::memset(s_.sum_of(sum, lane), 0, sizeof(T) * s_.width(sum));
    }

    void add_lanes(const std::vector<i64>& sums, i64 lanes) {
        for (i64 lane = 1; lane < lanes; ++lane)
            for (i64 sum : sums) s_.do_.add_to(s_.fixed(sum), s_.sum_of(sum, lane), s_.width(sum));
    }

private:
    State<T>& s_;
    const Program& program_;
    Asking& asking_;
    Team::Held* team_ = nullptr;
    // gradients that the update makes, by its parts
    std::vector<std::optional<std::variant<const Weights*, const Scatter*>>> streamed_;
    Sorted sorted_;

    // Pieces that are begun after it was said to stop are left out: the step is undone.
    template <class F> void share(i64 pieces, F f) {
        team_->share(pieces, [&](i64 piece, int worker) {
            if (!asking_.stops_within(worker)) f(piece, worker);
        });
    }

    template <class F> void by_rows(const Tile& tile, i64 pieces, F f) {
        if (pieces == 1) return f(tile, 0);
        share(pieces, [&](i64 piece, int worker) {
            const i64 first = tile.rows * piece / pieces, last = tile.rows * (piece + 1) / pieces;
            f(Tile{tile.first + first, last - first, piece, tile.fresh, tile.inset + first},
              worker);
        });
    }

    template <class S> void run_pieces(const S& step, const Tile& tile) {
        run(s_, step, tile, s_.benches[0]);
    }

    template <class S> void run_by_rows(const S& step, const Tile& tile, i64 pieces) {
        by_rows(tile, pieces,
                [&](const Tile& part, int worker) { run(s_, step, part, s_.benches[worker]); });
    }

    void run_pieces(const Lookup& p, const Tile& tile) {
        run_by_rows(
            p, tile,
            pieces_of(tile.rows * p.each * p.width, PIECE_OF_FEED, tile.rows / PIECE_OF_ROWS));
    }

    template <Recurring R> void run_pieces(const R& p, const Tile& tile) {
        run_by_rows(p, tile,
                    pieces_of(tile.rows * work_in_time(p), PIECE, tile.rows / PIECE_OF_ROWS));
    }

    void run_pieces(const Feed& p, const Tile& tile) {
        if (p.input == program_.sparse_feed) return;
        run_by_rows(
            p, tile,
            pieces_of(tile.rows * s_.width(p.to), PIECE_OF_FEED, tile.rows / PIECE_OF_ROWS));
    }

    void run_pieces(const Forward& p, const Tile& tile) {
        const i64 rows = tile.rows * p.each;
        const bool sparse = s_.is_sparse(p.x);
        const bool by_columns = !s_.steady && (sparse || by_inputs(rows, p.k));
        const i64 pieces = by_columns ? pieces_of_inputs(rows, p.k, p.m) : 1;
        if (pieces == 1) return run_by_rows(p, tile, sparse ? 1 : pieces_of_rows(tile.rows, p));
        share(pieces, [&](i64 piece, int) { run_piece(s_, p, tile, piece, pieces); });
        T *z = s_.rows_of(p.z, tile, s_.benches[0]), *partial = s_.partial.get();
        const i64 size = rows * p.m;
        const i64 parts = pieces_of(size * pieces, PIECE_OF_KERNEL, MOST_PIECES);
        share(parts, [&](i64 part, int) {
            const auto [first, count] = part_of(part, parts, size);
            for (i64 piece = 1; piece < pieces; ++piece)
                s_.do_.add_to(z + first, partial + (piece - 1) * size + first, count);
        });
    }

    void run_pieces(const Backward& p, const Tile& tile) {
        const i64 rows = tile.rows * p.each;
        const bool by_columns = !s_.steady && by_inputs(rows, p.k);
        const i64 pieces = by_columns ? pieces_of_inputs(rows, p.k, p.m) : 1;
        if (pieces == 1) return run_by_rows(p, tile, pieces_of_rows(tile.rows, p));
        share(pieces, [&](i64 piece, int) { run_piece(s_, p, tile, piece, pieces); });
    }

    void run_pieces(const Weights& p, const Tile& tile) {
        const i64 rows = tile.rows * p.each;
        const auto part = program_.stream ? program_.stream->part(p.dw) : std::nullopt;
        if (part && pays(program_, rows, p.k, p.m, s_.is_sparse(p.x))) {
            streamed_[*part] = &p;
            return;
        }
        const i64 pieces = s_.is_sparse(p.x)
                               ? pieces_of_inputs(rows, p.k, p.m)
                               : pieces_of(work_of(rows, p.k, p.m), PIECE, p.k / PIECE_OF_WEIGHTS);
        if (pieces == 1) return run(s_, p, tile, s_.benches[0]);
        share(pieces, [&](i64 piece, int worker) {
            run_piece(s_, p, tile, piece, pieces, s_.benches[worker]);
        });
    }

    // Elements first, … of a kernel whose elements have nothing to do with each other.
    void run_vector(const Kernel& k, T* const* base, i64 first, i64 count) {
        const i64 pieces = pieces_of(count, PIECE_OF_VECTOR, MOST_PIECES);
        share(pieces, [&](i64 piece, int worker) {
            const Part part = part_of(piece, pieces, count);
            s_.run_some(k, base, first + part.first, part.count, s_.benches[worker]);
        });
    }

    // The update of all weights; some have their gradient made on the way.
    void update(const Kernel& k, i64 size) {
        T* base[MOST_SLOTS];
        s_.places(k, Tile{0, 0, 0, true}, s_.benches[0], base);
        i64 done = 0;
        for (std::size_t part = 0; part < streamed_.size(); ++part) {
            if (!streamed_[part]) continue;
            const i64 first = program_.stream->parts[part].first;
            run_vector(k, base, done, first - done);
            done = first +
                   std::visit([&](const auto* p) { return update_streamed(k, base, *p, first); },
                              *streamed_[part]);
        }
        run_vector(k, base, done, size - done);
    }

    // The update of the weights in places first, …; how many there are.
    i64 update_streamed(const Kernel& k, T* const* base, const Weights& p, i64 begin) {
        const Tile tile{0, s_.row_count, 0, true};
        const i64 rows = s_.row_count * p.each;
        const bool sparse = s_.is_sparse(p.x), alone = is_rank_one(program_, rows);
        const T* dz = s_.rows_of(p.dz, tile, s_.benches[0]);
        const T* x = sparse ? nullptr : s_.rows_of(p.x, tile, s_.benches[0]);
        const i64 pieces = pieces_of_inputs(rows, p.k, p.m);
        share(pieces, [&](i64 piece, int worker) {
            const auto [first, count] = part_of(piece, pieces, p.k);
            Bench<T>& bench = s_.benches[worker];
            Compressed<T>* some = !sparse      ? nullptr
                                  : pieces > 1 ? &s_.panels[piece]
                                               : &s_.benches[0].compressed;
            if (sparse) compress(s_, *some, tile, first, count);
            if (sparse && !alone) regroup(s_, *some, count, rows);
            const Gradient<T> gradient{
                some, sparse ? nullptr : x + first, dz, rows, p.k, p.m, bench.pack.get()};
            const i64 place = begin + first * p.m;
            if (alone) update_rank_one(s_, k, base, gradient, place, count, bench);
            else update_rows(s_, k, base, gradient, place, count, bench);
        });
        return p.k * p.m;
    }

    i64 update_streamed(const Kernel& k, T* const* base, const Scatter& p, i64 begin) {
        by_blocks(p, [&](std::span<const Pair> pairs, const T* de, const Part& rows, int worker) {
            update_table(s_, k, base, pairs, de, begin + rows.first * p.width, rows.count, p.width,
                         s_.benches[worker]);
        });
        return p.count * p.width;
    }

    // f(pairs, de, rows, worker) for each block of rows of a table.
    template <class F> void by_blocks(const Scatter& p, F f) {
        const Tile all{0, s_.row_count, 0, true};
        sorted_.make(p, s_.rows_of(p.x, all, s_.benches[0]), s_.row_count, s_.benches[0]);
        const T* de = s_.rows_of(p.de, all, s_.benches[0]);
        const i64 blocks = Sorted::blocks(p), each = Sorted::in_block(p);
        const i64 pieces = pieces_of(p.count * p.width, PIECE_OF_VECTOR, blocks);
        share(pieces, [&](i64 piece, int worker) {
            for (i64 at = blocks * piece / pieces; at < blocks * (piece + 1) / pieces; ++at)
                f(sorted_.pairs(at), de, Part{at * each, std::min(each, p.count - at * each)},
                  worker);
        });
    }
};

}  // namespace pellucid
