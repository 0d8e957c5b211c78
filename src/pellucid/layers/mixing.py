"""Pictures changed before a network reads them: mixed with each other, and by layers at random.

They are called on arrays and are no part of a network: what they do to pictures is done to their
labels too, or the layers that do it are chosen for each picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from pellucid.layers import augmenting, colours, hues, smoothing
from pellucid.layers.asking import demand_range, is_whole
from pellucid.layers.histograms import Beforehand, Equalization
from pellucid.layers.pictured import Pictured
from pellucid.settings import option


class ByChance(Beforehand):
    """What draws random numbers by its own `seed`, or one that follows from `set_random_seed`."""

    seed: int | None = option(default=None, kw_only=True)

    def demand_share(self, name: str) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            raise ValueError(f"{self.title}: {name} is a number from 0 to 1, got {value!r}")


class Remembering:
    """What pictures were mixed last: of each the number of the other one, and its own share."""

    mixed: tuple[np.ndarray, np.ndarray] | None = None


class Mixing(Remembering, ByChance):
    """Pictures and labels mixed with those of another picture of the batch."""

    def labelled(self, labels: Any, training: bool) -> Any:
        given = np.asarray(labels)
        if not training or self.mixed is None:
            return labels
        if given.dtype.kind in "iu" and given.ndim < 2:
            raise ValueError(
                f"{self.title} mixes labels, and cannot mix class numbers: give them as columns, "
                "utils.to_categorical(labels)"
            )
        order, share = self.mixed
        own = share.reshape(-1, *(1,) * (given.ndim - 1)).astype(np.float32)
        return own * given + (1 - own) * given[order]


class MixUp(Mixing):
    """Y = w·X + (1 − w)·X′, where X′ is another picture of the batch, and labels alike

    w is drawn for each picture from a beta distribution.

    Arguments:
        alpha: how even the mixture is: small for one picture almost alone, large for halves.
        data_format: "channels_last", or "channels_first".
        seed: what draws depend on; None takes one that follows from `set_random_seed`.
        name: what it is called, or None.

    >>> batch = {"images": np.ones((4, 8, 8, 3)), "labels": np.eye(4)}
    >>> mixed = pellucid.layers.MixUp(0.4)(batch)
    >>> mixed["labels"].sum(axis=1).round(3)
    array([1., 1., 1., 1.])
    """

    alpha: float = 0.2

    def check_settings(self) -> None:
        super().check_settings()
        if not isinstance(self.alpha, (int, float)) or not self.alpha > 0:
            raise ValueError(f"alpha is a number above 0, got {self.alpha!r}")

    def altered(self, x: np.ndarray, draws: np.random.Generator) -> np.ndarray:
        if self.interpolating:
            raise ValueError("masks of classes cannot be mixed by MixUp; CutMix cuts them")
        order = draws.permutation(len(x))
        share = draws.beta(self.alpha, self.alpha, len(x)).astype(np.float32)
        self.mixed, own = (order, share), share[:, None, None, None]
        return own * x + (1 - own) * x[order]


class CutMix(Mixing):
    """Y = X, but a rectangle of another picture of the batch, and labels by the share of both

    Arguments:
        factor: how even the shares are: small for rectangles of almost nothing or almost all.
        data_format: "channels_last", or "channels_first".
        seed: what draws depend on; None takes one that follows from `set_random_seed`.
        name: what it is called, or None.

    >>> pellucid.layers.CutMix()(np.ones((4, 8, 8, 3))).shape
    (4, 8, 8, 3)
    """

    factor: float = 1.0

    def check_settings(self) -> None:
        super().check_settings()
        self.demand_share("factor")

    def altered(self, x: np.ndarray, draws: np.random.Generator) -> np.ndarray:
        n, *extents = x.shape[:3]
        order, alpha = draws.permutation(n), self.factor + 1e-6
        side = np.sqrt(1 - draws.beta(alpha, alpha, n))
        inside, area = np.ones((n, 1, 1, 1), bool), np.ones(n)
        for axis, extent in enumerate(extents, 1):
            start = draws.random(n) * (1 - side) * extent
            within = (np.arange(extent) >= start[:, None]) & (
                np.arange(extent) < (start + side * extent)[:, None]
            )
            inside = inside & np.expand_dims(within, (2, 3) if axis == 1 else (1, 3))
            area = area * within.mean(axis=1)
        self.mixed = order, 1 - area
        return np.where(inside, x[order], x)


class Policy(ByChance):
    """Layers drawn for each picture from those there are."""

    def demand_counts(self, *names: str) -> None:
        self.demand_share("factor")
        for name in names:
            if not is_whole(getattr(self, name), 0):
                raise ValueError(
                    f"{self.title}: {name} must be a whole number of 0 or more, "
                    f"got {getattr(self, name)!r}"
                )

    def choices(
        self, x: np.ndarray, draws: np.random.Generator, all_of_them: bool = True
    ) -> list[Pictured]:
        """The layers there are, each with a seed of its own."""
        f, most = float(getattr(self, "factor")), demand_range(self, "value_range")  # noqa: B009
        moving: dict[str, Any] = {"interpolation": self.method}
        kinds: list[Any] = [
            lambda **by: augmenting.RandomShear(f, f, **moving, **by),
            lambda **by: augmenting.RandomTranslation(f, f, **moving, **by),
            lambda **by: augmenting.RandomRotation(f, **moving, **by),
            lambda **by: colours.Solarization(f, f, most, **by),
            lambda **by: colours.RandomPosterization(max(1, int(8 * f)), most, **by),
        ]
        if all_of_them:
            kinds += [
                lambda **by: colours.RandomBrightness(f, most, **by),
                lambda **by: colours.RandomContrast(f, most, **by),
                lambda **by: smoothing.RandomSharpness(f, most, **by),
            ]
        if all_of_them and x.shape[-1] == 3:
            kinds.append(lambda **by: hues.RandomColorDegeneration(f, most, **by))
        made = [kind(seed=int(draws.integers(1 << 31))) for kind in kinds]
        return [*made, colours.AutoContrast(most), Equalization(most)]

    def one_each(
        self, x: np.ndarray, draws: np.random.Generator, layers: Sequence[Pictured | None]
    ) -> np.ndarray:
        """x, each picture by one of the layers, or by none."""
        which, x = draws.integers(len(layers), size=len(x)), x.copy()
        for at, layer in enumerate(layers):
            rows = which == at
            if layer is not None and rows.any() and (layer.moves or not self.interpolating):
                layer.calls_on_arrays += 1
                x[rows] = layer.run_on(x[rows], True)
        return x


class RandAugment(Policy):
    """Y = X by `num_ops` layers in turn, drawn for each picture from eleven that change pictures

    Arguments:
        value_range: the least and the most that the numbers of a picture can be.
        num_ops: how many layers in turn.
        factor: how strong they are, from 0 to 1.
        interpolation: "bilinear" or "nearest".
        data_format: "channels_last", or "channels_first".
        seed: what draws depend on; None takes one that follows from `set_random_seed`.
        name: what it is called, or None.

    >>> pellucid.layers.RandAugment()(np.ones((4, 8, 8, 3))).shape
    (4, 8, 8, 3)
    """

    value_range: Sequence[float] = (0, 255)
    num_ops: int = 2
    factor: float = 0.5
    interpolation: str = "bilinear"

    def check_settings(self) -> None:
        super().check_settings()
        self.demand_counts("num_ops")

    def altered(self, x: np.ndarray, draws: np.random.Generator) -> np.ndarray:
        layers = self.choices(x, draws)
        for _ in range(self.num_ops):
            x = self.one_each(x, draws, layers)
        return x


class AugMix(Policy):
    """Y = w·X + (1 − w)·Σ vᵢ·Xᵢ, where each Xᵢ is X by up to `chain_depth` layers in turn

    w is drawn for each picture from a beta, the vᵢ from a Dirichlet distribution.

    Arguments:
        value_range: the least and the most that the numbers of a picture can be.
        num_chains: how many Xᵢ there are.
        chain_depth: how many layers in turn, each of which may also be none.
        factor: how strong they are, from 0 to 1.
        alpha: how even the mixture is.
        all_ops: whether brightness, contrast, sharpness and colour are changed too.
        interpolation: "bilinear" or "nearest".
        data_format: "channels_last", or "channels_first".
        seed: what draws depend on; None takes one that follows from `set_random_seed`.
        name: what it is called, or None.

    >>> pellucid.layers.AugMix()(np.ones((4, 8, 8, 3))).shape
    (4, 8, 8, 3)
    """

    value_range: Sequence[float] = (0, 255)
    num_chains: int = 3
    chain_depth: int = 3
    factor: float = 0.3
    alpha: float = 1.0
    all_ops: bool = True
    interpolation: str = "bilinear"

    def check_settings(self) -> None:
        super().check_settings()
        self.demand_counts("num_chains", "chain_depth")

    def altered(self, x: np.ndarray, draws: np.random.Generator) -> np.ndarray:
        if self.interpolating:
            raise ValueError("masks of classes cannot be mixed by AugMix; RandAugment moves them")
        n, layers = len(x), [*self.choices(x, draws, self.all_ops), None]
        own = draws.beta(self.alpha, self.alpha, (n, 1, 1, 1)).astype(np.float32)
        shares = draws.dirichlet([self.alpha] * max(1, self.num_chains), n).astype(np.float32)
        total = np.zeros_like(x)
        for chain in self.chains(x, draws, layers):
            share, shares = shares[:, :1, None, None], shares[:, 1:]
            total += share * chain
        mixed = own * x + (1 - own) * total if self.num_chains else x
        return np.clip(mixed, *demand_range(self, "value_range")).astype(np.float32)

    def chains(
        self, x: np.ndarray, draws: np.random.Generator, layers: Sequence[Pictured | None]
    ) -> Iterator[np.ndarray]:
        for _ in range(self.num_chains):
            y = x
            for _ in range(self.chain_depth):
                y = self.one_each(y, draws, layers)
            yield y
