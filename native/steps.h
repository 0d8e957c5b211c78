// The steps of a program on some rows.
#pragma once
#include "convolving.h"
#include "moving.h"
#include "recurring.h"
#include "tables.h"

namespace pellucid {

template <class T> void run(State<T>& s, const OnRows& p, const Tile& tile, Bench<T>& bench) {
    s.run(s.program->kernels[p.kernel], tile, tile.rows, bench);
}

template <class T> void run_step(State<T>& s, const Step& step, const Tile& tile, Bench<T>& bench) {
    std::visit([&](const auto& each) { run(s, each, tile, bench); }, step);
}

}  // namespace pellucid
