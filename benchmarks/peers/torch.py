"""PyTorch: the loop that people write, its DataLoader, the compiled step, and without autograd."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from peers.peer import Peer
from peers.torch_modules import network, weights_of
from workloads import EPSILON

PACKAGES = ("torch",)
ACTIVATIONS = {"relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}
OPTIMIZERS = {
    "adam": partial(torch.optim.Adam, eps=EPSILON["adam"]),
    "rmsprop": partial(torch.optim.RMSprop, alpha=0.9, eps=EPSILON["rmsprop"]),
    "sgd": torch.optim.SGD,
}


class Tensors(Peer):
    """X and the targets as tensors, and their batches."""

    only_dense = True

    def __init__(self, task, threads):
        super().__init__(task, threads)
        torch.set_num_threads(threads)
        self.x, self.y = torch.from_numpy(task.x), torch.from_numpy(task.y)
        self.criterion = functional.cross_entropy
        if task.of.binary:
            self.y = self.y.float()[:, None]
            self.criterion = functional.binary_cross_entropy_with_logits

    def batches(self, order):
        size = self.task.of.batch
        for rows in order:
            x, y = self.x, self.y
            if self.task.of.shuffled:
                rows = torch.from_numpy(rows)
                x, y = x[rows], y[rows]
            yield from zip(x.split(size), y.split(size), strict=True)


class Eager(Tensors):
    """Rows are put in order once for each epoch, then the usual loop over slices."""

    predicts, only_dense = True, False

    def __init__(self, task, threads):
        super().__init__(task, threads)
        if len(task.of.shape) == 3:
            self.x = self.x.permute(0, 3, 1, 2).contiguous()

    def start(self):
        of = self.task.of
        self.net = network(of, self.task.first)
        fitted = [each for each in self.net.parameters() if each.requires_grad]
        self.optimizer = OPTIMIZERS[of.optimizer](fitted, lr=of.rate)

    def step(self, x, y):
        self.optimizer.zero_grad()
        self.criterion(self.net(x), y).backward()
        self.optimizer.step()

    def train(self, order):
        for x, y in self.batches(order):
            self.step(x, y)

    def weights(self):
        return weights_of(self.net)

    def predictor(self):
        self.start()
        predict = self.compiled(self.probabilities)

        @torch.inference_mode()
        def call(x):
            return predict(torch.from_numpy(x)).numpy()

        return call

    def probabilities(self, x):
        return torch.softmax(self.net(x), dim=1)

    @staticmethod
    def compiled(function):
        return function


class Loader(Eager):
    """Batches come from a DataLoader over a TensorDataset."""

    predicts, only_dense = False, True

    def loader(self, **sampling):
        return DataLoader(TensorDataset(self.x, self.y), self.task.of.batch, **sampling)

    def train(self, order):
        for rows in order:
            for x, y in self.loader(sampler=rows.tolist()):
                self.step(x, y)

    def run(self):
        loader = self.loader(shuffle=self.task.of.shuffled)
        for _ in range(self.task.of.epochs):
            for x, y in loader:
                self.step(x, y)


class ByHand(Tensors):
    """No autograd: the gradients written out, and a fused update of one flat vector."""

    def start(self):
        first = self.task.first
        self.theta = torch.from_numpy(np.concatenate([each.ravel() for each in first]))
        self.g, self.m, self.v = (torch.zeros_like(self.theta) for _ in range(3))
        parts, slopes = self.parts(self.theta), self.parts(self.g)
        self.W, self.b, self.dW, self.db = parts[::2], parts[1::2], slopes[::2], slopes[1::2]
        self.count = torch.zeros(())
        self.update = getattr(self, self.task.of.optimizer)

    def parts(self, vector):
        pieces = vector.split([each.size for each in self.task.first])
        return [part.view(each.shape) for part, each in zip(pieces, self.task.first, strict=True)]

    @torch.no_grad()
    def train(self, order):
        for x, y in self.batches(order):
            self.step(x, y)

    def step(self, x, y):
        A = [x]
        for W, b in zip(self.W, self.b, strict=True):
            Z = torch.addmm(b, A[-1], W)
            A.append(Z if W is self.W[-1] else self.activated(Z))
        dZ = self.residual(A.pop(), y)
        for k in range(len(self.W) - 1, -1, -1):
            torch.mm(A[k].t(), dZ, out=self.dW[k])
            torch.sum(dZ, 0, out=self.db[k])
            if k:
                dZ = self.sloped(torch.mm(dZ, self.W[k].t()), A[k])
        self.update()

    def activated(self, Z):
        return getattr(Z, f"{self.task.of.hidden}_")()

    def sloped(self, dA, A):
        """dA ⊙ f′, by the kernels that autograd would call."""
        hidden = self.task.of.hidden
        if hidden == "relu":
            return torch.ops.aten.threshold_backward(dA, A, 0)
        return getattr(torch.ops.aten, f"{hidden}_backward")(dA, A)

    def residual(self, Z, y):
        if self.task.of.binary:
            return torch.sigmoid_(Z).sub_(y).div_(len(y))
        P = torch.softmax(Z, 1)
        P[torch.arange(len(y)), y] -= 1
        return P.div_(len(y))

    def sgd(self):
        self.theta.add_(self.g, alpha=-self.task.of.rate)

    def rmsprop(self):
        self.v.mul_(0.9).addcmul_(self.g, self.g, value=0.1)
        root = self.v.sqrt().add_(EPSILON["rmsprop"])
        self.theta.addcdiv_(self.g, root, value=-self.task.of.rate)

    def adam(self):
        self.count += 1
        torch._fused_adam_(
            [self.theta], [self.g], [self.m], [self.v], [], [self.count], lr=self.task.of.rate,
            beta1=0.9, beta2=0.999, weight_decay=0.0, eps=EPSILON["adam"], amsgrad=False,
            maximize=False,
        )  # fmt: skip

    def weights(self):
        return [part.numpy() for pair in zip(self.W, self.b, strict=True) for part in pair]


class Compiled(Tensors):
    """Forward, gradient and update in one compiled graph."""

    compiles = True

    def __init__(self, task, threads):
        super().__init__(task, threads)
        self.compiled_step = torch.compile(self.whole_step, dynamic=False)

    def start(self):
        self.theta = [torch.tensor(each) for each in self.task.first]
        self.m, self.v = ([torch.zeros_like(each) for each in self.theta] for _ in range(2))
        self.count = torch.zeros(())

    def loss(self, theta, x, y):
        A, activation = x, ACTIVATIONS[self.task.of.hidden]
        for k in range(0, len(theta), 2):
            A = torch.addmm(theta[k + 1], activation(A) if k else A, theta[k])
        return self.criterion(A, y)

    def whole_step(self, theta, m, v, count, x, y):
        g = torch.func.grad(self.loss)(theta, x, y)
        count += 1
        rate, optimizer = self.task.of.rate, self.task.of.optimizer
        for t, d, m1, v1 in zip(theta, g, m, v, strict=True):
            if optimizer == "sgd":
                t -= rate * d
            elif optimizer == "rmsprop":
                v1.mul_(0.9).add_(0.1 * d * d)
                t -= rate * d / (v1.sqrt() + EPSILON["rmsprop"])
            else:
                m1.mul_(0.9).add_(0.1 * d)
                v1.mul_(0.999).add_(0.001 * d * d)
                root = (v1 / (1 - 0.999**count)).sqrt() + EPSILON["adam"]
                t -= rate / (1 - 0.9**count) * m1 / root

    @torch.no_grad()
    def train(self, order):
        step, theta, m, v, count = self.compiled_step, self.theta, self.m, self.v, self.count
        for x, y in self.batches(order):
            step(theta, m, v, count, x, y)

    def weights(self):
        return [each.numpy() for each in self.theta]


class CompiledPrediction(Eager):
    """The same network, compiled, for prediction alone."""

    trains, only_dense, compiles = False, True, True

    @staticmethod
    def compiled(function):
        return torch.compile(function, dynamic=False)


def version():
    return torch.__version__


PEERS = {
    "PyTorch eager": Eager,
    "PyTorch DataLoader": Loader,
    "PyTorch compiled": Compiled,
    "PyTorch by hand": ByHand,
    "PyTorch compiled predict": CompiledPrediction,
}
