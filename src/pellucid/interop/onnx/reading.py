"""ONNX files as networks. Nothing is believed: sizes are compared before numbers are read.

Numbers beside the file are read where they stand in its folder, under a plain name; a path that
leads elsewhere is refused. Nothing in a file is run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.extras import needed
from pellucid.foreign import FileError, quoted, refusal
from pellucid.interop.onnx.labels import Labels, classes_of, telling, told_classes
from pellucid.interop.operators.graph import Given, Graph, Operator
from pellucid.interop.operators.network import network_of
from pellucid.models import Model
from pellucid.reading import LARGEST, RATIO, SMALL, path_of, reading

MEND = "Write it again with the program that made it"
#: the domains whose operators are known: ONNX's own, and that of other learning
DOMAINS = ("", "ai.onnx", "ai.onnx.ml")


def from_onnx(path: str | PathLike[str]) -> Model:
    """The network in an ONNX file, with its weights.

    Each operator is a layer, or a part of one; those without equations here are named.
    """
    path = path_of(path)
    onnx = needed("onnx", "onnx")
    size = path.stat().st_size
    if size > LARGEST:
        raise FileError(refusal(path, f"has {size:,} bytes; up to {LARGEST:,} are read", MEND))
    with reading(path, "is no model that can be read", MEND):
        try:
            model = onnx.ModelProto.FromString(path.read_bytes())
            file = File(onnx, model, path)
            net = network_of(file.graph())
            net.class_names = classes_of(file.model.graph, file.array) or told_classes(model)
        except FileError:
            raise
        except Exception as error:  # protobuf has errors of its own
            clear = isinstance(error, (ValueError, OSError)) and str(error)
            said = str(error) if clear else f"{type(error).__name__}: {error}"
            raise FileError(refusal(path, f"is no model that can be read: {said}", MEND)) from None
    return net


class File:
    """A file while it is read."""

    def __init__(self, onnx: Any, model: Any, path: Path):
        self.onnx, self.model, self.path = onnx, model, path
        self.size = path.stat().st_size + sum(
            each.stat().st_size for each in self.beside().values()
        )

    def beside(self) -> dict[str, Path]:
        """The files that hold numbers of this one, by the names that it has for them."""
        found: dict[str, Path] = {}
        for tensor in self.tensors():
            for entry in tensor.external_data:
                if entry.key == "location" and entry.value not in found:
                    found[entry.value] = self.neighbour(entry.value)
        return found

    def neighbour(self, name: str) -> Path:
        place = self.path.parent / name if name.isprintable() and name else self.path
        plain = name not in ("", ".", "..") and not set(name) & set("/\\:\0")
        if not plain or place.is_symlink() or not place.is_file():
            raise ValueError(
                f"it keeps numbers in {quoted(name)}, which is no file beside it; numbers "
                "elsewhere are not read"
            )
        return place

    def tensors(self) -> Iterator[Any]:
        yield from self.model.graph.initializer
        for node in self.model.graph.node:
            yield from (each.t for each in node.attribute if each.HasField("t"))

    def graph(self) -> Graph:
        found = self.model.graph
        if not found.node:
            raise ValueError("it has no operators")
        if self.model.functions:
            raise ValueError("it has functions of its own, which have no equations here")
        held = {each.name: self.array(each) for each in found.initializer}
        made = [self.operator(each) for each in found.node]
        inputs = [self.input(each) for each in found.input if each.name not in held]
        labels = telling(made)
        outputs = [each.name for each in found.output if each.name not in labels]
        operators = in_order(made, set(held) | {each.name for each in inputs}, labels)
        if not outputs:
            raise ValueError("it gives labels alone, and no probabilities")
        kinds = [each.dtype for each in held.values() if each.dtype.kind == "f"]
        wide = np.dtype(np.float64) in kinds and np.dtype(np.float32) not in kinds
        most = max(SMALL, RATIO * self.size) // 4
        return Graph(
            inputs,
            operators,
            held,
            [labels.passed(each) for each in outputs],
            "float64" if wide else "float32",
            most,
        )

    def input(self, given: Any) -> Given:
        kind = given.type.tensor_type
        if not given.type.HasField("tensor_type"):
            raise ValueError(f"its input {quoted(given.name)} is no tensor")
        shape = tuple(
            int(each.dim_value) if each.HasField("dim_value") and each.dim_value > 0 else None
            for each in kind.shape.dim
        )
        whole = np.dtype(self.onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type)).kind
        if whole not in "fiu" or not given.name.isprintable():
            raise ValueError(f"its input {quoted(given.name)} holds no numbers")
        return Given(given.name, shape, whole in "iu")

    def operator(self, node: Any) -> Operator:
        if node.domain not in DOMAINS:
            raise ValueError(
                f"its operator {quoted(node.op_type)} is of {quoted(node.domain)}, not of ONNX"
            )
        attributes = {each.name: self.attribute(each) for each in node.attribute}
        if node.op_type == "Cast":
            kind = np.dtype(self.onnx.helper.tensor_dtype_to_np_dtype(attributes["to"]))
            attributes |= {"to": kind, "whole": kind.kind in "iu"}
        if node.op_type in ("Softmax", "LogSoftmax") and self.version() < 13:
            attributes = {"axis": attributes.get("axis", 1), "flat": True}
        if node.op_type == "Constant":
            attributes = {"value": constant(attributes)}
        return Operator(node.op_type, tuple(node.input), tuple(node.output), attributes, node.name)

    def version(self) -> int:
        found = [each.version for each in self.model.opset_import if each.domain in DOMAINS[:2]]
        return max(found, default=1)

    def attribute(self, given: Any) -> Any:
        kinds = self.onnx.AttributeProto
        match given.type:
            case kinds.FLOAT:
                return given.f
            case kinds.INT:
                return given.i
            case kinds.STRING:
                return given.s.decode(errors="replace")
            case kinds.FLOATS:
                return list(given.floats)
            case kinds.INTS:
                return list(given.ints)
            case kinds.STRINGS:
                return [each.decode(errors="replace") for each in given.strings]
            case kinds.TENSOR:
                return self.array(given.t)
        return None

    def array(self, tensor: Any) -> np.ndarray:
        """The numbers of a tensor, if there are as many as its shape says."""
        helper = self.onnx.helper
        shape = tuple(int(each) for each in tensor.dims)
        count = math.prod(shape)
        if tensor.data_type == self.onnx.TensorProto.STRING:
            if count != len(tensor.string_data) or any(each < 0 for each in shape):
                raise ValueError(f"its texts {quoted(tensor.name)} are not as many as they say")
            listed = [each.decode(errors="replace") for each in tensor.string_data]
            return np.array(listed, object).reshape(shape)
        kind = np.dtype(helper.tensor_dtype_to_np_dtype(tensor.data_type))
        if any(each < 0 for each in shape) or kind.kind not in "fiub" or kind.itemsize > 8:
            raise ValueError(f"its array {quoted(tensor.name)} is {quoted(kind)} {quoted(shape)}")
        if tensor.external_data or tensor.data_location:
            return self.elsewhere(tensor, kind, count).reshape(shape)
        limit = max(
            len(tensor.raw_data) // kind.itemsize,
            *(
                len(each)
                for each in (
                    tensor.float_data,
                    tensor.int32_data,
                    tensor.int64_data,
                    tensor.double_data,
                    tensor.uint64_data,
                )
            ),
        )
        if count > limit:
            raise ValueError(
                f"its array {quoted(tensor.name)} has {limit:,} numbers, not {count:,}"
            )
        found = np.asarray(self.onnx.numpy_helper.to_array(tensor))
        return found.astype(np.float32) if kind == np.float16 else found

    def elsewhere(self, tensor: Any, kind: np.dtype, count: int) -> np.ndarray:
        """Numbers of a file beside this one."""
        given = {each.key: each.value for each in tensor.external_data}
        place = self.neighbour(given.get("location", ""))
        offset, bytes_wanted = int(given.get("offset", 0)), count * kind.itemsize
        length = int(given.get("length", bytes_wanted))
        inside = 0 <= offset <= place.stat().st_size - bytes_wanted
        if not inside or length != bytes_wanted or bytes_wanted > LARGEST:
            raise ValueError(f"its array {quoted(tensor.name)} is not in {quoted(place.name)}")
        with place.open("rb") as file:
            file.seek(offset)
            return np.frombuffer(file.read(bytes_wanted), kind.newbyteorder("<")).astype(kind)


def constant(given: dict[str, Any]) -> np.ndarray:
    """The value of a Constant, however it is written."""
    name, value = next(iter(given.items()), ("", None))
    if name == "value":
        return np.asarray(value)
    kinds = {"value_float": "f4", "value_floats": "f4", "value_int": "i8", "value_ints": "i8"}
    if name not in kinds:
        raise ValueError(f"it has a constant of the kind {quoted(name)}")
    return np.asarray(value, kinds[name])


def in_order(operators: list[Operator], given: set[str], labels: Labels) -> list[Operator]:
    """Operators, those of labels left out, if each reads what stands before it."""
    found = [each for each in operators if not set(each.writes) & labels.names]
    for each in found:
        absent = [name for name in each.reads if name and name not in given]
        if absent:
            raise ValueError(
                f"its operator {quoted(each.kind)} reads {quoted(absent[0])}, which none before it "
                "gives"
            )
        given |= set(each.writes)
    return found
