"""What a layer says of itself under Keras's names: weights by kind, losses, shapes, its ends."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from pellucid.layers.calling import Call, parameters_of
from pellucid.layers.given import as_given
from pellucid.layers.keeping import keepers
from pellucid.layers.opening import written
from pellucid.plan.interpret import interpret
from pellucid.plan.trace import trace
from pellucid.tensor import Tensor
from pellucid.weights import Weight

if TYPE_CHECKING:
    from pellucid.layers.training import Training


class Face:
    """The part of a layer that only reads the rest of it."""

    built: bool
    #: what its constructor was called with
    _given: tuple[tuple[Any, ...], dict[str, Any]]
    #: its last call on symbolic tensors
    last_call: Call | None = None
    #: the numbers of its penalties, where it was called on arrays last
    computed: dict[Tensor, Any] | None = None

    if TYPE_CHECKING:

        @property
        def layer_name(self) -> str: ...
        @property
        def weights(self) -> list[Weight]: ...
        @property
        def trainable_weights(self) -> list[Weight]: ...
        @property
        def penalties(self) -> list[Tensor]: ...
        def call(self, x: Any, training: Training | None) -> Any: ...
        def write(self, x: Any, training: Training | None = None, **further: Any) -> Any: ...
        def config(self) -> dict[str, Any]: ...
        @classmethod
        def from_config(cls, config: dict[str, Any]) -> Any: ...

    if not TYPE_CHECKING:  # which would let any name pass

        def __getattr__(self, name: str) -> Any:
            """A weight by its name, as Keras has it: layer.kernel, layer.bias."""
            for weight in vars(self).get("_own_weights", ()):
                if weight.name == name:
                    return weight
            if name == "bias" and vars(self).get("use_bias") is False:
                return None
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def non_trainable_weights(self) -> list[Weight]:
        """The arrays that training does not fit."""
        fitted = set(self.trainable_weights)
        return [weight for weight in self.weights if weight not in fitted]

    @property
    def variables(self) -> list[Weight]:
        return self.weights

    @property
    def trainable_variables(self) -> list[Weight]:
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Weight]:
        return self.non_trainable_weights

    @property
    def losses(self) -> list[Any]:
        """What it adds to the loss: penalties on its weights, and on what it has written.

        They are tensors, or numbers where it was called on arrays last.
        """
        pairs = [(each.regularizer, each.tensor) for each in self.weights]
        of_weights = [each.write(w) for each, w in pairs if each is not None]
        if self.computed is None:
            return of_weights + self.penalties
        found = interpret(trace(of_weights), {each.tensor: each.value for each in self.weights}, np)
        known = found | self.computed
        return [known.get(each, each) for each in of_weights + self.penalties]

    @property
    def input(self) -> Any:
        """The symbolic tensor that it was called on last, or a list of them."""
        own = self._called().own_inputs
        return own[0] if len(own) == 1 else list(own)

    @property
    def output(self) -> Any:
        """The symbolic tensor that its last call gave: Model(net.inputs, layer.output)."""
        found = self._called().outputs
        return found[0] if len(found) == 1 else list(found)

    def compute_output_shape(self, input_shape: Any, *others: Any, **further: Any) -> Any:
        """The shape of what it gives for an input of a shape, with None for the batch.

        Shapes of what else `call` reads come in its order, or by name, as `value_shape`.
        """
        layer: Any = self if self.built else copy.deepcopy(self)
        takes = parameters_of(type(self).call)[1:]
        further = {name: each for name, each in zip(takes, others, strict=False) if each} | further
        named = {name.removesuffix("_shape"): as_tensors(each) for name, each in further.items()}
        y = written(layer, as_tensors(input_shape), named)
        return [each.shape for each in y] if isinstance(y, list) else y.shape

    def get_config(self) -> dict[str, Any]:
        """Its settings as plain data; of a class whose constructor is one's own, what was given."""
        own = as_given(self, *self._given)
        return self.config() if own is None else own

    @property
    def compute_dtype(self) -> str:
        """The dtype in which it computes on arrays; in a network it is the network's."""
        return str(getattr(self, "dtype", "float32"))

    def count_params(self) -> int:
        return sum(weight.size for weight in self.weights)

    def reset_state(self) -> None:
        """Begin from zeros again, where the layer, or one within it, keeps states."""
        for each in keepers(self):
            each.kept = ()

    #: another name
    reset_states = reset_state

    def get_weights(self) -> list[np.ndarray]:
        """Copies of its arrays, in the order in which they were added."""
        return [weight.value.copy() for weight in self.weights]

    def set_weights(self, values: Sequence[ArrayLike]) -> None:
        """Replace its arrays, in the order of `get_weights`."""
        if len(values) != len(self.weights):
            raise ValueError(
                f"{self.layer_name} has {len(self.weights)} weights, got {len(values)} arrays"
            )
        for weight, value in zip(self.weights, values, strict=True):
            weight.assign(value)

    def _called(self) -> Call:
        if self.last_call is None:
            raise ValueError(
                f"{self.layer_name} has no input and no output before it is called on a symbolic "
                "tensor: x = Input(shape=(…,)), layer(x)"
            )
        return self.last_call


def as_tensors(shape: Any) -> Any:
    """A tensor of a shape, or a list of them for a list of shapes."""
    if isinstance(shape, (list, tuple)) and shape and isinstance(shape[0], (list, tuple)):
        return [as_tensors(each) for each in shape]
    return Tensor(tuple(shape))
