"""The network of the readable executor's benchmark, written by hand in tuned, in-place NumPy."""

from __future__ import annotations

import numpy as np


class ByHand:
    """784-128-64-10, ReLU, softmax and cross-entropy, Adam: every array is made once."""

    def __init__(self, weights: list[np.ndarray], batch: int):
        sizes = [weight.size for weight in weights]
        self.theta = np.concatenate([weight.ravel() for weight in weights])
        self.g, self.m, self.v, self.t1, self.t2 = (np.zeros_like(self.theta) for _ in range(5))
        self.W1, self.b1, self.W2, self.b2, self.W3, self.b3 = self.parts(self.theta, weights, sizes)
        self.dW1, self.db1, self.dW2, self.db2, self.dW3, self.db3 = self.parts(
            self.g, weights, sizes
        )
        f = np.float32
        self.X = np.empty((batch, 784), f)
        self.A1, self.D1, self.M1 = (np.empty((batch, 128), k) for k in (f, f, bool))
        self.A2, self.D2, self.M2 = (np.empty((batch, 64), k) for k in (f, f, bool))
        self.P, self.row = np.empty((batch, 10), f), np.empty((batch, 1), f)
        self.index = np.arange(batch)
        self.step = 0

    @staticmethod
    def parts(vector, weights, sizes):
        pieces = np.split(vector, np.cumsum(sizes)[:-1])
        return [piece.reshape(weight.shape) for piece, weight in zip(pieces, weights, strict=True)]

    def epoch(self, X, y, order, batch, rate=1e-3):
        """One epoch; gives the mean loss."""
        total = 0.0
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            np.take(X, rows, axis=0, out=self.X, mode="clip")
            total += self.train(self.X, y[rows], rate) * len(rows)
        return total / len(order)

    def train(self, X, y, rate):
        n = len(X)
        np.matmul(X, self.W1, out=self.A1)
        self.A1 += self.b1
        np.maximum(self.A1, 0, out=self.A1)
        np.matmul(self.A1, self.W2, out=self.A2)
        self.A2 += self.b2
        np.maximum(self.A2, 0, out=self.A2)
        P = self.P
        np.matmul(self.A2, self.W3, out=P)
        P += self.b3
        np.max(P, axis=1, keepdims=True, out=self.row)
        P -= self.row
        likely = P[self.index, y].copy()
        np.exp(P, out=P)
        np.sum(P, axis=1, keepdims=True, out=self.row)
        loss = float((np.log(self.row[:, 0]) - likely).mean())
        P /= self.row
        P[self.index, y] -= 1
        P /= n
        self.backward(X, P)
        self.adam(rate)
        return loss

    def backward(self, X, dZ3):
        np.matmul(self.A2.T, dZ3, out=self.dW3)
        np.sum(dZ3, axis=0, out=self.db3)
        np.matmul(dZ3, self.W3.T, out=self.D2)
        np.greater(self.A2, 0, out=self.M2)
        self.D2 *= self.M2
        np.matmul(self.A1.T, self.D2, out=self.dW2)
        np.sum(self.D2, axis=0, out=self.db2)
        np.matmul(self.D2, self.W2.T, out=self.D1)
        np.greater(self.A1, 0, out=self.M1)
        self.D1 *= self.M1
        np.matmul(X.T, self.D1, out=self.dW1)
        np.sum(self.D1, axis=0, out=self.db1)

    def adam(self, rate, beta1=0.9, beta2=0.999, epsilon=1e-7):
        self.step += 1
        g, m, v, t1, t2 = self.g, self.m, self.v, self.t1, self.t2
        m *= beta1
        np.multiply(g, 1 - beta1, out=t1)
        m += t1
        v *= beta2
        np.multiply(g, g, out=t1)
        t1 *= 1 - beta2
        v += t1
        np.multiply(v, 1 / (1 - beta2**self.step), out=t1)
        np.sqrt(t1, out=t1)
        t1 += epsilon
        np.divide(m, t1, out=t2)
        t2 *= rate / (1 - beta1**self.step)
        self.theta -= t2
