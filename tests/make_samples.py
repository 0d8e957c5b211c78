"""Write tests/samples/: files of Keras and PyTorch, rows, and what those libraries give for them.

KERAS_BACKEND=torch python -m tests.make_samples    # needs keras, torch, onnx, onnxscript
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SAMPLES = Path(__file__).parent / "samples"
ROWS = 3
#: rows and outputs by the name of a file
Known = dict[str, dict[str, Any]]


def rows(*shape: int, whole: bool = False) -> np.ndarray:
    rng = np.random.default_rng([len(shape), *shape])
    if whole:
        return rng.integers(0, 4, (ROWS, *shape))
    return rng.normal(size=(ROWS, *shape)).astype("f4")


def keras_models(kind: Any, keras: Any) -> dict[str, tuple[Any, list[np.ndarray]]]:
    """Models, and rows for each of their inputs."""
    table = [
        kind.Input((4,)), kind.Dense(5, "gelu"), kind.BatchNormalization(), kind.Dropout(0.3),
        kind.Dense(3, "softmax"),
    ]  # fmt: skip
    pictures = [
        kind.Input((8, 7, 2)), kind.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
        kind.BatchNormalization(), kind.DepthwiseConv2D(3, padding="same"),
        kind.SeparableConv2D(3, 2, activation="elu"), kind.MaxPooling2D(2, padding="same"),
        kind.Flatten(), kind.Dense(2),
    ]  # fmt: skip
    words = [
        kind.Input((5,), dtype="int32"), kind.Embedding(6, 3), kind.LSTM(4, return_sequences=True),
        kind.GRU(3), kind.Dense(1, "sigmoid"),
    ]  # fmt: skip
    a, b = kind.Input((3,), name="a"), kind.Input((4,), name="b")
    one, other = kind.Dense(4, "tanh")(a), kind.Dense(4, "silu")(b)
    h = kind.UnitNormalization()(kind.Add()([one, other]))
    h = kind.Concatenate()([h, kind.Multiply()([one, other])])
    return {
        "table": (keras.Sequential(table), [rows(4)]),
        "pictures": (keras.Sequential(pictures), [rows(8, 7, 2)]),
        "words": (keras.Sequential(words), [rows(5, whole=True)]),
        "graph": (keras.Model([a, b], kind.Dense(2)(h)), [rows(3), rows(4)]),
    }


def keras_files(known: Known) -> None:
    import keras

    for name, (model, given) in keras_models(keras.layers, keras).items():
        keras.utils.set_random_seed(5)
        rng = np.random.default_rng(5)
        for weight in model.weights:
            drawn = 0.4 * rng.normal(size=weight.shape)
            weight.assign(0.5 + np.abs(drawn) if "variance" in weight.path else drawn)
        model.compile(keras.optimizers.SGD(0.01, momentum=0.9), "mse")
        x = given if len(given) > 1 else given[0]
        y = np.ones((ROWS, *model.output_shape[1:]), "f4")
        model.fit(x, y, epochs=3, verbose=0)
        expected = np.asarray(model.predict(x, verbose=0))
        model.save(SAMPLES / f"keras_{name}.keras")
        keep(known, f"keras_{name}.keras", given, expected)
        if name == "table":
            model.save_weights(SAMPLES / "keras_table.weights.h5")
            keep(known, "keras_table.weights.h5", given, expected)
        path = SAMPLES / f"keras_{name}.onnx"
        model.export(path, format="onnx", verbose=False)
        keep(known, path.name, given, expected)


def torch_modules(nn: Any) -> dict[str, tuple[Any, np.ndarray]]:
    return {
        "table": (nn.Sequential(nn.Linear(4, 6), nn.LayerNorm(6), nn.GELU(), nn.Linear(6, 3),
                                nn.Softmax(1)), rows(4)),
        "pictures": (nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(),
                                   nn.MaxPool2d(2), nn.Flatten(), nn.Linear(48, 3)),
                     rows(2, 8, 6)),
    }  # fmt: skip


def torch_files(known: Known) -> None:
    import torch

    torch.manual_seed(5)
    for name, (module, given) in torch_modules(torch.nn).items():
        x = torch.tensor(given)
        module(x)
        module.eval()
        expected = module(x).detach().numpy()
        torch.save(module.state_dict(), SAMPLES / f"torch_{name}.pt")
        keep(known, f"torch_{name}.pt", [given], expected)
        path = SAMPLES / f"torch_{name}.onnx"
        export_by_dynamo(torch, module, x, path)
        keep(known, path.name, [given], expected)


def export_by_dynamo(torch: Any, module: Any, x: Any, path: Path) -> None:
    """An ONNX file by PyTorch's newer exporter, for any number of rows."""
    options = {"dynamo": True, "external_data": False, "verbose": False}
    rows_open = ({0: torch.export.Dim("n")},)
    torch.onnx.export(module, (x,), path, dynamic_shapes=rows_open, **options)


def keep(known: Known, name: str, given: list[np.ndarray], expected: np.ndarray) -> None:
    known[name] = {"rows": [each.tolist() for each in given], "outputs": expected.tolist()}


def main(*makers: Callable[[Known], None]) -> None:
    known: Known = {}
    for make in makers:
        make(known)
    (SAMPLES / "known.json").write_text(json.dumps(known) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(keras_files, torch_files)
