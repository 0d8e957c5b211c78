"""Where an import of Keras leads instead: to the room of pellucid that has the name.

A name that pellucid has not becomes `Missing`, which says so where it is used, so that only the
tests fail that need it. What is no part of a network library, such as `backend.convert_to_tensor`,
stands in `helping`; a test that used it passed with help.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pellucid
from tests.conformance import helping

#: the rooms of pellucid that names are looked for in, after the one that the import names
ROOMS = (
    "layers",
    "models",
    "losses",
    "metrics",
    "optimizers",
    "schedules",
    "activations",
    "initializers",
    "regularizers",
    "constraints",
    "callbacks",
    "utils",
    "ops",
)
#: rooms of Keras by other names
CALLED = {"trainers": "models", "saving": "utils"}


#: libraries that Keras's tests import, so that the others of a file run where these are not
ELSEWHERE = ("tensorflow", "grain")
#: the files of Keras that are read: its tests, and arithmetic of shapes that they compare with
READ = ("_test", "backend_utils")
#: what Python and pytest ask of every module
ASKED_BY_PYTEST = ("__", "pytest_", "setup_", "setUp", "teardown_", "tearDown", "collect_ignore")


class MissingNameError(Exception):
    """A name of Keras that pellucid has not."""


class MissingBase:
    """What a class of a test is made of whose own base is missing."""

    called = ""

    def __init__(self, *values: Any, **named: Any):
        raise MissingNameError(self.called)


class Missing:
    """A name of Keras that pellucid has not, until it is used."""

    def __init__(self, name: str):
        self.name = name

    def __call__(self, *values: Any, **named: Any) -> Any:
        raise MissingNameError(self.name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(f"{self.name}.{name}")

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        return (type("MissingBase", (MissingBase,), {"called": self.name}),)

    def __instancecheck__(self, thing: Any) -> bool:
        raise MissingNameError(self.name)


class Elsewhere(ModuleType):
    """A library that other backends need: each name of it is missing, until it is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith(ASKED_BY_PYTEST):
            raise AttributeError(name)
        return Missing(f"{self.__name__}.{name}")


class Room(ModuleType):
    """A module of Keras, by whose path a name is looked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith(ASKED_BY_PYTEST):
            raise AttributeError(name)
        found = look_up(self.__name__.split(".")[1:], name)
        self.__dict__[name] = found
        return found


class Redirect(MetaPathFinder, Loader):
    """Makes a `Room` of every module of Keras, but for its tests, which are read."""

    def __init__(self, folder: Path):
        self.folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        first, *rest = fullname.split(".")
        if first in ELSEWHERE:
            return ModuleSpec(fullname, self, is_package=True)
        if first != "keras":
            return None
        file = self.folder.joinpath(*(part for part in rest if part != "src")).with_suffix(".py")
        if rest and rest[-1].endswith(READ) and file.exists():
            return importlib.util.spec_from_file_location(fullname, file)
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        if spec.name.split(".")[0] in ELSEWHERE:
            return Elsewhere(spec.name)
        return helping.MODULES.get(spec.name.split(".")[-1]) or Room(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def look_up(path: list[str], name: str) -> Any:
    """What a name means that is imported from a module of this path."""
    if name in helping.MODULES:
        return helping.MODULES[name]
    if is_module(path, name):
        return importlib.import_module(".".join(["keras", *path, name]))
    near = [CALLED.get(part, part) for part in reversed(path)]
    for room in [*(part for part in near if part in ROOMS), *ROOMS]:
        home = getattr(pellucid, room)
        if name in dir(home) or name in vars(home):
            return getattr(home, name)
    if name in dir(pellucid):
        return getattr(pellucid, name)
    if name in helping.NAMES:
        return helping.NAMES[name]
    if "ops" in path or "numpy" in path:
        return helping.by_numpy(name) or Missing(name)
    return Missing(name)


def is_module(path: list[str], name: str) -> bool:
    folder: Any = FOUND[0].joinpath(*(part for part in path if part != "src"))
    return name == "src" or (folder / name).is_dir() or (folder / f"{name}.py").exists()


FOUND: list[Path] = []


def install(folder: Path) -> None:
    """From now on `import keras` means pellucid; `folder` is Keras's src."""
    FOUND[:] = [folder]
    for name in [each for each in sys.modules if each.split(".")[0] == "keras"]:
        del sys.modules[name]
    sys.meta_path.insert(0, Redirect(folder))
