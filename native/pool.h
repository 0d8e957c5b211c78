// Worker threads: parked when there is nothing to do, and made anew in a process that was forked.
#pragma once
#include <atomic>
#include <mutex>
#include <thread>
#ifndef _WIN32
#include <unistd.h>
#endif

namespace pellucid {

class Pool {
public:
    // Calls work(context, worker) on up to `threads` threads, this one being worker 0. Work is
    // shared out by the callee, so that nobody waits for a thread that has not begun.
    static void run(int threads, void (*work)(void*, int), void* context) {
        Pool& pool = here();
        std::unique_lock<std::mutex> only(pool.busy_, std::try_to_lock);
        if (threads < 2 || !only.owns_lock()) return work(context, 0);
        pool.grow(threads - 1);
        pool.work_ = work;
        pool.context_ = context;
        pool.wanted_ = threads - 1;
        pool.open_.store(true);
        pool.round_.fetch_add(1);
        pool.round_.notify_all();
        work(context, 0);
        pool.open_.store(false);
        for (int left = pool.active_.load(); left; left = pool.active_.load()) pool.active_.wait(left);
    }

private:
    std::mutex busy_;
    std::atomic<unsigned> round_{0};
    std::atomic<int> active_{0};
    std::atomic<bool> open_{false};
    std::atomic<int> wanted_{0};
    void (*work_)(void*, int) = nullptr;
    void* context_ = nullptr;
    int workers_ = 0;

    // The pool of this process. That of a parent process is left alone: its threads are not here.
    static Pool& here() {
        static std::mutex making;
        static Pool* pool = nullptr;
        static long owner = 0;
        const std::lock_guard<std::mutex> lock(making);
        if (!pool || owner != process()) {
            pool = new Pool;
            owner = process();
        }
        return *pool;
    }

    static long process() {
#ifdef _WIN32
        return 1;
#else
        return static_cast<long>(getpid());
#endif
    }

    void grow(int workers) {
        for (; workers_ < workers; ++workers_)
            std::thread(&Pool::serve, this, workers_ + 1, round_.load()).detach();
    }

    void serve(int worker, unsigned seen) {
        for (;;) {
            for (int spin = 0; spin < 2000 && round_.load(std::memory_order_relaxed) == seen; ++spin) relax();
            round_.wait(seen);
            seen = round_.load();
            active_.fetch_add(1);
            if (open_.load() && worker <= wanted_.load()) work_(context_, worker);
            active_.fetch_sub(1);
            active_.notify_all();
        }
    }

    static void relax() {
#if defined(__x86_64__) || defined(_M_X64)
        __builtin_ia32_pause();
#endif
    }
};

}  // namespace pellucid
