"""JAX: a compiled step in a Python loop, and whole trainings as one compiled scan."""

from __future__ import annotations

from functools import partial

import jax
import numpy as np
from jax import lax
from jax import numpy as jnp

from parts import GRU, LSTM, Conv, Dense, Dropout, Embedding, Flatten, Mean, Pool, with_weights
from peers.peer import MissingError, Peer
from workloads import EPSILON

PACKAGES = ("jax",)
ACTIVATIONS = {
    "": lambda z: z, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh
}  # fmt: skip


def dense(part, A, W, b):
    return ACTIVATIONS[part.activation](A @ W + b)


def conv(part, A, W, b):
    names = ("NHWC", "HWIO", "NHWC")
    Z = lax.conv_general_dilated(A, W, (1, 1), "VALID", dimension_numbers=names)
    return ACTIVATIONS[part.activation](Z + b)


def pool(part, A):
    window = (1, part.side, part.side, 1)
    return lax.reduce_window(A, -jnp.inf, lax.max, window, window, "VALID")


def lstm(part, A, W, U, b):
    """The products with the inputs at once, then step by step."""

    def step(state, x):
        h, c = state
        i, f, g, o = jnp.split(x + h @ U, 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

    zero = jnp.zeros((len(A), part.units))
    return lax.scan(step, (zero, zero), jnp.swapaxes(A @ W + b, 0, 1))[0][0]


def gru(part, A, W, U, b):
    def step(h, x):
        xz, xr, xh = jnp.split(x, 3, axis=1)
        hz, hr, hh = jnp.split(h @ U + b[1], 3, axis=1)
        z = jax.nn.sigmoid(xz + hz)
        return z * h + (1 - z) * jnp.tanh(xh + jax.nn.sigmoid(xr + hr) * hh), None

    zero = jnp.zeros((len(A), part.units))
    return lax.scan(step, zero, jnp.swapaxes(A @ W + b[0], 0, 1))[0]


RUNS = {
    Dense: dense, Conv: conv, Pool: pool, LSTM: lstm, GRU: gru,
    Flatten: lambda part, A: A.reshape(len(A), -1),
    Embedding: lambda part, A, W: W[A],
    Mean: lambda part, A: A.mean(axis=1),
}  # fmt: skip


class Functions(Peer):
    """A loss and an update, and the state (θ, m, v, t) that they move along."""

    compiles_all = True

    def __init__(self, task, threads):
        super().__init__(task, threads)
        whole = jnp.int32 if task.x.dtype.kind in "iu" else None
        self.x, self.y = jnp.asarray(task.x, whole), jnp.asarray(task.y, jnp.int32)

    def start(self):
        theta = [jnp.array(each) for each in self.task.first]
        kept = {"adam": 2, "rmsprop": 1, "sgd": 0}[self.task.of.optimizer]
        moments = tuple([jnp.zeros_like(each) for each in theta] for _ in range(kept))
        self.state = jax.block_until_ready((theta, moments, jnp.zeros(())))

    def scores(self, theta, x, key=None):
        """The last part's value; dropout needs a key."""
        A = x
        for at, (part, own) in enumerate(with_weights(self.task.of.parts, x.shape[1:], theta)):
            if isinstance(part, Dropout):
                kept = jax.random.bernoulli(jax.random.fold_in(key, at), 1 - part.rate, A.shape)
                A = jnp.where(kept, A / (1 - part.rate), 0)
            else:
                A = RUNS[type(part)](part, A, *own)
        return A

    def loss(self, theta, x, y, key=None):
        Z = self.scores(theta, x, key)
        if self.task.of.binary:
            z = Z[:, 0]
            return (jax.nn.softplus(z) - y * z).mean()
        likely = jnp.take_along_axis(Z, y[:, None], axis=1)[:, 0]
        return (jax.nn.logsumexp(Z, axis=1) - likely).mean()

    def step(self, state, x, y):
        theta, moments, t = state
        key = jax.random.fold_in(jax.random.key(0), t.astype(int))
        g, t = jax.grad(self.loss)(theta, x, y, key), t + 1
        update = partial(getattr(self, self.task.of.optimizer), t)
        moved = [update(*each) for each in zip(theta, g, *moments, strict=True)]
        theta, *moments = ([*column] for column in zip(*moved, strict=True))
        return theta, tuple(moments), t

    def sgd(self, t, theta, g):
        return (theta - self.task.of.rate * g,)

    def rmsprop(self, t, theta, g, v):
        v = 0.9 * v + 0.1 * g * g
        return theta - self.task.of.rate * g * lax.rsqrt(v + EPSILON["rmsprop"] ** 2), v

    def adam(self, t, theta, g, m, v):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        root = jnp.sqrt(v / (1 - 0.999**t)) + EPSILON["adam"]
        return theta - self.task.of.rate / (1 - 0.9**t) * m / root, m, v

    def weights(self):
        return [np.asarray(each) for each in self.state[0]]


class Loop(Functions):
    """Rows are put in order once for each epoch; the step cuts its batch out of them."""

    def __init__(self, task, threads):
        super().__init__(task, threads)
        self.jitted = jax.jit(self.sliced_step, donate_argnums=0, static_argnums=4)
        self.taken = jax.jit(lambda x, y, rows: (x[rows], y[rows]))

    def sliced_step(self, state, x, y, start, size):
        cut = partial(lax.dynamic_slice_in_dim, start_index=start, slice_size=size)
        return self.step(state, cut(x), cut(y))

    def train(self, order):
        state, batch = self.state, self.task.of.batch
        for rows in order:
            x, y = self.taken(self.x, self.y, rows) if self.task.of.shuffled else (self.x, self.y)
            for start in range(0, len(rows), batch):
                state = self.jitted(state, x, y, start, min(batch, len(rows) - start))
        self.state = jax.block_until_ready(state)


class Jit(Functions):
    """The compiled forward pass, for prediction alone."""

    trains, predicts = False, True

    def predictor(self):
        theta = [jnp.array(each) for each in self.task.first]
        predict = jax.jit(lambda theta, x: jax.nn.softmax(self.scores(theta, x)))
        return lambda x: np.asarray(predict(theta, x))


class Scan(Functions):
    """The whole training in one call: epochs around batches; each step gathers its rows."""

    gathers_first, unroll = False, 1

    def __init__(self, task, threads):
        super().__init__(task, threads)
        if type(self) is not Scan and any(isinstance(part, Conv) for part in task.of.parts):
            raise MissingError("a scan over convolutions is slow on a CPU: one form is enough")
        self.whole = jax.jit(self.epochs, donate_argnums=0)

    def epochs(self, state, x, y, order):
        if not self.task.of.shuffled:
            return lax.scan(lambda s, _: (self.step(s, x, y), None), state, length=len(order))[0]
        return lax.scan(lambda s, rows: (self.epoch(s, x, y, rows), None), state, order)[0]

    def epoch(self, state, x, y, rows):
        batch = self.task.of.batch
        whole = len(rows) // batch * batch
        if self.gathers_first:
            groups = lambda a: a[rows[:whole]].reshape(-1, batch, *a.shape[1:])  # noqa: E731
            over, body = (groups(x), groups(y)), lambda s, b: (self.step(s, *b), None)
        else:
            over = rows[:whole].reshape(-1, batch)
            body = lambda s, r: (self.step(s, x[r], y[r]), None)  # noqa: E731
        state = lax.scan(body, state, over, unroll=self.unroll)[0]
        rest = rows[whole:]
        return self.step(state, x[rest], y[rest]) if len(rest) else state

    def train(self, order):
        state = self.whole(self.state, self.x, self.y, order.astype(np.int32))
        self.state = jax.block_until_ready(state)


class ScanGathered(Scan):
    """All rows are gathered at the start of the epoch, inside the same call."""

    gathers_first = True


class ScanUnrolled(Scan):
    """Four steps in each turn of the scan's loop."""

    unroll = 4


def version():
    return jax.__version__


PEERS = {
    "JAX step loop": Loop,
    "JAX scan": Scan,
    "JAX scan, gathered first": ScanGathered,
    "JAX scan, unrolled": ScanUnrolled,
    "JAX jit": Jit,
}
