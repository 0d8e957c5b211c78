"""Activations: values, corners, large numbers, other array libraries, names and own functions."""

import math

import numpy as np
import pytest

from pellucid import activations
from pellucid.equations.activations import Activation, Pointwise, Slope
from pellucid.equations.rectifiers import Gelu, LeakyRelu, Relu
from pellucid.equations.special import erf
from pellucid.tensor import Tensor
from tests.contract.gradients import check_gradients

EVERY = [*(each() for each in Activation.members()), Gelu(approximate=True)]
POINTWISE = [each for each in EVERY if isinstance(each, Pointwise)]
Z = np.linspace(-6.0, 6.0, 49).reshape(7, 7)
by_name = pytest.mark.parametrize("f", EVERY, ids=repr)
each_pointwise = pytest.mark.parametrize("f", POINTWISE, ids=repr)


def slope(f, z):
    z = np.asarray(z, dtype=float)
    return f.slope(np, z, f.run(np, z))


def test_every_activation_is_there():
    wanted = """linear relu relu6 leaky_relu elu selu gelu silu swish mish softplus softsign sigmoid
        hard_sigmoid tanh softmax log_softmax exponential celu hard_shrink hard_silu hard_swish
        hard_tanh log_sigmoid soft_shrink squareplus tanh_shrink glu sparsemax sparse_plus
        sparse_sigmoid threshold"""
    assert set(wanted.split()) == set(Activation.table)


def test_erf_is_exact_to_the_last_digits():
    x = np.linspace(-7.0, 7.0, 14001)
    wanted = np.array([math.erf(each) for each in x])
    assert np.abs(erf(np, x) - wanted).max() <= 5e-16
    assert np.all(np.abs(erf(np, x) - wanted) <= 1e-15 * np.abs(wanted))
    assert np.array_equal(erf(np, np.array([-np.inf, 0.0, np.inf])), [-1.0, 0.0, 1.0])
    assert np.isnan(erf(np, np.array([np.nan]))).all()


TORCH = {
    "relu": "relu", "relu6": "relu6", "elu": "elu", "selu": "selu", "gelu": "gelu", "silu": "silu",
    "mish": "mish", "softplus": "softplus", "softsign": "softsign", "sigmoid": "sigmoid",
    "hard_sigmoid": "hardsigmoid", "tanh": "tanh", "celu": "celu", "hard_shrink": "hardshrink",
    "soft_shrink": "softshrink", "tanh_shrink": "tanhshrink", "hard_tanh": "hardtanh",
    "log_sigmoid": "logsigmoid",
}  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs"), TORCH.items())
def test_torch_agrees_also_at_the_corners(ours, theirs):
    torch = pytest.importorskip("torch")
    f = activations.get(ours)
    z = torch.tensor(Z, requires_grad=True)
    a = getattr(torch.nn.functional, theirs)(z)
    a.sum().backward()
    np.testing.assert_allclose(f.run(np, Z), a.detach().numpy(), rtol=0, atol=1e-12)
    sixths = 1e-8 if ours == "hard_sigmoid" else 1e-12  # torch's 1/6 has single precision
    np.testing.assert_allclose(slope(f, Z), z.grad.numpy(), rtol=0, atol=sixths)


def test_torch_agrees_on_settings_and_rows():
    torch = pytest.importorskip("torch")
    z, F = torch.tensor(Z), torch.nn.functional
    for ours, theirs in [
        (activations.leaky_relu(Z), F.leaky_relu(z, 0.2)),
        (activations.elu(Z, alpha=0.5), F.elu(z, 0.5)),
        (activations.gelu(Z, approximate=True), F.gelu(z, approximate="tanh")),
        (activations.softmax(Z), F.softmax(z, -1)),
        (activations.softmax(Z, axis=0), F.softmax(z, 0)),
        (activations.log_softmax(Z), F.log_softmax(z, -1)),
    ]:
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "z", "wanted"),
    [
        ("relu", [-1.0, 0.0, 1.0], [0, 0, 1]),
        ("relu6", [0.0, 3.0, 6.0], [0, 1, 0]),
        ("leaky_relu", [-1.0, 0.0, 1.0], [0.2, 0.2, 1]),
        ("elu", [0.0, 1.0], [1, 1]),
        ("selu", [0.0, 1.0], [1.0507009873554805 * 1.6732632423543772, 1.0507009873554805]),
        ("hard_sigmoid", [-3.0, 0.0, 3.0], [0, 1 / 6, 0]),
        ("softsign", [0.0], [1]),
        ("hard_tanh", [-1.0, 0.0, 1.0], [0, 1, 0]),
        ("hard_shrink", [-0.5, 0.0, 0.5], [0, 0, 0]),
        ("soft_shrink", [-0.5, 0.0, 0.5], [0, 0, 0]),
        ("hard_silu", [-3.0, 0.0, 3.0], [0, 0.5, 1]),
        ("celu", [0.0], [1]),
    ],
)
def test_slope_at_corners(name, z, wanted):
    np.testing.assert_allclose(slope(activations.get(name), z), wanted, rtol=1e-15)


