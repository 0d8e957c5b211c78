"""Graphs of operators, as ONNX has them and as modules of PyTorch come to, read as layers."""
