"""Recipes: published notebooks run again, with what they printed, what comes out, and the mend.

Each file of this folder holds one, and joins by existing:

    pellucid.recipes.names()
    pellucid.recipes.run("ten-digits", data="digits").show()
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from pellucid.recipes.recipe import Lab, Recipe
from pellucid.recipes.result import Result, Row
from pellucid.wording import tell

__all__ = ["Lab", "Recipe", "Result", "Row", "get", "names", "run"]


def names() -> list[str]:
    """The names of all recipes."""
    _open_all()
    return sorted(Recipe.table)


def get(name: str) -> Recipe:
    """The recipe of a name."""
    _open_all()
    return Recipe.find(name)()


def run(name: str, data: str = "mnist", **options: Any) -> Result:
    """Run the recipe of a name; the options are those of `Recipe.run`."""
    return get(name).run(data, **options)


def _open_all() -> None:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


tell(globals(), "recipes")
