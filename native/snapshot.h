// What a stretch of steps began with, so that a step that fails can be undone.
#pragma once
#include <cstring>

#include "state.h"

namespace pellucid {

template <class T> class Snapshot {
public:
    explicit Snapshot(State<T>& state) : s_(state), plan_(*state.plan) {}

    i64 bytes() const { return memory_.bytes(); }

    void take() {
        i64 bytes = 0;
        for (const auto& [memory, size] : plan_.changing) bytes += size;
        char* to = memory_.at_least(bytes + 1);
        for (const auto& [memory, size] : plan_.changing) {
            std::memcpy(to, memory, size);
            to += size;
        }
        take_numbers();
    }

    void go_back() {
        const char* from = memory_.get();
        for (const auto& [memory, size] : plan_.changing) {
            std::memcpy(memory, from, size);
            from += size;
        }
        take_numbers();
    }

    // Numbers that live between steps go to their homes.
    void keep_numbers() {
        for (const auto& [number, home] : plan_.kept) *home = s_.numbers[number];
    }

private:
    State<T>& s_;
    const Plan& plan_;
    Room<char> memory_;

    void take_numbers() {
        for (const auto& [number, home] : plan_.kept) s_.numbers[number] = *home;
    }
};

}  // namespace pellucid
