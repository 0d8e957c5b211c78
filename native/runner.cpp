#include "runner.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

#include "memory.h"
#include "numbers.h"
#include "pool.h"
#include "rounding.h"

namespace pellucid {

Blas blas;

namespace {

template <class T> Gemm<T> gemm() {
    if constexpr (sizeof(T) == 4) return blas.f32;
    else return blas.f64;
}

template <class T> const Kernels<T>* table(const Level& level) {
    if constexpr (sizeof(T) == 4) return level.f32;
    else return level.f64;
}

constexpr i64 PATCHES = 32768;  // elements of the patches that are worked on together
constexpr i64 IMAGES = 65536;  // elements of the images in a tile
constexpr i64 STREAMED = 2048;  // elements of a gradient that are updated together

enum { row_major = 101, as_is = 111, transposed = 112 };

// What one worker needs to work on a tile of rows.
template <class T> struct Bench {
    std::vector<Room<T>> rows;
    Room<T> scratch, pack, line, patches;
    Room<std::int32_t> indices;
    Room<T> values;
    Room<std::uint32_t> masks;
    Room<std::uint16_t> block_masks;
    Room<const T*> row_places;
    Sparse<T> sparse{};
    bool regrouped = false, finite = true;
    i64 compressed = -1;
};

struct Tile { i64 first, rows, lane; bool fresh; };

template <class T> class TypedRunner final : public Runner {
public:
    TypedRunner(const Level& level, std::shared_ptr<Plan> plan)
        : plan_(std::move(plan)), level_(level), do_(*table<T>(level)) {
        across_.resize(plan_->buffers.size());
        add_benches(1);
        numbers_ = plan_->numbers;
        typed_.resize(numbers_.size());
        tile_ = tile_of(*plan_);
        for (const Kernel& k : plan_->kernels) scratch_ = std::max(scratch_, scratch_of(k));
    }

    Answer run(const Request& request) override {
        FlushTiny flush;
        ask_ = &request;
        const i64 most = std::min(request.batch, request.last - request.first);
        threads_ = static_cast<int>(std::clamp<i64>(request.threads, 1, LANES_OF_TILES));
        if (most <= tile_) threads_ = 1;
        add_benches(threads_);
        for (auto& bench : benches_) bench.compressed = -1;
        make_room(most);
        for (i64 lane = 1; most > tile_ && lane < LANES_OF_TILES; ++lane)
            for (const Phase& phase : plan_->phases)
                for (i64 total : phase.totals) sum_of(total, lane);
        const bool trains = request.rates != nullptr;
        if (trains) save();
        const auto began = std::chrono::steady_clock::now();
        Answer answer;
        for (i64 first = request.first; first < request.last; first += request.batch) {
            if (!step(first, answer.steps)) {
                answer.finite = false;
                if (trains) again(answer.steps);
                return answer;
            }
            ++answer.steps;
            const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
            if (request.seconds > 0 && spent.count() > request.seconds) break;
        }
        keep_numbers();
        return answer;
    }

    i64 bytes() const override {
        i64 sum = saved_.bytes();
        for (const auto& each : across_) sum += each.bytes();
        for (const auto& each : lanes_) sum += each.bytes();
        for (const auto& bench : benches_) {
            for (const auto& each : bench.rows) sum += each.bytes();
            sum += bench.scratch.bytes() + bench.pack.bytes() + bench.values.bytes() + bench.indices.bytes();
        }
        return sum;
    }

private:
    std::shared_ptr<Plan> plan_;
    const Level& level_;
    const Kernels<T>& do_;
    const Request* ask_ = nullptr;
    std::vector<Room<T>> across_;
    std::vector<Room<T>> lanes_;          // sums of each lane but the first, by (lane, buffer)
    std::vector<Bench<T>> benches_;
    std::vector<double> numbers_;
    std::vector<T> typed_;
    Room<char> saved_;
    i64 scratch_ = 0, room_ = 0, lane_count_ = 1, tile_ = MOST_ROWS;
    u64 step_ = 0;
    i64 position_ = 0, row_count_ = 0;
    bool finite_ = true;
    int threads_ = 1;
    const Phase* phase_ = nullptr;
    std::atomic<i64> next_lane_{0};
    struct { i64 k = 0, m = 0; const T* dz = nullptr; } streamed_;

    // Rows of a tile: fewer where the images that are worked on would not stay in the cache.
    static i64 tile_of(const Plan& plan) {
        i64 widest = 1;
        for (const auto& phase : plan.phases)
            for (const auto& step : phase.rows)
                if (step.kind >= step_convolve && step.kind <= step_convolve_weights)
                    for (i64 at = 0; at < 3; ++at)
                        if (plan.buffers[step.args[at]].of_rows)
                            widest = std::max(widest, plan.buffers[step.args[at]].width);
        return std::clamp<i64>(IMAGES / widest, 1, MOST_ROWS);
    }

    static i64 scratch_of(const Kernel& k) {
        i64 most = 0;
        for (i64 s = 0; s < k.slot_count; ++s)
            if (k.slots[s].kind == Slot::scratch)
                most = std::max(most, (k.slots[s].offset + k.slots[s].width) * k.block);
        return most;
    }

    // ---- memory

    void add_benches(std::size_t count) {
        if (benches_.size() >= count) return;
        benches_.resize(count);
        for (auto& bench : benches_) bench.rows.resize(plan_->buffers.size());
        room_ = 0;
    }

    void make_room(i64 rows) {
        if (rows <= room_) return;
        room_ = rows;
        const auto& buffers = plan_->buffers;
        const i64 tile = std::min(rows, tile_);
        for (std::size_t b = 0; b < buffers.size(); ++b) {
            if (!buffers[b].of_rows) continue;
            if (buffers[b].across) across_[b].at_least(rows * buffers[b].width);
            else for (auto& bench : benches_) bench.rows[b].at_least(tile * buffers[b].width);
        }
        for (auto& bench : benches_) make_bench(bench, tile);
    }

    void make_bench(Bench<T>& bench, i64 tile) {
        bench.scratch.at_least(scratch_ + 64);
        i64 pack = 0, widest = 0, deepest = 0;
        for (const auto& phase : plan_->phases)
            for (const auto& step : phase.rows)
                if (step.kind == step_forward || step.kind == step_backward || step.kind == step_weights)
                    pack = std::max({pack, step.args[3], step.args[4], tile * step.args[5]});
        for (const auto& phase : plan_->phases)
            for (const auto& step : phase.rows)
                pack = std::max(pack, make_patches(step, tile, bench));
        bench.pack.at_least((pack + 16) * 16);
        if (plan_->sparse_feed < 0) return;
        for (const auto& phase : plan_->phases)
            for (const auto& step : phase.rows)
                if (step.kind == step_feed && step.args[1] == plan_->sparse_feed)
                    widest = plan_->buffers[step.args[0]].width, deepest = tile;
        const i64 entries = widest * deepest + 64, groups = (deepest + 31) / 32;
        std::int32_t* at = bench.indices.at_least(2 * entries + deepest + widest + 128);
        T* values = bench.values.at_least(2 * entries);
        bench.sparse = {at, at + deepest + 32, values, at + deepest + 32 + entries,
                        at + deepest + widest + 64 + entries, values + entries,
                        0, bench.masks.at_least((widest + 16) * groups),
                        bench.block_masks.at_least((widest / 16 + 1) * MOST_ROWS),
                        bench.row_places.at_least(deepest)};
    }

    // Room for the patches of a step; how deep the products with them are at most.
    i64 make_patches(const Step& step, i64 tile, Bench<T>& bench) {
        if (step.kind == step_max_pool_back) bench.patches.at_least(window(step.args, 4).channels);
        if (step.kind < step_convolve || step.kind > step_convolve_weights) return 0;
        const Window o = window(step.args, 4);
        const i64 rows = std::min(tile, together(o));
        bench.patches.at_least(rows * o.patches());
        return std::max({rows * o.down * o.along, o.patch(), step.args[3]});
    }

    // ---- saving, so that a step that fails can be undone

    void save() {
        i64 bytes = 0;
        for (const auto& [memory, size] : plan_->changing) bytes += size;
        char* to = saved_.at_least(bytes + 1);
        for (const auto& [memory, size] : plan_->changing) {
            std::memcpy(to, memory, size);
            to += size;
        }
        for (const auto& [number, home] : plan_->kept) numbers_[number] = *home;
    }

    // Back to the state before the stretch, and forward again up to the step that failed.
    void again(i64 steps) {
        const char* from = saved_.get();
        for (const auto& [memory, size] : plan_->changing) {
            std::memcpy(memory, from, size);
            from += size;
        }
        for (const auto& [number, home] : plan_->kept) numbers_[number] = *home;
        for (i64 s = 0; s < steps; ++s) step(ask_->first + s * ask_->batch, s);
        keep_numbers();
    }

    void keep_numbers() {
        for (const auto& [number, home] : plan_->kept) *home = numbers_[number];
    }

    // ---- one step

    bool step(i64 first, i64 number) {
        position_ = first;
        row_count_ = std::min(ask_->batch, ask_->last - first);
        step_ = ask_->step + static_cast<u64>(number);
        finite_ = true;
        for (auto& bench : benches_) bench.finite = true;
        streamed_.dz = nullptr;
        set_numbers(number);
        lane_count_ = std::clamp<i64>((row_count_ + tile_ - 1) / tile_, 1, LANES_OF_TILES);
        for (const Phase& phase : plan_->phases) {
            if (!phase.rows.empty()) run_rows(phase);
            for (const Step& each : phase.fixed) run_fixed(each);
        }
        for (const auto& [target, value] : plan_->assigned) copy_fixed(target, value);
        for (const auto& [kept, value] : plan_->moved) numbers_[kept] = numbers_[value];
        if (ask_->losses)
            for (std::size_t at = 0; at < plan_->losses.size(); ++at)
                ask_->losses[number * plan_->losses.size() + at] =
                    static_cast<double>(*fixed(plan_->losses[at]));
        return finite_;
    }

    void set_numbers(i64 number) {
        if (plan_->rate >= 0 && ask_->rates) numbers_[plan_->rate] = ask_->rates[number];
        if (plan_->time >= 0) numbers_[plan_->time] = static_cast<double>(step_ + 1);
        if (plan_->rows >= 0) numbers_[plan_->rows] = static_cast<double>(row_count_);
        for (const NumberCode& each : plan_->number_code)
            numbers_[each.d] = compute(each.op, numbers_[each.a], numbers_[each.b]);
        for (std::size_t at = 0; at < numbers_.size(); ++at) typed_[at] = static_cast<T>(numbers_[at]);
    }

    void copy_fixed(i64 target, i64 value) {
        std::memcpy(fixed(target), fixed(value), sizeof(T) * plan_->buffers[target].width);
    }

    T* fixed(i64 buffer) { return static_cast<T*>(plan_->buffers[buffer].data); }

    // ---- phases over rows: lanes of tiles, each lane with its own sums

    T* sum_of(i64 buffer, i64 lane) {
        if (!lane) return fixed(buffer);
        const std::size_t at = (lane - 1) * plan_->buffers.size() + buffer;
        if (at >= lanes_.size()) lanes_.resize((LANES_OF_TILES - 1) * plan_->buffers.size());
        return lanes_[at].at_least(plan_->buffers[buffer].width);
    }

    void run_rows(const Phase& phase) {
        phase_ = &phase;
        next_lane_.store(0);
        const int threads = static_cast<int>(std::min<i64>(threads_, lane_count_));
        if (threads == 1) take_lanes(0);
        else Pool::run(threads, [](void* self, int worker) {
            FlushTiny flush;
            static_cast<TypedRunner*>(self)->take_lanes(worker);
        }, this);
        for (auto& bench : benches_) finite_ &= bench.finite;
        for (i64 lane = 1; lane < lane_count_; ++lane)
            for (i64 total : phase.totals)
                do_.add_to(fixed(total), sum_of(total, lane), plan_->buffers[total].width);
    }

    // Lanes are taken by whoever is free; what they sum does not depend on who that was.
    void take_lanes(int worker) {
        Bench<T>& bench = benches_[worker];
        for (i64 lane = next_lane_++; lane < lane_count_; lane = next_lane_++) run_lane(lane, bench);
    }

    void run_lane(i64 lane, Bench<T>& bench) {
        for (i64 sum : phase_->sums)
            std::memset(sum_of(sum, lane), 0, sizeof(T) * plan_->buffers[sum].width);
        const i64 tiles = (row_count_ + tile_ - 1) / tile_;
        const i64 begin = tiles * lane / lane_count_, end = tiles * (lane + 1) / lane_count_;
        for (i64 t = begin; t < end; ++t) {
            const i64 rows = std::min(tile_, row_count_ - t * tile_);
            const Tile tile{t * tile_, rows, lane, t == begin};
            for (const Step& each : phase_->rows) run_step(each, tile, bench);
        }
    }

    T* rows_of(i64 buffer, const Tile& tile, Bench<T>& bench) {
        const Buffer& b = plan_->buffers[buffer];
        if (b.across) return across_[buffer].get() + tile.first * b.width;
        return bench.rows[buffer].get();
    }

    T* any(i64 buffer, const Tile& tile, Bench<T>& bench) {
        return plan_->buffers[buffer].of_rows ? rows_of(buffer, tile, bench) : fixed(buffer);
    }

    void run_step(const Step& step, const Tile& tile, Bench<T>& bench) {
        const auto& a = step.args;
        switch (step.kind) {
            case step_feed: feed(a[0], a[1], tile, bench); break;
            case step_forward: forward(a, tile, bench); break;
            case step_backward: backward(a, tile, bench); break;
            case step_weights: weights(a, tile, bench); break;
            case step_kernel: kernel(plan_->kernels[a[0]], tile, tile.rows, bench); break;
            case step_uniform: uniform(a, tile, bench); break;
            case step_normal: normal(a, tile, bench); break;
            case step_lookup: lookup(a, tile, bench); break;
            case step_scatter: scatter(a, tile, bench); break;
            case step_move: move(a, tile, bench); break;
            case step_zero:
                std::memset(rows_of(a[0], tile, bench), 0, sizeof(T) * tile.rows * plan_->buffers[a[0]].width);
                break;
            case step_give: give(a, tile, bench); break;
            case step_convolve: convolve(a, tile, bench); break;
            case step_convolve_back: convolve_back(a, tile, bench); break;
            case step_convolve_weights: convolve_weights(a, tile, bench); break;
            case step_max_pool:
                do_.max_pool(window(a, 2), rows_of(a[0], tile, bench), rows_of(a[1], tile, bench), tile.rows);
                break;
            case step_max_pool_back:
                do_.max_pool_back(window(a, 4), rows_of(a[0], tile, bench), rows_of(a[1], tile, bench),
                                  rows_of(a[2], tile, bench), rows_of(a[3], tile, bench),
                                  bench.patches.get(), tile.rows);
                break;
            case step_mean_pool:
                do_.mean_pool(window(a, 2), rows_of(a[0], tile, bench), rows_of(a[1], tile, bench), tile.rows);
                break;
            case step_mean_pool_back:
                do_.mean_pool_back(window(a, 2), rows_of(a[0], tile, bench), rows_of(a[1], tile, bench), tile.rows);
                break;
        }
    }

    void run_fixed(const Step& step) {
        const auto& a = step.args;
        const Tile whole{0, 0, 0, true};
        for (std::size_t at = 2; at < a.size(); ++at)
            std::memset(fixed(a[at]), 0, sizeof(T) * plan_->buffers[a[at]].width);
        if (a[0] == plan_->stream.kernel && streamed_.dz) return streamed_update(plan_->kernels[a[0]], a[1]);
        kernel(plan_->kernels[a[0]], whole, a[1], benches_[0]);
        finite_ &= benches_[0].finite;
    }

    void kernel(const Kernel& k, const Tile& tile, i64 rows, Bench<T>& bench) {
        T* base[MOST_SLOTS];
        places(k, tile, bench, base);
        bench.finite &= do_.run(k, base, typed_.data(), rows);
    }

    void places(const Kernel& k, const Tile& tile, Bench<T>& bench, T** base) {
        for (i64 s = 0; s < k.slot_count; ++s) {
            const Slot& slot = k.slots[s];
            if (slot.kind == Slot::scratch) base[s] = bench.scratch.get() + slot.offset * k.block;
            else if (plan_->buffers[slot.buffer].of_rows) base[s] = rows_of(slot.buffer, tile, bench);
            else base[s] = sum_or_fixed(slot, tile.lane) + slot.offset;
        }
    }

    // `width` −1 marks a slot that is summed into
    T* sum_or_fixed(const Slot& slot, i64 lane) {
        return slot.width < 0 ? sum_of(slot.buffer, lane) : fixed(slot.buffer);
    }

    // ---- rows in and out

    void feed(i64 to, i64 from, const Tile& tile, Bench<T>& bench) {
        const Array& array = ask_->feeds[from];
        const i64 width = plan_->buffers[to].width, first = position_ + tile.first;
        if (from == plan_->sparse_feed) return compress(tile, bench);
        do_.gather(rows_of(to, tile, bench), array.data, array.kind, array.stride, width, ask_->order,
                   first, tile.rows, ask_->last);
    }

    // The rows of the tile in compressed form. A later phase may come with another tile on this bench.
    void compress(const Tile& tile, Bench<T>& bench) {
        const i64 first = position_ + tile.first;
        if (bench.compressed == first) return;
        const Array& array = ask_->feeds[plan_->sparse_feed];
        do_.compress(bench.sparse, array.data, array.kind, array.stride,
                     plan_->buffers[plan_->sparse_buffer].width, ask_->order, first, tile.rows, ask_->last);
        bench.compressed = first;
        bench.regrouped = false;
    }

    void give(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        void* to = a[1] < static_cast<i64>(ask_->outputs.size()) ? ask_->outputs[a[1]] : nullptr;
        if (!to) return;
        const i64 width = plan_->buffers[a[0]].width, at = position_ - ask_->first + tile.first;
        std::memcpy(static_cast<T*>(to) + at * width, rows_of(a[0], tile, bench), sizeof(T) * tile.rows * width);
    }

    // ---- products: x, w, z, k, m, and how many rows of x each row of the batch has

    bool is_sparse(i64 buffer) const { return plan_->sparse_feed >= 0 && plan_->sparse_buffer == buffer; }

    static bool is_small(i64 rows, i64 k, i64 m) { return rows * k * m <= 16384; }

    void forward(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        const i64 k = a[3], m = a[4], rows = tile.rows * a[5];
        T* z = rows_of(a[2], tile, bench);
        const T* w = fixed(a[1]);
        if (is_sparse(a[0])) compress(tile, bench);
        if (is_sparse(a[0])) return do_.sparse_forward(bench.sparse, w, z, rows, m);
        product(rows_of(a[0], tile, bench), w, z, rows, k, m, bench);
    }

    void product(const T* x, const T* w, T* z, i64 rows, i64 k, i64 m, Bench<T>& bench) {
        if (rows < 4) return do_.thin_nn(x, w, z, rows, k, m);
        if (is_small(rows, k, m)) return do_.small_nn(x, w, z, rows, k, m, bench.pack.get());
        gemm<T>()(row_major, as_is, as_is, rows, m, k, T(1), x, k, w, m, T(0), z, m);
    }

    // dx = dz·wᵀ
    void backward(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        const i64 k = a[3], m = a[4], rows = tile.rows * a[5];
        product_back(rows_of(a[0], tile, bench), fixed(a[1]), rows_of(a[2], tile, bench), rows, k, m, bench);
    }

    void product_back(const T* dz, const T* w, T* dx, i64 rows, i64 k, i64 m, Bench<T>& bench) {
        if (rows < 4) return do_.thin_nt(dz, w, dx, rows, k, m);
        if (is_small(rows, k, m)) return do_.small_nt(dz, w, dx, rows, k, m, bench.pack.get());
        gemm<T>()(row_major, as_is, transposed, rows, k, m, T(1), dz, m, w, m, T(0), dx, k);
    }

    // dw = xᵀ·dz
    void weights(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        const i64 k = a[3], m = a[4], rows = tile.rows * a[5];
        T* dw = sum_of(a[2], tile.lane);
        const T* dz = rows_of(a[1], tile, bench);
        if (is_streamed(a)) {
            streamed_ = {k, m, dz};
            return;
        }
        if (is_sparse(a[0])) compress(tile, bench);
        if (is_sparse(a[0])) return sparse_weights(dz, dw, k, m, tile, bench);
        product_sum(rows_of(a[0], tile, bench), dz, dw, rows, k, m, !tile.fresh, bench);
    }

    void product_sum(const T* x, const T* dz, T* dw, i64 rows, i64 k, i64 m, bool add, Bench<T>& bench) {
        if (rows < 4) return do_.thin_tn(x, dz, dw, rows, k, m, add);
        if (is_small(rows, k, m)) return do_.small_tn(x, dz, dw, rows, k, m, add, bench.pack.get());
        gemm<T>()(row_major, transposed, as_is, k, m, rows, T(1), x, k, dz, m, add ? T(1) : T(0), dw, m);
    }

    void regroup(Bench<T>& bench, i64 width, i64 rows) {
        if (!bench.regrouped) do_.regroup(bench.sparse, width, rows);
        bench.regrouped = true;
    }

    void sparse_weights(const T* dz, T* dw, i64 k, i64 m, const Tile& tile, Bench<T>& bench) {
        regroup(bench, k, tile.rows);
        T* line = bench.line.at_least(STREAMED + m);
        for (i64 j = 0; j < k; ++j, dw += m) {
            if (!tile.fresh) {
                if (do_.sparse_row(bench.sparse, j, dz, line, m)) do_.add_to(dw, line, m);
            } else if (!do_.sparse_row(bench.sparse, j, dz, dw, m)) {
                std::memset(dw, 0, sizeof(T) * m);
            }
        }
    }

    // ---- convolution: images, kernels and result, channels of the result, and the window

    static Window window(const std::vector<i64>& a, i64 at) {
        return {a[at], a[at + 1], a[at + 2], a[at + 3], a[at + 4], a[at + 5],
                a[at + 6], a[at + 7], a[at + 8], a[at + 9], a[at + 10]};
    }

    // How many images have their patches in the cache at a time.
    static i64 together(const Window& o) { return std::max<i64>(1, PATCHES / o.patches()); }

    template <class F> void by_images(const std::vector<i64>& a, const Tile& tile, F f) {
        const Window o = window(a, 4);
        for (i64 first = 0; first < tile.rows; first += together(o)) {
            const i64 images = std::min(together(o), tile.rows - first);
            f(o, first, images, images * o.down * o.along);
        }
    }

    void convolve(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        const T *x = rows_of(a[0], tile, bench), *w = fixed(a[1]);
        T *z = rows_of(a[2], tile, bench), *seen = bench.patches.get();
        by_images(a, tile, [&](const Window& o, i64 first, i64 images, i64 rows) {
            do_.patches(o, x + first * o.image(), seen, images);
            product(seen, w, z + first * o.down * o.along * a[3], rows, o.patch(), a[3], bench);
        });
    }

    void convolve_back(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        const T *dz = rows_of(a[0], tile, bench), *w = fixed(a[1]);
        T *dx = rows_of(a[2], tile, bench), *seen = bench.patches.get();
        by_images(a, tile, [&](const Window& o, i64 first, i64 images, i64 rows) {
            product_back(dz + first * o.down * o.along * a[3], w, seen, rows, o.patch(), a[3], bench);
            do_.fold(o, seen, dx + first * o.image(), images);
        });
    }

    void convolve_weights(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        const T *x = rows_of(a[0], tile, bench), *dz = rows_of(a[1], tile, bench);
        T *dw = sum_of(a[2], tile.lane), *seen = bench.patches.get();
        by_images(a, tile, [&](const Window& o, i64 first, i64 images, i64 rows) {
            do_.patches(o, x + first * o.image(), seen, images);
            product_sum(seen, dz + first * o.down * o.along * a[3], dw, rows, o.patch(), a[3],
                        !tile.fresh || first > 0, bench);
        });
    }

    // ---- the update that follows a gradient at once

    bool is_streamed(const std::vector<i64>& weights) const {
        return weights[2] == plan_->stream.weights && is_sparse(weights[0]) && row_count_ <= tile_;
    }

    void streamed_update(const Kernel& k, i64 size) {
        const Stream& stream = plan_->stream;
        Bench<T>& bench = benches_[0];
        T *base[MOST_SLOTS], *at[MOST_SLOTS];
        places(k, Tile{0, 0, 0, true}, bench, base);
        const i64 inner = streamed_.m, end = stream.first + streamed_.k * inner;
        some(k, base, at, 0, stream.first);
        some(k, base, at, end, size - end);
        if (stream.scale >= 0 && row_count_ == 1) {
            T* w = base[k.code[0].a] + stream.first;
            finite_ &= do_.sparse_rank_one(bench.sparse, typed_[stream.scale], streamed_.dz, w, inner);
            return;
        }
        regroup(bench, streamed_.k, row_count_);
        const i64 together = stream.scale >= 0 ? 1 : std::max<i64>(1, STREAMED / inner);
        T* line = bench.line.at_least(STREAMED + inner);
        for (i64 j = 0; j < streamed_.k; j += together) {
            const i64 count = std::min(together, streamed_.k - j);
            bool any = false;
            for (i64 i = 0; i < count; ++i) {
                T* to = line + i * inner;
                if (do_.sparse_row(bench.sparse, j + i, streamed_.dz, to, inner)) any = true;
                else if (stream.scale < 0) std::memset(to, 0, sizeof(T) * inner);
            }
            if (!any && stream.scale >= 0) continue;
            move_on(k, base, at, stream.first + j * inner);
            at[stream.gradient_slot] = line;
            finite_ &= do_.run(k, at, typed_.data(), count * inner);
        }
    }

    void some(const Kernel& k, T* const* base, T** at, i64 first, i64 count) {
        if (!count) return;
        move_on(k, base, at, first);
        finite_ &= do_.run(k, at, typed_.data(), count);
    }

    static void move_on(const Kernel& k, T* const* base, T** at, i64 first) {
        for (i64 s = 0; s < k.slot_count; ++s)
            at[s] = base[s] + (k.slots[s].kind == Slot::rows ? first * k.slots[s].width : 0);
    }

    // ---- random numbers: buffer, stream, and the seed if it is not that of the network

    u64 seed_of(const std::vector<i64>& a) const { return a[2] ? static_cast<u64>(a[3]) : ask_->seed; }

    void uniform(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        const i64 width = plan_->buffers[a[0]].width;
        do_.uniform(rows_of(a[0], tile, bench), seed_of(a), a[1], step_, tile.first * width, tile.rows * width);
    }

    void normal(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        const i64 width = plan_->buffers[a[0]].width, count = tile.rows * width;
        double u[256], v[256];
        T* to = rows_of(a[0], tile, bench);
        for (i64 at = 0; at < count; at += 256) {
            const i64 some = std::min<i64>(256, count - at), first = tile.first * width + at;
            level_.f64->uniform(u, seed_of(a), a[1], step_, first, some);
            level_.f64->uniform(v, seed_of(a), a[1], step_, row_count_ * width + first, some);
            for (i64 i = 0; i < some; ++i)
                to[at + i] = static_cast<T>(std::sqrt(-2.0 * std::log1p(-u[i])) * std::cos(2.0 * M_PI * v[i]));
        }
    }

    // ---- tables: numbers of rows, table or gradient, rows out or in, rows of the table, width, count

    static i64 table_row(T number, i64 count, Bench<T>& bench) {
        const i64 row = static_cast<i64>(number) + (number < T(0) ? count : 0);
        if (row < 0 || row >= count) {
            bench.finite = false;
            return 0;
        }
        return row;
    }

    void lookup(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        const T *number = rows_of(a[0], tile, bench), *w = fixed(a[1]);
        T* to = rows_of(a[2], tile, bench);
        for (i64 r = 0; r < tile.rows * a[5]; ++r, to += a[4])
            std::memcpy(to, w + table_row(number[r], a[3], bench) * a[4], sizeof(T) * a[4]);
    }

    void scatter(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        const T *number = rows_of(a[0], tile, bench), *from = rows_of(a[1], tile, bench);
        T* dw = sum_of(a[2], tile.lane);
        if (tile.fresh) std::memset(dw, 0, sizeof(T) * a[3] * a[4]);
        for (i64 r = 0; r < tile.rows * a[5]; ++r, from += a[4])
            do_.add_to(dw + table_row(number[r], a[3], bench) * a[4], from, a[4]);
    }

    // ---- pieces of rows: from, to, their first places, numbers of a piece, and two loops, each with
    // how often it runs and how far it goes on in both

    void move(const std::vector<i64>& a, const Tile& tile, Bench<T>& bench) {
        const i64 from_width = plan_->buffers[a[0]].width, to_width = plan_->buffers[a[1]].width;
        const T* from = rows_of(a[0], tile, bench) + a[2];
        T* to = rows_of(a[1], tile, bench) + a[3];
        const i64 count = a[4], repeats = a[5], step = a[6], to_step = a[7];
        for (i64 r = 0; r < tile.rows; ++r, from += from_width, to += to_width)
            for (i64 outer = 0; outer < a[8]; ++outer) {
                const T* s = from + outer * a[9];
                T* d = to + outer * a[10];
                if (count == 1) for (i64 p = 0; p < repeats; ++p) d[p * to_step] = s[p * step];
                else for (i64 p = 0; p < repeats; ++p, s += step, d += to_step)
                    std::memcpy(d, s, sizeof(T) * count);
            }
    }
};

}  // namespace

std::unique_ptr<Runner> make_runner(const Level& level, bool doubles, std::shared_ptr<Plan> plan) {
    if (doubles) return std::make_unique<TypedRunner<double>>(level, std::move(plan));
    return std::make_unique<TypedRunner<float>>(level, std::move(plan));
}

}  // namespace pellucid
