"""Text of others in messages: shown, short, and without orders to a terminal."""

from __future__ import annotations

import errno
import zipfile

import pytest

from pellucid.foreign import LONGEST, LONGEST_NAME, brief, check_name, quoted, refusal, visible
from pellucid.reading import DamagedFileError, path_of, reading


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("größe ≤ 3 名前 🙂", "größe ≤ 3 名前 🙂"),
        ("\x1b[2J\x07", r"\x1b[2J\x07"),
        ("\x9b31m\x7f", r"\x9b31m\x7f"),
        ("a\n\r\tb", r"a\n\r\tb"),
        ("\u202eabc\u2066\u200f\ufeff", r"\u202eabc\u2066\u200f\ufeff"),
        ("\u2028\u2029\ud800", r"\u2028\u2029\ud800"),
        ("\U000e0001", r"\U000e0001"),
    ],
)
def test_letters_without_a_shape_are_spelt(text, shown):
    assert visible(text) == shown
    assert visible(shown) == shown


@pytest.mark.parametrize("letter", ["x", "\x1b", "\U000e0001", "'"])
@pytest.mark.parametrize("count", [0, 1, LONGEST_NAME, LONGEST, LONGEST + 1, 10**6])
def test_long_text_loses_its_middle(letter, count):
    text = "<" + letter * count + ">"
    for shown, most in ((brief(text), LONGEST), (quoted(text), LONGEST_NAME + 2)):
        assert len(shown) <= most
        assert shown.isprintable()
        assert shown.strip("'\"").startswith("<")
        assert shown.strip("'\"").endswith(">")
    assert len(refusal(text, text, "Do something else")) <= 1000


@pytest.mark.parametrize("name", ["", "dense", "größe", "<b>", "a b", None])
def test_names_that_can_be_printed(name):
    check_name(name, "layer")


@pytest.mark.parametrize("name", ["\x1b[31m", "a\nb", "\u202e", 5, ["a"]])
def test_names_that_cannot(name):
    with pytest.raises(ValueError, match=r"a layer is called .*expected text"):
        check_name(name, "layer")


@pytest.mark.parametrize(
    "fault", [ValueError("odd"), KeyError("k"), MemoryError(), zipfile.BadZipFile("no"),
              RecursionError("deep"), OSError("decoded wrongly"), OSError(errno.EINVAL, "seek")]
)  # fmt: skip
def test_what_decoders_say_is_one_sentence(fault):
    sentence = pytest.raises(DamagedFileError, match=r"^a\.zip is damaged: .*\. Take another$")
    with sentence, reading("a.zip", "is damaged", "Take another"):
        raise fault


@pytest.mark.parametrize(
    "fault", [OSError(errno.EIO, "the disk"), PermissionError(errno.EACCES, "no"), AssertionError(),
              KeyboardInterrupt(), AttributeError("ours"), DamagedFileError("said already")]
)  # fmt: skip
def test_what_is_no_decoders_fault_stays_what_it_is(fault):
    with pytest.raises(type(fault)) as caught, reading("a.zip", "is damaged", "Take another"):
        raise fault
    assert caught.value is fault


@pytest.mark.parametrize("name", ["x" * 5000, "~nobody-of-this-name/x"])
def test_what_can_be_no_name_of_a_file_is_no_file(name):
    with pytest.raises(FileNotFoundError, match="there is no file or folder") as caught:
        path_of(name)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1000
