// What Python sees: a program is put together piece by piece, then run.
#include <mutex>
#include <new>
#include <optional>
#include <set>
#ifndef _WIN32
#include <pthread.h>
#endif

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include "frozen_codes.h"
#include "levels.h"
#include "predictor.h"
#include "runner.h"
#include "shuffle.h"
#include "team.h"
#include "views.h"

namespace nb = nanobind;
using namespace nb::literals;
using namespace pellucid;

namespace pellucid {
void add_probe(nb::module_&);
}

namespace {

using Address = std::uintptr_t;
template <class... Each> using Rows = std::vector<std::tuple<Each...>>;
template <class... Kind> using Numbers = nb::ndarray<Kind..., nb::c_contig, nb::device::cpu>;

// Where an array is; nowhere for None.
template <class A> auto place_of(const A& array) { return array.is_valid() ? array.data() : nullptr; }

const char* const OPS[] = {
#define NAME(op) #op,
    UNARY_OPS(NAME) BINARY_OPS(NAME) OTHER_OPS(NAME)
#undef NAME
};

const char* const STEPS[] = {
#define NAME(step) #step,
    STEP_KINDS(NAME)
#undef NAME
};

template <i64 count> std::vector<std::string> listed(const char* const (&names)[count]) {
    return {names, names + count};
}

class Program {
    // What f gives, without the lock of Python, and while nobody else runs the program.
    template <class F> auto alone(F f) {
        nb::gil_scoped_release release;
        const std::lock_guard<std::mutex> lock(running_);
        return f();
    }

public:
    Program(const std::string& level, bool doubles)
        : level_(level_called(level)), doubles_(doubles), plan_(std::make_shared<Plan>()) {
        alive().insert(this);
    }
    ~Program() { alive().erase(this); }
    Program(const Program&) = delete;

    // In a child process, where nobody will ever end the runs that were under way when it was forked.
    static void forked() {
        for (Program* each : alive()) {
            new (&each->running_) std::mutex;
            static_cast<void>(each->runner_.release());
        }
        Team::forked();
    }

    i64 rows(i64 width, bool across) {
        plan_->buffers.push_back({width, true, across, nullptr});
        return static_cast<i64>(plan_->buffers.size()) - 1;
    }

    i64 fixed(Address data, i64 width) {
        plan_->buffers.push_back({width, false, false, reinterpret_cast<void*>(data)});
        return static_cast<i64>(plan_->buffers.size()) - 1;
    }

    i64 phase(std::vector<i64> sums, std::vector<i64> totals) {
        plan_->phases.push_back({{}, {}, std::move(sums), std::move(totals)});
        return static_cast<i64>(plan_->phases.size()) - 1;
    }

    void step(i64 phase, bool of_rows, std::int32_t kind, std::vector<i64> args) {
        auto& steps = of_rows ? plan_->phases[phase].rows : plan_->phases[phase].fixed;
        steps.push_back({kind, std::move(args)});
    }

    i64 kernel(const std::vector<std::vector<i64>>& code, i64 once,
               const std::vector<std::vector<i64>>& slots, i64 block, i64 frozen,
               std::vector<std::int32_t> numbers) {
        std::vector<Instruction> made;
        for (const auto& c : code)
            made.push_back({int(c[0]), int(c[1]), int(c[2]), int(c[3]), int(c[4]), int(c[5]), int(c[6])});
        std::vector<Slot> places;
        for (const auto& s : slots) places.push_back({int(s[0]), int(s[1]), s[2], s[3]});
        plan_->codes.push_back(std::move(made));
        plan_->slots.push_back(std::move(places));
        plan_->kernel_numbers.push_back(std::move(numbers));
        const auto &code_ = plan_->codes.back();
        const auto &slots_ = plan_->slots.back();
        plan_->kernels.push_back({code_.data(), i64(code_.size()), once, slots_.data(), i64(slots_.size()),
                                  block, frozen, plan_->kernel_numbers.back().data(), work_of(code_),
                                  is_plain(code_, slots_)});
        return static_cast<i64>(plan_->kernels.size()) - 1;
    }

