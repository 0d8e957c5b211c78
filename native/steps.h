// The steps of a program on some rows.
#pragma once
#include "convolving.h"
#include "moving.h"

namespace pellucid {

template <class T> void run_step(State<T>& s, const Step& step, const Tile& tile, Bench<T>& bench) {
    const auto& a = step.args;
    switch (step.kind) {
        case step_feed: feed(s, a[0], a[1], tile, bench); break;
        case step_forward: forward(s, a, tile, bench); break;
        case step_backward: backward(s, a, tile, bench); break;
        case step_weights: weights(s, a, tile, bench); break;
        case step_kernel: s.run(s.plan->kernels[a[0]], tile, tile.rows, bench); break;
        case step_uniform: uniform(s, a, tile, bench); break;
        case step_normal: normal(s, a, tile, bench); break;
        case step_lookup: lookup(s, a, tile, bench); break;
        case step_scatter: scatter(s, a, tile, bench); break;
        case step_move: move(s, a, tile, bench); break;
        case step_zero: zero(s, a, tile, bench); break;
        case step_give: give(s, a, tile, bench); break;
        case step_convolve: convolve(s, a, tile, bench); break;
        case step_convolve_back: convolve_back(s, a, tile, bench); break;
        case step_convolve_weights: convolve_weights(s, a, tile, bench); break;
        case step_max_pool: max_pool(s, a, tile, bench); break;
        case step_max_pool_back: max_pool_back(s, a, tile, bench); break;
        case step_mean_pool: mean_pool(s, a, tile, bench); break;
        case step_mean_pool_back: mean_pool_back(s, a, tile, bench); break;
    }
}

}  // namespace pellucid
