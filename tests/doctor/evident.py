"""Programs in which faults show otherwise than in the examples of their checks, and sound ones."""

from __future__ import annotations

NUMBERS = """
net = Sequential([layers.Dense(24, "tanh", input_shape=(3,)), layers.Dense(1{last})])
net.compile(optimizers.Adam({rate}), {loss})
x = rng.normal(size=(500, 3))
y = x[:, 0] - np.sin(2 * x[:, 1]) + 0.1 * rng.normal(size=500)
fit = {{"epochs": 20}}
"""
CLASSES = """
net = Sequential([layers.Dense(24, "relu", input_shape=(5,)), layers.Dense({units}, "softmax")])
net.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
x, y = clusters(600, 5, {units}, apart=1.5)
fit = {{"epochs": 20}}
"""
PARTS = """
held = slice(400, None)
fit["validation_data"] = (x[held]{of_x}, {of_y}y[held])
x, y = x[:400], y[:400]
"""
FEW = """
net = Sequential([layers.Dense(24, "relu", input_shape=(3,)), layers.Dense(1)])
net.compile(optimizers.SGD(0.02), "mse")
x[:, 2] = rng.integers(0, 4, 500)
x[rng.random(500) < 0.02, 2] = -9999
"""
COPIES = """
x, y = np.round(x[:200]).repeat(2, 0), y[:200].repeat(2)
y[::2] = (y[::2] + 1) % 3
"""


def numbers(then="", rate=0.01, loss='"mse"', last=""):
    return NUMBERS.format(rate=rate, loss=loss, last=last) + then


def classes(then="", units=3):
    return CLASSES.format(units=units) + then


