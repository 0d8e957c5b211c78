// Memory of a runner: aligned, grown when a larger batch asks for it, never within a step.
#pragma once
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include "program.h"

namespace pellucid {

// An array of zeros aligned to cache lines, with room for a vector beyond its end. What is never
// looked at of a large one takes no memory.
template <class T> class Room {
public:
    Room() = default;
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    Room(Room&& other) noexcept
        : taken_(std::exchange(other.taken_, nullptr)), data_(std::exchange(other.data_, nullptr)),
          size_(other.size_) {}
    ~Room() { std::free(taken_); }

    T* get() const { return data_; }
    i64 bytes() const { return data_ ? size_ * static_cast<i64>(sizeof(T)) : 0; }

    T* at_least(i64 count) {
        if (count <= size_ && data_) return data_;
        std::free(std::exchange(taken_, nullptr));
        data_ = nullptr;
        std::size_t room = static_cast<std::size_t>(count) * sizeof(T) + LINE + BEYOND;
        taken_ = std::calloc(room, 1);
        void* begin = taken_;
        if (!begin || !std::align(LINE, room - LINE, begin, room)) throw std::bad_alloc();
        data_ = static_cast<T*>(begin);
        size_ = count;
        return data_;
    }

private:
    static constexpr std::size_t LINE = 64, BEYOND = 192;

    void* taken_ = nullptr;
    T* data_ = nullptr;
    i64 size_ = 0;
};

}  // namespace pellucid
