"""Picture files: made light on dark, cut out and centred; folders by class."""

import gzip
import io
import os
import struct
import zlib

import numpy as np
import pytest

from pellucid import datasets, preprocessing
from pellucid.cli.choices import Choices
from pellucid.cli.training import train
from pellucid.preprocessing import Classes, PicturePreparation, as_digit, read_pictures
from pellucid.preprocessing.pictures import stages

Image = pytest.importorskip("PIL.Image")
DIGITS = PicturePreparation(Classes("class", ["0", "1"]), [28, 28], 255, 30.0, 70.0, True)


def stroke(height=60, width=80, top=5, left=50):
    """A light bar on a dark ground."""
    grey = np.zeros((height, width), np.uint8)
    grey[top : top + 40, left : left + 8] = 255
    return grey


def test_a_drawing_is_cut_out_scaled_and_centred():
    digit = as_digit(stroke())
    rows, columns = np.nonzero(digit)
    assert digit.shape == (28, 28)
    assert (rows.min(), rows.max()) == (4, 23)
    assert (columns.min(), columns.max()) == (12, 15)
    assert digit.max() == 255


def test_ink_ground_and_place_do_not_matter():
    expected = as_digit(stroke())
    np.testing.assert_array_equal(as_digit(255 - stroke()), expected)
    np.testing.assert_array_equal(as_digit(stroke(200, 300, 100, 20)), expected)
    np.testing.assert_array_equal(as_digit((200 - stroke() * 0.7).astype(np.uint8)), expected)


def test_the_digits_of_the_package_are_found_again():
    """Drawn large, on a wide ground, each comes back much as it was."""
    (pictures, _), _ = datasets.digits.load_data()
    alike = []
    for picture in pictures[:100]:
        large = Image.fromarray(picture * 15).resize((200, 200), Image.Resampling.BICUBIC)
        found = as_digit(np.pad(np.asarray(large), 40), 8)
        alike.append(np.corrcoef(found.ravel(), picture.ravel())[0, 1])
    assert np.median(alike) > 0.9


def test_steps_are_left_out_one_by_one():
    every = stages(stroke())
    assert [each.shape for each in every.values()] == [(60, 80), (40, 8), (20, 4), (28, 28)]
    shapes = {
        "light": [(60, 80), (40, 8), (20, 4)],
        "cut": [(60, 80), (60, 80), (15, 20)],
        "scaled": [(60, 80), (40, 8), (28, 6)],
        "centred": [(60, 80), (40, 8), (20, 4)],
    }
    for name, expected in shapes.items():
        assert [each.shape for each in stages(stroke(), left_out=[name]).values()][:3] == expected
    off = stages(np.triu(np.full((40, 40), 255, np.uint8)), left_out=["light"])["centred"]
    plain = stages(np.triu(np.full((40, 40), 255, np.uint8)), left_out=["light", "centred"])
    assert np.flatnonzero(plain["centred"].any(axis=0))[[0, -1]].tolist() == [4, 23]
    assert np.flatnonzero(off.any(axis=0))[0] != 4


def test_an_empty_picture_is_dark():
    assert not as_digit(np.full((9, 9), 200, np.uint8)).any()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1"])
def test_files_of_every_mode(tmp_path, mode):
    Image.fromarray(stroke()).convert(mode).save(tmp_path / "a.png")
    found = read_pictures([tmp_path / "a.png"], DIGITS)
    assert found.shape == (1, 28, 28)
    np.testing.assert_allclose(found[0], as_digit(stroke()), atol=16)


def test_transparent_ground(tmp_path):
    dark_ink = np.zeros((60, 80, 4), np.uint8)
    dark_ink[..., 3] = stroke()
    Image.fromarray(dark_ink).save(tmp_path / "a.png")
    np.testing.assert_array_equal(
        read_pictures([tmp_path / "a.png"], DIGITS)[0], as_digit(stroke())
    )


def test_what_is_no_picture(tmp_path):
    (tmp_path / "a.png").write_text("no")
    with pytest.raises(ValueError, match="is not a picture"):
        read_pictures([tmp_path / "a.png"], DIGITS)
    with pytest.raises(FileNotFoundError, match="there is no picture"):
        read_pictures([tmp_path / "b.png"], DIGITS)
    with pytest.raises(ValueError, match="trained on pictures of shape"):
        DIGITS.transform(np.zeros((2, 9, 9)))


def folder_of_pictures(folder):
    """Vertical and horizontal bars, of two sizes."""
    rng = np.random.default_rng(0)
    for at in range(160):
        grey = np.zeros((10, 10), np.uint8)
        place = rng.integers(0, 9)
        grey[:, place] = 255
        name = ("upright", "level")[at % 2]
        (folder / name).mkdir(parents=True, exist_ok=True)
        Image.fromarray(grey.T if at % 2 else grey).save(folder / name / f"{at}.png")
    Image.fromarray(np.zeros((20, 20), np.uint8)).save(folder / "level" / "large.png")