@by_name
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_large_numbers_stay_finite(f, dtype):
    large = [-1e4, -100.0, -20.0, 0.0, 20.0, 80.0]
    z = np.array([*large, 1e4] if f.registered_name() != "exponential" else large, dtype=dtype)
    a = f.run(np, z)
    assert np.isfinite(a).all()
    assert a.dtype == dtype
    if isinstance(f, Pointwise):
        assert np.isfinite(f.slope(np, z, a)).all()
        assert f.slope(np, z, a).dtype == dtype


@each_pointwise
def test_inputs_are_never_written(f):
    z, da = Z.copy(), np.ones_like(Z)
    a = f.run(np, z)
    before = a.copy()
    Slope(f).run(np, da, z, a)
    assert np.array_equal(z, Z)
    assert np.array_equal(a, before)
    assert np.array_equal(da, np.ones_like(Z))


@by_name
@pytest.mark.parametrize("library", ["array_api_strict", "array_api_compat.torch"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_other_array_libraries_agree(f, library, dtype):
    pytest.importorskip("torch" if "torch" in library else library)
    xp = pytest.importorskip(library)
    z, there = Z.astype(dtype), xp.asarray(Z.astype(dtype))
    a = f.run(xp, there)
    assert a.dtype == getattr(xp, dtype)
    tolerance = 1e-12 if dtype == "float64" else 2e-5
    np.testing.assert_allclose(np.asarray(a), f.run(np, z), rtol=tolerance, atol=tolerance)
    if isinstance(f, Pointwise):
        found = Slope(f).run(xp, xp.ones_like(there), there, a)
        assert found.dtype == getattr(xp, dtype)
        np.testing.assert_allclose(
            np.asarray(found), f.slope(np, z, f.run(np, z)), rtol=tolerance, atol=tolerance
        )


def test_names_stand_for_functions_of_tensors_and_arrays():
    x = Tensor((None, 3), "X", role="input")
    assert isinstance(activations.relu(x), Tensor)
    assert activations.linear(x) is x
    assert np.array_equal(activations.relu([-1, 2]), [0.0, 2.0])
    assert activations.sigmoid(np.array([0], dtype=np.int8)) == 0.5
    assert activations.get(activations.swish).registered_name() == "silu"
    assert activations.get(None)(x) is x
    assert isinstance(activations.get(Relu), Relu)


def test_configuration_goes_round():
    again = activations.get(LeakyRelu(0.3).described())
    assert again.negative_slope == 0.3


def test_unknown_names_are_helped():
    with pytest.raises(ValueError, match="did you mean 'relu'"):
        activations.get("reluu")
    with pytest.raises(AttributeError, match="did you mean 'softmax'"):
        _ = activations.softmx
    with pytest.raises(TypeError, match="such as 'relu'"):
        activations.get(3)


def test_the_slope_prints_settings():
    assert "0.3·[{z} ≤ 0]" in Slope(LeakyRelu(0.3)).template("text")
    for f in POINTWISE:
        for style in ("text", "latex"):
            assert Slope(f).template(style).format(da="dA", z="Z", a="A")


def test_a_function_of_ones_own_has_a_derived_gradient():
    def own(z):
        return z * activations.sigmoid(1.7 * z) + 0.1 * abs(z)

    check_gradients(activations.get(own), (np.linspace(-2.0, 2.1, 12).reshape(3, 4),))
