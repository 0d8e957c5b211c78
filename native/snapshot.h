// What a stretch of steps began with, so that a step that fails can be undone.
#pragma once
#include <cstring>

#include "state.h"

namespace pellucid {

template <class T> class Snapshot {
public:
    explicit Snapshot(State<T>& state) : s_(state), program_(*state.program) {}

    i64 bytes() const { return memory_.bytes(); }

    void take() {
        i64 bytes = 0;
        for (const auto& each : program_.changing) bytes += each.bytes;
        char* to = memory_.at_least(bytes + 1);
        for (const auto& each : program_.changing) {
            std::memcpy(to, reinterpret_cast<const void*>(each.data), each.bytes);
            to += each.bytes;
        }
        take_numbers();
    }

    void go_back() {
        const char* from = memory_.get();
        for (const auto& each : program_.changing) {
            std::memcpy(reinterpret_cast<void*>(each.data), from, each.bytes);
            from += each.bytes;
        }
        take_numbers();
    }

    // Numbers that live between steps go to their homes.
    void keep_numbers() {
        for (const auto& each : program_.kept) *home(each) = s_.numbers[each.number];
    }

private:
    State<T>& s_;
    const Program& program_;
    Room<char> memory_;

    static double* home(const Kept& kept) { return reinterpret_cast<double*>(kept.home); }

    void take_numbers() {
        for (const auto& each : program_.kept) s_.numbers[each.number] = *home(each);
    }
};

}  // namespace pellucid
