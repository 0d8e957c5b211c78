"""Lenses: gradients against differences, attributions that add up, and what each finds."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid
from pellucid import Input, Model, Sequential, callbacks, layers, lenses
from pellucid.lenses.asking import name_and_index
from tests.nets import clusters, numbers
from tests.test_explanation import classifier, small
from tests.test_glass_elements import NETWORKS

#: rows are moved by so much, in float64
STEP = 1e-6
#: of what, and by what, gradients are taken in each network; {0} stands for as many zeros as needed
OF, BY = ["L", "Ŷ[0, 1]", "dW1[0]", "new W1[0]"], ["X", "W1", "Z1", "X̂1", "T1", "U1"]


def full(of, recording):
    """A place with a 0 for every axis that is not said."""
    name, index = name_and_index(of)
    index = (*index, *(0,) * recording[name].ndim)[: recording[name].ndim]
    return name, index, f"{name}{list(index) if index else ''}"


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_of_any_value_by_any_other(name):
    """Against the step with another number in it; the largest and another place of each."""
    net, x, y = classifier(*NETWORKS[name])
    explained = net.explain(x, y)
    rng, looked = np.random.default_rng(0), 0
    for of, by in ((of, by) for of in OF for by in BY if by in explained.recording):
        value, at, said = full(of, explained.recording)
        try:
            found = lenses.gradient(net, x, y, of=said, by=by)
        except ValueError:
            assert by not in ("X", "W1")
            continue
        assert found.shape == explained.recording[by].shape
        for place in {largest(found), drawn(rng, found.shape)}:
            assert found[place] == pytest.approx(
                difference(explained, value, at, by, place), rel=1e-5, abs=3e-9
            ), (said, by, place)
            looked += 1
    assert looked > 15


def largest(array):
    return tuple(map(int, np.unravel_index(np.abs(array).argmax(), array.shape)))


def drawn(rng, shape):
    return tuple(int(rng.integers(extent)) for extent in shape)


def difference(explained, name, at, by, place):
    here = float(explained.recording[by][place])
    ends = [explained.changed(by, place, here + move).recording[name][at] for move in (STEP, -STEP)]
    return float(ends[0] - ends[1]) / (2 * STEP)


def test_the_gradient_of_the_loss_is_the_one_of_the_step():
    net, x, y = small()
    record = net.record(x, y)
    for name in ("W1", "b1", "Z1", "A1", "W2"):
        np.testing.assert_allclose(
            lenses.gradient(net, x, y, of="L", by=name),
            record[f"d{name}"]
            if f"d{name}" in record
            else net.explain(x, y).recording.arrays.get(f"d{name}"),
            rtol=1e-12,
        )


def test_each_row_has_its_own():
    """Of a number of every row, the gradient is that of the rows one by one."""
    net, x, _ = small()
    together = lenses.gradient(net, x, of="Ŷ[1]")
    apart = [lenses.gradient(net, row[None], of="Ŷ[0, 1]") for row in x]
    np.testing.assert_allclose(together, np.concatenate(apart), rtol=1e-12)
    assert not lenses.gradient(net, x, of="Ŷ[2, 1]")[:2].any()
    default = lenses.gradient(net, x)
    winner = net.predict(x, verbose=0).argmax(axis=1)
    for row, best in enumerate(winner):
        np.testing.assert_array_equal(default[row], lenses.gradient(net, x, of=f"Ŷ[{best}]")[row])


def with_words():
    net = Sequential([layers.Embedding(5, 3, input_shape=(4,)), layers.Flatten(), layers.Dense(2)])
    return net, np.array([[0, 1, 2, 4]])


def test_words_are_asked_by_what_is_looked_up():
    net, x = with_words()
    found = lenses.gradient(net, x, of="Ŷ[1]", by="W1")
    read = net.get_weights()[1][:, 1].reshape(4, 3)
    np.testing.assert_allclose(found[[0, 1, 2, 4]], read, rtol=1e-6)
    assert not found[3].any()
    with pytest.raises(ValueError, match="X holds whole numbers, of words or classes"):
        lenses.saliency(net, x)


def graph():
    """Two inputs, a layer that is called twice, and two outputs."""
    pellucid.set_random_seed(5)
    one, other = Input((3,)), Input((2,))
    shared = layers.Dense(3, "tanh")
    joined = layers.Concatenate()([shared(shared(one)), layers.Dense(3, "sigmoid")(other)])
    net = Model([one, other], [layers.Dense(1)(joined), layers.Dense(2)(joined)], dtype="float64")
    return net, [numbers(4, 3), numbers(4, 2)]


def test_graphs_with_several_inputs():
    net, x = graph()
    found = lenses.gradient(net, x, of="Ŷ2[1]", by="X2")
    moved = [x[0], x[1] + [[STEP, 0.0]]]
    move = (net.predict(moved, verbose=0)[1] - net.predict(x, verbose=0)[1])[:, 1] / STEP
    np.testing.assert_allclose(found[:, 0], move, rtol=1e-4)
    given = lenses.integrated_gradients(net, x, of="Ŷ1", by="X1")
    assert np.abs(given.missing).max() < 1e-9
    assert lenses.occlusion(net, x, of="Ŷ2[0]", by="X2").shape == (4, 2)
    assert set(lenses.activations(net, x)) == {"A1′", "A2", "T1", "Ŷ1", "Ŷ2"}
    with pytest.raises(ValueError, match="several outputs, Ŷ1, Ŷ2: say of which number"):
        lenses.saliency(net, x, by="X1")
    with pytest.raises(ValueError, match="several inputs: give start="):
        lenses.ascent(net, "A2[0]", by="X1")
    better = lenses.ascent(net, "A2[0]", start=[each[:1] for each in x], by="X2")
    assert better.values[-1] > better.values[0]


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
@pytest.mark.parametrize("baseline", [0.0, 0.3])
def test_integrated_gradients_add_up(activation, baseline):
    """The axiom of completeness; where a kink is crossed, as far as 64 places tell."""
    pellucid.set_random_seed(1)
    net = Sequential(
        [layers.Dense(8, activation, input_shape=(4,)), layers.Dense(3, "softmax")], dtype="float64"
    )
    x = numbers(5, 4)
    found = lenses.integrated_gradients(net, x, of="Ŷ[2]", baseline=baseline)
    here, there = (net.predict(each, verbose=0)[:, 2] for each in (x, np.full_like(x, baseline)))
    np.testing.assert_allclose(found.end, here, rtol=1e-12)
    np.testing.assert_allclose(found.start, there, rtol=1e-12)
    total = found.values.sum(axis=1)
    np.testing.assert_allclose(total, here - there, atol=5e-3 if activation == "relu" else 1e-9)
    np.testing.assert_allclose(found.missing, here - there - total, atol=1e-12)


def test_integrated_gradients_of_a_line_are_its_weights():
    net = Sequential([layers.Dense(1, input_shape=(3,))], dtype="float64")
    x = numbers(2, 3)
    np.testing.assert_allclose(
        lenses.integrated_gradients(net, x).values, x * net.get_weights()[0][:, 0], rtol=1e-12
    )


def test_saliency_of_a_picture_and_of_a_sequence():
    for name in ("images", "lstm"):
        net, x, _ = classifier(*NETWORKS[name])
        assert lenses.saliency(net, x).shape == x.shape
        assert (lenses.saliency(net, x) >= 0).all()


def test_occlusion_of_a_line():
    """Covering a column with 0 takes away what it adds; a window is the mean over those around."""
    net = Sequential([layers.Dense(1, input_shape=(3,))], dtype="float64")
    x, w = numbers(2, 3), net.get_weights()[0][:, 0]
    np.testing.assert_allclose(lenses.occlusion(net, x), x * w, rtol=1e-9)
    pairs = x[:, :2] * w[:2] @ [[1], [1]], x[:, 1:] * w[1:] @ [[1], [1]]
    wide = np.concatenate([pairs[0], (pairs[0] + pairs[1]) / 2, pairs[1]], axis=1)
    np.testing.assert_allclose(lenses.occlusion(net, x, window=2), wide, rtol=1e-9)


def test_occlusion_of_pictures():
    net, x, _ = classifier(*NETWORKS["images"])
    assert lenses.occlusion(net, x[:1], of="Ŷ[0]").shape == (1, 6, 5, 1)
    flat = Sequential([layers.Dense(1, input_shape=(12,))])
    found = lenses.occlusion(flat, numbers(1, 12), shape=(3, 4), window=(3, 1))
    assert np.ptp(found.reshape(3, 4), axis=0).max() < 1e-6


def test_the_rows_that_excite_a_unit():
    net, x, _ = small()
    x = numbers(700, 4)
    found = lenses.excites(net, x, "A1[2]", most=5)
    unit = net.record(x)["A1"][:, 2]
    np.testing.assert_array_equal(found.values, np.sort(unit)[::-1][:5])
    np.testing.assert_array_equal(unit[found.rows], found.values)


def test_rows_as_people_have_them():
    """Lists of lists, and sparse matrices, many rows at a time."""
    net, _, _ = small()
    x = numbers(600, 4)
    truth = lenses.excites(net, x, "A1[2]").rows
    np.testing.assert_array_equal(lenses.excites(net, x.tolist(), "A1[2]").rows, truth)
    sparse = pytest.importorskip("scipy.sparse")
    np.testing.assert_array_equal(lenses.excites(net, sparse.csr_array(x), "A1[2]").rows, truth)
    assert lenses.saliency(net, sparse.csr_array(x[:2])).shape == (2, 4)


def test_ascent_climbs():
    net, _, _ = small()
    found = lenses.ascent(net, "A1[2]", low=-1, high=1)
    weights = net.get_weights()[0][:, 2]
    np.testing.assert_allclose(found.x[0], np.sign(weights), atol=1e-6)
    assert (np.diff(found.values) > 0).all()
    assert found.values[-1] == pytest.approx(net.record(found.x)["A1"][0, 2])
    dead = Sequential([layers.Dense(2, "relu", bias_initializer="ones", input_shape=(3,))])
    dead.set_weights([np.zeros((3, 2)), -np.ones(2)])
    with pytest.raises(ValueError, match=r"Ŷ\[0\] does not move with X at the start"):
        lenses.ascent(dead, "Ŷ[0]")


def test_activations_and_their_spread():
    net, _, _ = small()
    x = numbers(600, 4)
    found = lenses.activations(net, x)
    assert list(found) == ["A1", "Ŷ"]
    np.testing.assert_array_equal(found["A1"], net.record(x)["A1"])
    spread = lenses.histograms(net, x, bins=10)
    assert spread["A1"].counts.sum() == 600 * 3
    assert spread["A1"].edges[0] == found["A1"].min()
    half = Sequential([layers.Dense(2, "relu", input_shape=(1,)), layers.Dense(1)])
    half.set_weights([np.array([[1.0, 0.0]]), np.zeros(2), np.ones((2, 1)), np.zeros(1)])
    assert lenses.histograms(half, np.ones((5, 1)))["A1"][2:] == (0.5, 0.5)


def test_activations_over_epochs():
    x, y = clusters()
    net = Sequential([layers.Dense(8, "relu", input_shape=(4,)), layers.Dense(3, "softmax")])
    net.compile("adam", "sparse_categorical_crossentropy")
    kept = callbacks.Activations(x[:10], bins=5)
    before = lenses.histograms(net, x[:10], bins=5)
    net.fit(x, y, epochs=3, verbose=0, callbacks=kept)
    assert kept.epochs == [0, 1, 2, 3]
    after = lenses.histograms(net, x[:10], bins=5)
    for name, each in kept.histograms.items():
        assert len(each) == 4
        np.testing.assert_array_equal(each[0].edges, before[name].edges)
        np.testing.assert_array_equal(each[-1].counts, after[name].counts)


def test_confusion():
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.6, 0.4]])
    net = Sequential([layers.Activation("linear", input_shape=(2,))])
    found = lenses.confusion(net, p, [0, 0, 0, 1], names=["no", "yes"])
    assert found.counts.tolist() == [[1, 2], [1, 0]]
    assert found.mistakes.tolist() == [1, 2, 3]
    assert found.rows(true=0).tolist() == [0, 1, 2]
    assert found.rows(true=0, guess=1).tolist() == [1, 2]
    assert found.words(1) == "no, taken for yes\n80% sure"
    assert found.table(x=p).row_count == 3
    assert repr(found) == "<Confusion of 4 rows, 3 taken for another class>"
    hot = lenses.confusion(net, p, np.eye(2)[[0, 0, 0, 1]])
    assert (hot.counts == found.counts).all()
    with pytest.raises(ValueError, match="no probabilities of classes"):
        lenses.confusion(net, p * 2, [0, 0, 0, 1])
    with pytest.raises(ValueError, match=r"y has classes from 0 to 2; .* of 2 classes"):
        lenses.confusion(net, p, [0, 0, 0, 2])
    with pytest.raises(ValueError, match="y has 3 rows and x has 4"):
        lenses.confusion(net, p, [0, 0, 0])
    with pytest.raises(ValueError, match="names has 1 for 2 classes"):
        lenses.confusion(net, p, [0, 0, 0, 1], names=["no"])
    with pytest.raises(TypeError, match="y holds names, expected class numbers"):
        lenses.confusion(net, p, ["no", "no", "no", "yes"])
    with pytest.raises(ValueError, match="no class 2; they go from 0 to 1"):
        found.rows(true=2)


def test_boundary():
    net = Sequential([layers.Dense(1, input_shape=(3,))], dtype="float64")
    net.set_weights([np.array([[1.0], [10.0], [100.0]]), np.zeros(1)])
    x = np.array([[0.0, 1.0, 7.0], [2.0, 5.0, 9.0], [1.0, 1.0, 1.0]])
    found = lenses.boundary(net, x, columns=(2, 0), steps=5, margin=0.0)
    assert (found.across[[0, -1]].tolist(), found.up[[0, -1]].tolist()) == ([1, 9], [0, 2])
    assert found.outputs[1, 2, 0] == pytest.approx(100 * 5 + 10 * 1 + 0.5)
    at = lenses.boundary(net, x, columns=(2, 0), at=[0.0, 2.0, 0.0], steps=5, margin=0.0)
    assert at.outputs[1, 2, 0] == pytest.approx(100 * 5 + 10 * 2 + 0.5)
    with pytest.raises(ValueError, match="drawn over two columns of a table"):
        lenses.boundary(net, np.zeros((3, 1)))


def test_dependence_and_importance():
    pytest.importorskip("sklearn")
    net = Sequential([layers.Dense(1, input_shape=(3,))], dtype="float64")
    net.set_weights([np.array([[2.0], [0.0], [-1.0]]), np.ones(1)])
    net.compile("sgd", "mse", metrics=["r2_score"])
    x = numbers(50, 3)
    y = net.predict(x, verbose=0)
    found = lenses.partial_dependence(net, x, 0, steps=7)
    np.testing.assert_allclose(found.mean, 2 * found.at - x[:, 2].mean() + 1, rtol=1e-6)
    assert found.each.shape == (50, 7)
    worth = lenses.importance(net, x, y, repeats=3)
    assert worth.mean[0] > worth.mean[2] > worth.mean[1] == 0.0
    assert lenses.importance(net, x, y, "r2_score").mean[0] > 0.5
    with pytest.raises(ValueError, match="importance watches 'auc'"):
        lenses.importance(net, x, y, "auc")


def test_the_loss_along_a_line():
    net = Sequential([layers.Dense(1, input_shape=(2,))], dtype="float64")
    net.compile("sgd", "mse")
    x, before = numbers(20, 2), net.get_weights()
    y = net.predict(x, verbose=0) + 1.0
    to = [before[0], before[1] + 2.0]
    found = lenses.loss_line(net, x, y, to=to, steps=5)
    np.testing.assert_allclose(found.loss, (2 * found.at - 1) ** 2, atol=1e-12)
    plane = lenses.loss_plane(net, x, y, steps=3, seed=2)
    line = lenses.loss_line(net, x, y, steps=3, seed=2)
    np.testing.assert_allclose(plane.loss[1], line.loss, rtol=1e-12)
    assert plane.loss[1, 1] == pytest.approx(1.0)
    for now, was in zip(net.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, was)
    with pytest.raises(ValueError, match=r"to= has weights of the shapes \[\(2, 1\)\]"):
        lenses.loss_line(net, x, y, to=to[:1])


def test_kernels():
    net = classifier(*NETWORKS["images"])[0]
    assert lenses.kernels(net).shape == (2, 3, 3, 1)
    with pytest.raises(ValueError, match=r"not known to be an image.*say shape="):
        lenses.kernels(net, "dense")
    assert lenses.kernels(net, "dense", shape=(3, 4)).shape == (2, 3, 4)
    with pytest.raises(ValueError, match="no layer is called 'dens': did you mean 'dense'"):
        lenses.kernels(net, "dens")
    with pytest.raises(ValueError, match="the layer 'flatten' has no kernel"):
        lenses.kernels(net, "flatten")


@pytest.mark.parametrize(
    ("of", "by", "words"),
    [
        ("Ŷ[a]", "X", "is no number of a plan"),
        ("Ŷ", "X", r"Ŷ has the shape \(n, 2\): say which of its numbers, such as Ŷ\[0\]"),
        ("W1", "X", r"such as W1\[0, 0\]"),
        ("Z1[0]", "W2", "does not depend on W2 in the plan as it is printed: Z1 = X·W1"),
        ("L", "Ŷ", "L does not depend on Ŷ in the plan as it is printed: L = mean"),
        ("L", "Y", "Y holds whole numbers"),
        ("L", "new W1", "new W1 is what comes out of the step"),
        ("X[0]", "X", "X is given, not computed"),
    ],
)
def test_what_has_no_gradient(of, by, words):
    with pytest.raises(ValueError, match=words):
        lenses.gradient(*small(), of=of, by=by)


@pytest.mark.parametrize("of", ["Q[0]", "Ŷ[2]", "Ŷ[0, 9]", "Ŷ[0, 0, 0]"])
def test_names_and_places_that_are_not_there(of):
    with pytest.raises((KeyError, IndexError), match=r"did you mean|no place in it|Known"):
        lenses.gradient(*small(), of=of)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (
            lambda net, x: lenses.integrated_gradients(net, x, by="A1"),
            "A1 is no input of the network",
        ),
        (lambda net, x: lenses.occlusion(net, x, window=9), "window=9 does not fit"),
        (lambda net, x: lenses.occlusion(net, x, shape=(3, 3)), r"shape=\(3, 3\) holds 9 numbers"),
        (lambda net, x: lenses.excites(net, x, "W1[0, 0]"), "W1 is given, not computed"),
        (lambda net, x: lenses.ascent(net, "A1[0]", start=x), "start= has 3 rows"),
    ],
)
def test_refusals(ask, words):
    net, x, _ = small()
    with pytest.raises(ValueError, match=words):
        ask(net, x)


@pytest.mark.parametrize("name", ["Z1", "A1", "P1"])
def test_channels_are_units(name):
    """Of feature maps a channel goes by its number, as the mean of its map."""
    net, x, _ = classifier(*NETWORKS["images"], rows=6)
    unit, maps = f"{name}[1]", net.record(x)
    if name not in maps:
        name = next(each for each in maps if maps[each].ndim == 4 and each.startswith("T"))
        unit = f"{name}[1]"
    means = maps[name][..., 1].mean(axis=(1, 2))
    found = lenses.excites(net, x, unit, most=3)
    np.testing.assert_allclose(found.values, np.sort(means)[::-1][:3])
    slope = lenses.gradient(net, x, of=unit)
    for place in {largest(slope), (2, 3, 1, 0)}:
        moved = [x.copy(), x.copy()]
        moved[0][place] += STEP
        moved[1][place] -= STEP
        up, down = (net.record(each)[name][place[0], ..., 1].mean() for each in moved)
        assert slope[place] == pytest.approx((up - down) / (2 * STEP), rel=1e-5, abs=1e-9)
    covered = lenses.occlusion(net, x[:1], of=unit, window=2)
    assert covered.shape == (1, 6, 5, 1)
    assert np.abs(covered).max() > 0
    climbed = lenses.ascent(net, unit, start=x[:1], low=-1, steps=20)
    assert climbed.values[-1] > climbed.values[0]


def test_a_channel_of_a_sequence_by_its_gradients():
    """Where numbers are followed one by one, each counts for its share of the mean."""
    net, x, y = classifier(*NETWORKS["images"])
    by_place = [lenses.gradient(net, x, y, of=f"dZ1[{r}, {c}, 0]", by="W1")
                for r, c in np.ndindex(net.record(x, y)["dZ1"].shape[1:3])]  # fmt: skip
    mean = lenses.gradient(net, x, y, of="dZ1[0]", by="W1")
    np.testing.assert_allclose(mean, np.mean(by_place, axis=0), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("lens", [each for each in lenses.__all__ if each[0].islower()])
def test_what_is_no_network_is_refused_in_a_sentence(lens):
    with pytest.raises(TypeError, match=f"{lens} looks at a network; got 'str'. Give a Sequential"):
        getattr(lenses, lens)("net", np.zeros((2, 4)))


def test_a_channel_that_is_not_there():
    net, x, _ = classifier(*NETWORKS["images"])
    with pytest.raises(IndexError, match="is no place in it"):
        lenses.excites(net, x, "Z1[9]")
