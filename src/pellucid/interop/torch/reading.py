"""Networks from modules of PyTorch, and weights from what it saves of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import Any

from pellucid.extras import needed
from pellucid.foreign import FileError, quoted, refusal
from pellucid.interop.operators.network import network_of
from pellucid.interop.torch import modules, recurrent, shapes  # noqa: F401, they join the tables
from pellucid.interop.torch.states import set_weights
from pellucid.interop.torch.translating import Translation
from pellucid.networks.network import Network
from pellucid.reading import path_of

Shape = Sequence[int]


def from_torch(
    module: Any,
    network: Any = None,
    *,
    input_shape: Shape | Sequence[Shape] | None = None,
    channels_first: bool | None = None,
) -> Any:
    """The network that a module of PyTorch is, with its weights.

    `input_shape` is that of one row, as the module takes it, or a list of them for several inputs;
    a module that begins with a Linear says it itself. A state dict, or the path of a file of one,
    holds weights alone: they go into `network`, which is given back. Where that flattens images,
    `channels_first` says whether the module that the weights are of flattens (c, h, w).

    Arguments:
        module: a module, a state dict, or the path of a file of one.
        network: the network that weights alone go into.

    Returns: a network.

    >>> import torch
    >>> net = pellucid.from_torch(torch.nn.Linear(4, 2))
    >>> net.predict(np.eye(4), verbose=0).shape
    (4, 2)
    """
    if isinstance(module, (str, PathLike)):
        module = saved(module)
    if isinstance(module, Mapping):
        if not isinstance(network, Network):
            raise TypeError(
                "a state dict holds weights alone: say from_torch(state_dict, network), or give "
                "the module itself"
            )
        set_weights(network, module, channels_first)
        return network
    torch = needed("torch")
    if not isinstance(module, torch.nn.Module):
        raise TypeError(
            f"expected a module of PyTorch, a state dict, or a path; got {type(module).__name__}"
        )
    if network is not None or channels_first is not None:
        raise ValueError("network and channels_first go with a state dict, not with a module")
    with torch.no_grad():
        return network_of(Translation(module).graph(shapes_of(input_shape)))


def shapes_of(given: Any) -> list[tuple[int, ...]] | None:
    """The shape of each input."""
    if given is None:
        return None
    several = isinstance(given, (list, tuple)) and given and not isinstance(given[0], int)
    return [tuple(int(n) for n in each) for each in (given if several else [given])]


def saved(path: str | PathLike[str]) -> Mapping[str, Any]:
    """The state dict in a file, of which nothing but arrays is taken and nothing is run."""
    torch, place = needed("torch"), path_of(path)
    mend = "Save it by torch.save(module.state_dict(), path)"
    if not place.is_file():
        raise FileNotFoundError(f"there is no file {quoted(fspath(path))}")
    try:
        found = torch.load(place, map_location="cpu", weights_only=True)
    except Exception as error:  # what torch's own reader says of files it does not trust
        said = str(error).split("\n")[0]
        raise FileError(refusal(place, f"is no state dict that is read: {said}", mend)) from None
    if not isinstance(found, Mapping):
        raise FileError(refusal(place, f"holds a {type(found).__name__}", mend))
    return found
