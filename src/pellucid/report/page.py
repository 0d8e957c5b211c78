"""A page of HTML in one file: no scripts, nothing fetched, light or dark as the reader has it."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from pellucid.foreign import visible_lines

STYLE = """
:root { color-scheme: light dark; --ink: #1d2329; --soft: #5b6670; --paper: #fbfbfa;
  --card: #ffffff; --line: #dfe3e6; --accent: #0b6bb0; --good: #007a5a; }
@media (prefers-color-scheme: dark) { :root { --ink: #dfe4e8; --soft: #98a3ad; --paper: #14181b;
  --card: #1b2024; --line: #30383f; --accent: #63b1ee; --good: #4cc7a0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 30px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 20px; margin: 44px 0 10px; padding-top: 14px; border-top: 1px solid var(--line); }
h3 { font-size: 15px; margin: 0 0 6px; }
p { margin: 6px 0 12px; max-width: 74ch; }
.soft { color: var(--soft); }
.tiles, .figures { display: flex; flex-wrap: wrap; gap: 14px; margin: 16px 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 12px 18px; min-width: 130px; }
.tile b { display: block; font-size: 25px; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: 13px; }
.tile.first b { color: var(--good); }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 14px 16px; flex: 0 1 auto; max-width: 100%; }
figure svg { max-width: 100%; height: auto; display: block; }
figcaption { font-size: 14px; color: var(--soft); margin-top: 4px; max-width: 44ch; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 14px 16px; overflow-x: auto;
  font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
pre.wrapped { white-space: pre-wrap; }
li { margin: 3px 0; }
"""


def escape(text: object) -> str:
    """Text that is neither markup nor an order to anybody, in an element or an attribute."""
    return html.escape(visible_lines(text))


def page(title: str, body: Iterable[str]) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body><main>\n"
        + "\n".join(body)
        + "\n</main></body></html>\n"
    )


def section(title: str, *parts: str) -> str:
    """A heading with what belongs to it; nothing where there is nothing."""
    text = "\n".join(part for part in parts if part)
    return f"<h2>{escape(title)}</h2>\n{text}" if text else ""


def paragraph(text: str, soft: bool = False) -> str:
    return f'<p class="soft">{escape(text)}</p>' if soft else f"<p>{escape(text)}</p>"


def tiles(pairs: Sequence[tuple[str, str]]) -> str:
    """Numbers to see at once: (value, what it is)."""
    cells = [
        f'<div class="tile{" first" * (at == 0)}"><b>{escape(value)}</b><span>{escape(what)}'
        "</span></div>"
        for at, (value, what) in enumerate(pairs)
    ]
    return f'<div class="tiles">{"".join(cells)}</div>'


def figures(*drawn: str) -> str:
    found = [each for each in drawn if each]
    return f'<div class="figures">{"".join(found)}</div>' if found else ""


def figure(title: str, picture: str, caption: str = "") -> str:
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f"<figure><h3>{escape(title)}</h3>{picture}{below}</figure>"


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table; a column of numbers is set to the right."""
    rows = [list(row) for row in rows]
    right = [bool(rows) and all(_is_number(row[at]) for row in rows) for at in range(len(header))]

    def cells(tag: str, row: Sequence[Any]) -> str:
        return "".join(
            f"<{tag}{' class=number' * number}>{escape(cell)}</{tag}>"
            for cell, number in zip(row, right, strict=True)
        )

    lines = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><tr>{cells("th", header)}</tr>{lines}</table></div>'


def listed(lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if lines else ""


def preformatted(text: str, wrapped: bool = False) -> str:
    return f"<pre{' class=wrapped' * wrapped}>{escape(text)}</pre>"


def _is_number(cell: Any) -> bool:
    return str(cell).replace(",", "").replace(".", "", 1).lstrip("−-").rstrip("% ").isdigit()
