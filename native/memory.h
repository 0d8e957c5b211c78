// Memory of a runner: aligned, grown when a larger batch asks for it, never within a step.
#pragma once
#include <cstdlib>
#include <cstring>
#include <new>

#include "program.h"

namespace pellucid {

// An array aligned to cache lines, with room for a vector beyond its end.
template <class T> class Room {
public:
    Room() = default;
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    Room(Room&& other) noexcept : data_(other.data_), size_(other.size_) { other.data_ = nullptr; }
    ~Room() { std::free(data_); }

    T* get() const { return data_; }
    i64 bytes() const { return data_ ? size_ * static_cast<i64>(sizeof(T)) : 0; }

    T* at_least(i64 count) {
        if (count <= size_ && data_) return data_;
        std::free(data_);
        const std::size_t wanted = (static_cast<std::size_t>(count) * sizeof(T) + 255) / 64 * 64;
        data_ = static_cast<T*>(std::aligned_alloc(64, wanted));
        if (!data_) throw std::bad_alloc();
        std::memset(data_, 0, wanted);
        size_ = count;
        return data_;
    }

private:
    T* data_ = nullptr;
    i64 size_ = 0;
};

}  // namespace pellucid
