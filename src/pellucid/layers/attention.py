"""Layers in which each step of a sequence looks at all steps of another, or of its own.

Y = softmax(Q·Kᵀ)·V: every query is compared with every key, and takes the mean of the values with
weights by how well they agree. A mask takes keys out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pellucid.constraints import ConstraintLike
from pellucid.equations.activations import Sigmoid, Softmax, Tanh
from pellucid.equations.linear import Affine, Product, RowProduct, turned
from pellucid.equations.masking import Causal, Within
from pellucid.equations.random import Mask
from pellucid.equations.reductions import Sum
from pellucid.equations.shape import Reshape
from pellucid.initializers import InitializerLike
from pellucid.layers.asking import demand_among, demand_whole, is_whole
from pellucid.layers.base import Layer
from pellucid.layers.looking import (
    along_keys,
    along_queries,
    axes_of,
    by_heads,
    check_sequences,
    of_pairs,
    of_steps,
    pairs,
    places,
    shown,
    side_by_side,
    together,
)
from pellucid.layers.training import Training
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Tensor, setting
from pellucid.weights import Weight

#: what scores of keys that do not count are lowered by
FAR = 1e9


class Attending(Layer, abstract=True):
    """What all of them share: scores, as weights, of the values."""

    def attend(self, scores: Tensor, mask: Tensor | None) -> Tensor:
        """The weights A of the keys, for each query."""
        if mask is not None:
            scores = scores - FAR * (1 - mask)
        return Softmax()(scores).called("A")


class Scoring(Attending, abstract=True):
    """softmax(scores)·V of [Q, V] or [Q, V, K]."""

    several_inputs = True
    supports_masking = True

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        """How well each query and each key agree, (n, t, s)."""
        raise NotImplementedError

    def call(
        self,
        x: list[Tensor],
        training: Training | None = None,
        mask: Sequence[Tensor | None] | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        query, value = x[0], x[1]
        scores = self.scores(query, x[2] if len(x) > 2 else value).called("S")
        of_query, of_value = (mask[0], mask[1]) if mask else (None, None)
        counts = None if of_value is None else along_keys(of_value)
        if use_causal_mask:
            counts = together(counts, Causal()(scores))
        weights = dropped(self, self.attend(scores, counts), training)
        y = RowProduct()(weights, value)
        if of_query is not None:
            y = y * along_queries(of_query)
        return [y, weights] if return_attention_scores else y

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return mask[0] if mask else None


class Attention(Scoring):
    """Y = softmax(Q·Kᵀ)·V of [Q, V] or [Q, V, K], where K is V if it is not given

    Q (n, t, d), V and K (n, s, d), Y (n, t, d); with axes before the steps, for each place along
    them by itself. With `use_scale` the scores are s·Q·Kᵀ for a
    learned number s. With score_mode "concat" they are w·Σ tanh(s·(q + k)). In a call, with
    `use_causal_mask` a query sees no later key, and `return_attention_scores` gives the weights
    too.
    """

    use_scale: bool = False
    score_mode: str = "dot"
    dropout: float = 0.0
    seed: int | None = None

    MODES: ClassVar[tuple[str, ...]] = ("dot", "concat")

    def _check_settings(self) -> None:
        demand_among(self, "score_mode", self.MODES)

    def build(self, shape: Any) -> None:
        check_sequences(self, shape, most=9 if self.score_mode == "dot" else 3)
        self.scale = self.add_weight((), "ones", "scale", letter="s") if self.use_scale else None
        self.share = (
            self.add_weight((), "ones", "concat_score_weight", letter="w")
            if self.score_mode == "concat"
            else None
        )

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        if self.share is None:
            scores = RowProduct()(query, turned(key))
            return scores if self.scale is None else scores * self.scale.tensor
        both = pairs(query, key)
        bent = Tanh()(both if self.scale is None else self.scale.tensor * both)
        return self.share.tensor * Sum(-1)(bent)


class AdditiveAttention(Scoring):
    """Y = softmax(Σ s⊙tanh(q + k))·V of [Q, V] or [Q, V, K], with a learned s for each feature"""

    use_scale: bool = True
    dropout: float = 0.0
    seed: int | None = option(default=None, kw_only=True)

    def build(self, shape: Any) -> None:
        check_sequences(self, shape)
        width = (shape[0][-1],)
        self.scale = (
            self.add_weight(width, "glorot_uniform", "scale", letter="s")
            if self.use_scale
            else None
        )

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        bent = Tanh()(pairs(query, key))
        return Sum(-1)(bent if self.scale is None else self.scale.tensor * bent)


class MultiHeadAttention(Attending):
    """Y = [head₁, head₂, …]·Wₒ + bₒ, headᵢ = softmax(Q·Kᵀ/√key_dim)·V

    Each head has its own Q = query·W + b, K of the key and V of the value, which is the key too
    where none is given: `attention(query, value, key=None)`. query (n, t, d), value (n, s, d′),
    Y (n, t, d) or (n, t, output_shape). `attention_mask` (n, t, s) says which keys a query sees.
    Steps may stand along several axes. A query looks along `attention_axes`, along all of them if
    None, and along the others at what stands in its own place. With `use_gate` each head is
    multiplied by σ(query·W + b). With `sliding_window` w a query sees keys nearer than w steps.
    """

    num_heads: int
    key_dim: int
    value_dim: int | None = None
    dropout: float = 0.0
    use_bias: bool = True
    output_shape: int | Sequence[int] | None = None
    attention_axes: int | Sequence[int] | None = None
    use_gate: bool = option(default=False, kw_only=True)
    sliding_window: int | None = option(default=None, kw_only=True)
    seed: int | None = option(default=None, kw_only=True)
    kernel_initializer: InitializerLike = option(default="glorot_uniform", kw_only=True)
    bias_initializer: InitializerLike = option(default="zeros", kw_only=True)
    kernel_regularizer: RegularizerLike = option(default=None, kw_only=True)
    bias_regularizer: RegularizerLike = option(default=None, kw_only=True)
    kernel_constraint: ConstraintLike = option(default=None, kw_only=True)
    bias_constraint: ConstraintLike = option(default=None, kw_only=True)

    supports_masking = True

    def _check_settings(self) -> None:
        demand_whole(self, "num_heads", "key_dim")
        demand_whole(self, "value_dim", "sliding_window", or_none=True)
        given = self.output_shape
        sizes = given if isinstance(given, (list, tuple)) else [1 if given is None else given]
        if not all(map(is_whole, sizes)):
            raise ValueError(
                f"{self.layer_name}: output_shape is a whole number of 1 or more, or several, "
                f"got {given!r}"
            )

    def build(self, shape: Any, value_shape: Any = None, key_shape: Any = None) -> None:
        value_shape = shape if value_shape is None else value_shape
        key_shape = value_shape if key_shape is None else key_shape
        check_sequences(self, [shape, value_shape, key_shape], most=9)
        axes_of(self, self.attention_axes, shape)
        heads, wide = self.num_heads, self.value_dim or self.key_dim
        self.query = self.pair("query", (shape[-1], heads, self.key_dim), 1, "Q")
        self.key = self.pair("key", (key_shape[-1], heads, self.key_dim), 1, "K")
        gate = (shape[-1], heads, wide)
        self.gate = self.pair("gate", gate, 1, "G") if self.use_gate else None
        self.value = self.pair("value", (value_shape[-1], heads, wide), 1, "V")
        given = self.output_shape
        last = (shape[-1],) if not given else (given,) if isinstance(given, int) else tuple(given)
        self.combine = self.pair("output", (heads, wide, *last), 2, "O")

    def pair(
        self, name: str, shape: tuple[int, ...], summed: int, letter: str
    ) -> tuple[Weight, Weight | None]:
        """A kernel, and a bias for what stands after the `summed` axes."""
        kernel = self.add_weight(
            shape,
            self.kernel_initializer,
            f"{name}_kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            letter=f"W{letter}",
        )
        if not self.use_bias:
            return kernel, None
        bias = self.add_weight(
            shape[summed:],
            self.bias_initializer,
            f"{name}_bias",
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint,
            letter=f"b{letter}",
        )
        return kernel, bias

    def call(  # type: ignore[override]
        self,
        query: Tensor,
        value: Tensor | None = None,
        key: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        attention_mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: Training | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        value = query if value is None else value
        key, own = (value, value_mask) if key is None else (key, key_mask)
        axes = axes_of(self, self.attention_axes, query.shape)
        given = ((query, self.query), (key, self.key), (value, self.value))
        q, k, v = (by_heads(self.projected(*each, 1), axes) for each in given)
        scores = RowProduct()(q * self.key_dim**-0.5, turned(k)).called("S")
        counts = None if query_mask is None else of_steps(query_mask, axes, queries=True)
        for each in (value_mask, own if own is not value_mask else None):
            counts = counts if each is None else together(counts, of_steps(each, axes, False))
        if attention_mask is not None:
            counts = together(counts, of_pairs(self, attention_mask, axes))
        weights = weighed(self, scores, counts, use_causal_mask, return_attention_scores)
        heads = RowProduct()(dropped(self, weights, training), v)
        if self.gate is not None:
            heads = heads * Sigmoid()(by_heads(self.projected(query, self.gate, 1), axes))
        y = self.projected(side_by_side(heads, query, axes), self.combine, 2)
        return [y, shown(weights, query, key, axes)] if return_attention_scores else y

    def projected(self, x: Tensor, pair: tuple[Weight, Weight | None], summed: int) -> Tensor:
        """x·W + b, where W is summed over its first axes."""
        kernel, bias = pair
        last = kernel.shape[summed:]
        w = Reshape((x.shape[-1] or 1, -1))(kernel.tensor)
        if bias is None:
            z = Product()(x, w)
        else:
            z = Affine()(x, w, Reshape((-1,))(bias.tensor) if len(last) > 1 else bias.tensor)
        steps = places(x, range(1, len(x.shape) - 1))
        return z if len(last) == 1 else Reshape((-1, *steps, *last))(z)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return [previous_mask, None]


def weighed(layer: Any, scores: Tensor, counts: Tensor | None, causal: bool, shows: bool) -> Tensor:
    """The weights of the keys; if a layer `shows` or drops some, 0 where they do not count."""
    if causal:
        counts = together(counts, Causal()(scores))
    if layer.sliding_window is not None:
        counts = together(counts, Within(layer.sliding_window)(scores))
    weights: Tensor = layer.attend(scores, counts)
    return weights if counts is None or not (shows or layer.dropout) else weights * counts


def dropped(layer: Any, weights: Tensor, training: Training | None) -> Tensor:
    """The weights of keys, some of them 0 while training."""
    if training is None or not layer.dropout:
        return weights
    seed = training.seed if layer.seed is None else setting(layer.seed)
    mask = Mask(rate=layer.dropout, stream=training.stream())(weights, seed, training.step)
    return weights * mask
