"""A prediction as an ONNX file, with the rows that it can be tested on in its metadata."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from pellucid.extras import needed, version
from pellucid.interop.golden import Golden
from pellucid.interop.onnx.columns import DOMAIN, VERSION, Columns, columns, names_of, spelled
from pellucid.interop.onnx.graph import Node
from pellucid.interop.onnx.labels import CLASSES
from pellucid.interop.onnx.lines import written_graph
from pellucid.interop.onnx.writer import Writer
from pellucid.interop.words import Words
from pellucid.tensor import Tensor
from pellucid.training.engine import Engine

#: what is written: Gelu came with 20, runtimes of 2024 and later have 21
OPSET, IR = 21, 10


def written(engine: Engine, name: str, golden: Golden, about: str, words: Words) -> bytes:
    """The file; `about` says which network it is."""
    onnx = needed("onnx", "onnx")
    plan = engine.plan("predict")
    to = written_graph(engine, names_of(words))
    outputs = named_outputs(to)
    first = Columns([], [info(onnx, to.last[each], each) for each in plan.inputs])
    if words.texts:
        first = columns(onnx, words, to.last[plan.inputs[0]])
    graph = onnx.helper.make_graph(
        [*first.nodes, *(node(onnx, each) for each in to.graph.nodes)],
        name,
        first.inputs,
        [info(onnx, *pair) for pair in zip(outputs, plan.outputs, strict=True)],
        [onnx.numpy_helper.from_array(each, key) for key, each in to.graph.arrays.items()],
        doc_string=about,
    )
    model = onnx.helper.make_model(
        graph,
        opset_imports=[
            onnx.helper.make_opsetid("", OPSET),
            *([onnx.helper.make_opsetid(DOMAIN, VERSION)] if words.texts else []),
        ],
        ir_version=IR,
        producer_name="pellucid",
        producer_version=version(),
    )
    told = {"about": about, "golden": packed(golden, words)}
    if words.classes:
        told[CLASSES] = json.dumps(list(words.classes))
    onnx.helper.set_model_props(model, told)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def named_outputs(to: Writer) -> list[str]:
    """The names of the outputs, each of which a node has to write."""
    found = list[str]()
    for tensor in to.plan.outputs:
        name = to.read(tensor)
        if name in found or not any(each.writes == name for each in to.graph.nodes):
            name = to.graph.node("Identity", [name], "Y")
        found.append(name)
    return found


def node(onnx: Any, made: Node) -> Any:
    attributes = dict(made.attributes)
    if made.operator == "Cast":
        kind = np.dtype(attributes["to"])
        attributes["to"] = onnx.helper.np_dtype_to_tensor_dtype(kind)
    reads = made.reads
    return onnx.helper.make_node(
        made.operator, reads, [made.writes], f"{made.writes}_node", made.about, **attributes
    )


def info(onnx: Any, name: str, tensor: Tensor) -> Any:
    kind = onnx.TensorProto.INT64 if tensor.dtype == "int" else onnx.TensorProto.FLOAT
    shape = ["n" if each is None else each for each in tensor.shape]
    return onnx.helper.make_tensor_value_info(name, kind, shape)


def packed(golden: Golden, words: Words) -> str:
    """The rows as JSON: what goes in, what comes out, and how far another may be off."""
    rows = {
        "inputs": spelled(golden, words),
        "outputs": [each.tolist() for each in golden.outputs],
        "bounds": golden.bounds,
    }
    return json.dumps(rows)
