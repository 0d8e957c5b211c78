"""Small helpers around training: one-hot labels, splits, sequences of one length, the seed."""

from typing import NoReturn

from pellucid.absent import refused
from pellucid.randomness import set_random_seed
from pellucid.settings import register as _register
from pellucid.utils.images import array_to_img, img_to_array, load_img, save_img
from pellucid.utils.labels import to_categorical, train_test_split
from pellucid.utils.sequences import (
    TimeSeries,
    normalize,
    pad_sequences,
    split_dataset,
    timeseries_dataset_from_array,
)
from pellucid.utils.streaming import (
    PyDataset,
    pack_x_y_sample_weight,
    unpack_x_y_sample_weight,
)
from pellucid.wording import tell


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> object:
    """A decorator for a class or a function of your own, so that models with it can be saved."""
    return _register


Sequence = PyDataset

__all__ = [
    "PyDataset",
    "Sequence",
    "TimeSeries",
    "array_to_img",
    "img_to_array",
    "load_img",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "register_keras_serializable",
    "save_img",
    "set_random_seed",
    "split_dataset",
    "timeseries_dataset_from_array",
    "to_categorical",
    "train_test_split",
    "unpack_x_y_sample_weight",
]


def __getattr__(name: str) -> NoReturn:
    raise refused("utils", name, __all__)


tell(globals(), "utils")
