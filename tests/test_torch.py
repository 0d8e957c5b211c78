"""Modules of PyTorch read and made again: equal outputs, and equal weights after one more step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import Model, Sequential, layers
from pellucid.glass.source.graph import NO_MODULE
from tests.contract import layers as contract

torch = pytest.importorskip("torch")
nn, functional = torch.nn, torch.nn.functional


def rows(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


class Pictures(nn.Module):
    """As people write it: functions, a view, what is padded otherwise than "same"."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(2, 4, 3, padding=1)
        self.second = nn.Conv2d(4, 6, (3, 2), stride=2, padding=1, groups=2)
        self.norm = nn.BatchNorm2d(6, eps=1e-4, momentum=0.2)
        self.dense, self.last = nn.Linear(36, 8), nn.Linear(8, 3)

    def forward(self, x: Any) -> Any:
        x = functional.max_pool2d(functional.relu(self.first(x)), 2)
        x = functional.elu(self.norm(self.second(x)))
        x = torch.tanh(self.dense(x.view(x.size(0), -1)))
        return functional.log_softmax(self.last(x), dim=1)


class Steps(nn.Module):
    def __init__(self, kind: Any, rows_first: bool, both: bool, count: int):
        super().__init__()
        self.walk = kind(3, 4, count, batch_first=rows_first, bidirectional=both)
        self.last, self.rows_first = nn.Linear(8 if both else 4, 2), rows_first

    def forward(self, x: Any) -> Any:
        h, _ = self.walk(x)
        return self.last(h[:, -1] if self.rows_first else h[-1])


class Twice(nn.Module):
    """A layer called twice, two inputs, arithmetic, an array of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.o = nn.Linear(4, 4), nn.Linear(8, 1)
        self.scale = nn.Parameter(torch.tensor([1.0, 2.0, 3.0, 4.0]))

    def forward(self, x: Any, y: Any) -> Any:
        return self.o(torch.cat([torch.sigmoid(self.a(x)), self.scale * self.a(y) * 2 - x], 1))


class LastState(nn.Module):
    """What a recurrence ends with, both ways."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = nn.GRU(3, 2, batch_first=True, bidirectional=True)

    def forward(self, x: Any) -> Any:
        _, h = self.walk(x)
        return h.transpose(0, 1).flatten(1)


def sequence_net() -> Any:
    return nn.Sequential(
        nn.Conv1d(3, 4, 3, padding="same"), nn.LeakyReLU(0.1), nn.AvgPool1d(2), nn.Flatten(),
        nn.Linear(12, 6), nn.GELU(), nn.LayerNorm(6), nn.Dropout(0.0), nn.Linear(6, 2),
    )  # fmt: skip


def transposed_net() -> Any:
    return nn.Sequential(
        nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1), nn.GroupNorm(3, 3),
        nn.SiLU(), nn.PReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Hardtanh(),
    )  # fmt: skip


#: the module, the shapes of its rows, and whether rows are its second axis
NETS: dict[str, tuple[Callable[[], Any], list[tuple[int, ...]], bool]] = {
    "pictures": (Pictures, [(2, 8, 8)], False),
    "sequences": (sequence_net, [(3, 6)], False),
    "larger pictures": (transposed_net, [(2, 4, 3)], False),
    "twice": (Twice, [(4,), (4,)], False),
    "last state": (LastState, [(5, 3)], False),
    "LSTM": (lambda: Steps(nn.LSTM, True, False, 2), [(5, 3)], False),
    "LSTM, both ways": (lambda: Steps(nn.LSTM, False, True, 1), [(5, 3)], True),
    "GRU": (lambda: Steps(nn.GRU, False, False, 1), [(5, 3)], True),
    "RNN, both ways": (lambda: Steps(nn.RNN, True, True, 1), [(5, 3)], False),
}


def made(name: str) -> tuple[Any, list[np.ndarray], list[Any], Any]:
    """A module, rows as the network and as the module take them, and the network."""
    make, shapes, turned = NETS[name]
    torch.manual_seed(3)
    module = make().double().eval()
    for each in module.modules():
        if isinstance(each, nn.BatchNorm2d):
            each.running_mean.uniform_(-1, 1)
            each.running_var.uniform_(0.5, 2)
    x = [rows(6, *shape, seed=at) for at, shape in enumerate(shapes)]
    theirs = [torch.tensor(each.swapaxes(0, 1) if turned else each) for each in x]
    net = pl.from_torch(module, input_shape=shapes if len(shapes) > 1 else shapes[0])
    return module, x, theirs, net


def predicted(net: Any, x: list[np.ndarray]) -> np.ndarray:
    return np.asarray(net.predict(x if len(x) > 1 else x[0], verbose=0))


def equal(one: Any, other: Any, bound: float = 1e-9) -> None:
    np.testing.assert_allclose(one, other, rtol=bound, atol=bound)


