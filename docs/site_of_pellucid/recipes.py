"""A page of the recipes: published notebooks, run again and put right."""

from __future__ import annotations

import inspect

from pellucid import recipes
from pellucid.recipes.recipe import Recipe
from site_of_pellucid.text import fenced, plain

HEAD = """# Recipes

Notebooks that people learn from, run again with pellucid: what each printed, what a repetition
gives, and where it went wrong. `pellucid recipes run NAME` runs one, `--data digits` without a
download."""


def pages() -> dict[str, str]:
    return {
        "recipes.md": "\n\n".join([HEAD, *map(section, map(Recipe.find, recipes.names()))]) + "\n"
    }


def section(recipe: type[Recipe]) -> str:
    parts = [
        f"## {plain(recipe.title)}",
        plain(inspect.getdoc(recipe) or ""),
        plain(f"The notebook {recipe.original}"),
        fenced(f"$ pellucid recipes run {recipe.name} --data digits", "console"),
        fenced(inspect.getsource(recipe), "python"),
    ]
    return "\n\n".join(part for part in parts if part)
