"""Data on its way into a network: arrays, tables and streams become batches of rows."""

from .batches import ArrayData, Batch
from .sources import as_data
from .sparse import CSR, Features
from .split import holdout
from .streams import StreamData

__all__ = ["CSR", "ArrayData", "Batch", "Features", "StreamData", "as_data", "holdout"]
