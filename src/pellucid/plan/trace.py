"""Putting lines in order: every line after the lines that it reads from."""

from __future__ import annotations

from collections.abc import Iterable

from pellucid.tensor import Line, Tensor


def trace(targets: Iterable[Tensor], known: Iterable[Tensor] = ()) -> list[Line]:
    """The lines that compute `targets` from what is given and `known`, in order."""
    done = set(known)
    lines: list[Line] = []
    for target in targets:
        stack = [target]
        while stack:
            tensor = stack[-1]
            line = tensor.line
            if tensor in done or line is None:
                stack.pop()
                continue
            waiting = [each for each in line.inputs if each.line is not None and each not in done]
            if waiting:
                stack.extend(reversed(waiting))
                continue
            lines.append(line)
            done.update(line.outputs)
            stack.pop()
    return lines


def mark(targets: Iterable[Tensor | None], layer: str | None, section: str) -> None:
    """Note on the lines behind `targets` who wrote them, as far as that is not yet known."""
    stack = [target for target in targets if target is not None]
    seen = set()
    while stack:
        line = stack.pop().line
        if line is not None and line.layer is None and id(line) not in seen:
            seen.add(id(line))
            line.layer, line.section = layer, section
            stack.extend(line.inputs)
