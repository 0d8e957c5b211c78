"""The shape of the project: who may import whom, public names, sizes, and what is never there."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

import pellucid
from tests.house import functions, length, percentile, shares_of_any
from tests.shape import FILES, ROOT, circles, imports, room_of, short, tree_of

#: the rooms in order; each may import from its own row and from those above it
ORDER = [
    {"capacity", "foreign", "reading", "writing", "extras", "wording", "processes"},
    {
        "settings",
        "randomness",
        "philox",
        "numbers",
        "arrays",
        "sparse",
        "lazy",
        "absent",
        "extents",
    },
    {"tensor"},
    {"elements"},
    {"equations"},
    {"plan"},
    {"initializers", "regularizers", "constraints", "schedules", "activations", "losses", "ops"},
    {"weights"},
    {"layers", "optimizers", "metrics"},
    {"networks"},
    {"calls"},
    {"data"},
    {"distribution", "executors"},
    {"datasets", "preprocessing"},
    {"utils"},
    {"training"},
    {"callbacks"},
    {"models"},
    {"glass", "interop"},
    {"lenses", "saving"},
    {"estimators"},
    {"plots"},
    {"report"},
    {"recipes"},
    {"play"},
    {"cli"},
]
RANK = {room: at for at, rooms in enumerate(ORDER) for room in rooms}
#: circles of files that are still there; the list may only shrink
STILL_CIRCLES = []
#: the rooms that a file opens only where it is asked to, in functions of their own
OPENED_LATE = {
    "models/seeing.py": {"glass", "interop"},
    "training/callbacks/doctor.py": {"glass"},
    "training/history.py": {"plots"},
    "training/nonfinite.py": {"glass"},
}
#: may not be loaded by `import pellucid`
HEAVY = {"rich", "sklearn", "scipy", "pandas", "matplotlib", "safetensors", "pooch", "typer",
         "torch", "narwhals", "pyarrow", "onnx", "array_api_strict", "jax", "keras", "polars",
         "h5py", "starlette", "uvicorn", "websockets"}  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_imports_what_comes_after_it(path):
    room = room_of(path)
    if room == "__init__":
        return
    assert room in RANK, f"say in ORDER where the room {room!r} stands"
    late = OPENED_LATE.get(short(path), set())
    for module in imports(path):
        if (
            module[0] == "pellucid"
            and len(module) > 1
            and module[1] in RANK
            and module[1] not in late
        ):
            assert RANK[module[1]] <= RANK[room], f"{room} imports {'.'.join(module)}"


def test_no_circle_of_files():
    assert not [group for group in circles() if not any(group <= known for known in STILL_CIRCLES)]


def test_types_say_something():
    of_any, typed = shares_of_any()
    assert of_any / typed <= 0.15


def test_the_formatter_has_its_way():
    assert sum(path.read_text(encoding="utf-8").count("# fmt: skip") for path in FILES) <= 20


def test_functions_are_short():
    assert percentile(sorted(map(length, functions())), 0.9) <= 12


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_is_short_and_says_what_it_is(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300, "past 300 lines a file wants splitting"
    assert not text or ast.get_docstring(ast.parse(text)), "its first sentence says what it is"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_that_could_run_a_file(path):
    tree = tree_of(path)
    called = {node.func.id for node in ast.walk(tree)
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
    assert not called & {"eval", "exec", "compile", "__import__"}
    modules = {module[0] for module in imports(path) if module[:2] != ["joblib", "parallel"]}
    assert not modules & {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle"}
    loads = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.keyword)]
    assert "allow_pickle=True" not in loads


def test_public_names():
    assert len(set(pellucid.__all__)) == len(pellucid.__all__)
    for name in pellucid.__all__:
        assert getattr(pellucid, name) is not None, name
    assert set(pellucid.__all__) <= set(dir(pellucid))
    for room in (
        "layers",
        "models",
        "losses",
        "optimizers",
        "metrics",
        "callbacks",
        "data",
        "lenses",
    ):
        module = getattr(pellucid, room, None) or __import__(f"pellucid.{room}", fromlist=["x"])
        for name in module.__all__:
            assert getattr(module, name) is not None, f"{room}.{name}"
    with pytest.raises(AttributeError, match="did you mean 'Sequential'"):
        pellucid.sequentail  # noqa: B018


def test_the_names_that_keras_scripts_import():
    from pellucid import (  # noqa: F401, I001
        Input, Model, Sequential, activations, callbacks, datasets, initializers, layers, losses,
        metrics, models, optimizers, regularizers, utils,
    )  # fmt: skip
    from pellucid.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau  # noqa: F401
    from pellucid.datasets import fashion_mnist, mnist  # noqa: F401
    from pellucid.layers import Activation, Conv2D, Dense, Dropout, Flatten  # noqa: F401
    from pellucid.models import load_model  # noqa: F401
    from pellucid.optimizers import SGD, Adam, RMSprop  # noqa: F401
    from pellucid.utils import set_random_seed, to_categorical  # noqa: F401


@pytest.mark.parametrize("code", [
    "import pellucid",
    "import pellucid as keras; keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])",
])  # fmt: skip
def test_importing_is_light(code):
    loaded = f"{code}; import sys; print(*(name for name in sys.modules if '.' not in name))"
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert not set(done.stdout.split()) & HEAVY


def test_no_room_is_loaded_before_it_is_used():
    loaded = "import pellucid, sys; print(*(n for n in sys.modules if n.startswith('pellucid')))"
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["pellucid"]
