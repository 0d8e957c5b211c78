#include "runner.h"

#include <cmath>

#include "asking.h"
#include "numbers.h"
#include "pace.h"
#include "rooms.h"
#include "rounding.h"
#include "sharing.h"
#include "snapshot.h"

namespace pellucid {

Blas blas;

namespace {

using Clock = Asking::Clock;
using Seconds = std::chrono::duration<double>;

template <class T> const Kernels<T>* table(const Level& level) {
    if constexpr (sizeof(T) == 4) return level.f32;
    else return level.f64;
}

template <class T> class TypedRunner final : public Runner {
public:
    TypedRunner(const Level& level, std::shared_ptr<Program> program)
        : s_(level, *table<T>(level), std::move(program)), program_(*s_.program),
          extents_(program_), rooms_(s_, extents_), before_(s_), shared_(s_, asking_) {}

    Answer run(const Request& request) override {
        FlushTiny flush;
        s_.ask = &request;
        asking_.begin(request.stops);
        const int threads = static_cast<int>(std::clamp<i64>(request.threads, 1, MOST_THREADS));
        Team::Held team(threads);
        team_ = &team;
        spent_ = 0;
        rooms_.make(std::min(request.batch, request.last - request.first), threads, entries());
        shared_.make_room(std::min(request.batch, request.last - request.first));
        forget_rows();
        const bool trains = request.rates != nullptr;
        if (trains) before_.take();
        Answer answer;
        while (done(answer.steps) < request.last) {
            if (!some_steps(answer, threads)) {
                answer.finite = asking_.stopped();
                if (trains) again(asking_.failed() ? 0 : answer.steps);
                break;
            }
            if (asking_.stopped() || (request.seconds > 0 && spent_ > request.seconds)) break;
        }
        before_.keep_numbers();
        asking_.rethrow();
        return answer;
    }

    i64 bytes() const override { return before_.bytes() + s_.bytes() + shared_.bytes(); }

private:
    State<T> s_;
    const Program& program_;
    const Extents extents_;
    Rooms<T> rooms_;
    Snapshot<T> before_;
    Asking asking_;
    Sharing<T> shared_;
    Pace pace_;
    Team::Held* team_ = nullptr;
    double spent_ = 0;
    i64 tile_ = 1, tiles_ = 1;

    i64 done(i64 steps) const { return s_.ask->first + steps * s_.ask->batch; }

    // The most entries in a row of the sparse input.
    i64 entries() const {
        if (program_.sparse_feed < 0) return 0;
        const Array& array = s_.ask->feeds[program_.sparse_feed];
        return array.starts ? array.most : s_.width(program_.sparse_buffer);
    }

    // Steps for a moment; then there is a choice how many threads go on.
    bool some_steps(Answer& answer, int threads) {
        const bool chooses = s_.ask->chooses && threads > 1 && team_->leads();
        const bool timed = chooses || asking_.asks() || s_.ask->seconds > 0;
        if (chooses) pace_.allow(threads);
        team_->use(chooses ? pace_.threads() : threads);
        const i64 before = answer.steps;
        const auto begun = timed ? Clock::now() : Clock::time_point();
        auto now = begun;
        Seconds spent{};
        do {
            if (!step(done(answer.steps), answer.steps)) return false;
            add_losses();
            ++answer.steps;
            if (timed) now = Clock::now();
            spent = now - begun;
        } while (done(answer.steps) < s_.ask->last && spent.count() < Pace::MOMENT &&
                 !asking_.stops(now));
        spent_ += spent.count();
        const i64 rows = std::min(done(answer.steps), s_.ask->last) - done(before);
        if (chooses) pace_.note(spent.count(), rows);
        return true;
    }

    // The rows of another pass may be others though they have the same places.
    void forget_rows() {
        for (auto& bench : s_.benches) bench.compressed.first = -1;
        for (auto& panel : s_.panels) panel.first = -1;
    }

    // Back to the state before the stretch, and forward again by so many steps.
    void again(i64 steps) {
        asking_.end();
        before_.go_back();
        for (i64 number = 0; number < steps; ++number) step(done(number), number);
    }

    // ---- one step

    // False if a number is not finite, or the step was left unfinished.
    bool step(i64 first, i64 number) {
        begin(first, number);
        for (const Phase& phase : program_.phases) {
            if (!phase.rows.empty()) run_rows(phase);
            if (asking_.stops_within(0)) return false;
            for (const auto& each : phase.fixed)
                if (!std::visit([&](const auto& one) { return run_fixed(one); }, each))
                    return false;
        }
        for (const auto& [target, value] : program_.assigned)
            std::memcpy(s_.fixed(target), s_.fixed(value), sizeof(T) * s_.width(target));
        bool finite = true;
        for (const Kept& each : program_.kept) {
            s_.numbers[each.number] = s_.numbers[each.value];
            finite &= std::isfinite(s_.numbers[each.number]);
        }
        for (const auto& bench : s_.benches) finite &= bench.finite;
        return finite;
    }

    // False if it is left unfinished.
    template <class Shared> bool run_fixed(const Shared& step) {
        shared_.run_once(step);
        return !asking_.stopped();
    }

    // False if it throws, which is kept for the end of the run.
    bool run_fixed(const Elsewhere& other) {
        const Tile all{0, s_.row_count, 0, true};
        const auto places = [&](const std::vector<i64>& buffers) {
            std::vector<Address> found;
            for (i64 each : buffers)
                found.push_back(reinterpret_cast<Address>(program_.buffers[each].of_rows()
                                                              ? s_.rows_of(each, all, s_.benches[0])
                                                              : s_.fixed(each)));
            return found;
        };
        std::vector<double> numbers;
        for (i64 each : other.numbers) numbers.push_back(s_.numbers[each]);
        try {
            const KeepTiny as_they_have_it;
            other.call(s_.row_count, places(other.reads), numbers, places(other.gives));
        } catch (...) { asking_.fail(); }
        return !asking_.failed();
    }

    void add_losses() {
        if (!s_.ask->losses) return;
        for (std::size_t at = 0; at < program_.losses.size(); ++at)
            s_.ask->losses[at] += static_cast<double>(*s_.fixed(program_.losses[at])) *
                                  static_cast<double>(s_.row_count);
    }

    void begin(i64 first, i64 number) {
        s_.position = first;
        s_.row_count = std::min(s_.ask->batch, s_.ask->last - first);
        s_.step = s_.ask->step + static_cast<u64>(number);
        asking_.step(s_.row_count * extents_.work() + before_.bytes());
        tile_ = extents_.tile(s_.row_count);
        tiles_ = (s_.row_count + tile_ - 1) / tile_;
        s_.shared_tile = tiles_ == 1;
        shared_.begin(*team_);
        for (auto& bench : s_.benches) bench.finite = true;
        set_numbers(number);
    }

    void set_numbers(i64 number) {
        const PlainNumbers& plain = program_.numbers;
        auto& numbers = s_.numbers;
        if (s_.ask->rates) numbers[plain.rate] = s_.ask->rates[number];
        numbers[plain.time] = static_cast<double>(s_.step + 1);
        numbers[plain.rows] = static_cast<double>(s_.row_count);
        for (const NumberCode& each : plain.code)
            numbers[each.to] = compute(each.op, numbers[each.a], numbers[each.b]);
        for (std::size_t at = 0; at < numbers.size(); ++at)
            s_.typed[at] = static_cast<T>(numbers[at]);
    }

    // ---- phases over rows

    void run_rows(const Phase& phase) {
        if (s_.shared_tile) shared_.run_tile(phase);
        else run_lanes(phase);
    }

    // Lanes of tiles, each with its own sums, which do not depend on who worked on them.
    void run_lanes(const Phase& phase) {
        const i64 lanes = std::min(tiles_, LANES_OF_TILES);
        for (i64 lane = 1; lane < lanes; ++lane)
            for (i64 total : phase.totals)
                s_.sum_of(total, lane);  // room for it, made by one thread
        shared_.clear(phase.sums, 0, lanes);
        team_->share(lanes, [&](i64 lane, int worker) {
            for (i64 t = tiles_ * lane / lanes, begin = t; t < tiles_ * (lane + 1) / lanes; ++t) {
                if (worker == 0 ? asking_.stops() : asking_.stopped()) return;
                const Tile tile{t * tile_, std::min(tile_, s_.row_count - t * tile_), lane,
                                t == begin};
                for (const Step& each : phase.rows) run_step(s_, each, tile, s_.benches[worker]);
            }
        });
        shared_.add_lanes(phase.totals, lanes);
    }
};

}  // namespace

std::unique_ptr<Runner> make_runner(const Level& level, bool doubles,
                                    std::shared_ptr<Program> program) {
    if (doubles) return std::make_unique<TypedRunner<double>>(level, std::move(program));
    return std::make_unique<TypedRunner<float>>(level, std::move(program));
}

}  // namespace pellucid
