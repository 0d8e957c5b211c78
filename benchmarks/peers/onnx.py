"""onnxruntime: prediction alone."""

from __future__ import annotations

import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper

from peers.peer import Peer

PACKAGES = ("onnxruntime",)
OPERATORS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh"}


class Session(Peer):
    trains, predicts, only_dense = False, True, True

    def predictor(self):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        providers = ["CPUExecutionProvider"]
        model = self.model().SerializeToString()
        session = onnxruntime.InferenceSession(model, options, providers=providers)
        return lambda x: session.run(None, {"X": x})[0]

    def model(self):
        first, of = self.task.first, self.task.of
        names = [f"{'Wb'[k % 2]}{k // 2 + 1}" for k in range(len(first))]
        nodes, A = [], "X"
        for k in range(len(first) // 2):
            last = k == len(first) // 2 - 1
            nodes.append(helper.make_node("Gemm", [A, names[2 * k], names[2 * k + 1]], [f"Z{k}"]))
            A = "P" if last else f"A{k}"
            activation = "Softmax" if last else OPERATORS[of.hidden]
            nodes.append(helper.make_node(activation, [f"Z{k}"], [A]))
        value = lambda name, width: helper.make_tensor_value_info(  # noqa: E731
            name, TensorProto.FLOAT, ["n", width]
        )
        arrays = [numpy_helper.from_array(a, n) for a, n in zip(first, names, strict=True)]
        graph = helper.make_graph(
            nodes, "net", [value("X", of.sizes[0])], [value("P", of.sizes[-1])], arrays
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        checker.check_model(model)
        return model


def version():
    return onnxruntime.__version__


PEERS = {"onnxruntime": Session}
