"""The summary of a network: its layers in a table."""

from __future__ import annotations

import io
from typing import Any

from pellucid.networks.network import Network
from pellucid.networks.planning import prediction_plan
from pellucid.networks.sized import is_open
from pellucid.plan import flops
from pellucid.tensor import show_shape


def summary(network: Network, print_fn: Any = None) -> None:
    """Print a line for each layer: output shape, parameters, floating-point operations per row."""
    from rich.console import Console

    table = layer_table(network)
    if print_fn is None:
        Console().print(table)
        return
    page = io.StringIO()
    Console(file=page, width=100).print(table)
    print_fn(page.getvalue())


def layer_table(network: Network) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    title = escape(network.name or type(network).__name__)
    table = Table(title=title, box=SIMPLE_HEAD, show_footer=True)
    unknown = not network.built or is_open(network)
    work = {} if unknown else flops_by_layer(network)
    parameters = sum(weight.size for weight in network.weights)
    fitted = sum(weight.size for weight in network.trainable_weights)
    table.add_column("layer", footer="together")
    table.add_column("output shape")
    table.add_column("parameters", justify="right", footer=f"{parameters:,}")
    table.add_column(
        "FLOPs per row", justify="right", footer="?" if unknown else f"{sum(work.values()):,}"
    )
    shapes = {node.layer: node.output.shape for node in network.nodes}
    for layer in network.layers:
        name = layer.layer_name
        kind = f"[dim]{type(layer).__name__}[/dim]"
        shape = show_shape(shapes[layer]) if layer in shapes else "?"
        count = f"{layer.count_params():,}" if layer.built else "?"
        table.add_row(
            f"{escape(name)} {kind}", shape, count, "?" if unknown else f"{work.get(name, 0):,}"
        )
    if fitted != parameters:
        table.caption = f"{fitted:,} of the parameters are trained"
    return table


def flops_by_layer(network: Network) -> dict[str, int]:
    """Floating-point operations of the forward pass for one row, by layer."""
    work: dict[str, int] = {}
    for line in prediction_plan(network).lines:
        name = line.layer or ""
        work[name] = work.get(name, 0) + flops(line)
    return work
