// Threads that share out pieces of work: parked when there is nothing to do, and made anew in a
// process that was forked.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

#include "program.h"
#include "rounding.h"

namespace pellucid {

constexpr i64 MOST_PIECES = 8;  // of a round, whatever the number of threads
constexpr int MOST_THREADS = 8;

inline void relax() {
#if defined(__x86_64__) || defined(_M_X64)
    __builtin_ia32_pause();
#endif
}

// Spins until `done()`, or for so many microseconds.
template <class F> bool spin(double microseconds, F done) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration<double, std::micro>(microseconds);
    do {
        for (int turn = 0; turn < 32; ++turn) {
            if (done()) return true;
            relax();
        }
    } while (Clock::now() < end);
    return done();
}

// Who holds the team leads it: each round of work is cut into pieces, and every thread has pieces
// of its own, so that what it works on stays in its cache. A thread that is late loses its pieces
// to those who wait. Which thread works on a piece has no effect on what comes out.
class Team {
public:
    using Work = void (*)(void* context, i64 piece, int worker);

    // The team of this process, for as long as it is held; without it, all is done by the caller.
    class Held {
    public:
        explicit Held(int most) {
            if (most > 1) only_ = std::unique_lock(here().busy_, std::try_to_lock);
            if (only_.owns_lock()) team_ = &here();
        }

        void use(int threads) {
            threads_ = team_ ? threads : 1;
            if (team_ && team_->threads_.exchange(threads_) < threads_)
                team_->threads_.notify_all();
        }

        bool leads() const { return team_; }

        // Calls f(piece, worker) for every piece; the caller is worker 0. f throws nothing.
        template <class F> void share(i64 pieces, F f) {
            if (threads_ == 1 || pieces == 1) {
                for (i64 piece = 0; piece < pieces; ++piece) f(piece, 0);
                return;
            }
            team_->round(
                pieces,
                [](void* context, i64 piece, int worker) {
                    (*static_cast<F*>(context))(piece, worker);
                },
                &f);
        }

    private:
        Team* team_ = nullptr;
        std::unique_lock<std::mutex> only_;
        int threads_ = 1;
    };

    // In a child process the team of the parent is left alone: its threads are not here.
    static void forked() {
        new (&making_) std::mutex;
        team_ = nullptr;
    }

private:
    // microseconds that others wait for a thread that is late
    static constexpr double PATIENCE = 2;
    static constexpr double PARKING = 100;  // microseconds after which a thread parks

    std::mutex busy_;
    // the number of the round, and in the last byte how many pieces it has
    alignas(64) std::atomic<u64> round_{0};
    std::atomic<int> threads_{1};
    std::atomic<int> parked_{0};
    Work work_ = nullptr;
    void* context_ = nullptr;
    alignas(64) std::atomic<u64> done_{0};
    std::atomic<bool> leader_parked_{false};
    struct alignas(64) Claim {
        std::atomic<u64> round{0};
    };
    Claim claims_[MOST_PIECES];
    int workers_ = 0;
    bool hires_ = true;

    static inline std::mutex making_;
    static inline Team* team_ = nullptr;

    static Team& here() {
        const std::lock_guard<std::mutex> lock(making_);
        if (!team_) team_ = new Team;
        return *team_;
    }

    void round(i64 pieces, Work work, void* context) {
        const int wanted = threads_.load(std::memory_order_relaxed) - 1;
        while (workers_ < wanted && hires_) hire();
        work_ = work;
        context_ = context;
        done_.store(0, std::memory_order_relaxed);
        const u64 round =
            ((round_.load(std::memory_order_relaxed) >> 8) + 1) << 8 | static_cast<u64>(pieces);
        round_.store(round);
        if (parked_.load()) round_.notify_all();
        take(round, 0);
        const auto complete = [&] {
            return done_.load(std::memory_order_acquire) == static_cast<u64>(pieces);
        };
        if (spin(PATIENCE, complete)) return;
        take_all(round, 0);
        if (spin(PARKING, complete)) return;
        leader_parked_.store(true);
        for (u64 now = done_.load(); now != static_cast<u64>(pieces); now = done_.load())
            done_.wait(now);
        leader_parked_.store(false);
    }

    // Where the system gives no more threads, those that are there do the work.
    void hire() {
        try {
            std::thread(&Team::serve, this, workers_ + 1).detach();
            ++workers_;
        } catch (const std::system_error&) { hires_ = false; }
    }

    void serve(int worker) {
        FlushTiny flush;
        for (u64 seen = 0;;) {
            for (int threads = threads_.load(); worker >= threads; threads = threads_.load())
                threads_.wait(threads);
            const auto news = [&] { return round_.load(std::memory_order_acquire) != seen; };
            if (!spin(PARKING, news)) {
                parked_.fetch_add(1);
                round_.wait(seen);
                parked_.fetch_sub(1);
            }
            seen = round_.load(std::memory_order_acquire);
            if (worker >= threads_.load()) continue;
            take(seen, worker);
            const u64 pieces = seen & 255;
            if (!spin(PATIENCE,
                      [&] { return news() || done_.load(std::memory_order_relaxed) == pieces; }))
                take_all(seen, worker);
        }
    }

    // The worker's own pieces of a round.
    void take(u64 round, int worker) {
        const i64 pieces = static_cast<i64>(round & 255);
        const i64 threads = std::max(worker + 1, threads_.load(std::memory_order_relaxed));
        for (i64 piece = pieces * worker / threads; piece < pieces * (worker + 1) / threads;
             ++piece)
            take_piece(round, piece, worker);
    }

    void take_all(u64 round, int worker) {
        for (i64 piece = static_cast<i64>(round & 255) - 1; piece >= 0; --piece)
            take_piece(round, piece, worker);
    }

    // Only who claims a piece may look at the work: till it is done, the round cannot end.
    void take_piece(u64 round, i64 piece, int worker) {
        u64 last = claims_[piece].round.load(std::memory_order_relaxed);
        if (last >= round || !claims_[piece].round.compare_exchange_strong(last, round)) return;
        work_(context_, piece, worker);
        done_.fetch_add(1);
        if (leader_parked_.load()) done_.notify_all();
    }
};

}  // namespace pellucid
