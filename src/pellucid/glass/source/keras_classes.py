"""Layers for the columns of a table as classes of Keras; a program holds those that it calls."""

from __future__ import annotations

BY_FEATURE = '''
def by_feature(x, weight, bias):
    """Σ x⊙w + b over the numbers of each feature, for every unit: its features stand together."""
    z = keras.ops.einsum("ndk,udk->nud", x, weight) + bias
    return keras.ops.reshape(z, (-1, bias.shape[0] * bias.shape[1]))
'''
SCALING = '''
class Scaling(layers.Layer):
    """A factor for each feature."""

    def build(self, shape):
        self.scale = self.add_weight(shape=shape[-1:], name="scale")

    def call(self, x):
        return x * self.scale
'''
PARAMETRIC = '''
class ParametricActivation(layers.Layer):
    """An activation, of which each unit has a part of its own."""

    def __init__(self, activation, **words):
        super().__init__(**words)
        self.activation = keras.activations.get(activation)

    def build(self, shape):
        self.alpha = self.add_weight(shape=shape[-1:], name="alpha")

    def call(self, x):
        return x + (self.activation(x) - x) * self.alpha
'''
PERIODIC = '''
class PeriodicEmbedding(layers.Layer):
    """Each feature as numbers made of waves, and the features themselves."""

    def __init__(self, units=4, frequencies=16, **words):
        super().__init__(**words)
        self.units, self.frequencies = units, frequencies

    def build(self, shape):
        waves, count = (shape[-1], self.frequencies), self.units - 1
        self.frequency = self.add_weight(shape=waves, name="frequency")
        self.phase = self.add_weight(shape=waves, name="phase")
        self.kernel = self.add_weight(shape=(count, *waves), name="kernel")
        self.bias = self.add_weight(shape=(count, shape[-1]), name="bias")

    def call(self, x):
        waves = keras.ops.cos(x[:, :, None] * (2 * np.pi) * self.frequency + self.phase)
        return keras.ops.concatenate([by_feature(waves, self.kernel, self.bias), x], axis=-1)
'''
PLR = '''
class PLREmbedding(layers.Layer):
    """Each feature as numbers made of waves, through an activation."""

    def __init__(self, units=24, frequencies=48, activation="relu", **words):
        super().__init__(**words)
        self.units, self.frequencies = units, frequencies
        self.activation = keras.activations.get(activation)

    def build(self, shape):
        self.frequency = self.add_weight(shape=(shape[-1], self.frequencies), name="frequency")
        size = (self.units, shape[-1], 2 * self.frequencies)
        self.kernel = self.add_weight(shape=size, name="kernel")
        self.bias = self.add_weight(shape=size[:2], name="bias")

    def call(self, x):
        waves = x[:, :, None] * (2 * np.pi) * self.frequency
        both = keras.ops.concatenate([keras.ops.cos(waves), keras.ops.sin(waves)], axis=-1)
        return self.activation(by_feature(both, self.kernel, self.bias))
'''
CLASSES = {
    "by_feature": BY_FEATURE,
    "Scaling": SCALING,
    "ParametricActivation": PARAMETRIC,
    "PeriodicEmbedding": PERIODIC,
    "PLREmbedding": PLR,
}
