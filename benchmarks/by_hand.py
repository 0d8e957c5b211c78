"""Dense networks written by hand in tuned, in-place NumPy: every array is made once."""

from __future__ import annotations

import numpy as np


class ByHand:
    """Z = A·W + b, layer by layer; softmax or sigmoid with its cross-entropy; dZ = (P − Y)/n.

    All parameters are views of one vector θ, so that an optimizer's step is a few passes over it.
    """

    def __init__(self, weights, batch, hidden="relu", optimizer="adam", rate=1e-3, epsilon=1e-7):
        self.theta = np.concatenate([weight.ravel() for weight in weights])
        self.g, self.m, self.v, self.t1, self.t2 = (np.zeros_like(self.theta) for _ in range(5))
        parts, slopes = self.parts(self.theta, weights), self.parts(self.g, weights)
        self.W, self.b = parts[::2], parts[1::2]
        self.dW, self.db = slopes[::2], slopes[1::2]
        self.hidden, self.slope = ACTIVATIONS[hidden]
        self.optimize = getattr(self, optimizer)
        self.batch, self.rate, self.epsilon, self.step = batch, rate, epsilon, 0
        self.rooms: dict[int, Room] = {}

    @staticmethod
    def parts(vector, weights):
        pieces = np.split(vector, np.cumsum([weight.size for weight in weights])[:-1])
        return [piece.reshape(weight.shape) for piece, weight in zip(pieces, weights, strict=True)]

    def weights(self):
        return [part for pair in zip(self.W, self.b, strict=True) for part in pair]

    def room(self, n):
        if n not in self.rooms:
            self.rooms[n] = Room(n, self.W)
        return self.rooms[n]

    def epoch(self, X, y, order=None):
        """One epoch over the rows that `order` names, or over all as they stand: the mean loss."""
        total, rows = 0.0, len(X) if order is None else len(order)
        for start in range(0, rows, self.batch):
            stop = min(start + self.batch, rows)
            room = self.room(stop - start)
            if order is None:
                batch, labels = X[start:stop], y[start:stop]
            else:
                batch, labels = room.X, y[order[start:stop]]
                np.take(X, order[start:stop], axis=0, out=batch, mode="clip")
            total += self.train(batch, labels, room) * (stop - start)
        return total / rows

    def train(self, X, y, room):
        loss = self.loss(self.forward(X, room), y, room)
        self.backward(X, room)
        self.step += 1
        self.optimize()
        return loss

    def forward(self, X, room):
        """The output layer's Z; room.A keeps the activations before it."""
        A, last = X, len(self.W) - 1
        for k, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
            Z = np.matmul(A, W, out=room.A[k])
            Z += b
            A = Z if k == last else self.hidden(Z)
        return A

    def loss(self, Z, y, room):
        """The mean loss; Z becomes dZ."""
        loss = (binary if Z.shape[1] == 1 else classes)(Z, y, room)
        Z /= len(Z)
        return loss

    def predict(self, X):
        room = self.room(len(X))
        Z = self.forward(X, room)
        return sigmoid(Z) if Z.shape[1] == 1 else softmax(Z, room)

    def backward(self, X, room):
        dZ = room.A[-1]
        for k in range(len(self.W) - 1, -1, -1):
            before = room.A[k - 1] if k else X
            np.matmul(before.T, dZ, out=self.dW[k])
            np.sum(dZ, axis=0, out=self.db[k])
            if k:
                dZ = np.matmul(dZ, self.W[k].T, out=room.D[k - 1])
                self.slope(before, dZ, room.T[k - 1])

    def sgd(self):
        np.multiply(self.g, self.rate, out=self.t1)
        self.theta -= self.t1

    def rmsprop(self, rho=0.9):
        g, v, t1, t2 = self.g, self.v, self.t1, self.t2
        v *= rho
        np.multiply(g, g, out=t1)
        t1 *= 1 - rho
        v += t1
        np.add(v, self.epsilon**2, out=t1)
        np.sqrt(t1, out=t1)
        np.divide(g, t1, out=t2)
        t2 *= self.rate
        self.theta -= t2

    def adam(self, beta1=0.9, beta2=0.999):
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
        t1 += self.epsilon
        np.divide(m, t1, out=t2)
        t2 *= self.rate / (1 - beta1**self.step)
        self.theta -= t2


class Room:
    """The arrays of a step on n rows: activations, their gradients, and room for a slope."""

    def __init__(self, n, weights):
        f, widths = np.float32, [W.shape[1] for W in weights]
        self.X = np.empty((n, weights[0].shape[0]), f)
        self.A, self.D, self.T = ([np.empty((n, w), f) for w in widths] for _ in range(3))
        self.row, self.index = np.empty((n, 1), f), np.arange(n)


def classes(Z, y, room):
    """Softmax and cross-entropy: Z becomes P − Y."""
    np.max(Z, axis=1, keepdims=True, out=room.row)
    Z -= room.row
    likely = Z[room.index, y].copy()
    np.exp(Z, out=Z)
    np.sum(Z, axis=1, keepdims=True, out=room.row)
    Z /= room.row
    Z[room.index, y] -= 1
    return float((np.log(room.row[:, 0]) - likely).mean())


def binary(Z, y, room):
    """Sigmoid and cross-entropy: Z becomes P − Y."""
    z = Z[:, 0]
    loss = float((np.logaddexp(0, z) - y * z).mean())
    sigmoid(Z)
    z -= y
    return loss


def softmax(Z, room):
    np.max(Z, axis=1, keepdims=True, out=room.row)
    Z -= room.row
    np.exp(Z, out=Z)
    np.sum(Z, axis=1, keepdims=True, out=room.row)
    Z /= room.row
    return Z


def relu(Z):
    return np.maximum(Z, 0, out=Z)


def relu_slope(A, dA, T):
    np.greater(A, 0, out=T)
    dA *= T


def sigmoid(Z):
    np.negative(Z, out=Z)
    np.exp(Z, out=Z)
    Z += 1
    return np.reciprocal(Z, out=Z)


def sigmoid_slope(A, dA, T):
    np.subtract(1, A, out=T)
    T *= A
    dA *= T


def tanh(Z):
    return np.tanh(Z, out=Z)


def tanh_slope(A, dA, T):
    np.multiply(A, A, out=T)
    np.subtract(1, T, out=T)
    dA *= T


ACTIVATIONS = {
    "relu": (relu, relu_slope),
    "sigmoid": (sigmoid, sigmoid_slope),
    "tanh": (tanh, tanh_slope),
}