def test_a_folder_by_class_trains(tmp_path):
    folder_of_pictures(tmp_path / "bars")
    source = preprocessing.open_data(str(tmp_path / "bars"))
    assert source.train.x.shape == (161, 10, 10)
    run = train(Choices(data=str(tmp_path / "bars"), hidden="32", epochs=60))
    assert run.classes == ["level", "upright"]
    assert run.scores["accuracy"] > 0.8


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no pictures in subfolders"):
        preprocessing.open_data(str(tmp_path))


def test_idx_files_with_their_labels(tmp_path):
    images = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    head = struct.pack(">I3I", 0x00000803, 2, 3, 3)
    path = tmp_path / "few-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(head + images.tobytes()))
    with pytest.raises(FileNotFoundError, match="few-labels-idx1-ubyte"):
        preprocessing.open_data(str(path))
    labels = struct.pack(">II", 0x00000801, 2) + bytes([1, 0])
    (tmp_path / "few-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    source = preprocessing.open_data(str(path))
    np.testing.assert_array_equal(source.train.x, images)
    assert source.train.y.tolist() == [1, 0]


@pytest.mark.skipif("PELLUCID_DATA" not in os.environ, reason="needs MNIST in PELLUCID_DATA")
def test_drawn_digits(tmp_path):
    """Black on white and white on black, off-centre, small and large, PNG and JPEG."""
    matplotlib = pytest.importorskip("matplotlib")
    from PIL import ImageDraw, ImageFont

    run = train(Choices(data="mnist", epochs=3, batch_size=128))
    paths, digits = [], []
    for at in range(40):
        style, digit = divmod(at, 10)
        size = [(60, 60), (100, 140), (640, 480), (200, 200)][(digit + style) % 4]
        ink, ground = (0, 255) if (digit + style) % 2 else (255, 0)
        picture = Image.new("L", size, ground)
        name = ("DejaVuSans", "DejaVuSansMono", "DejaVuSans-Bold", "DejaVuSerif")[style]
        font = ImageFont.truetype(
            f"{matplotlib.get_data_path()}/fonts/ttf/{name}.ttf", min(size) // 2
        )
        corner = (size[0] * (0.1 if digit % 2 else 0.4), size[1] * 0.05)
        ImageDraw.Draw(picture).text(corner, str(digit), fill=ink, font=font)
        paths.append(tmp_path / f"{at}.{'png' if at % 2 else 'jpg'}")
        digits.append(digit)
        picture.save(paths[-1])
    pictures = read_pictures(paths, run.preparation)
    guess = run.net.predict(pictures).argmax(axis=1)
    assert (guess == digits).mean() >= 0.7  # printed fonts, by a net of written digits


def png(width, height):
    """A PNG of a few bytes that says it is so large."""
    page = io.BytesIO()
    Image.new("L", (1, 1)).save(page, "png")
    content = bytearray(page.getvalue())
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


@pytest.mark.parametrize(("width", "height"), [(8193, 8192), (20_000, 20_000), (2**31 - 1, 9)])
def test_a_picture_of_too_many_pixels_is_refused_by_its_header(width, height, tmp_path):
    path = tmp_path / "a" / "bomb.png"
    path.parent.mkdir()
    path.write_bytes(png(width, height))
    with pytest.raises(ValueError, match=r"bomb\.png .*pixels"):
        read_pictures([path], DIGITS)
    with pytest.raises(ValueError, match=r"bomb\.png .*pixels"):
        preprocessing.open_data(str(tmp_path))


@pytest.mark.parametrize("kind", ["eps", "tiff", "ppm", "pdf"])
def test_a_file_of_another_kind_is_no_picture_whatever_its_name(kind, tmp_path):
    path = tmp_path / "picture.png"
    Image.new("RGB", (4, 4)).save(path, kind)
    with pytest.raises(ValueError, match=r"picture\.png is not a picture"):
        read_pictures([path], DIGITS)


def test_a_large_drawing_is_the_digit_that_it_is_when_small(tmp_path):
    small = Image.new("L", (60, 60), 255)
    small.paste(0, (25, 10, 35, 50))
    small.save(tmp_path / "small.png")
    small.resize((6000, 6000), Image.Resampling.NEAREST).save(tmp_path / "large.png")
    one, other = read_pictures([tmp_path / "small.png", tmp_path / "large.png"], DIGITS)
    assert np.abs(one.astype(int) - other).max() <= 16
