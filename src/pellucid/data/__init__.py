"""Data on its way into a network: arrays, tables and streams become batches of NumPy arrays."""

from .batches import ArrayData, Batch
from .sources import as_data
from .split import holdout
from .streams import StreamData

__all__ = ["ArrayData", "Batch", "StreamData", "as_data", "holdout"]
