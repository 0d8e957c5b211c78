"""The page of a step, as one file: what it shows, how it looks and what runs in it, and no more.

Nothing in it asks anything of anywhere: its policy allows the script and the style that stand in
it, by their hashes. What is told, names included, is data, which the script shows as text.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

#: bytes of a page up to which it is shown in a notebook
IN_A_NOTEBOOK = 2_000_000
HEIGHT = 720


def page(data: Mapping[str, Any]) -> str:
    """The whole page of a step."""
    script, style = static("explain.js"), static("explain-style.css")
    policy = (
        f"default-src 'none'; script-src {hashed(script)}; style-src {hashed(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(str(data['title']))} · pellucid</title>"
        f'<style>{style}</style></head>\n<body><main id="app"><noscript>This page shows its '
        "numbers by a script, which stands in it.</noscript></main>\n"
        f'<script type="application/json" id="trace">{inert(data)}</script>\n'
        f"<script>{script}</script>\n</body></html>\n"
    )


def framed(text: str) -> str:
    """A page within another: it can neither see nor move what is around it."""
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{html.escape(text)}" title="A step, explained" '
        f'style="width:100%;height:{HEIGHT}px;border:1px solid #8885;border-radius:8px" '
        'loading="lazy"></iframe>'
    )


def too_large(size: int) -> str:
    """What a notebook shows instead of a page that would make it too heavy."""
    return (
        f"<p>The page of this step has {size / 1e6:.1f} MB, which is much for a notebook. Write it "
        'to a file: <code>explanation.save("why.html")</code></p>'
    )


def inert(data: Mapping[str, Any]) -> str:
    """JSON in which nothing ends the element that it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def hashed(text: str) -> str:
    """What a policy calls an inline script or style: its hash."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def static(name: str) -> str:
    """A file that was built from `web/`."""
    return (files("pellucid") / "web" / "static" / name).read_text(encoding="utf-8")
