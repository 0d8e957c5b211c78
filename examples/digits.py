"""Train on the bundled digits, and report how well each digit is told from the others."""

import numpy as np

import pellucid
from pellucid import callbacks, datasets, layers, models


def network() -> models.Sequential:
    return models.Sequential([
        layers.Rescaling(1 / 16, input_shape=(8, 8)),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip


def report(truth: np.ndarray, guess: np.ndarray) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("digit", "images", "found", "mistaken for", title="held-out digits")
    for digit in range(10):
        given = guess[truth == digit]
        wrong = ", ".join(str(each) for each in sorted(set(given[given != digit].tolist())))
        table.add_row(str(digit), str(len(given)), f"{(given == digit).mean():.1%}", wrong)
    Console().print(table)
    print(f"accuracy on {len(truth)} held-out images: {(guess == truth).mean():.2%}")


def main() -> None:
    pellucid.set_random_seed(0)
    (x_train, y_train), (x_test, y_test) = datasets.digits.load_data()
    net = network()
    net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    net.summary()
    stop = callbacks.EarlyStopping(patience=10)
    net.fit(x_train, y_train, epochs=60, validation_split=0.1, callbacks=[stop])
    report(y_test, net.predict(x_test).argmax(axis=-1))


if __name__ == "__main__":
    main()
