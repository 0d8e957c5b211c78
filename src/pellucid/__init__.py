"""pellucid: neural networks you can see through."""

from __future__ import annotations

import importlib
from typing import Any

#: where each public name lives; it is imported when it is first used
_HOMES = {
    "Input": "layers",
    "MLPClassifier": "estimators",
    "MLPRegressor": "estimators",
    "TabularClassifier": "estimators",
    "TabularRegressor": "estimators",
    "Model": "models",
    "Sequential": "models",
    "from_keras": "interop.keras.reading",
    "from_sklearn": "interop.sklearn.reading",
    "from_torch": "interop.torch.reading",
    "load": "interop.loading",
    "register": "settings",
    "search": "estimators",
    "set_random_seed": "randomness",
}
_ROOMS = (
    "activations", "callbacks", "constraints", "datasets", "distribution", "initializers", "layers",
    "lenses", "losses", "metrics", "models", "ops", "optimizers", "play", "plots", "preprocessing",
    "recipes", "regularizers", "report", "saving", "schedules", "utils",
)  # fmt: skip

__all__ = [*_HOMES, *_ROOMS, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"pellucid.{name}")
    if name in _HOMES:
        value = getattr(importlib.import_module(f"pellucid.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    if name == "__version__":
        from pellucid.extras import version

        return version()
    from pellucid.settings import nearest

    raise AttributeError(f"pellucid has no {name!r}: {nearest(name, __all__)}")


def __dir__() -> list[str]:
    return sorted(__all__)
