"""What a network shows: the numbers of a step, its gradients, programs of it, what is wrong."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pellucid.data import ArrayData, Batch
from pellucid.models import preparing
from pellucid.models.members import Members
from pellucid.models.preparing import Data, whole
from pellucid.training.engine import Engine, refuse_kept

if TYPE_CHECKING:
    from pellucid.glass import Explanation, GradientCheck, Recording, Source
    from pellucid.glass.doctor import Diagnosis


class Seeing(Members, abstract=True):
    """A network whose steps can be looked at. The room `glass` is entered only to do so."""

    def record(self, x: Any, y: Any = None, sample_weight: Any = None) -> Recording:
        """Every value of the next step on these rows, by its printed name: r["dW1"], r["Ŷ"][0].

        Without `y`, of a prediction. Nothing of the network changes.
        """
        from pellucid.glass import record

        return record(*self._rows_of_a_step(x, y, sample_weight))

    def step(self, x: Any, y: Any, sample_weight: Any = None) -> Recording:
        """Take the next step on these rows, by NumPy, and give every value of it."""
        from pellucid.glass import take_step

        return take_step(*self._rows_of_a_step(x, y, sample_weight))

    def explain(self, x: Any, y: Any = None, sample_weight: Any = None) -> Explanation:
        """The next step on up to 8 rows, to be printed and asked: why is this number what it is?"""
        from pellucid.glass import explain

        return explain(*self._rows_of_a_step(x, y, sample_weight))

    def check_gradients(
        self, x: Any, y: Any, sample_weight: Any = None, places: int | None = None
    ) -> GradientCheck:
        """The gradient of each parameter, input and state against central differences in float64.

        Every number of a small network is looked at, of a large one a sample of each value: the
        largest gradients and others. `places` says how many. Nothing of the network changes.
        """
        from pellucid.glass import check_gradients

        engine, batch = self._rows_of_a_step(x, y, sample_weight)
        return check_gradients(engine, batch, None if places is None else whole(places, "places"))

    def source(
        self,
        language: str = "numpy",
        *,
        only: str | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        shuffle: bool | None = None,
        sample_weight: bool | None = None,
        class_weight: Any = None,
        validation_data: bool | None = None,
        validation_split: float | None = None,
    ) -> Source:
        """One program without pellucid in it, for "numpy", "jax", "keras" or "torch".

        NumPy's lists the equations, and goes on training to the same bits as `fit`. JAX's lists
        those of the forward pass and of the update. Keras's and PyTorch's have their own layers
        with these weights, and begin with a check of the outputs. With only="forward" it predicts.

        How it trains is said as to `fit`; the data are given to the program: sample_weight=True
        says that they hold a weight for each row, validation_data=True rows to validate on.
        """
        from pellucid.glass import Course, source

        asked = {name: value for name, value in locals().items() if name in Course._fields}
        given = {name: value for name, value in asked.items() if value is not None}
        if only is None:
            self._need_compiled('cannot write how it trains (only="forward" predicts)')
        elif given:
            raise ValueError(
                f"a program that only predicts takes no {', '.join(given)}: give only alone"
            )
        return source(self._ready().latest.by_rows, language, only, Course(**given))

    def diagnose(
        self, x: Any, y: Any = None, *, seconds: float = 10.0, trials: bool = True, **fit: Any
    ) -> Diagnosis:
        """What is wrong with training on these data by `fit(x, y, **fit)`, and the mends that help.

        Mends are tried on a part of the rows, as far as `seconds` allow. Nothing of the network,
        of the data or of the random state changes.
        """
        from pellucid.glass.doctor import diagnose

        refuse_kept(self)
        return diagnose(self, x, y, seconds=seconds, trials=trials, **fit)

    def export(
        self,
        path: str | PathLike[str],
        rows: Any = None,
        *,
        bits: int = 32,
        preprocessing: bool = True,
    ) -> list[Path]:
        """Write the prediction as a program without pellucid in it; gives the paths written.

        By the ending of the path: .c (C99, with a .h beside it), .js (an ES module), .py (NumPy)
        or .onnx. It tests itself on a few `rows`, or on some that are invented; an ONNX file holds
        them in its metadata. With bits=8 the weights of products in C have 8 bits, and what that
        changes on the rows is measured, in the file and as `remarks` of what is given back.

        Of a network that `pellucid train` made of a table the program takes raw rows, texts among
        them, and `rows` are some of the table; with preprocessing=False it takes what the network
        takes.
        """
        from pellucid.interop.export import export
        from pellucid.interop.raw import handed

        self._ready()
        net, rows, words = handed(self, rows, preprocessing)
        return export(net._ready(), path, rows, bits, words)

    def to_keras(self) -> Any:
        """The same network as a model of Keras, with its weights; Keras has to be installed."""
        from pellucid.interop.keras.back import to_keras

        return to_keras(self._ready())

    def to_torch(self) -> Any:
        """The same network as a module of PyTorch, with its weights; PyTorch has to be installed.

        It takes and gives rows laid out as here, images with their channels last.
        """
        from pellucid.interop.torch.back import to_torch

        return to_torch(self._ready().by_rows.network)

    def to_sklearn(self) -> Any:
        """A fitted MLPClassifier or MLPRegressor, behind a scaler where the network has one.

        For dense layers with one activation between them. `partial_fit` goes on training.
        """
        from pellucid.interop.sklearn.back import to_sklearn

        return to_sklearn(self._ready().by_rows)

    def _rows_of_a_step(self, x: Any, y: Any, sample_weight: Any) -> tuple[Engine, Batch]:
        if y is None and sample_weight is not None:
            raise ValueError(
                "sample_weight weighs the loss of each row, for which a step needs targets: give y"
            )
        data = self._batch(x, y, sample_weight)
        if data.y:
            self._need_compiled("cannot take a step on targets")
        engine = self._ready(data).at(data.x)
        if data.y and engine.compiled:
            preparing.checked(data, engine)
        return engine, data.between(0, len(data))

    def _batch(self, x: Any, y: Any = None, sample_weight: Any = None) -> ArrayData:
        raise NotImplementedError

    def _around(self, inputs: Any, outputs: Any) -> Any:
        """A network of the same name and dtype, of which this is a part."""
        raise NotImplementedError

    def _need_compiled(self, what: str) -> None:
        raise NotImplementedError

    def _ready(self, data: Data | None = None) -> Engine:
        raise NotImplementedError