@pytest.mark.parametrize("name", NETS)
def test_a_module_and_back(name: str) -> None:
    module, x, theirs, net = made(name)
    assert net.dtype == "float64"
    expected = module(*theirs).detach().numpy()
    equal(predicted(net, x), expected)
    again = net.to_torch()
    equal(again(*map(torch.tensor, x)).detach().numpy(), expected)
    shapes = NETS[name][1]
    back = pl.from_torch(again, input_shape=shapes if len(shapes) > 1 else shapes[0])
    equal(predicted(back, x), expected)


@pytest.mark.parametrize("name", NETS)
def test_one_more_step_on_both_sides(name: str) -> None:
    """Also where PyTorch has two biases, which both move."""
    module, x, theirs, net = made(name)
    again = net.to_torch()
    y = rows(6, *net.output_shape[1:], seed=9)
    net.compile(pl.optimizers.Adam(0.01), "mse", executor="numpy")
    net.train_on_batch(x if len(x) > 1 else x[0], y)
    for each, given in ((module, theirs), (again, [torch.tensor(one) for one in x])):
        each.train()
        optimizer = torch.optim.Adam(
            [p for p in each.parameters() if p.requires_grad], lr=0.01, eps=1e-7
        )
        functional.mse_loss(each(*given), torch.tensor(y)).backward()
        optimizer.step()
    for each in net.layers:
        if isinstance(each, layers.BatchNormalization):
            unbiased(each, module.norm)
    for each, given in ((module.eval(), theirs), (again.eval(), [torch.tensor(one) for one in x])):
        if name != "pictures":
            equal(predicted(net, x), each(*given).detach().numpy(), 1e-6)
    trained = pl.from_torch(module, input_shape=NETS[name][1] if len(x) > 1 else NETS[name][1][0])
    for one, other in zip(net.layers, trained.layers, strict=True):
        if not isinstance(one, layers.BatchNormalization):
            for mine, his in zip(one.get_weights(), other.get_weights(), strict=True):
                equal(mine, his, 1e-6)


def unbiased(ours: Any, theirs: Any) -> None:
    """The moving variance of PyTorch follows that of the batch times n/(n − 1)."""
    equal(ours.gamma.value, theirs.weight.detach(), 1e-6)
    equal(ours.moving_mean.value, theirs.running_mean, 1e-6)
    n = 6 * 2 * 3
    torch.manual_seed(3)
    before = np.asarray(made("pictures")[0].norm.running_var)
    of_batch = (theirs.running_var.numpy() - 0.8 * before) / 0.2 * (n - 1) / n
    equal(ours.moving_variance.value, 0.8 * before + 0.2 * of_batch, 1e-6)


#: why there is no module
WORDS = (
    "BatchNormalization(axis", "ParametricActivation with rates or decays of its own",
    "_constraint=", "Attention with dropout", "multi_head_attention", "'ActivityRegularization'",
    "reads or gives states",
    "interpolation=", "data_format=", "output_padding=", "recurrent_dropout=", "reset_after=",
    *(f"'{name}'" for name in NO_MODULE),
)  # fmt: skip


def attempted(net: Any) -> tuple[Any, str]:
    try:
        return net.to_torch(), ""
    except ValueError as error:
        return None, str(error)


@pytest.mark.parametrize("at", range(len(contract.ROWS)))
def test_every_layer_as_a_module(at: int) -> None:
    """Or a sentence that names it."""
    row = contract.ROWS[at]
    net = contract.network(row, "float64")
    arrays = [np.asarray(each) for each in row.arrays]
    given = [torch.tensor(each if each.dtype.kind in "iu" else each.astype(float))
             for each in arrays]  # fmt: skip
    module, why = attempted(net)
    if module is None:
        assert any(each in why for each in WORDS), why
        return
    expected = predicted(net, arrays)
    equal(module(*given).detach().numpy(), expected)
    shapes = [each.shape[1:] for each in arrays]
    try:
        back = pl.from_torch(module, input_shape=shapes if len(shapes) > 1 else shapes[0])
    except ValueError as error:
        if type(row.layer).__name__ not in UNREAD:
            raise
        assert "no equations here" in str(error) or (  # noqa: PT017
            "depends on its numbers" in str(error)
        )
        return
    equal(predicted(back, arrays), expected)


#: layers whose programs call what is not read back
UNREAD = {
    "AveragePooling2D", "Dot", "Dropout", "GlobalMaxPooling2D", "MaxPooling1D", "Operation", "ReLU",
    "RepeatVector", "TimeDistributed", "UnitNormalization", "SpatialDropout1D", "GaussianDropout",
    "AlphaDropout", "Conv2DTranspose", "Separable", "Bidirectional", "PeriodicEmbedding",
    "PLREmbedding",
}  # fmt: skip


