// How many threads pay: tried while it trains, since results do not depend on it.
#pragma once
#include <algorithm>
#include <vector>

#include "program.h"

namespace pellucid {

// Candidates are 1, 2, 4, … and the most that are allowed. The time of a step is known for those that
// were tried; a neighbour of the best is tried again now and then, more often after a change.
class Pace {
public:
    static constexpr double TRIAL = 4e-4;  // seconds of steps after which there is a choice

    void allow(int most) {
        if (!counts_.empty() && counts_.back() == most) return;
        counts_.clear();
        for (int count = 1; count < most; count *= 2) counts_.push_back(count);
        counts_.push_back(most);
        times_.assign(counts_.size(), 0.0);
        best_ = now_ = 0;
        left_ = 0;
        patience_ = FIRST_PATIENCE;
    }

    int threads() const { return counts_[now_]; }

    // What so many seconds a step, at the present number of threads, say about the next trial.
    void note(double seconds) {
        if (counts_.size() == 1) return;
        double& known = times_[now_];
        if (warming_) {
            warming_ = false;
            return;
        }
        const bool slower = known > 0 && seconds > SLOWER * known;
        known = known > 0 && now_ == best_ ? 0.75 * known + 0.25 * seconds : seconds;
        if (now_ != best_) settle();
        else if (slower) left_ = std::min<i64>(left_, 1);
        if (--left_ < 0) explore();
    }

private:
    static constexpr i64 FIRST_PATIENCE = 8, LAST_PATIENCE = 256;
    static constexpr double SLOWER = 1.3, BETTER = 0.95;

    std::vector<int> counts_;
    std::vector<double> times_;  // seconds a step; 0: not known
    std::size_t best_ = 0, now_ = 0;
    i64 left_ = 0, patience_ = FIRST_PATIENCE;
    bool warming_ = false, upwards_ = true;

    // A trial of a neighbour is over.
    void settle() {
        if (times_[now_] < BETTER * times_[best_]) {
            best_ = now_;
            left_ = 0;
            patience_ = FIRST_PATIENCE;
        } else {
            left_ = patience_;
            patience_ = std::min(2 * patience_, LAST_PATIENCE);
        }
        now_ = best_;
    }

    void explore() {
        if (best_ + 1 == counts_.size()) upwards_ = false;
        else if (best_ == 0) upwards_ = true;
        now_ = upwards_ ? best_ + 1 : best_ - 1;
        upwards_ = !upwards_;
        warming_ = true;
    }
};

}  // namespace pellucid
