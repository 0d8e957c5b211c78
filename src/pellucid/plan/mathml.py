r"""MathML, written from the part of LaTeX that equations are printed in.

A name of the plan stands in it between two marks, so that nothing in a name is read as LaTeX. What
is not understood is shown as it stands: \foo becomes foo.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

OPEN, CLOSE = "\x02", "\x03"
TOKEN = re.compile(
    rf"{OPEN}(?P<name>[^{CLOSE}]*){CLOSE}|\\(?P<command>[A-Za-z]+|\S|\s)"
    r"|(?P<mn>\d+(?:\.\d+)?(?:e[−-]?\d+)?)|(?P<mi>[^\W\d_]+|\w)|(?P<mo>\S)"
)
SYMBOLS = (
    "alpha α,beta β,gamma γ,delta δ,varepsilon ε,epsilon ε,eta η,theta θ,lambda λ,mu μ,rho ρ,"
    "sigma σ,pi π,tau τ,phi φ,Phi Φ,top ⊤,infty ∞,partial ∂,ldots …"
)
OPERATORS = "odot ⊙,cdot ·,times ×,ge ≥,le ≤,sum Σ,bmod mod,lVert ‖,rVert ‖,to →,leftarrow ←,in ∈"
#: commands that are a sign, with the element that it stands in
SIGNS = {
    command: f"<{tag}>{sign}</{tag}>"
    for tag, listed in (("mi", SYMBOLS), ("mo", OPERATORS))
    for command, sign in (pair.split() for pair in listed.split(","))
}
#: commands whose argument is words
WORDS = frozenset(["operatorname", "text", "mathrm", "mathcal", "mathbf"])
#: stands between a function and its bracket, for who reads aloud
APPLIED = "<mo>&#x2061;</mo>"
SPACE = '<mspace width="0.2em"/>'


def marked(name: str) -> str:
    """A name between its marks, to stand in LaTeX."""
    return f"{OPEN}{name.replace(OPEN, '').replace(CLOSE, '')}{CLOSE}"


def mathml(latex: str) -> str:
    """The MathML of a formula, to stand within `<math>`."""
    return Reader(latex).row()


def named(name: str) -> str:
    """A name in MathML, which says whose it is: Z1 is a Z with the index 1."""
    parts = re.fullmatch(r"(.*?[^\d_])_?(\d+)(′*)(⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]+⁾)?", name)
    base, index, primes, times = parts.groups("") if parts else (name, "", "", "")
    shown = f"<mi>{html.escape(base + primes + times)}</mi>"
    if index:
        shown = f"<msub>{shown}<mn>{index}</mn></msub>"
    return f'<mrow data-t="{html.escape(name)}">{shown}</mrow>'


class Reader:
    """Reads a formula from its start to its end."""

    def __init__(self, latex: str):
        self.source, self.tokens = latex, list(TOKEN.finditer(latex))
        self.at = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    @property
    def start(self) -> int:
        """Where the next token stands."""
        return self.tokens[self.at].start() if self.next else len(self.source)

    def row(self, until: str = "") -> str:
        """What stands up to a closing bracket, or to the end."""
        return "".join(self.parts(until))

    def parts(self, until: str) -> Iterator[str]:
        product = False
        while self.next and self.next != until:
            is_name = self.tokens[self.at]["name"] is not None
            if product and is_name:
                yield "<mo>·</mo>"
            yield self.scripted()
            product = is_name
        self.at += bool(until)

    def scripted(self) -> str:
        """A part, and what stands below and above it."""
        base, scripts = self.part(), {"_": "", "^": ""}
        while self.next in scripts and not scripts[self.next]:
            script = self.next
            self.at += 1
            scripts[script] = self.part()
        below, above = scripts["_"], scripts["^"]
        if below and above:
            return f"<msubsup>{base}{below}{above}</msubsup>"
        if below or above:
            tag = "msub" if below else "msup"
            return f"<{tag}>{base}{below or above}</{tag}>"
        return base

    def part(self) -> str:
        """A sign, a name, a command with what it takes, or what stands in brackets."""
        if not self.next:
            return "<mrow></mrow>"
        token = self.tokens[self.at]
        self.at += 1
        kind = str(token.lastgroup)
        text = token[kind]
        if kind == "name":
            return named(text)
        if kind == "command":
            return self.command(text)
        if text == "{":
            return f"<mrow>{self.row('}')}</mrow>"
        return f"<{kind}>{html.escape(text.replace('-', '−'))}</{kind}>"

    def command(self, name: str) -> str:
        if name in STRUCTURES:
            return STRUCTURES[name](self)
        if name in WORDS:
            return self.words("mtext" if name == "text" else "mi")
        if name in SIGNS:
            return SIGNS[name] + self.applied
        if name.isspace() or name in ",;":
            return SPACE
        tag = "mi" if name.isalpha() else "mo"
        return f"<{tag}>{html.escape(name)}</{tag}>{self.applied or SPACE * name.isalpha()}"

    @property
    def applied(self) -> str:
        return APPLIED if self.next == "(" else ""

    def words(self, tag: str) -> str:
        r"""The letters of a group as they stand, without the strokes of \_ and of spaces."""
        self.at += self.next == "{"
        start = self.start
        while self.next and self.next != "}":
            self.at += 1
        text = self.source[start : self.start].replace("\\", "")
        self.at += 1
        return f"<{tag}>{html.escape(text)}</{tag}>{self.applied}"


STRUCTURES: dict[str, Callable[[Reader], str]] = {
    "frac": lambda reader: f"<mfrac>{reader.part()}{reader.part()}</mfrac>",
    "sqrt": lambda reader: f"<msqrt>{reader.part()}</msqrt>",
    "overline": lambda reader: f'<mover accent="true">{reader.part()}<mo>¯</mo></mover>',
    "hat": lambda reader: f'<mover accent="true">{reader.part()}<mo>^</mo></mover>',
    "left": lambda reader: reader.part(),
    "right": lambda reader: reader.part(),
}
