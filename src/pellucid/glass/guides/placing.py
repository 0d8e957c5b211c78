"""A guide put to a step: its names are values of the step, its places are numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid.foreign import quoted, visible
from pellucid.glass.elements import composed
from pellucid.glass.guides.guide import Guide, GuideError, Page
from pellucid.settings import nearest

Data = dict[str, Any]
#: the values of a page by name, as plain data with their shapes
Values = Mapping[str, Data]

PLACE = re.compile(r"(?P<name>[^\[\]]+?)(?:\[(?P<at>[^\[\]]*)\])?")
SPAN = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")
HOLDS = re.compile(r"(.+?)\s*(=|<|>|≠)\s*([-−]?[0-9.e-]+)")
ACTS = ("open", "line", "change")


def placed(guide: Guide, values: Values) -> Data:
    """A guide as plain data, in which every name is a value and every place a number of it."""
    return {
        "title": visible(guide.title),
        "pages": [Placing(values, guide, page).data() for page in guide.pages],
    }


class Placing:
    """A page of a guide, and the values that it may speak of."""

    def __init__(self, values: Values, guide: Guide, page: Page):
        self.values, self.guide, self.page = values, guide, page
        self.keys = {composed(key): key for key in values}

    def data(self) -> Data:
        page = self.page
        found: Data = {"title": visible(page.title), "blocks": list(map(self.block, page.blocks))}
        if page.on:
            found["on"] = self.one(page.on)
        if page.done:
            found["done"] = self.deed(page.done)
        return found

    def block(self, text: str) -> Data:
        item = text.startswith("- ")
        return {"item": item, "spans": list(self.spans(text[2:] if item else text))}

    def spans(self, text: str) -> list[str | Data]:
        """Words, {"b": words} that are strong, {"code": words}, and {"at": a place} of the step."""
        found: list[str | Data] = []
        end = 0
        for each in SPAN.finditer(text):
            found += [visible(text[end : each.start()])] if each.start() > end else []
            found.append({"b": visible(each[2])} if each[2] else self.code(each[1]))
            end = each.end()
        return found + ([visible(text[end:])] if end < len(text) else [])

    def code(self, text: str) -> Data:
        """A name or a place of the step; with = after it, its number too."""
        shows = text.endswith(" =")
        split = PLACE.fullmatch(text.removesuffix(" =").strip())
        if split is None or composed(split["name"]) not in self.keys:
            return {"code": visible(text)}
        at = self.one(text.removesuffix(" =").strip())
        if shows and at[1] is None:
            raise self.wrong(f"{quoted(text)} is to show a number, and {at[0]} has many: say which")
        return {"at": at, "shows": shows}

    def deed(self, text: str) -> Data:
        """What the reader is to do, or what is to hold of numbers."""
        act, _, place = text.partition(" ")
        if act in ACTS:
            return {"do": act, "at": self.one(place.strip())}
        found = HOLDS.fullmatch(text)
        if found is None:
            raise self.wrong(
                f"done: {quoted(text)}; expected open, line or change and a value, or what holds "
                "of numbers, such as A1[:, 5] = 0"
            )
        than = float(found[3].replace("−", "-"))
        return {"do": "holds", "at": self.all(found[1]), "is": found[2], "than": than}

    def one(self, text: str) -> list[Any]:
        """A value, and the position of a number in it, where one is meant."""
        name, index = self.split(text)
        if not index:
            return [name, None if self.shape(name) else 0]
        key, positions = self.positions(text, name, index)
        if len(positions) != 1:
            raise self.wrong(f"{quoted(text)} is no single number")
        return [key, positions[0]]

    def all(self, text: str) -> list[Any]:
        """A value, and the positions that are meant in it."""
        name, index = self.split(text)
        return list(self.positions(text, name, index or [":"] * len(self.shape(name))))

    def positions(self, text: str, name: str, index: list[str]) -> tuple[str, list[int]]:
        shape = self.shape(name)
        try:
            at = tuple(slice(None) if each == ":" else int(each) for each in index)
            if len(at) != len(shape):
                raise IndexError
            every = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)[at]
        except (ValueError, IndexError):
            raise self.wrong(
                f"{quoted(text)} is no place: {name} has the shape {tuple(shape)}; expected as "
                "many whole numbers, or : for all, the row first"
            ) from None
        return name, np.ravel(every).tolist()

    def split(self, text: str) -> tuple[str, list[str]]:
        found = PLACE.fullmatch(text)
        name = text if found is None else found["name"]
        if found is None or composed(name) not in self.keys:
            raise self.wrong(f"no value is called {quoted(name)}; {nearest(name, self.values)}")
        at = found["at"] or ""
        return self.keys[composed(name)], [each.strip() for each in at.split(",") if each]

    def shape(self, name: str) -> list[int]:
        return list(self.values[name]["shape"])

    def wrong(self, what: str) -> GuideError:
        return GuideError(
            f"the guide {quoted(self.guide.title)}, page {quoted(self.page.title)}: {what}"
        )
