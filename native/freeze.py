"""Writes frozen_codes.h: the updates of common optimizers, to be compiled as a whole.

Run it when an optimizer's equations or the lowering change: python native/freeze.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pellucid import layers, models, optimizers
from pellucid.executors.native import _kernels
from pellucid.executors.native.compiling import compiled
from pellucid.executors.native.kernels import Kernel
from pellucid.executors.native.scheduling import domain

#: multipliers of the learning rate, weight by weight, as networks for tables have them
APART = {"rates": {"kernel": 0.5, "bias": 0.1}}
RULES: dict[str, Any] = {
    "sgd": optimizers.SGD(),
    "momentum": optimizers.SGD(momentum=0.9),
    "nesterov": optimizers.SGD(momentum=0.9, nesterov=True),
    "adam": optimizers.Adam(),
    "adamw": optimizers.AdamW(),
    "rmsprop": optimizers.RMSprop(),
    "adagrad": optimizers.Adagrad(),
    "adam_apart": (optimizers.Adam(), APART),
}
HEAD = """// Written by freeze.py: the updates of common optimizers. Do not edit.
// clang-format off
#pragma once
#include "program.h"

namespace pellucid {

struct Frozen {
    i64 slots, numbers, count;
    bool memory[16];
    Instruction code[32];
};

"""


def kernel_of(rule: Any) -> Kernel:
    """The update of an optimizer, which may stand beside multipliers for weights."""
    optimizer, apart = rule if isinstance(rule, tuple) else (rule, {})
    net = models.Sequential([layers.Dense(3, input_shape=(2,), **apart)])
    net.compile(optimizer, "mse", executor="numpy")
    engine = net._ready()
    made = compiled(engine.plan("train"), engine.memory)
    size = engine.memory.parameters.vector.size
    (kernel,) = [
        kernel for kernel in made.kernels
        if not kernel.of_rows and domain(kernel.values[0]) == size
    ]  # fmt: skip
    return kernel


def written(name: str, rule: Any) -> str:
    """In the form that does not depend on the network."""
    kernel = kernel_of(rule)
    form = kernel.canonical()
    lines = [
        f"        {{op_{_kernels.Op(each.op).name}, {each.d}, {each.a}, {each.b}, {each.c}, 1, "
        f"{each.inner}, 1}},"
        for each in form.instructions
    ]
    memory = [slot.kind != _kernels.Place.scratch for slot in kernel.slots]
    places = ", ".join("true" if each else "false" for each in memory)
    return (
        f"inline constexpr Frozen frozen_{name} = {{{len(memory)}, {len(form.numbers)}, "
        f"{len(lines)},\n    {{{places}}},\n    {{\n" + "\n".join(lines) + "\n    }};\n"
    )


def main() -> None:
    names = " ".join(f"X({name})" for name in RULES)
    body = "\n".join(written(*each) for each in RULES.items())
    pointers = ", ".join(f"&frozen_{name}" for name in RULES)
    tail = (
        f"\n#define FROZEN_NAMES(X) {names}\n"
        f"inline constexpr const Frozen* FROZEN[] = {{{pointers}}};\n\n}}  // namespace pellucid\n"
    )
    Path(__file__).with_name("frozen_codes.h").write_text(HEAD + body + tail)


if __name__ == "__main__":
    main()
