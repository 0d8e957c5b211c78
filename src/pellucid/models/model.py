"""The face of a network: compile, fit, evaluate, predict, and all that reads the plan."""

from __future__ import annotations

from os import PathLike
from typing import Any, ClassVar, Self

from pellucid.data import ArrayData
from pellucid.executors.choosing import check_choice, check_policy
from pellucid.models import files, preparing
from pellucid.models.batches import Batches
from pellucid.models.preparing import (
    Data,
    as_asked,
    as_list,
    check_running,
    course,
    whole,
    whole_or_none,
)
from pellucid.models.summary import summary
from pellucid.models.tracing import adopt, in_order, traced
from pellucid.networks.ends import ends_as_data, from_data, listed, packed, tree_of, tree_of_inputs
from pellucid.networks.graph import graph_config, graph_from_config
from pellucid.optimizers import Optimizer
from pellucid.plan import Plan
from pellucid.processes import is_first
from pellucid.settings import is_registered
from pellucid.training.callbacks.base import CallbackList
from pellucid.training.callbacks.doctor import Doctor
from pellucid.training.compiled import check_names, compiled
from pellucid.training.engine import Engine
from pellucid.training.epochs import evaluate, predict
from pellucid.training.history import History
from pellucid.training.loop import train
from pellucid.training.own import epochs_of
from pellucid.training.progress import Progress


