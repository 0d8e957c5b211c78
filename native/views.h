// The memory of Python's arrays, as their buffers show it.
#pragma once
#include <deque>
#include <vector>

#include <nanobind/nanobind.h>

#include "program.h"

namespace pellucid {

class View {
public:
    View(nanobind::handle array, int flags) {
        if (PyObject_GetBuffer(array.ptr(), &of_, flags)) PyErr_Clear();
    }
    ~View() { PyBuffer_Release(&of_); }
    View(const View&) = delete;

    explicit operator bool() const { return of_.obj; }
    const Py_buffer* operator->() const { return &of_; }

private:
    Py_buffer of_{};
};

// The arrays that a program reads, for one run or many.
class Feeds {
public:
    Feeds() = default;
    Feeds(const Feeds&) = delete;

    void rows(nanobind::handle array, i64 kind) {
        const View& all = held(array);
        arrays_.push_back({all->buf, kind, all->strides[0]});
    }

    // Rows in compressed form, of at most so many entries.
    void entries(nanobind::handle starts, nanobind::handle columns, i64 column_kind,
                 nanobind::handle values, i64 kind, i64 most) {
        arrays_.push_back({held(values)->buf, kind, 0, static_cast<const i64*>(held(starts)->buf),
                           held(columns)->buf, column_kind, most});
    }

    // Which of them is mostly zeros and goes in compressed form, or −1.
    void sparse(i64 feed) { sparse_ = feed; }

    const std::vector<Array>& arrays() const { return arrays_; }
    i64 sparse() const { return sparse_; }

private:
    std::vector<Array> arrays_;
    i64 sparse_ = -1;
    std::deque<View> held_;

    const View& held(nanobind::handle array) {
        const View& view = held_.emplace_back(array, PyBUF_STRIDES);
        if (!view) throw nanobind::type_error("a program reads arrays");
        return view;
    }
};

}  // namespace pellucid