def images_net(flat: list[Any]) -> Any:
    return Sequential(
        [layers.Input((6, 6, 2)), layers.Conv2D(3, 3, activation="relu"),
         layers.BatchNormalization(epsilon=1e-5), *flat, layers.Dense(4)], dtype="float64"
    )  # fmt: skip


def test_a_state_dict_with_a_network(tmp_path: Path) -> None:
    """Where images are flattened, their order is asked for."""
    module = nn.Sequential(
        nn.Conv2d(2, 3, 3), nn.ReLU(), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(48, 4)
    )
    module = module.double().eval()
    x = rows(3, 2, 6, 6)
    expected = module(torch.tensor(x)).detach().numpy()
    state = module.state_dict()
    net = images_net([layers.Flatten()])
    with pytest.raises(ValueError, match=r"images \(4, 4, 3\) that are flattened: say channels_f"):
        pl.from_torch(state, net)
    pl.from_torch(state, net, channels_first=True)
    equal(net.predict(x.transpose(0, 2, 3, 1), verbose=0), expected)
    torch.save(state, tmp_path / "net.pt")
    turned = images_net([layers.Permute((3, 1, 2)), layers.Flatten()])
    pl.from_torch(tmp_path / "net.pt", turned)
    equal(turned.predict(x.transpose(0, 2, 3, 1), verbose=0), expected)


def test_a_state_dict_of_recurrences() -> None:
    module = nn.LSTM(3, 4, batch_first=True).double()
    net = Sequential([layers.Input((5, 3)), layers.LSTM(4)], dtype="float64")
    pl.from_torch(module.state_dict(), net)
    x = rows(2, 5, 3)
    equal(net.predict(x, verbose=0), module(torch.tensor(x))[0][:, -1].detach().numpy())


class Branching(nn.Module):
    def forward(self, x: Any) -> Any:
        return x if x.sum() > 0 else -x


REFUSED = {
    "the shape": (lambda: pl.from_torch(nn.Conv2d(1, 2, 3)), "say how large its input is"),
    "a module": (
        lambda: pl.from_torch(nn.LocalResponseNorm(2), input_shape=(2, 3)),
        "the call 'local_response_norm' of PyTorch has no equations here",
    ),
    "a setting": (
        lambda: pl.from_torch(nn.Softplus(beta=2), input_shape=(3,)),
        "Softplus with beta='2' of PyTorch has no equations here",
    ),
    "dilated pools": (
        lambda: pl.from_torch(nn.MaxPool2d(2, dilation=2), input_shape=(2, 6, 6)),
        "'MaxPool'.*with dilations has no equations here",
    ),
    "padded pools": (
        lambda: pl.from_torch(nn.MaxPool2d(3, 2, padding=1), input_shape=(2, 6, 6)),
        'padded otherwise than "same" on numbers below 0',
    ),
    "branches": (
        lambda: pl.from_torch(Branching(), input_shape=(3,)),
        "what the module does depends on its numbers",
    ),
    "a state dict alone": (lambda: pl.from_torch({}), "weights alone"),
    "another state": (
        lambda: pl.from_torch(
            nn.Linear(2, 3).state_dict(), Sequential([layers.Dense(2, input_shape=(2,))])
        ),
        r"'.weight' is \(3, 2\), expected \(2, 2\)",
    ),
    "names for a terminal": (
        lambda: pl.from_torch(
            {"0.weigh\x1b": torch.ones(2, 2), "0.bias": torch.ones(2)},
            Sequential([layers.Dense(2, input_shape=(2,))]),
        ),
        r"has weigh\\x1b, bias; the layer",
    ),
    "something else": (lambda: pl.from_torch(3), "expected a module of PyTorch"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    ask, words = REFUSED[name]
    with pytest.raises((ValueError, TypeError), match=words):
        ask()


def test_a_pickle_is_not_run(tmp_path: Path) -> None:
    """A file that runs a program where it is unpickled."""
    path = tmp_path / "net.pt"
    torch.save(Running(str(tmp_path / "ran")), path)
    with pytest.raises(ValueError, match=r"net.pt is no state dict that is read"):
        pl.from_torch(path, Sequential([layers.Dense(2, input_shape=(2,))]))
    assert not (tmp_path / "ran").exists()


class Running:
    def __init__(self, path: str):
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (Path(self.path),)


def test_settings_are_no_program() -> None:
    """What a program says is built of listed functions alone."""
    from pellucid.interop.torch.expressions import parsed, value

    known = {"nn": nn, "F": functional, "torch": torch}
    for text in ("torch.os.getcwd()", "torch.load('x')", "nn.functional", "(1).__class__",
                 "F.torch.load('x')", "open(1)"):  # fmt: skip
        with pytest.raises((ValueError, KeyError)):
            value(parsed(text), known)
    model = Model(x := pl.Input((2,)), layers.Dense(1)(x))
    assert isinstance(model.to_torch(), nn.Module)
