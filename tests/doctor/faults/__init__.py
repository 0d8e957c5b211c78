"""Networks that are broken on purpose, and networks that are well: what the doctor is judged by.

Each file holds a family: outputs and losses, data, first state, dynamics, generalisation, and
networks that are well. Half of each is in `seen_…`, half in `unseen_…`; `published` has programs of
the papers. `later_…` has a case for each cause that was named after the halves were drawn: these
were written with the checks at hand, so they count as seen, not as a measure. A case joins by
existing:

    collection("seen")                  the cases of the half that may be looked at
    collection("unseen")                those for the final count
    collection("published")
    collection("later")                 may be looked at, like the seen ones
"""

from __future__ import annotations

import importlib
import pkgutil

from tests.doctor.faults.case import TABLE, Entry


def collection(half: str | None = None) -> list[Entry]:
    """The entries of a half, or all of them, by their place."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    entries = sorted(TABLE.values(), key=lambda entry: (entry.half, entry.family, entry.name))
    return [entry for entry in entries if half in (None, entry.half)]