#: a program, and the code of what stands first among the findings of that check
SEEN = {
    "a rate that a callback raises": (
        numbers('fit["callbacks"] = [callbacks.LearningRateScheduler(lambda e, r: 2.5 * r)]'),
        "PL401",
    ),
    "a rate that a schedule raises": (
        numbers(rate="schedules.ExponentialDecay(0.001, 20, 2.0)"),
        "PL401",
    ),
    "a warm-up longer than the training": (
        numbers(rate="schedules.WarmUp(0.01, 50000)"),
        "PL415",
    ),
    "a hinge of outputs above 0": (
        numbers("y = np.where(y > 0, 1, -1)", loss='"hinge"', last=', "sigmoid"'),
        "PL106",
    ),
    "the logarithm of outputs below 0": (
        numbers("y = rng.poisson(np.exp(0.5 * y)) * 1.0", loss='"poisson"'),
        "PL101",
    ),
    "the same in a loss of one's own": (
        numbers("y = np.exp(y)", loss="lambda t, p: p - t * ops.log(p)"),
        "PL101",
    ),
    "a target that stands for none": (
        numbers("y[rng.random(500) < 0.08] = -999"),
        "PL212",
    ),
    "a few numbers for none, among few others": (
        numbers(FEW),
        "PL212",
    ),
    "outputs that start far from the targets": (
        numbers(last=", bias_initializer=initializers.Constant(60.0)"),
        "PL308",
    ),
    "a scaled number of the row": (
        classes("x[:, 4] = np.linspace(-1.7, 1.7, 600)"),
        "PL213",
    ),
    "copies with other labels": (classes(COPIES), "PL216"),
    "fewer rows than columns": (
        classes("x, y = x[:42], y[:42]; x = rng.normal(size=(42, 90)); "
                "net = Sequential([layers.Dense(64, 'relu'), layers.Dense(3, 'softmax')]); "
                "net.compile('adam', 'sparse_categorical_crossentropy')"),
        "PL224",
    ),
    "classes numbered otherwise in the validation data": (
        classes(PARTS.format(of_x="", of_y="2 - ")),
        "PL220",
    ),
    "columns in another order there": (
        numbers(PARTS.format(of_x="[:, [2, 1, 0]]", of_y="")),
        "PL220",
    ),
    "targets in another unit there": (
        numbers(PARTS.format(of_x="", of_y="5 + 3 * ")),
        "PL220",
    ),
    "steps that are cut off": (
        "net = Sequential([layers.Cropping1D((6, 0), input_shape=(9, 1)), layers.Flatten(), "
        "layers.Dense(16, 'relu'), layers.Dense(1)]);"
        "net.compile(optimizers.Adam(0.01), 'mse'); x = rng.normal(size=(400, 9, 1));"
        "y = x[:, 1, 0] + x[:, 8, 0]; fit = {'epochs': 20}",
        "PL315",
    ),
    "values that fade through many layers": (
        "net = Sequential([layers.Dense(12, 'relu', input_shape=(5,))] + "
        "[layers.Dense(12, 'relu') for _ in range(15)] + [layers.Dense(3, 'softmax')]);"
        "net.compile(optimizers.SGD(0.03), 'sparse_categorical_crossentropy');"
        "x, y = clusters(300, 5, 3); fit = {'epochs': 15}",
        "PL306",
    ),
    "a softmax in every hidden layer": (
        "net = Sequential([layers.Dense(3, 'softmax', input_shape=(5,)), "
        "layers.Dense(3, 'softmax'), layers.Dense(3, 'softmax')]);"
        "net.compile(optimizers.SGD(0.05), 'sparse_categorical_crossentropy');"
        "x, y = clusters(300, 5, 3); fit = {'epochs': 15}",
        "PL318",
    ),
}  # fmt: skip
SEQUENCES = """
net = Sequential([layers.{kind}, layers.Dense(1, "sigmoid")])
net.compile(optimizers.Adam(0.01), "binary_crossentropy")
x, y = 0.3 * rng.normal(size=(500, {steps}, 1)), rng.integers(0, 2, 500)
x[:, 0, 0] += 2 * y - 1
fit = {{"epochs": 12}}
"""
STOPS = """
class Enough(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = logs["loss"] < {least}
fit["callbacks"] = [Enough()]
"""
SEEN |= {
    "a callback of one's own that ends it": (numbers(STOPS.format(least=9.0), 0.003), "PL416"),
    "a training that begins at its end": (numbers('fit["initial_epoch"] = 19'), "PL413"),
    "a sign turned about, in one number for all rows": (
        numbers(loss="lambda t, p: -ops.mean(ops.square(t - p))"),
        "PL120",
    ),
    "softmax over numbers that do not add up to 1": (
        "net = Sequential([layers.Dense(24, 'tanh'), layers.Dense(2, 'softmax')]);"
        "net.compile(optimizers.Adam(0.01), 'mse'); x = rng.random((500, 3));"
        "y = x[:, :2] * x[:, 1:]; fit = {'epochs': 20}",
        "PL106",
    ),
    "a recurrent layer that is the output": (
        "net = Sequential([layers.GRU(8, return_sequences=True), layers.GRU(1)]);"
        "net.compile(optimizers.Adam(0.01), 'mse'); x = rng.normal(size=(500, 6, 1));"
        "y = 3 * x[:, -1, 0]; fit = {'epochs': 20}",
        "PL106",
    ),
    "scores of length 1": (
        classes("net = Sequential([layers.Dense(16, 'relu'), layers.Dense(3), "
                "layers.UnitNormalization(), layers.Softmax()]);"
                "net.compile(optimizers.Adam(0.01), 'sparse_categorical_crossentropy')"),
        "PL310",
    ),
    "rectifiers from 6 on": (
        classes("net = Sequential([layers.Dense(16), layers.ReLU(threshold=6.0), "
                "layers.Dense(3, 'softmax')]);"
                "net.compile(optimizers.Adam(0.01), 'sparse_categorical_crossentropy')"),
        "PL304",
    ),
    "a weight of next to nothing for one loss": (
        "first = layers.Input((4,)); inside = layers.Dense(16, 'relu')(first);"
        "net = Model(first, [layers.Dense(1, name=each)(inside) for each in 'ab']);"
        "net.compile(optimizers.Adam(0.01), 'mse', loss_weights=[1.0, 1e-6]);"
        "x = rng.normal(size=(500, 4)); y = [x[:, 0] - x[:, 1], x[:, 2] + np.abs(x[:, 3])];"
        "fit = {'epochs': 20}",
        "PL121",
    ),
    "tables of one number": (
        "a, b = layers.Input((1,), dtype='int64'), layers.Input((1,), dtype='int64');"
        "p, q = layers.Embedding(20, 1)(a), layers.Embedding(20, 1)(b);"
        "both = layers.Flatten()(layers.Multiply()([p, q]));"
        "net = Model([a, b], layers.Dense(1)(both)); net.compile(optimizers.Adam(0.03), 'mse');"
        "m, n = rng.normal(size=(2, 20, 3)); x = [rng.integers(0, 20, (1500, 1)) for _ in '01'];"
        "y = (m[x[0][:, 0]] * n[x[1][:, 0]]).sum(1); fit = {'epochs': 30}",
        "PL313",
    ),
    "scaled numbers of categories": (
        numbers("k = rng.integers(0, 16, 500); x[:, 2] = (k - 7.5) / 4.6;"
                "y = rng.normal(size=16)[k] + 0.3 * x[:, 0]"),
        "PL214",
    ),
    "units of a recurrent layer that are one": (
        SEQUENCES.format(kind="GRU(8, kernel_initializer='ones', recurrent_initializer='zeros')",
                         steps=5).replace('"sigmoid")', '"sigmoid", kernel_initializer="zeros")')
        + "y = (x[:, 1, 0] * x[:, 4, 0] > 0).astype(int); x *= 4; fit['epochs'] = 40",
        "PL301",
    ),
    "gates that start by forgetting": (
        SEQUENCES.format(kind="LSTM(8, bias_initializer=initializers.Constant(-9.0), "
                         "unit_forget_bias=False)", steps=14),
        "PL417",
    ),
    "labels of which a rate learns none": (
        "net = Sequential([layers.Dense(24, 'relu'), layers.Dense(3, 'sigmoid')]);"
        "net.compile(optimizers.Ftrl(0.001), 'binary_crossentropy'); x = rng.normal(size=(500, 4));"
        "y = (x[:, :3] + 0.5 * x[:, 1:] > 0).astype(int); fit = {'epochs': 20}",
        "PL402",
    ),
}  # fmt: skip
SEEN |= {
    "a window that reaches into what is to be told": (
        numbers("x = np.stack([y[at : at + 400] for at in range(9)], 1)[..., None];"
                "y = y[8:408]; net = Sequential([layers.Flatten(), layers.Dense(1)]);"
                "net.compile('adam', 'mse')"),
        "PL215",
    ),
    "a column that is the target but for errors": (
        classes("y = rng.integers(0, 2, 600);"
                "x[:, 4] = np.where(np.arange(600) % 60 == 0, 1 - y, y)", units=2),
        "PL215",
    ),
    "an input that is multiplied by 0": (
        "a, b = layers.Input((3,)), layers.Input((3,));"
        "off = layers.Rescaling(0.0)(layers.Dense(8, 'relu')(b));"
        "end = layers.Dense(16, 'relu')(layers.Concatenate()([layers.Dense(8, 'relu')(a), off]));"
        "net = Model([a, b], layers.Dense(1)(end)); net.compile(optimizers.Adam(0.01), 'mse');"
        "x = list(rng.normal(size=(2, 500, 3))); y = (x[0] * x[1]).sum(1) + x[1][:, 0];"
        "fit = {'epochs': 20}",
        "PL315",
    ),
    "an input in other units": (
        "a, b = layers.Input((3,)), layers.Input((1,));"
        "inside = layers.Dense(16, 'relu')(layers.Concatenate()([a, b]));"
        "net = Model([a, b], layers.Dense(1)(inside)); net.compile(optimizers.Adam(0.01), 'mse');"
        "x = [rng.normal(size=(500, 3)), 3e4 * rng.normal(size=(500, 1))];"
        "y = x[0][:, 0] - np.abs(x[0][:, 1]) + x[1][:, 0] / 3e4; fit = {'epochs': 20}",
        "PL208",
    ),
    "the first step that is taken for the last": (
        SEQUENCES.format(kind="GRU(8, return_sequences=True), layers.Lambda(lambda x: x[:, 0])",
                         steps=6) + "x = x[:, ::-1].copy()",
        "PL315",
    ),
    "a network within that is frozen as it was drawn": (
        "within = Sequential([layers.Dense(3, 'relu', input_shape=(64,))]); "
        "within.trainable = False; net = Sequential([within, layers.Dense(10, 'softmax')]);"
        "net.compile(optimizers.Adam(0.01), 'sparse_categorical_crossentropy');"
        "x, y = digits(500); fit = {'epochs': 20}",
        "PL122",
    ),
}  # fmt: skip
#: a program that has nothing of it
WELL = {
    "the last step of all": (
        SEQUENCES.format(kind="GRU(8, return_sequences=True), layers.Lambda(lambda x: x[:, -1])",
                         steps=6),
        "PL315",
    ),
    "a window up to what is to be told": (
        numbers("x = np.stack([y[at : at + 400] for at in range(8)], 1)[..., None];"
                "y = y[8:408]; net = Sequential([layers.Flatten(), layers.Dense(1)]);"
                "net.compile('adam', 'mse')"),
        "PL215",
    ),
    "a callback of one's own that never ends it": (numbers(STOPS.format(least=-1.0)), "PL416"),
    "a softmax over shares": (
        "net = Sequential([layers.Dense(24, 'tanh'), layers.Dense(2, 'softmax')]);"
        "net.compile(optimizers.Adam(0.01), 'mse'); x = rng.random((500, 3));"
        "y = np.stack([x[:, 0], 1 - x[:, 0]], 1); fit = {'epochs': 20}",
        "PL106",
    ),
    "quantities in even steps": (
        numbers("k = rng.integers(0, 16, 500); x[:, 2] = (k - 7.5) / 4.6; y += x[:, 2]"),
        "PL214",
    ),
    "gates that are open": (SEQUENCES.format(kind="LSTM(8)", steps=14), "PL417"),
    "a categorical hinge of scores": (
        classes("y = np.eye(3)[y]; net = Sequential([layers.Dense(16, 'relu'), layers.Dense(3)]); "
                "net.compile(optimizers.Adam(0.01), 'categorical_hinge')"),
        "PL101",
    ),
    "a column of even steps that the others follow": (
        numbers("x[:, 0] = np.linspace(-2, 2, 500); x[:, 1] = x[:, 0] ** 2"),
        "PL213",
    ),
    "a callback that turns the rate down at the end": (
        numbers('fit["callbacks"] = [callbacks.LearningRateScheduler(lambda e, r: 0.9 * r)]'),
        "PL401",
    ),
    "validation data that are alike": (classes(PARTS.format(of_x="", of_y="")), "PL220"),
    "few distinct rows that differ by chance": (
        classes("x = rng.integers(0, 3, (600, 3)) * 1.0; x = np.column_stack([x, x[:, :2] * 1.0])"),
        "PL216",
    ),
    "classes that overlap": (
        classes("x, y = clusters(600, 5, 3, apart=0.5)"),
        "PL223",
    ),
}  # fmt: skip
