#include "runner.h"

#include <chrono>

#include "moving.h"
#include "numbers.h"
#include "pace.h"
#include "rooms.h"
#include "rounding.h"
#include "streaming.h"

namespace pellucid {

Blas blas;

namespace {

constexpr i64 PIECE_OF_KERNEL = 60'000;  // elements times instructions that are worth a piece
constexpr i64 PIECE_OF_FEED = 16'384;    // elements that are

template <class T> const Kernels<T>* table(const Level& level) {
    if constexpr (sizeof(T) == 4) return level.f32;
    else return level.f64;
}

template <class T> class TypedRunner final : public Runner {
public:
    TypedRunner(const Level& level, std::shared_ptr<Plan> plan)
        : s_(level, *table<T>(level), std::move(plan)), plan_(*s_.plan), extents_(plan_), rooms_(s_, extents_) {
        streamed_.resize(plan_.stream.parts.size());
    }

    Answer run(const Request& request) override {
        FlushTiny flush;
        s_.ask = &request;
        const int threads = static_cast<int>(std::clamp<i64>(request.threads, 1, MOST_THREADS));
        Team::Held team(threads);
        team_ = &team;
        spent_ = 0;
        rooms_.make(std::min(request.batch, request.last - request.first), threads, entries());
        forget_rows();
        const bool trains = request.rates != nullptr;
        if (trains) save();
        Answer answer;
        while (done(answer.steps) < request.last) {
            if (!some_steps(answer, threads)) {
                answer.finite = false;
                if (trains) again(answer.steps);
                return answer;
            }
            if (request.seconds > 0 && spent_ > request.seconds) break;
        }
        keep_numbers();
        return answer;
    }

    i64 bytes() const override { return saved_.bytes() + s_.bytes(); }

private:
    State<T> s_;
    const Plan& plan_;
    const Extents extents_;
    Rooms<T> rooms_;
    Room<char> saved_;
    Pace pace_;
    Team::Held* team_ = nullptr;
    double spent_ = 0;
    i64 tile_ = 1, tiles_ = 1;
    std::vector<const std::vector<i64>*> streamed_;  // products that the update makes, by its parts

    i64 done(i64 steps) const { return s_.ask->first + steps * s_.ask->batch; }

    // The most entries in a row of the sparse input.
    i64 entries() const {
        if (plan_.sparse_feed < 0) return 0;
        const Array& array = s_.ask->feeds[plan_.sparse_feed];
        return array.starts ? array.most : s_.width(plan_.sparse_buffer);
    }

    // Steps for a moment; then there is a choice how many threads go on.
    bool some_steps(Answer& answer, int threads) {
        using Clock = std::chrono::steady_clock;
        const bool chooses = s_.ask->chooses && threads > 1, timed = chooses || s_.ask->seconds > 0;
        if (chooses) pace_.allow(threads);
        team_->use(chooses ? pace_.threads() : threads);
        const i64 before = answer.steps;
        const auto begun = timed ? Clock::now() : Clock::time_point();
        std::chrono::duration<double> spent{};
        do {
            if (!step(done(answer.steps), answer.steps)) return false;
            add_losses();
            ++answer.steps;
            if (timed) spent = Clock::now() - begun;
        } while (done(answer.steps) < s_.ask->last && spent.count() < Pace::MOMENT);
        spent_ += spent.count();
        if (chooses) pace_.note(spent.count(), answer.steps - before);
        return true;
    }

    // The rows of another pass may be others though they have the same places.
    void forget_rows() {
        for (auto& bench : s_.benches) bench.compressed.first = -1;
        for (auto& panel : s_.panels) panel.first = -1;
    }

    // ---- saving, so that a step that fails can be undone

    void save() {
        i64 bytes = 0;
        for (const auto& [memory, size] : plan_.changing) bytes += size;
        char* to = saved_.at_least(bytes + 1);
        for (const auto& [memory, size] : plan_.changing) {
            std::memcpy(to, memory, size);
            to += size;
        }
        take_numbers();
    }

    // Back to the state before the stretch, and forward again up to the step that failed.
    void again(i64 steps) {
        const char* from = saved_.get();
        for (const auto& [memory, size] : plan_.changing) {
            std::memcpy(memory, from, size);
            from += size;
        }
        take_numbers();
        for (i64 number = 0; number < steps; ++number) step(done(number), number);
        keep_numbers();
    }

    void take_numbers() {
        for (const auto& [number, home] : plan_.kept) s_.numbers[number] = *home;
    }

    void keep_numbers() {
        for (const auto& [number, home] : plan_.kept) *home = s_.numbers[number];
    }

    // ---- one step

    bool step(i64 first, i64 number) {
        begin(first, number);
        for (const Phase& phase : plan_.phases) {
            if (!phase.rows.empty()) run_rows(phase);
            for (const Step& each : phase.fixed) run_fixed(each);
        }
        for (const auto& [target, value] : plan_.assigned)
            std::memcpy(s_.fixed(target), s_.fixed(value), sizeof(T) * s_.width(target));
        for (const auto& [kept, value] : plan_.moved) s_.numbers[kept] = s_.numbers[value];
        bool finite = true;
        for (const auto& bench : s_.benches) finite &= bench.finite;
        return finite;
    }

    void add_losses() {
        if (!s_.ask->losses) return;
        for (std::size_t at = 0; at < plan_.losses.size(); ++at)
            s_.ask->losses[at] += static_cast<double>(*s_.fixed(plan_.losses[at])) * static_cast<double>(s_.row_count);
    }

    void begin(i64 first, i64 number) {
        s_.position = first;
        s_.row_count = std::min(s_.ask->batch, s_.ask->last - first);
        s_.step = s_.ask->step + static_cast<u64>(number);
        tile_ = extents_.tile(s_.row_count);
        tiles_ = (s_.row_count + tile_ - 1) / tile_;
        s_.shared_tile = tiles_ == 1;
        std::fill(streamed_.begin(), streamed_.end(), nullptr);
        for (auto& bench : s_.benches) bench.finite = true;
        set_numbers(number);
    }

    void set_numbers(i64 number) {
        auto& numbers = s_.numbers;
        if (plan_.rate >= 0 && s_.ask->rates) numbers[plan_.rate] = s_.ask->rates[number];
        if (plan_.time >= 0) numbers[plan_.time] = static_cast<double>(s_.step + 1);
        if (plan_.rows >= 0) numbers[plan_.rows] = static_cast<double>(s_.row_count);
        for (const NumberCode& each : plan_.number_code)
            numbers[each.d] = compute(each.op, numbers[each.a], numbers[each.b]);
        for (std::size_t at = 0; at < numbers.size(); ++at) s_.typed[at] = static_cast<T>(numbers[at]);
    }

    // ---- phases over rows

    void run_rows(const Phase& phase) {
        if (s_.shared_tile) run_tile(phase);
        else run_lanes(phase);
    }

    // Lanes of tiles, each with its own sums, which do not depend on who worked on them.
    void run_lanes(const Phase& phase) {
        const i64 lanes = std::min(tiles_, LANES_OF_TILES);
        clear(phase.totals, 1, lanes, false);
        clear(phase.sums, 0, lanes, true);
        team_->share(lanes, [&](i64 lane, int worker) {
            for (i64 t = tiles_ * lane / lanes, begin = t; t < tiles_ * (lane + 1) / lanes; ++t) {
                const Tile tile{t * tile_, std::min(tile_, s_.row_count - t * tile_), lane, t == begin};
                for (const Step& each : phase.rows) run_step(each, tile, s_.benches[worker]);
            }
        });
        add_lanes(phase.totals, lanes);
    }

    // One tile, whose steps are cut into pieces where that pays.
    void run_tile(const Phase& phase) {
        const Tile tile{0, s_.row_count, 0, true};
        i64 lanes = 1;
        clear(phase.sums, 0, 1, true);
        for (const Step& each : phase.rows) {
            if (each.kind != step_kernel) {
                run_pieces(each, tile);
                continue;
            }
            const Kernel& k = plan_.kernels[each.args[0]];
            const i64 pieces = pieces_of(tile.rows * k.work, PIECE_OF_KERNEL, tile.rows / PIECE_OF_ROWS);
            if (pieces > lanes) clear(phase.sums, lanes, pieces, true), lanes = pieces;
            by_rows(tile, pieces, [&](const Tile& part, int worker) { s_.run(k, part, part.rows, s_.benches[worker]); });
        }
        add_lanes(phase.sums, lanes);
    }

    void clear(const std::vector<i64>& sums, i64 first, i64 last, bool zero) {
        for (i64 lane = first; lane < last; ++lane)
            for (i64 sum : sums) {
                T* at = s_.sum_of(sum, lane);
                if (zero) std::memset(at, 0, sizeof(T) * s_.width(sum));
            }
    }

    void add_lanes(const std::vector<i64>& sums, i64 lanes) {
        for (i64 lane = 1; lane < lanes; ++lane)
            for (i64 sum : sums) s_.do_.add_to(s_.fixed(sum), s_.sum_of(sum, lane), s_.width(sum));
    }

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
            default: run_step(each, tile, s_.benches[0]);
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
            const i64 first = piece_begins(part, parts, size), count = piece_begins(part + 1, parts, size) - first;
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

    void run_step(const Step& step, const Tile& tile, Bench<T>& bench) {
        const auto& a = step.args;
        switch (step.kind) {
            case step_feed: feed(s_, a[0], a[1], tile, bench); break;
            case step_forward: forward(s_, a, tile, bench); break;
            case step_backward: backward(s_, a, tile, bench); break;
            case step_weights: weights(s_, a, tile, bench); break;
            case step_kernel: s_.run(plan_.kernels[a[0]], tile, tile.rows, bench); break;
            case step_uniform: uniform(s_, a, tile, bench); break;
            case step_normal: normal(s_, a, tile, bench); break;
            case step_lookup: lookup(s_, a, tile, bench); break;
            case step_scatter: scatter(s_, a, tile, bench); break;
            case step_move: move(s_, a, tile, bench); break;
            case step_zero: zero(s_, a, tile, bench); break;
            case step_give: give(s_, a, tile, bench); break;
            case step_convolve: convolve(s_, a, tile, bench); break;
            case step_convolve_back: convolve_back(s_, a, tile, bench); break;
            case step_convolve_weights: convolve_weights(s_, a, tile, bench); break;
            case step_max_pool: max_pool(s_, a, tile, bench); break;
            case step_max_pool_back: max_pool_back(s_, a, tile, bench); break;
            case step_mean_pool: mean_pool(s_, a, tile, bench); break;
            case step_mean_pool_back: mean_pool_back(s_, a, tile, bench); break;
        }
    }

    // ---- what is computed once: a kernel, its size, and buffers that it sums into

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

    // Elements first, … of a kernel whose elements have nothing to do with each other.
    void run_vector(const Kernel& k, T* const* base, i64 first, i64 count) {
        const i64 pieces = pieces_of(count, PIECE_OF_VECTOR, MOST_PIECES);
        team_->share(pieces, [&](i64 piece, int worker) {
            const i64 begin = piece_begins(piece, pieces, count), end = piece_begins(piece + 1, pieces, count);
            s_.run_some(k, base, first + begin, end - begin, s_.benches[worker]);
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
            const i64 first = piece_begins(piece, pieces, width), last = piece_begins(piece + 1, pieces, width);
            Compressed<T>* some = !sparse ? nullptr : pieces > 1 ? &s_.panels[piece] : &s_.benches[0].compressed;
            if (sparse && !is_rank_one(plan_, rows)) regroup(s_, *some, last - first, rows);
            const Gradient<T> gradient{some, sparse ? nullptr : x + first, dz, rows, width, m};
            update_rows(s_, k, base, gradient, begin + first * m, last - first, s_.benches[worker]);
        });
        return width * m;
    }
};

}  // namespace

std::unique_ptr<Runner> make_runner(const Level& level, bool doubles, std::shared_ptr<Plan> plan) {
    if (doubles) return std::make_unique<TypedRunner<double>>(level, std::move(plan));
    return std::make_unique<TypedRunner<float>>(level, std::move(plan));
}

}  // namespace pellucid
