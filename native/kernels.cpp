// The kernels of one CPU level. Compiled once for each level, under the name LEVEL.
#include <type_traits>

#include "matrix.h"
#include "program.h"
#include "recurrent.h"
#include "rows.h"
#include "sparse.h"
#include "steady.h"
#include "vector.h"
#include "windows.h"

namespace pellucid {
namespace {

// clang-format off
template <class T> constexpr Kernels<T> TABLE = {
    run_kernel<T>, gather<T>, compress<T>, regroup<T>, sparse_forward<T>, sparse_row<T>,
    rank_one<T>, sparse_rank_one<T>,
    near_nn<T>, small_nt<T>, near_tn<T>, thin_nn<T>,
    thin_nt<T>, thin_tn<T>, steady_nn<T>, steady_nt<T>, add_to<T>, add_rows<T>, add_pairs<T>, uniform<T>,
    patches<T>, fold<T>, max_pool<T>, max_pool_back<T>, mean_pool<T>, mean_pool_back<T>,
    walk<T>, walk_back<T>,
};
// clang-format on

bool runs_here() {
#if defined(__AVX512F__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#elif defined(__AVX2__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return true;
#endif
}

}  // namespace

#define QUOTE_(name) #name
#define QUOTE(name) QUOTE_(name)
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
extern const Level JOIN(level_, LEVEL) = {QUOTE(LEVEL), runs_here, &TABLE<float>, &TABLE<double>};

}  // namespace pellucid
