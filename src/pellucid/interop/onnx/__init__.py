"""Networks as ONNX files, written and read."""
