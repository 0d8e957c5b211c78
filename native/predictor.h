// The shortest way from a row to its output.
#pragma once
#include <mutex>

#include "runner.h"
#include "views.h"

namespace pellucid {

// A program with one input and one output, called on an array of one row or of several.
class Predictor {
public:
    using Shape = std::vector<Py_ssize_t>;

    Predictor(Shape row, Shape output, bool doubles, nanobind::object empty, nanobind::object dtype)
        : row_(std::move(row)), output_(std::move(output)), format_(doubles ? 'd' : 'f'), empty_(std::move(empty)),
          dtype_(std::move(dtype)) {}

    // An array for the output; its buffer, and that of x, go to `run(x, y, rows, stride)`.
    template <class F> nanobind::object on(nanobind::handle x, F run) const {
        const View from(x, PyBUF_ND | PyBUF_FORMAT);
        if (!from || from->format[0] != format_ || from->format[1]) return nanobind::none();
        const std::size_t open = from->ndim - row_.size();  // 1 for several rows
        if (open > 1 || !std::equal(row_.begin(), row_.end(), from->shape + open)) return nanobind::none();
        const i64 rows = open ? from->shape[0] : 1;
        nanobind::object y = made(from->shape, open);
        if (!rows || run(from->buf, View(y, PyBUF_SIMPLE)->buf, rows, from->len / rows)) return y;
        return nanobind::none();
    }

private:
    Shape row_, output_;
    char format_;
    nanobind::object empty_, dtype_;

    nanobind::object made(const Py_ssize_t* rows, std::size_t open) const {
        nanobind::object shape = nanobind::steal(PyTuple_New(open + output_.size()));
        if (open) PyTuple_SET_ITEM(shape.ptr(), 0, PyLong_FromSsize_t(*rows));
        for (std::size_t at = 0; at < output_.size(); ++at)
            PyTuple_SET_ITEM(shape.ptr(), open + at, PyLong_FromSsize_t(output_[at]));
        return empty_(shape, dtype_);
    }
};

}  // namespace pellucid
