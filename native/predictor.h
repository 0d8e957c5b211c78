// The shortest way from a row to its output.
#pragma once
#include <algorithm>
#include <vector>

#include "runner.h"
#include "views.h"

namespace pellucid {

// A program with one input and one output, called on an array of one row or of several.
class Predictor {
public:
    using Shape = std::vector<Py_ssize_t>;

    Predictor(Shape row, Shape output, bool doubles, nanobind::object empty, nanobind::object dtype)
        : row_(std::move(row)), output_(std::move(output)), format_(doubles ? 'd' : 'f'),
          empty_(std::move(empty)), dtype_(std::move(dtype)), of_row_(shape({})),
          of_one_(shape({1})) {}

    // An array for the output; its buffer, and that of x, go to `run(x, y, rows, stride)`.
    template <class F> nanobind::object on(nanobind::handle x, F run) const {
        const View from(x, PyBUF_ND | PyBUF_FORMAT);
        if (!from || !from->format || from->format[0] != format_ || from->format[1])
            return nanobind::none();
        const std::size_t open = from->ndim - row_.size();  // 1 for several rows
        if (open > 1 || !std::equal(row_.begin(), row_.end(), from->shape + open))
            return nanobind::none();
        const i64 rows = open ? from->shape[0] : 1;
        const nanobind::object y = empty_(!open       ? of_row_
                                          : rows == 1 ? of_one_
                                                      : shape({rows}),
                                          dtype_);
        if (!rows || run(from->buf, View(y, PyBUF_SIMPLE)->buf, rows, from->len / rows)) return y;
        return nanobind::none();
    }

private:
    Shape row_, output_;
    char format_;
    nanobind::object empty_, dtype_, of_row_, of_one_;

    // The output's, after `extents`.
    nanobind::object shape(std::vector<Py_ssize_t> extents) const {
        extents.insert(extents.end(), output_.begin(), output_.end());
        return nanobind::tuple(nanobind::cast(extents));
    }
};

}  // namespace pellucid
