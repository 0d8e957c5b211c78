"""Attention in which several heads look at the same keys and values."""

from __future__ import annotations

from typing import Any

from pellucid.constraints import ConstraintLike
from pellucid.equations.activations import Sigmoid
from pellucid.equations.linear import RowProduct, turned
from pellucid.equations.shape import Reshape
from pellucid.equations.spacing import Permute
from pellucid.initializers import InitializerLike
from pellucid.layers.asking import demand_whole
from pellucid.layers.attention import Attending, dropped, weighed
from pellucid.layers.einsum import EinsumDense
from pellucid.layers.looking import along_keys, along_queries, together
from pellucid.layers.stepping import Holding
from pellucid.layers.training import Training
from pellucid.regularizers import RegularizerLike
from pellucid.settings import option
from pellucid.tensor import Tensor, show_shape


class GroupedQueryAttention(Holding, Attending):
    """Y = [head₁, head₂, …]·Wₒ + bₒ, headᵢ = softmax(Qᵢ·Kⱼᵀ/√head_dim)·Vⱼ, where j = ⌊i/g⌋

    There are `num_query_heads` heads, and g of them, a whole number, share the keys and values of
    one of `num_key_value_heads`. Query, value and key, which is the value where it is not given:
    `attention(query, value, key=None)`; query (n, t, d), value (n, s, d), Y (n, t, d). With
    `use_gate` a head is multiplied by a sigmoid of the query, with a `sliding_window` w a query
    sees the keys less than w steps away.
    """

    head_dim: int
    num_query_heads: int
    num_key_value_heads: int
    dropout: float = 0.0
    use_bias: bool = True
    kernel_initializer: InitializerLike = "glorot_uniform"
    bias_initializer: InitializerLike = "zeros"
    kernel_regularizer: RegularizerLike = None
    bias_regularizer: RegularizerLike = None
    kernel_constraint: ConstraintLike = option(default=None, kw_only=True)
    bias_constraint: ConstraintLike = option(default=None, kw_only=True)
    use_gate: bool = option(default=False, kw_only=True)
    sliding_window: int | None = option(default=None, kw_only=True)
    seed: int | None = option(default=None, kw_only=True)

    supports_masking = True

    def _check_settings(self) -> None:
        demand_whole(self, "head_dim", "num_query_heads", "num_key_value_heads")
        demand_whole(self, "sliding_window", or_none=True)
        if self.num_query_heads % self.num_key_value_heads:
            raise ValueError(
                f"{self.layer_name}: as many heads share each key, so that num_key_value_heads="
                f"{self.num_key_value_heads} must divide num_query_heads={self.num_query_heads}"
            )

    def build(self, shape: Any, value_shape: Any = None, key_shape: Any = None) -> None:
        value_shape = shape if value_shape is None else value_shape
        key_shape = value_shape if key_shape is None else key_shape
        self.check_shapes(shape, value_shape, key_shape)
        own, shared, size = self.num_query_heads, self.num_key_value_heads, self.head_dim
        self.query = self.projection("abc,cde->abde", (None, own, size))
        self.key = self.projection("abc,cde->abde", (None, shared, size))
        self.value = self.projection("abc,cde->abde", (None, shared, size))
        self.gate = self.projection("abc,cde->abde", (None, own, size)) if self.use_gate else None
        self.combine = self.projection("abcd,cde->abe", (None, shape[-1]))
        pairs = [(self.query, shape), (self.key, key_shape), (self.gate, shape)]
        pairs += [(self.value, value_shape), (self.combine, (None, shape[1], own, size))]
        self.within = [layer for layer, _ in pairs if layer is not None]
        for layer, read in pairs:
            if layer is not None:
                layer.build_for(tuple(read))

    def check_shapes(self, *shapes: Any) -> None:
        """Whether the three are sequences that go together."""
        query, value, key = shapes
        if any(len(each) != 3 for each in shapes) or query[2] != value[2] or value[1] != key[1]:
            raise ValueError(
                f"{self.layer_name} reads sequences (steps, numbers of a step): those of query and "
                "value must be equal, and the steps of value and key; got "
                f"{', '.join(show_shape(tuple(each)) for each in shapes)}"
            )

    def projection(self, equation: str, output_shape: tuple[int | None, ...]) -> EinsumDense:
        """A product with a kernel, for all heads, and a bias for what is new."""
        given = ("kernel", "bias")
        kinds = ("initializer", "regularizer", "constraint")
        names = [f"{name}_{kind}" for name in given for kind in kinds]
        axes = equation.partition("->")[2][2:] if self.use_bias else None
        settings = {name: getattr(self, name) for name in names}
        return EinsumDense(equation, output_shape, bias_axes=axes, **settings)

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
        k, v = self.heads(self.key.write(key)), self.heads(self.value.write(value))
        q = self.heads(self.query.write(query))
        scores = RowProduct()(self.grouped(q * self.head_dim**-0.5), turned(k))
        scores = self.apart(scores).called("S")
        counts = None if query_mask is None else along_queries(query_mask)
        for each in (value_mask, own if own is not value_mask else None):
            counts = counts if each is None else together(counts, along_keys(each))
        counts = counts if attention_mask is None else together(counts, attention_mask)
        if counts is not None and len(counts.shape) == 3:
            counts = Reshape((-1, 1, *(each or 1 for each in counts.shape[1:])))(counts)
        weights = weighed(self, scores, counts, use_causal_mask, return_attention_scores)
        kept = dropped(self, weights, training)
        heads = self.apart(RowProduct()(self.grouped(kept), v))
        found = Permute((0, 2, 1, 3))(heads)
        if self.gate is not None:
            found = found * Sigmoid()(self.gate.write(query))
        y = self.combine.write(found)
        return [y, weights] if return_attention_scores else y

    def heads(self, x: Tensor) -> Tensor:
        """(n, steps, heads, size) as (n, heads, steps, size)."""
        return Permute((0, 2, 1, 3))(x)

    def grouped(self, x: Tensor) -> Tensor:
        """(n, heads, t, …) as (n, keys, g·t, …): heads that share keys one after the other."""
        _, heads, steps, size = x.shape
        shared = self.num_key_value_heads
        return Reshape((-1, shared, (heads or 1) // shared * (steps or 1), size or 1))(x)

    def apart(self, x: Tensor) -> Tensor:
        """What `grouped` has put together, each head by itself again."""
        _, shared, steps, size = x.shape
        own = self.num_query_heads
        return Reshape((-1, own, (steps or 1) * (shared or 1) // own, size or 1))(x)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return [previous_mask, None]