    void numbers(std::vector<double> values, const std::vector<std::vector<i64>>& code, i64 rate, i64 time, i64 rows) {
        plan_->numbers = std::move(values);
        for (const auto& c : code) plan_->number_code.push_back({int(c[0]), int(c[1]), int(c[2]), int(c[3])});
        plan_->rate = rate;
        plan_->time = time;
        plan_->rows = rows;
    }

    void kept(i64 number, Address home, i64 value) {
        plan_->kept.emplace_back(number, reinterpret_cast<double*>(home));
        plan_->moved.emplace_back(number, value);
    }

    void assigned(i64 target, i64 value) { plan_->assigned.emplace_back(target, value); }
    void changing(Address data, i64 bytes) { plan_->changing.emplace_back(reinterpret_cast<void*>(data), bytes); }
    void losses(std::vector<i64> buffers) { plan_->losses = std::move(buffers); }
    void stream(i64 kernel, i64 gradient_slot, i64 scale, const Rows<i64, i64>& parts) {
        plan_->stream = {kernel, gradient_slot, scale, {}};
        for (const auto& [buffer, first] : parts) plan_->stream.parts.emplace_back(buffer, first);
    }

    // The feed that goes in compressed form, until a run says otherwise.
    void sparse(i64 feed) {
        alone([&] { compress(feed); });
    }

    std::tuple<i64, bool> run(const Feeds& feeds, const std::vector<Numbers<>>& outputs,
                              const Numbers<nb::ro, const i64>& order, i64 first, i64 last, i64 batch,
                              const Numbers<nb::ro, const double>& rates, u64 seed, u64 step, double seconds,
                              const Numbers<double>& losses, i64 threads, bool chooses, const nb::object& stops) {
        const auto length = [](const auto& array, i64 otherwise) {
            return array.is_valid() ? static_cast<i64>(array.size()) : otherwise;
        };
        const i64 counted = static_cast<i64>(plan_->losses.size()), steps = (last - first + batch - 1) / batch;
        if (length(losses, counted) < counted || length(rates, steps) < steps || length(order, last) < last)
            throw std::invalid_argument("a run was given too few losses, rates or rows");
        Request request;
        request.feeds = feeds.arrays();
        for (const auto& output : outputs) request.outputs.push_back(output.data());
        request.order = place_of(order);
        request.first = first;
        request.last = last;
        request.batch = batch;
        request.rates = place_of(rates);
        request.seed = seed;
        request.step = step;
        request.seconds = seconds;
        request.threads = threads;
        request.chooses = chooses;
        request.losses = place_of(losses);
        request.stops = [&] {
            const nb::gil_scoped_acquire held;
            if (PyErr_CheckSignals()) throw nb::python_error();
            return !stops.is_none() && nb::cast<bool>(stops());
        };
        const Answer answer = alone([&] {
            compress(feeds.sparse());
            return runner().run(request);
        });
        return {answer.steps, answer.finite};
    }

    // Up to so many threads share out what is more than a tile of rows.
    void predicts(Predictor::Shape row, Predictor::Shape output, nb::object empty, nb::object dtype, i64 threads) {
        row_.feeds.resize(1);
        row_.outputs.resize(1);
        threads_ = threads;
        predictor_.emplace(std::move(row), std::move(output), doubles_, std::move(empty), std::move(dtype));
    }

    // The output for x, a row or several; None where the program cannot read x as it is.
    nb::object predict(nb::handle x) {
        return predictor_->on(x, [&](const void* from, void* to, i64 rows, i64 stride) {
            return alone([&] {
                row_.feeds[0] = {from, doubles_ ? kind_f64 : kind_f32, stride};
                row_.outputs[0] = to;
                row_.last = row_.batch = rows;
                row_.threads = rows > MOST_ROWS ? threads_ : 1;
                return runner().run(row_).finite;
            });
        });
    }

    i64 bytes() {
        return alone([&] { return runner_ ? runner_->bytes() : 0; });
    }

private:
    // All programs. Who changes them, and who forks, holds the lock of Python.
    static std::set<Program*>& alive() {
        static std::set<Program*> programs;
        return programs;
    }

