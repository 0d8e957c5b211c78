// Steps that are shared out: those of one tile, cut into pieces where that pays, and those on vectors.
#pragma once
#include "steps.h"
#include "streaming.h"

namespace pellucid {

template <class T> class Sharing {
public:
    explicit Sharing(State<T>& state) : s_(state), plan_(*state.plan), streamed_(plan_.stream.parts.size()) {}

    // A step begins, led by this team.
    void begin(Team::Held& team) {
        team_ = &team;
        std::fill(streamed_.begin(), streamed_.end(), nullptr);
    }

    // The steps on one tile, which are cut into pieces where that pays; not all, if it `stops()`.
    template <class F> void run_tile(const Phase& phase, F stops) {
        const Tile tile{0, s_.row_count, 0, true};
        i64 lanes = 1;
        clear(phase.sums, 0, 1);
        for (const Step& each : phase.rows) {
            if (stops()) return;
            if (each.kind != step_kernel) {
                run_pieces(each, tile);
                continue;
            }
            const Kernel& k = plan_.kernels[each.args[0]];
            const i64 pieces = pieces_of(tile.rows * k.work, PIECE_OF_KERNEL, tile.rows / PIECE_OF_ROWS);
            if (pieces > lanes) clear(phase.sums, lanes, pieces), lanes = pieces;
            by_rows(tile, pieces, [&](const Tile& part, int worker) { s_.run(k, part, part.rows, s_.benches[worker]); });
        }
        add_lanes(phase.sums, lanes);
    }

    // What is computed once: a kernel, its size, and buffers that it sums into.
    void run_fixed(const Step& step) {
        const auto& a = step.args;
        for (std::size_t at = 2; at < a.size(); ++at)
            std::memset(s_.fixed(a[at]), 0, sizeof(T) * s_.width(a[at]));
        const Kernel& k = plan_.kernels[a[0]];
        if (a[0] == plan_.stream.kernel) return update(k, a[1]);
        if (!k.is_plain) return s_.run(k, Tile{0, 0, 0, true}, a[1], s_.benches[0]);
        T* base[MOST_SLOTS];
        s_.places(k, Tile{0, 0, 0, true}, s_.benches[0], base);
        run_vector(k, base, 0, a[1]);
    }

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
    const Plan& plan_;
    Team::Held* team_ = nullptr;
    std::vector<const std::vector<i64>*> streamed_;  // products that the update makes, by its parts

    template <class F> void by_rows(const Tile& tile, i64 pieces, F f) {
        if (pieces == 1) return f(tile, 0);
        team_->share(pieces, [&](i64 piece, int worker) {
            const i64 first = tile.rows * piece / pieces, last = tile.rows * (piece + 1) / pieces;
            f(Tile{tile.first + first, last - first, piece, tile.fresh, tile.inset + first}, worker);
        });
    }

    void run_pieces(const Step& each, const Tile& tile) {
        const auto& a = each.args;
        switch (each.kind) {
            case step_feed:
                if (a[1] == plan_.sparse_feed) return;
                return by_rows(tile, pieces_of(tile.rows * s_.width(a[0]), PIECE_OF_FEED, tile.rows / PIECE_OF_ROWS),
                               [&](const Tile& part, int worker) { feed(s_, a[0], a[1], part, s_.benches[worker]); });
            case step_forward: return forward_in_pieces(each, tile);
            case step_backward: return backward_in_pieces(each, tile);
            case step_weights: return weights_in_pieces(each, tile);
            default: run_step(s_, each, tile, s_.benches[0]);
        }
    }

    void forward_in_pieces(const Step& each, const Tile& tile) {
        const auto& a = each.args;
        const i64 rows = tile.rows * a[5], k = a[3], m = a[4];
        const bool sparse = s_.is_sparse(a[0]);
        const i64 pieces = sparse || by_inputs(rows, k) ? pieces_of_inputs(rows, k, m) : 1;
        if (pieces == 1)
            return by_rows(tile, sparse ? 1 : pieces_of_rows(tile.rows, a), [&](const Tile& part, int worker) {
                forward(s_, a, part, s_.benches[worker]);
            });
        team_->share(pieces, [&](i64 piece, int) { forward_piece(s_, a, tile, piece, pieces); });
        T *z = s_.rows_of(a[2], tile, s_.benches[0]), *partial = s_.partial.get();
        const i64 size = rows * m;
        const i64 parts = pieces_of(size * pieces, PIECE_OF_KERNEL, MOST_PIECES);
        team_->share(parts, [&](i64 part, int) {
            const auto [first, count] = part_of(part, parts, size);
            for (i64 piece = 1; piece < pieces; ++piece)
                s_.do_.add_to(z + first, partial + (piece - 1) * size + first, count);
        });
    }

    void backward_in_pieces(const Step& each, const Tile& tile) {
        const auto& a = each.args;
        const i64 rows = tile.rows * a[5], k = a[3], m = a[4];
        const i64 pieces = by_inputs(rows, k) ? pieces_of_inputs(rows, k, m) : 1;
        if (pieces == 1)
            return by_rows(tile, pieces_of_rows(tile.rows, a), [&](const Tile& part, int worker) {
                backward(s_, a, part, s_.benches[worker]);
            });
        team_->share(pieces, [&](i64 piece, int) { backward_piece(s_, a, tile, piece, pieces); });
    }

    void weights_in_pieces(const Step& each, const Tile& tile) {
        const auto& a = each.args;
        const i64 rows = tile.rows * a[5], part = plan_.stream.part(a[2]);
        if (part >= 0 && pays(plan_, rows, a[3], a[4], s_.is_sparse(a[0]))) {
            streamed_[part] = &a;
            return;
        }
        const i64 pieces = s_.is_sparse(a[0]) ? pieces_of_inputs(rows, a[3], a[4])
                                              : pieces_of(work_of(rows, a[3], a[4]), PIECE, a[3] / PIECE_OF_WEIGHTS);
        if (pieces == 1) return weights(s_, a, tile, s_.benches[0]);
        team_->share(pieces, [&](i64 piece, int worker) {
            weights_piece(s_, a, tile, piece, pieces, s_.benches[worker]);
        });
    }

    // Elements first, … of a kernel whose elements have nothing to do with each other.
    void run_vector(const Kernel& k, T* const* base, i64 first, i64 count) {
        const i64 pieces = pieces_of(count, PIECE_OF_VECTOR, MOST_PIECES);
        team_->share(pieces, [&](i64 piece, int worker) {
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
            const i64 first = plan_.stream.parts[part].second;
            run_vector(k, base, done, first - done);
            done = first + update_streamed(k, base, *streamed_[part], first);
        }
        run_vector(k, base, done, size - done);
    }

    // The update of the weights in places first, …; how many there are.
    i64 update_streamed(const Kernel& k, T* const* base, const std::vector<i64>& a, i64 begin) {
        const Tile tile{0, s_.row_count, 0, true};
        const i64 width = a[3], m = a[4], rows = s_.row_count * a[5];
        const bool sparse = s_.is_sparse(a[0]);
        const T* dz = s_.rows_of(a[1], tile, s_.benches[0]);
        const T* x = sparse ? nullptr : s_.rows_of(a[0], tile, s_.benches[0]);
        const i64 pieces = pieces_of_inputs(rows, width, m);
        team_->share(pieces, [&](i64 piece, int worker) {
            const auto [first, count] = part_of(piece, pieces, width);
            Compressed<T>* some = !sparse ? nullptr : pieces > 1 ? &s_.panels[piece] : &s_.benches[0].compressed;
            if (sparse) compress(s_, *some, tile, first, count);
            if (sparse && !is_rank_one(plan_, rows)) regroup(s_, *some, count, rows);
            const Gradient<T> gradient{some, sparse ? nullptr : x + first, dz, rows, width, m};
            update_rows(s_, k, base, gradient, begin + first * m, count, s_.benches[worker]);
        });
        return width * m;
    }
};

}  // namespace pellucid
