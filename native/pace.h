// How many threads pay: tried while it trains, since results do not depend on it.
#pragma once
#include <algorithm>
#include <vector>

#include "program.h"

namespace pellucid {

// Candidates are 1, 2, 4, … and the most that are allowed, with which it begins. Time comes in
// moments; what a candidate takes is the least of its last three, since whatever disturbs it makes
// it slower. A neighbour of the best is tried now and then, more often after a change.
class Pace {
public:
    static constexpr double MOMENT = 4e-4;  // seconds of steps after which there is a choice

    void allow(int most) {
        if (!counts_.empty() && counts_.back() == most) return;
        counts_.clear();
        for (int count = 1; count < most; count *= 2) counts_.push_back(count);
        counts_.push_back(most);
        best_ = now_ = counts_.size() - 1;
        begin();
    }

    int threads() const { return counts_[now_]; }

    // A moment for so many rows took so many seconds at the present number of threads.
    void note(double seconds, i64 rows) {
        if (counts_.size() == 1) return;
        const double each = seconds / static_cast<double>(rows);
        last_[moments_++ % WINDOW] = each;
        if (now_ == best_) {
            if (moments_ >= patience_) explore();
        } else if (seconds > LONG || moments_ > WINDOW ||
                   (moments_ > 1 && each > HOPELESS * known_)) {
            settle();
        }
    }

private:
    static constexpr i64 WINDOW = 3, FIRST_PATIENCE = 10, LAST_PATIENCE = 256;
    static constexpr double BETTER = 0.95, HOPELESS = 3;
    static constexpr double LONG = 10 * MOMENT;  // seconds of one step, which tell enough

    std::vector<int> counts_;
    std::size_t best_ = 0, now_ = 0;
    double last_[WINDOW] = {}, known_ = 0;  // the last moments; what the best takes
    i64 moments_ = 0, patience_ = FIRST_PATIENCE;
    bool upwards_ = true;

    double least() const { return *std::min_element(last_, last_ + std::min(WINDOW, moments_)); }

    void begin() {
        moments_ = 0;
        patience_ = FIRST_PATIENCE;
    }

    // Its first moment, in which threads wake up and data move, is overwritten.
    void explore() {
        known_ = least();
        if (best_ + 1 == counts_.size()) upwards_ = false;
        else if (best_ == 0) upwards_ = true;
        now_ = upwards_ ? best_ + 1 : best_ - 1;
        upwards_ = !upwards_;
        moments_ = 0;
    }

    void settle() {
        if (least() < BETTER * known_) {
            best_ = now_;
            begin();
        } else {
            now_ = best_;
            moments_ = 0;
            patience_ = std::min(2 * patience_, LAST_PATIENCE);
        }
    }
};

}  // namespace pellucid