    Runner& runner() {
        if (!runner_) runner_ = make_runner(level_, doubles_, plan_);
        return *runner_;
    }

    void compress(i64 feed) {
        if (feed == plan_->sparse_feed) return;
        plan_->sparse_feed = feed;
        for (const auto& phase : plan_->phases)
            for (const auto& step : phase.rows)
                if (step.kind == step_feed && step.args[1] == feed) plan_->sparse_buffer = step.args[0];
        runner_.reset();
    }

    static i64 work_of(const std::vector<Instruction>& code) {
        i64 sum = 0;
        for (const auto& each : code) sum += each.width;
        return sum;
    }

    static bool is_plain(const std::vector<Instruction>& code, const std::vector<Slot>& slots) {
        for (const auto& each : code)
            if (each.width != 1 || (each.op >= op_repeat && each.op < op_check)) return false;
        for (const auto& each : slots)
            if (each.kind == Slot::fixed) return false;
        return true;
    }

    const Level& level_;
    bool doubles_;
    std::optional<Predictor> predictor_;
    Request row_;  // of the predictor
    i64 threads_ = 1;
    std::shared_ptr<Plan> plan_;
    std::unique_ptr<Runner> runner_;
    std::mutex running_;
};

// The kernels that were compiled as a whole: for each its slots in memory, and its code.
nb::list frozen() {
    nb::list found;
    for (const Frozen* each : FROZEN) {
        nb::list code, memory;
        for (i64 s = 0; s < each->slots; ++s) memory.append(each->memory[s]);
        for (i64 i = 0; i < each->count; ++i) {
            const Instruction& in = each->code[i];
            code.append(nb::make_tuple(in.op, in.d, in.a, in.b, in.c, in.inner));
        }
        found.append(nb::make_tuple(memory, code));
    }
    return found;
}

void shuffled(const nb::ndarray<i64, nb::ndim<1>, nb::c_contig, nb::device::cpu>& to, u64 seed,
              u64 stream, u64 step) {
    nb::gil_scoped_release release;
    permutation(to.data(), static_cast<i64>(to.size()), seed, stream, step);
}

void use_blas(Address f32, Address f64) {
    blas.f32 = reinterpret_cast<Gemm<float>>(f32);
    blas.f64 = reinterpret_cast<Gemm<double>>(f64);
}

}  // namespace

NB_MODULE(_kernels, m) {
    // Programs that are alive when the interpreter ends are not worth a warning.
    nb::set_leak_warnings(false);
    nb::class_<Feeds>(m, "Feeds").def(nb::init<>()).def("rows", &Feeds::rows).def("entries", &Feeds::entries)
        .def("sparse", nb::overload_cast<i64>(&Feeds::sparse));
    nb::class_<Program>(m, "Program")
        .def(nb::init<const std::string&, bool>())
        .def("rows", &Program::rows)
        .def("fixed", &Program::fixed)
        .def("phase", &Program::phase)
        .def("step", &Program::step)
        .def("kernel", &Program::kernel)
        .def("numbers", &Program::numbers)
        .def("kept", &Program::kept)
        .def("assigned", &Program::assigned)
        .def("changing", &Program::changing)
        .def("losses", &Program::losses)
        .def("stream", &Program::stream)
        .def("sparse", &Program::sparse)
        .def("run", &Program::run, "feeds"_a, "outputs"_a.noconvert(), "order"_a.noconvert().none(), "first"_a,
             "last"_a, "batch"_a, "rates"_a.noconvert().none(), "seed"_a, "step"_a, "seconds"_a,
             "losses"_a.noconvert().none(), "threads"_a, "chooses"_a, "stops"_a = nb::none())
        .def("predicts", &Program::predicts)
        .def("predict", &Program::predict)
        .def_prop_ro("nbytes", &Program::bytes);
#ifndef _WIN32
    pthread_atfork(nullptr, nullptr, &Program::forked);
#endif
    m.def("use_blas", &use_blas);
    m.def("levels", &levels_here);
    m.def("frozen", &frozen);
    m.def("permutation", &shuffled);
    add_probe(m);
    m.attr("OPS") = listed(OPS);
    m.attr("STEPS") = listed(STEPS);
}
