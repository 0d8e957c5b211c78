// What tests of the kernels see of them: one instruction, and one product, at a level of their
// choice.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "levels.h"
#include "memory.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace pellucid {
namespace {

using Numbers = nb::ndarray<nb::c_contig, nb::device::cpu>;

const char* const OPS[] = {
#define NAME(op) #op,
    UNARY_OPS(NAME) BINARY_OPS(NAME) OTHER_OPS(NAME)
#undef NAME
};

std::int32_t op_called(const std::string& name) {
    for (std::int32_t op = 0; op < op_count; ++op)
        if (name == OPS[op]) return op;
    throw std::invalid_argument("no operation is called '" + name + "'");
}

template <class T> const Kernels<T>& table(const std::string& level) {
    if constexpr (sizeof(T) == 4) return *level_called(level).f32;
    else return *level_called(level).f64;
}

// f(a number of the array's type)
template <class F> auto typed(const Numbers& array, F f) {
    if (array.dtype() == nb::dtype<float>()) return f(0.0f);
    if (array.dtype() == nb::dtype<double>()) return f(0.0);
    throw std::invalid_argument("kernels are for arrays of float32 and float64");
}

// An instruction on `rows` rows, whose first array is its result; false if a check failed.
bool instruction(const std::string& level, const std::string& name,
                 const std::vector<Numbers>& arrays, i64 rows, std::int32_t width,
                 std::int32_t inner, std::int32_t apart) {
    return typed(arrays.at(0), [&](auto zero) {
        using T = decltype(zero);
        T* base[4] = {};
        Slot slots[4];
        for (std::size_t s = 0; s < arrays.size(); ++s) {
            base[s] = static_cast<T*>(arrays[s].data());
            slots[s] = {Slot::fixed, 0, 0, width};
        }
        const bool three = arrays.size() > 3, two = arrays.size() > 2;
        const Instruction in{op_called(name), 0,     1,     two ? 2 : -1,
                             three ? 3 : -1,  width, inner, apart};
        const Kernel kernel{&in,          1,       0, slots, i64(arrays.size()), rows,
                            std::nullopt, nullptr, 0, false};
        const T number[1] = {};
        return table<T>(level).run(kernel, base, number, rows);
    });
}

// c = a·b and its relatives by the kernels for small matrices: a is rows × k (or × m), c is added
// to.
void product(const std::string& level, const std::string& name, const Numbers& a, const Numbers& b,
             const Numbers& c, i64 rows, i64 k, i64 m, bool add) {
    typed(a, [&](auto zero) {
        using T = decltype(zero);
        const Kernels<T>& of = table<T>(level);
        const T *x = static_cast<const T*>(a.data()), *y = static_cast<const T*>(b.data());
        T* z = static_cast<T*>(c.data());
        Room<T> pack;
        pack.at_least(std::max<i64>(k * m, rows * COLUMNS) + 8192);
        if (name == "near_nn") of.near_nn(x, k, y, z, rows, k, m);
        else if (name == "small_nt") of.small_nt(x, y, z, rows, k, m, pack.get());
        else if (name == "near_tn") of.near_tn(x, k, y, z, rows, k, m, add, pack.get());
        else if (name == "thin_nn") of.thin_nn(x, y, z, rows, k, m);
        else if (name == "thin_nt") of.thin_nt(x, y, z, rows, k, m);
        else if (name == "thin_tn") of.thin_tn(x, y, z, rows, k, m, add);
        else if (name == "steady_nn") of.steady_nn(x, y, z, rows, k, m, pack.get());
        else if (name == "steady_nt") of.steady_nt(x, y, z, rows, k, m, pack.get());
        else throw std::invalid_argument("no product is called '" + name + "'");
    });
}

}  // namespace

void add_probe(nb::module_& m) {
    m.def("instruction", &instruction, "level"_a, "name"_a, "arrays"_a.noconvert(), "rows"_a,
          "width"_a = 1, "inner"_a = 1, "apart"_a = 1);
    m.def("product", &product, "level"_a, "name"_a, "a"_a.noconvert(), "b"_a.noconvert(),
          "c"_a.noconvert(), "rows"_a, "k"_a, "m"_a, "add"_a = false);
}

}  // namespace pellucid
