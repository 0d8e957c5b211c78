// What Python sees: a program is put together piece by piece, then run.
#include <mutex>
#include <new>
#include <set>
#ifndef _WIN32
#include <pthread.h>
#endif

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/tuple.h>

#include "bindings.h"
#include "frozen_codes.h"
#include "levels.h"
#include "numbers.h"
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

template <class... Kind> using Numbers = nb::ndarray<Kind..., nb::c_contig, nb::device::cpu>;

// Where an array is; nowhere for None.
template <class A> auto place_of(const A& array) {
    return array.is_valid() ? array.data() : nullptr;
}

// Throws what Ctrl-C raises, if it was pressed.
bool interrupted() {
    const nb::gil_scoped_acquire held;
    if (PyErr_CheckSignals()) throw nb::python_error();
    return false;
}

// A program put to work at a CPU level, in single or double precision.
class Runnable {
    // What f gives, without the lock of Python, and while nobody else runs the program.
    template <class F> auto alone(F f) {
        nb::gil_scoped_release release;
        const std::lock_guard<std::mutex> lock(running_);
        return f();
    }

public:
    Runnable(const Program& program, const std::string& level, bool doubles)
        : level_(level_called(level)), doubles_(doubles),
          program_(std::make_shared<Program>(program)) {
        for (const Code& code : program_->codes) program_->kernels.push_back(kernel_of(code));
        alive().insert(this);
    }
    ~Runnable() { alive().erase(this); }
    Runnable(const Runnable&) = delete;

    // In a child process, where nobody will ever end the runs that were under way when it was
    // forked.
    static void forked() {
        for (Runnable* each : alive()) {
            new (&each->running_) std::mutex;
            static_cast<void>(each->runner_.release());
        }
        Team::forked();
    }

    // The feed that goes in compressed form, until a run says otherwise.
    void sparse(i64 feed) {
        alone([&] { compress(feed); });
    }

    std::tuple<i64, bool> run(const Feeds& feeds, const std::vector<Numbers<>>& outputs,
                              const Numbers<nb::ro, const i64>& order, i64 first, i64 last,
                              i64 batch, const Numbers<nb::ro, const double>& rates, u64 seed,
                              u64 step, double seconds, const Numbers<double>& losses, i64 threads,
                              bool chooses, const nb::object& stops) {
        const auto length = [](const auto& array, i64 otherwise) {
            return array.is_valid() ? static_cast<i64>(array.size()) : otherwise;
        };
        const i64 counted = static_cast<i64>(program_->losses.size()),
                  steps = (last - first + batch - 1) / batch;
        if (length(losses, counted) < counted || length(rates, steps) < steps ||
            length(order, last) < last)
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
            interrupted();
            const nb::gil_scoped_acquire held;
            return !stops.is_none() && nb::cast<bool>(stops());
        };
        const Answer answer = alone([&] {
            compress(feeds.sparse());
            return runner().run(request);
        });
        return {answer.steps, answer.finite};
    }

    // Up to so many threads share out what is more than a tile of rows.
    void predicts(Predictor::Shape row, Predictor::Shape output, nb::object empty, nb::object dtype,
                  i64 threads) {
        row_.feeds.resize(1);
        row_.outputs.resize(1);
        threads_ = threads;
        predictor_.emplace(std::move(row), std::move(output), doubles_, std::move(empty),
                           std::move(dtype));
    }

    // The output for x, a row or several; None where the program cannot read x as it is.
    nb::object predict(nb::handle x) {
        return predictor_->on(x, [&](const void* from, void* to, i64 rows, i64 stride) {
            return alone([&] {
                row_.feeds[0] = {from, doubles_ ? kind_f64 : kind_f32, stride};
                row_.outputs[0] = to;
                row_.last = row_.batch = rows;
                const bool many = rows > MOST_ROWS;
                row_.threads = many ? threads_ : 1;
                row_.stops = many ? &interrupted : nullptr;
                return runner().run(row_).finite;
            });
        });
    }

    i64 bytes() {
        return alone([&] { return runner_ ? runner_->bytes() : 0; });
    }

private:
    // All programs. Who changes them, and who forks, holds the lock of Python.
    static std::set<Runnable*>& alive() {
        static std::set<Runnable*> programs;
        return programs;
    }

    Runner& runner() {
        if (!runner_) runner_ = make_runner(level_, doubles_, program_);
        return *runner_;
    }

    void compress(i64 feed) {
        if (feed == program_->sparse_feed) return;
        program_->sparse_feed = feed;
        for (const auto& phase : program_->phases)
            for (const auto& step : phase.rows)
                if (const Feed* each = std::get_if<Feed>(&step); each && each->input == feed)
                    program_->sparse_buffer = each->to;
        runner_.reset();
    }

    const Level& level_;
    bool doubles_;
    std::optional<Predictor> predictor_;
    Request row_;  // of the predictor
    i64 threads_ = 1;
    std::shared_ptr<Program> program_;
    std::unique_ptr<Runner> runner_;
    std::mutex running_;
};

// A kernel that was compiled as a whole: which of its slots are in memory, and its instructions.
struct FrozenKernel {
    std::vector<bool> memory;
    std::vector<Instruction> instructions;
};

std::vector<FrozenKernel> frozen() {
    std::vector<FrozenKernel> found;
    for (const Frozen* each : FROZEN)
        found.push_back({std::vector<bool>(each->memory, each->memory + each->slots),
                         std::vector<Instruction>(each->code, each->code + each->count)});
    return found;
}

double computed(Op op, double a, double b) { return compute(op, a, b); }

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
    nb::class_<Feeds>(m, "Feeds")
        .def(nb::init<>())
        .def("rows", &Feeds::rows)
        .def("entries", &Feeds::entries)
        .def("sparse", nb::overload_cast<i64>(&Feeds::sparse));
    bind_operations(m);
    bind_kernels(m);
    bind_steps(m);
    bind_program(m);
    bind<FrozenKernel>(
        m, "FrozenKernel", Field<FrozenKernel, std::vector<bool>>{"memory", &FrozenKernel::memory},
        Field<FrozenKernel, std::vector<Instruction>>{"instructions", &FrozenKernel::instructions});
    nb::class_<Runnable>(m, "Runnable")
        .def(nb::init<const Program&, const std::string&, bool>(), "program"_a, "level"_a,
             "doubles"_a)
        .def("sparse", &Runnable::sparse)
        .def("run", &Runnable::run, "feeds"_a, "outputs"_a.noconvert(),
             "order"_a.noconvert().none(), "first"_a, "last"_a, "batch"_a,
             "rates"_a.noconvert().none(), "seed"_a, "step"_a, "seconds"_a,
             "losses"_a.noconvert().none(), "threads"_a, "chooses"_a, "stops"_a = nb::none())
        .def("predicts", &Runnable::predicts)
        .def("predict", &Runnable::predict)
        .def_prop_ro("nbytes", &Runnable::bytes);
#ifndef _WIN32
    pthread_atfork(nullptr, nullptr, &Runnable::forked);
#endif
    m.def("use_blas", &use_blas);
    m.def("levels", &levels_here);
    m.def("frozen", &frozen);
    m.def("permutation", &shuffled);
    m.def("compute", &computed, "op"_a, "a"_a, "b"_a);
    add_probe(m);
}
