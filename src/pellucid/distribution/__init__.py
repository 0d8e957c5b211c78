"""Many devices, and many processes, that train one network together; named as Keras names them."""

from pellucid.distribution.joining import ProcessLostError, initialize, process_count, process_id
from pellucid.distribution.mesh import DeviceMesh, LayoutMap, TensorLayout, list_devices
from pellucid.distribution.row_groups import RowGroups
from pellucid.distribution.strategies import (
    DataParallel,
    Distribution,
    ModelParallel,
    distribution,
    set_distribution,
)
from pellucid.wording import tell

__all__ = [
    "DataParallel",
    "DeviceMesh",
    "Distribution",
    "LayoutMap",
    "ModelParallel",
    "ProcessLostError",
    "RowGroups",
    "TensorLayout",
    "distribution",
    "initialize",
    "list_devices",
    "process_count",
    "process_id",
    "set_distribution",
]

tell(globals(), "distribution")
