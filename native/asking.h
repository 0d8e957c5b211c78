// Whether a run goes on: who began it is asked now and then by the thread that leads, and the other
// threads read the answer. A step that is left unfinished is undone.
#pragma once
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <utility>

#include "program.h"

namespace pellucid {

class Asking {
public:
    using Clock = std::chrono::steady_clock;

    void begin(const std::function<bool()>& question) {
        question_ = &question;
        asks_ = bool(question);
        stopped_ = false;
        asked_at_ = asks_ ? Clock::now() : Clock::time_point();
    }

    // From here on nothing is asked, and nothing left.
    void end() { asks_ = false; }

    // A step begins, of so many multiplications, and bytes that they may change.
    void step(i64 work) { is_long_ = work > LONG_STEP; }

    bool asks() const { return asks_; }
    bool stopped() const { return asks_ && stopped_; }

    // Only the thread that leads may ask.
    bool stops() { return asks_ && stops(Clock::now()); }

    bool stops(Clock::time_point now) {
        if (!asks_ || stopped_ || now - asked_at_ < BETWEEN) return stopped();
        asked_at_ = now;
        try {
            stopped_ = (*question_)();
        } catch (...) { fail(); }
        return stopped_;
    }

    // The same within a step, where it pays only if the step is long.
    bool stops_within(int worker) { return worker == 0 && is_long_ ? stops() : stopped(); }

    // What is being thrown waits for the end of the run.
    void fail() {
        thrown_ = std::current_exception();
        stopped_ = true;
    }

    bool failed() const { return bool(thrown_); }

    void rethrow() {
        if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    }

private:
    static constexpr std::chrono::milliseconds BETWEEN{50};  // two questions
    static constexpr i64 LONG_STEP = 100'000'000;            // of both, worth a question

    const std::function<bool()>* question_ = nullptr;
    bool asks_ = false, is_long_ = false;
    std::atomic<bool> stopped_{false};
    std::exception_ptr thrown_;
    Clock::time_point asked_at_;
};

}  // namespace pellucid
