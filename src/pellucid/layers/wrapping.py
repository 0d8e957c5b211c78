"""Layers around another layer: both ways through a sequence, and the same for each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pellucid.equations.shape import Flip, Key, Reshape, as_target, concatenate, pick
from pellucid.layers.base import Layer
from pellucid.layers.calling import parameters_of
from pellucid.layers.dense import Dense
from pellucid.layers.recurrent import Recurrent
from pellucid.layers.stepping import RNN, Holding
from pellucid.layers.training import Training
from pellucid.settings import nearest
from pellucid.tensor import Shape, Tensor


class Wrapping(Holding, abstract=True):
    """A layer around another."""

    carries_masks = True

    def inner(self, name: str) -> Layer:
        """The layer of a setting, also from its description."""
        given = Layer.get(getattr(self, name))
        if given.several_inputs:
            raise ValueError(f"{self.layer_name} wraps a layer of one input, got {given!r}")
        return given


class Bidirectional(Wrapping):
    """Y = [→H, ←H]: a recurrent layer, and beside it one that reads from the last step

    They are copies of `layer`, the second turned around, or like `backward_layer`. `merge_mode`
    is "concat", "sum", "mul" or "ave", or None for both by themselves. Where all steps are
    returned, both are in their order, and 0 where a mask leaves a step out. States are those of
    the first, then of the second.
    """

    layer: Layer | dict[str, Any]
    merge_mode: str | None = "concat"
    backward_layer: Layer | dict[str, Any] | None = None

    MODES: ClassVar[tuple[str, ...]] = ("concat", "sum", "mul", "ave")

    def build(self, shape: Shape) -> None:
        if self.merge_mode not in (*self.MODES, None):
            raise ValueError(
                f"{self.layer_name}: unknown merge_mode {self.merge_mode!r}: "
                f"{nearest(str(self.merge_mode), self.MODES)}"
            )
        forward = self.recurrent("layer", turned=False)
        name = "layer" if self.backward_layer is None else "backward_layer"
        backward = self.recurrent(name, turned=name == "layer")
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                f"{self.layer_name}: one of layer and backward_layer reads from the last step; "
                "say go_backwards=True for the second"
            )
        self.within = [forward, backward]
        for layer in self.within:
            layer.build_for(shape)

    def recurrent(self, name: str, turned: bool) -> Recurrent | RNN:
        """A copy of the recurrent layer of a setting, `turned` around."""
        given = self.inner(name)
        if not isinstance(given, (Recurrent, RNN)):
            raise TypeError(
                f"{self.layer_name} wraps a recurrent layer, such as LSTM; got {given!r}"
            )
        config = given.config() | {"zero_output_for_mask": given.return_sequences}
        return type(given).from_config(config | {"go_backwards": given.go_backwards != turned})

    def call(
        self,
        x: Tensor,
        training: Training | None = None,
        initial_state: Sequence[Tensor] | None = None,
        mask: Tensor | None = None,
    ) -> Any:
        ways, states = list[Tensor](), list[Tensor]()
        for at, layer in enumerate(self.within):
            assert isinstance(layer, (Recurrent, RNN))
            own: dict[str, Any] = {} if mask is None else {"mask": mask}
            if initial_state is not None:
                half = len(initial_state) // 2
                own["initial_state"] = list(initial_state)[at * half : (at + 1) * half]
            found = layer.write(x, training, **own)
            h, *last = found if isinstance(found, list) else [found]
            ways.append(Flip(1)(h) if layer.go_backwards and layer.return_sequences else h)
            states += last
        merged = ways if self.merge_mode is None else [self.merged(*ways)]
        return [*merged, *states] if len(merged) + len(states) > 1 else merged[0]

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """All steps that are returned have the mask of the input."""
        first = self.within[0]
        assert isinstance(first, (Recurrent, RNN))
        own = previous_mask if first.return_sequences else None
        count = 2 if self.merge_mode is None else 1
        states = 2 * first.states if first.return_state else 0
        return own if count + states == 1 else [own] * count + [None] * states

    def merged(self, a: Tensor, b: Tensor) -> Tensor:
        if self.merge_mode == "concat":
            return concatenate([a, b], -1).called("H")
        if self.merge_mode == "mul":
            return a * b
        return a + b if self.merge_mode == "sum" else (a + b) / 2


class TimeDistributed(Wrapping):
    """Y = `layer` of each step of X, with the same weights;  X (n, steps, …), Y (n, steps, …)"""

    layer: Layer | dict[str, Any]

    def build(self, shape: Shape) -> None:
        self.known_shape(shape, max(3, len(shape)), "sequences (steps, …)")
        self.within = [self.inner("layer")]
        self.within[0].build_for((None, *shape[2:]))

    def call(self, x: Tensor, training: Training | None, mask: Tensor | None = None) -> Tensor:
        (layer,) = self.within
        if isinstance(layer, Dense):
            return layer.write(x, training)
        steps = [
            layer.write(pick(x, (..., *at)), training, **of_step(layer, mask, at[0]))
            for at in places(x.shape)
        ]
        apart = [Reshape((-1, 1, *as_target(each.shape[1:])))(each) for each in steps]
        return concatenate(apart, 1)


def places(shape: Shape) -> list[Key]:
    """The keys of the steps."""
    rest = (slice(None),) * (len(shape) - 2)
    return [(at, *rest) for at in range(shape[1] or 1)]


def of_step(layer: Layer, mask: Tensor | None, at: Any) -> dict[str, Any]:
    """The mask of what stands in one step, for a layer that takes one."""
    if mask is None or len(mask.shape) < 3 or "mask" not in parameters_of(type(layer).call):
        return {}
    return {"mask": pick(mask, (slice(None), at))}
