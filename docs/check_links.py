"""Look at every link of the built site: what is inside must be there, what is outside well formed.

python docs/check_links.py [FOLDER]        docs/built if none is given
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: attributes that lead somewhere
LEADING = {"href", "src", "poster"}
#: heads of addresses that lead to nothing that could be missing
ELSEWHERE = ("mailto", "data", "blob", "javascript")


class Page(HTMLParser):
    """What a page leads to, and the places in it that others can lead to."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in LEADING and value is not None:
                self.links.append(value)
            if name == "id" or (tag == "a" and name == "name"):
                self.places.add(value or "")


@cache
def read(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def fault(page: Path, link: str, root: Path) -> str | None:
    """What is wrong with a link of a page, if something is."""
    try:
        parts = urlsplit(link)
    except ValueError as error:
        return str(error)
    if parts.scheme in ELSEWHERE:
        return None if parts.scheme != "javascript" else "runs a script"
    if parts.scheme or parts.netloc:
        well = parts.scheme in ("http", "https") and "." in parts.netloc and " " not in link
        return None if well else "is no address"
    found = page if not parts.path else (page.parent / unquote(parts.path)).resolve()
    found = found / "index.html" if found.is_dir() else found
    if not found.is_file():
        return "there is no such file"
    if not found.is_relative_to(root):
        return "leads out of the site"
    if parts.fragment and found.suffix == ".html":
        return None if unquote(parts.fragment) in read(found).places else "there is no such place"
    return None


def pages(root: Path) -> list[Path]:
    """All pages of a site; what a theme brings in _static is none of them."""
    return [each for each in sorted(root.rglob("*.html")) if "_static" not in each.parts]


def faults(root: Path) -> Iterator[str]:
    for page in pages(root):
        for link in read(page).links:
            if said := fault(page, link, root):
                yield f"{page.relative_to(root)}: {link}: {said}"


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "built").resolve()
    found = list(faults(root))
    print(*found, sep="\n" if found else "")
    links = sum(len(read(page).links) for page in pages(root))
    print(f"{len(pages(root))} pages, {links:,} links, {len(found)} faults")
    return bool(found) or not pages(root)


if __name__ == "__main__":
    sys.exit(main())
