"""How a layer is called: the tensors it reads and by which arguments, what it gives, and masks.

Beside its first argument a layer may read tensors by name, as in `lstm(x, initial_state=[h, c])`.
A mask says of each step of a sequence whether it counts, 1 or 0; it travels with the tensors.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.tensor import Symbolic, Tensor

#: what a call says of training, by another name than what it is told while it is written
NAMED = {"training": "always"}


class At(NamedTuple):
    """Stands for the tensor of this number among those that a call reads."""

    number: int


class Call(NamedTuple):
    """A layer, called on tensors: those of its first argument, then those of the `further` ones."""

    layer: Any
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    further: Mapping[str, Any] = {}

    @property
    def output(self) -> Tensor:
        return self.outputs[0]

    @property
    def own_inputs(self) -> tuple[Tensor, ...]:
        """The tensors of the first argument."""
        return self.inputs[: len(self.inputs) - count_of(list(self.further.values()))]

    def arguments(self, values: Mapping[Tensor, Any]) -> tuple[Any, dict[str, Any]]:
        """What the layer is given, where the tensors have these values."""
        return arguments(self.layer, [values[each] for each in self.inputs], self.further)


def arguments(
    layer: Any, given: Sequence[Any], further: Mapping[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """The first argument and the others, from all tensors that are read."""
    own = list(given)[: len(given) - count_of(list(further.values()))]
    named = {NAMED.get(name, name): put_together(each, given) for name, each in further.items()}
    return (own if layer.several_inputs else own[0]), named


def taken_apart(value: Any, inputs: list[Any]) -> Any:
    """A value with `At` for what is a tensor or an array, which join the inputs."""
    if isinstance(value, (list, tuple)):
        return [taken_apart(each, inputs) for each in value]
    if isinstance(value, Tensor) or (is_array(value) and not isinstance(value, np.generic)):
        inputs.append(value)
        return At(len(inputs) - 1)
    return value


def put_together(value: Any, inputs: Sequence[Any]) -> Any:
    """What `taken_apart` took apart."""
    if isinstance(value, At):
        return inputs[value.number]
    return [put_together(each, inputs) for each in value] if isinstance(value, list) else value


def count_of(value: Any) -> int:
    """How many tensors a value has been taken apart into."""
    if isinstance(value, At):
        return 1
    return sum(map(count_of, value)) if isinstance(value, list) else 0


@functools.lru_cache(maxsize=1000)
def parameters_of(call: Callable[..., Any]) -> tuple[str, ...]:
    """The names of what a layer's `call` or `build` takes, as its class has it."""
    names = inspect.signature(call).parameters
    return tuple(name for name in names if name != "self")


def is_array(value: Any) -> bool:
    """Whether a value is numbers that are known; a weight stands for those that are not yet."""
    return hasattr(value, "__array__") and not isinstance(value, Symbolic)


def first_of(layer: Any, named: dict[str, Any]) -> Any:
    """The first argument of a call that names it, which is taken from the others."""
    first = parameters_of(getattr(layer.call, "__func__", layer.call))[0]
    for name in (first, "x", "inputs"):
        if name in named:
            return named.pop(name)
    raise TypeError(f"{layer.layer_name} is called on a tensor or an array; got neither")


def by_name(layer: Any, others: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call beside the first, each by its name."""
    takes = parameters_of(getattr(layer.call, "__func__", layer.call))
    free = [name for name in takes[1:] if name != "training"]
    unknown = [name for name in named if name not in free and name != "mask"]
    if len(others) > len(free) or unknown:
        what = f"{len(others) + 1} arguments" if not unknown else repr(unknown[0])
        listed = ", ".join(takes[:1] + tuple(free))
        raise TypeError(f"{layer.layer_name} is called with ({listed}); got {what}")
    given = dict(zip(free, others, strict=False)) | dict(named)
    return {name: value for name, value in given.items() if value is not None}


def check_call(layer: Any, inputs: Sequence[Any], training: bool | None) -> None:
    """Whether a layer can be called on such tensors, in a graph."""
    if training:
        raise ValueError(
            f"{layer.layer_name} was called with training={training!r}; whether it trains is up "
            "to fit and predict here. To keep what a layer has learned, layer.trainable = False"
        )
    for each in inputs:
        if not isinstance(each, Tensor):
            raise TypeError(
                f"{layer.layer_name} was called on {type(each).__name__}; layers are called on "
                "symbolic tensors: start from x = Input(shape=(…,)). To run a network on "
                "arrays use net.predict(x)"
            )


def shapes_of(x: Any) -> Any:
    return [each.shape for each in x] if isinstance(x, list) else x.shape


def mask_of(x: Any) -> Any:
    """The mask of a tensor; of several a list; None where there is none."""
    if isinstance(x, list):
        masks = [each.mask for each in x if isinstance(each, Tensor)]
        return masks if any(each is not None for each in masks) else None
    return x.mask if isinstance(x, Tensor) else None


def with_masks(takes: Sequence[str], x: Any, further: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call, with the masks that it asks for: `mask`, or `query_mask`, …"""
    given = dict(further)
    if "mask" in takes:
        given.setdefault("mask", mask_of(x))
    for name, value in {takes[0]: x, **further}.items():
        if f"{name}_mask" in takes:
            given.setdefault(f"{name}_mask", mask_of(value))
    return given


def masks_go_through(layer: Any) -> bool:
    return layer.supports_masking or layer.carries_masks


def carry_mask(layer: Any, x: Any, y: Any, previous: Any) -> None:
    """Give what a layer wrote the mask that it computes, unless it has one."""
    if not masks_go_through(layer) or previous is None:
        return
    found = layer.compute_mask(x, previous)
    masks = found if isinstance(found, list) else [found]
    for tensor, mask in zip(y if isinstance(y, list) else [y], masks, strict=False):
        if isinstance(tensor, Tensor) and tensor.mask is None:
            tensor.mask = mask


def warn_of_lost_mask(layer: Any, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
    if masks_go_through(layer) or mask_of(list(inputs)) is None or mask_of(list(outputs)):
        return
    warnings.warn(
        f"{layer.layer_name} was given steps with a mask and does not support masks: what comes "
        "after it counts all steps. Leave out mask_zero or Masking, or read the steps by a "
        "recurrent layer first",
        stacklevel=3,
    )


def noting_that_it_is_built(build: Callable[..., None]) -> Callable[..., None]:
    """`build`, after which a layer is built, also where it is called by hand."""

    @functools.wraps(build)
    def built(self: Any, shape: Any = None, *others: Any, **named: Any) -> None:
        first = f"{parameters_of(type(self).call)[0]}_shape"
        for name in ("input_shape", first):
            shape = named.pop(name, shape)
        build(self, shape, *others, **named)
        self.built = True

    return built
