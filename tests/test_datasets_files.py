"""IDX, .npz and CSV files: read whole, or refused by name."""

import contextlib
import gzip
import io
import itertools
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pellucid.datasets.files import DamagedFileError, read_csv, read_idx, read_npz

CODES = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}
ANY_ARRAY = st.sampled_from(sorted(CODES)).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=1, max_dims=4, min_side=0))
)
over_one_folder = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def idx_bytes(array):
    sizes = np.array(array.shape, ">u4").tobytes()
    code = bytes([0, 0, CODES[array.dtype.name], array.ndim])
    return code + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()


def npz_bytes(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def written(folder, content, name="data"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(read, path, words):
    with pytest.raises(DamagedFileError, match=words) as caught:
        read(path)
    assert str(path) in str(caught.value)


def read_or_refused(read, path):
    """Damage may pass unseen in the values themselves, but nothing else may be raised."""
    with contextlib.suppress(DamagedFileError):
        read(path)


@over_one_folder
@given(ANY_ARRAY, st.booleans())
def test_idx_gives_back_what_was_written(tmp_path, array, zipped):
    content = idx_bytes(array)
    found = read_idx(written(tmp_path, gzip.compress(content) if zipped else content))
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)
    assert found.flags.writeable or not found.size


@over_one_folder
@given(
    ANY_ARRAY,
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=3),
    st.integers(0, 200),
)
def test_a_damaged_idx_file_is_read_or_refused(tmp_path, array, zipped, changes, cut):
    content = bytearray(gzip.compress(idx_bytes(array)) if zipped else idx_bytes(array))
    for place, value in changes:
        content[place % len(content)] = value
    path = written(tmp_path, bytes(content[: len(content) - cut]))
    read_or_refused(read_idx, path)


IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not an IDX file"),
        (b"<html>", "not an IDX file"),
        (b"\0\0\x07\x01\0\0\0\0", "not an IDX file"),
        (b"\0\0\x08\x00", "header of 0 dimensions"),
        (b"\0\0\x08\x03\0\0\0\1", "header of 3 dimensions is cut short"),
        (idx_bytes(IMAGES)[:-1], "promises shape .*24 bytes, but 23 follow"),
        (idx_bytes(IMAGES) + b"0", "24 bytes, but more follow"),
        (b"\0\0\x08\x01\0\0\xff\xff123", "65,535 bytes, but 3 follow"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "more than the limit"),
        (gzip.compress(b"\0\0\x08\x03" + b"\xff" * 12, mtime=0), "more than the limit"),
        (gzip.compress(idx_bytes(IMAGES), mtime=0)[:-9], "EOFError|error"),
        (gzip.compress(idx_bytes(IMAGES), mtime=0)[:-8] + b"12345678", "CRC"),
        (b"\x1f\x8b\x08nonsense", "Error|error"),
    ],
)
def test_idx_files_that_are_refused(tmp_path, content, words):
    refused(read_idx, written(tmp_path, content), words)


def test_a_bomb_is_read_no_further_than_its_header_promises(tmp_path):
    header = idx_bytes(np.zeros(100, np.uint8))
    path = written(tmp_path, gzip.compress(header + bytes(50_000_000)))
    refused(read_idx, path, "100 bytes, but more follow")


def test_the_limit_can_be_chosen(tmp_path):
    path = written(tmp_path, idx_bytes(IMAGES))
    assert read_idx(path, limit=24).shape == IMAGES.shape
    refused(lambda path: read_idx(path, limit=23), path, "limit=24")


def test_a_missing_file_is_called_missing(tmp_path):
    for read in (read_idx, read_csv, lambda path: read_npz(path, ["x"])):
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "none")


@over_one_folder
@given(hnp.arrays(st.sampled_from(["uint8", ">i4", "float32"]), hnp.array_shapes(min_side=0)))
def test_npz_gives_back_what_was_written(tmp_path, array):
    columns = np.asfortranarray(array)
    path = written(tmp_path, npz_bytes(x=array, columns=columns))
    for found in read_npz(path, ["x", "columns"]):
        np.testing.assert_array_equal(found, array)


@over_one_folder
@given(
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=4), st.integers(0, 9)
)
def test_a_damaged_npz_file_is_read_or_refused(tmp_path, changes, cut):
    content = bytearray(npz_bytes(x=IMAGES, y=IMAGES))
    for place, value in changes:
        content[place % len(content)] = value
    path = written(tmp_path, bytes(content[: len(content) - cut]))
    read_or_refused(lambda path: read_npz(path, ["x", "y"]), path)


def npz_with_header(header):
    file, member = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(member, header)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.npy", member.getvalue() + b"1234")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"nonsense", "BadZipFile"),
        (npz_bytes(z=IMAGES), "no array 'x', only z"),
        (npz_bytes(x=np.array([{}], object)), "dtype object; expected numbers"),
        (npz_with_header({"shape": (1 << 40,), "fortran_order": False, "descr": "|u1"}), "limit"),
        (npz_with_header({"shape": (-1, 4), "fortran_order": False, "descr": "|u1"}), "4.. Delete"),
        (npz_with_header({"shape": (9,), "fortran_order": False, "descr": "|u1"}), "but 4 follow"),
    ],
)
def test_npz_files_that_are_refused(tmp_path, content, words):
    refused(lambda path: read_npz(path, ["x"]), written(tmp_path, content), words)


@pytest.mark.parametrize(
    "content",
    [
        "7,0,255\n1,3,4\n",
        "7,0,255\n\n1,3,4",
        "label,p1,p2\n7,0,255\n1,3,4\n",
        '\ufeff"p1","Label","p2"\n0,7,255\n3,1,4\n',
        "p1,p2,label\r\n0,255,7\r\n3,4,1\r\n",
    ],
)
def test_csv_layouts(tmp_path, content):
    pixels, labels = read_csv(written(tmp_path, content))
    assert pixels.dtype == labels.dtype == np.uint8
    assert pixels.tolist() == [[0, 255], [3, 4]]
    assert labels.tolist() == [7, 1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "has no rows"),
        ("label,p1\n", "has no rows"),
        ("a,b\n1,2\n", "no column 'label', only a, b"),
        ("1,256\n", "from 0 to 255"),
        ("1,-1\n", "from 0 to 255"),
        ("1,0.5\n", "from 0 to 255"),
        ("1,2\n1,2,3\n", "from 0 to 255, but"),
        ("a,b,label\n1,2\n", "IndexError"),
        (b"\xff\xfe\x00", "codec can.t decode"),
    ],
)
def test_csv_files_that_are_refused(tmp_path, content, words):
    refused(read_csv, written(tmp_path, content), words)


def test_every_byte_of_an_idx_header_matters(tmp_path):
    content = idx_bytes(IMAGES)
    for place, value in itertools.product(range(16), (0, 1, 255)):
        if content[place] != value:
            changed = content[:place] + bytes([value]) + content[place + 1 :]
            refused(read_idx, written(tmp_path, changed), "is damaged")


def test_a_member_with_a_password(tmp_path):
    path = tmp_path / "locked.npz"
    np.savez(path, x_train=np.zeros(3), y_train=np.zeros(3), x_test=np.zeros(3), y_test=np.zeros(3))
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(signature, at + 4)
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"locked\.npz.*encrypted"):
        read_npz(path, ["x_train"])