class Model(Batches):
    """A network from input tensors to output tensors, or dictionaries: Model(inputs, outputs).

    The methods are Keras's, with the same arguments, defaults and results. A class of your own
    holds layers as attributes, and has a method `call(self, x)`, which is traced once
    (`models/tracing.py`).
    """

    #: the `call` of a class of one's own
    traced_call: ClassVar[Any] = None

    def __init_subclass__(cls, **options: Any):
        super().__init_subclass__(**options)
        adopt(cls)

    def __init__(
        self, inputs: Any = None, outputs: Any = None, *, name: str | None = None,
        dtype: str = "float32", trainable: bool = True,
    ):  # fmt: skip
        super().__init__(name=name, trainable=trainable, dtype=dtype)
        self._start()
        if inputs is None and self.traced_call is None:
            raise TypeError(
                "Model(inputs, outputs) takes tensors; a class of your own has a method call(x)"
            )
        if inputs is not None:
            self.input_tree, self.output_tree = tree_of_inputs(inputs), tree_of(outputs)
            self.connect(listed(inputs), listed(outputs))

    def build(self, shape: Any) -> None:
        """Trace the `call` of a class of your own, for an input of a shape, or several."""
        if self.traced_call is not None and not self.inputs:
            self.input_tree = tree_of_inputs(shape) or self.input_tree
            inputs, outputs = traced(self, shape)
            self.output_tree = tree_of(outputs)
            self.connect(inputs, listed(outputs))
            self._layers = in_order(self, self._layers)

    def described(self) -> dict[str, Any]:
        """As plain data; of a class of your own the graph that its `call` has written."""
        own = self.traced_call is not None and not is_registered(type(self))
        return {"class": "Model" if own else type(self).__name__, "config": self.config()}

    def _around(self, inputs: Any, outputs: Any) -> Model:
        return Model(inputs, outputs, name=self.name, dtype=self.dtype)

    def _start(self) -> None:
        self._engine: Engine | None = None
        self._asked: dict[str, Any] | None = None
        self._running: dict[str, Any] = {}
        self.history: History | None = None
        self.class_names: list[str] | None = None
        self.preprocessing: dict[str, Any] | None = None
        self.stop_training = False
        self.resume_at: int | None = None
        self.resume_after = 0

    def compile(
        self, optimizer: Any = "rmsprop", loss: Any = None, loss_weights: Any = None,
        metrics: Any = None, weighted_metrics: Any = None, run_eagerly: bool = False,
        steps_per_execution: int = 1, jit_compile: str | bool | None = "auto", *,
        executor: str = "auto", threads: int | None = None, dtype_policy: str | None = None,
    ) -> None:  # fmt: skip
        """Settle what to train for. Results do not depend on the number of `threads`.

        With executor="jax" a `dtype_policy` of "mixed_bfloat16" or "mixed_float16" has products of
        matrices computed from factors of 16 bits.

        With `run_eagerly`, NumPy runs the equations one by one. `jit_compile` and
        `steps_per_execution` change nothing: the plan is compiled as far as the executor goes,
        which takes as many steps at a time as it can.
        """
        check_names(loss, metrics, weighted_metrics)
        check_running(run_eagerly, steps_per_execution, jit_compile)
        executor = "numpy" if run_eagerly and executor == "auto" else executor
        limit = None if threads is None else whole(threads, "threads")
        policy = check_policy(dtype_policy, executor, self.dtype)
        self._running = {"choice": check_choice(executor), "threads": limit, "policy": policy}
        self._asked = {
            "optimizer": Optimizer.get(optimizer),
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        self._engine = None
        if self.built:
            self._compile()

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | str | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        doctor: bool = False,
        honest: bool = False,
    ) -> History:
        """Train for `epochs` passes over the data, and give the history of losses and metrics.

        `validation_split` holds out a seeded, shuffled sample, in which every class has its share.
        With `doctor=True` a callbacks.Doctor() watches.
        With `honest` the training rows are measured again after each epoch: honest_loss, …
        Ctrl-C ends training after the running step; the history so far is returned.
        """
        asked = course(
            self, x, y, batch_size, epochs, validation_split, validation_data, shuffle,
            class_weight, sample_weight, initial_epoch, steps_per_epoch, validation_steps,
            validation_batch_size, validation_freq, honest,
        )  # fmt: skip
        history = History()
        shown = [] if verbose == 0 else [Progress(verbose)]
        watching = [*as_list(callbacks or []), history, *shown, *([Doctor()] if doctor else [])]
        with CallbackList(watching, self, asked.params | {"verbose": verbose}) as listening:
            train(self, asked, listening)
        return history

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """The loss, or [loss, metric, …], or a dictionary of them, over the data."""
        self._need_compiled("cannot evaluate")
        data = self._data(x, y, sample_weight)
        engine = self._ready(data)
        data = preparing.checked(data, engine)
        size = whole_or_none(batch_size, "batch_size")
        with CallbackList(callbacks, self) as listening:
            logs = evaluate(epochs_of(self, engine, "evaluate", data, size, steps), listening)
        if verbose and is_first():
            shown = (f"{name}: {value:.4f}" for name, value in logs.items())
            print(" - ".join(shown), flush=True)
        return as_asked(logs, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """The outputs for every row: an array, or a list or dictionary of them for several."""
        asked = preparing.prediction(self, x, batch_size, steps)
        with CallbackList(callbacks, self) as listening:
            outputs = predict(asked, listening)
        return packed(outputs if len(outputs) > 1 else outputs[0], self.output_tree)

    def save(self, path: str | PathLike[str]) -> None:
        """Write architecture, weights, optimizer state and counters into one safetensors file."""
        files.save(self, path)

    def save_weights(self, path: str | PathLike[str]) -> None:
        """Write the weights alone."""
        files.save_weights(self, path)

    def load_weights(self, path: str | PathLike[str]) -> None:
        """Take the weights of a file that `save` or `save_weights` wrote."""
        files.load_weights(self, path)

    def restore(self, path: str | PathLike[str]) -> None:
        """Take weights, optimizer state and counters of a saved training of this same network."""
        files.restore(self, path)

    def summary(self, print_fn: Any = None) -> None:
        """Print each layer with its output shape, parameters and floating-point operations."""
        summary(self, print_fn)

    @property
    def engine(self) -> Engine:
        """What runs the network: where extents are open, on rows like those seen last."""
        return self._ready().latest

    @property
    def plan(self) -> Plan:
        """The equations: forward, backward and update once compiled, before that forward."""
        engine = self.engine
        return engine.plan("train" if engine.trains else "predict")

    @property
    def optimizer(self) -> Optimizer:
        self._need_compiled("has no optimizer")
        assert self._asked is not None
        return self._asked["optimizer"]

    @property
    def loss(self) -> Any:
        return None if self._asked is None else self._asked["loss"]

    @property
    def epochs_trained(self) -> int:
        return 0 if self._engine is None else self._engine.memory.epochs

    def config(self) -> dict[str, Any]:
        own = {"name": self.name, "dtype": self.dtype, "trainable": self.trainable}
        return own | ends_as_data(self) | graph_config(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        found = zip(graph_from_config(config), ("input_tree", "output_tree"), strict=True)
        ends = [packed(tensors, from_data(config.get(tree))) for tensors, tree in found]
        return cls(*ends, **{name: config[name] for name in ("name", "dtype", "trainable")})

    def _data(self, x: Any, y: Any = None, sample_weight: Any = None) -> Data:
        return preparing.data_for(self, self._asked, x, y, sample_weight)

    def _batch(self, x: Any, y: Any = None, sample_weight: Any = None) -> ArrayData:
        return preparing.one_batch(self._data(x, y, sample_weight))

    def _need_compiled(self, what: str) -> None:
        if self._asked is None:
            raise RuntimeError(
                f"the network {what} before it is compiled. {preparing.COMPILE_FIRST}"
            )

    def _ready(self, data: Data | None = None) -> Engine:
        """The engine, with the weights at home in it; the data tell an open input its shape."""
        if not self.built:
            if data is None:
                raise ValueError(
                    "the network does not know the shape of its input yet: "
                    "say input_shape=(…,) on its first layer, or call net.build((None, …))"
                )
            shapes = [(None, *shape) for shape in data.x_shapes]
            self.build_for(shapes if len(shapes) > 1 else shapes[0])
        if self._engine is None or self._engine.stale:
            self._compile()
        assert self._engine is not None
        self._engine.memory.gather()
        return self._engine

    def _compile(self) -> None:
        self._engine = Engine(self, **self._running)
        if self._asked is not None:
            self._engine.compile(compiled(self, self._asked))

    def _forget(self) -> None:
        self._engine = None
        self.built = False
