"""Fashion-MNIST: 60,000 pictures of clothes to train on and 10,000 to test, 28×28, 0 to 255.

By Han Xiao, Kashif Rasul and Roland Vollgraf, Zalando Research.
"""

from __future__ import annotations

from .images import ImageSet, Part

class_names = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

SOURCE = ImageSet(
    "fashion_mnist",
    {
        "train-images-idx3-ubyte.gz": "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "md5:25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "md5:bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "md5:bb300cfdad3c16e7a12a480ee83cd310",
    },
    (
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
)


def load_data() -> tuple[Part, Part]:
    """`(x_train, y_train), (x_test, y_test)` as uint8."""
    return SOURCE.load()
