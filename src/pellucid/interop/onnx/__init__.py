"""Networks as ONNX files, written and read."""

from __future__ import annotations

from pellucid.interop.onnx.file import written

__all__ = ["written"]
