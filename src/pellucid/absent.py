"""What Keras has and pellucid leaves out, and what to use; `docs/keras.md` shows the same."""

from __future__ import annotations

from collections.abc import Iterable

from pellucid.settings import nearest

LAYERS: dict[str, str] = {
    **dict.fromkeys(
        ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), "use TimeDistributed(Conv2D(…)), then LSTM"
    ),
    "SpectralNormalization": "use weight_decay of the optimizer, or kernel_regularizer",
}
LOSSES: dict[str, str] = {
    "CTC": "align the steps beforehand, and train with a cross-entropy of each",
    "Circle": "use CategoricalCrossentropy on the classes, and the layer before as the embedding",
}
OPTIMIZERS: dict[str, str] = {
    "Adafactor": "use Adam: it saves memory that small networks do not need",
    "LossScaleOptimizer": "nothing overflows in float32, and there is no half precision here",
    "Muon": "use AdamW, or Nadam",
    "MultiOptimizer": "give layers rates=…, which multiply the learning rate",
}
UTILS: dict[str, str] = {
    "plot_model": "net.summary() prints the layers, net.explain(x, y) the equations of a step",
    "image_dataset_from_directory": "pellucid.preprocessing reads folders of pictures",
    "text_dataset_from_directory": "read the files, and give fit their words as numbers",
    "FeatureSpace": "pellucid.preprocessing prepares tables, and is kept in the model file",
}
#: by the room that is asked
ABSENT: dict[str, dict[str, str]] = {
    "layers": LAYERS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
    "utils": UTILS,
}


def refused(room: str, name: str, known: Iterable[str]) -> AttributeError:
    """What is said of a name that a room does not have."""
    table = ABSENT.get(room, {})
    instead = f"it is left out; {table[name]}" if name in table else nearest(name, known)
    return AttributeError(f"pellucid.{room} has no {name!r}: {instead}")
