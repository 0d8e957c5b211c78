"""Equations in MathML: well formed, whatever stands in them, and with whose name each name is."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from pellucid.plan.mathml import marked, mathml
from pellucid.plan.printing import mathml_rows, rows
from tests.test_explanation import classifier
from tests.test_glass_elements import NETWORKS

FORMULAS = {
    r"\frac{a}{b_1}": "<mfrac><mrow><mi>a</mi></mrow>"
    "<mrow><msub><mi>b</mi><mn>1</mn></msub></mrow></mfrac>",
    r"\operatorname{leaky\_relu}(x)": "<mi>leaky_relu</mi><mo>\u2061</mo><mo>(</mo>"
    "<mi>x</mi><mo>)</mo>",
    r"x^{2}_i": "<msubsup><mi>x</mi><mi>i</mi><mrow><mn>2</mn></mrow></msubsup>",
    r"\foo - 1e−05": '<mi>foo</mi><mspace width="0.2em" /><mo>−</mo><mn>1e−05</mn>',
    f"{marked('X')} {marked('W1')}": '<mrow data-t="X"><mi>X</mi></mrow><mo>·</mo>'
    '<mrow data-t="W1"><msub><mi>W</mi><mn>1</mn></msub></mrow>',
    r"\text{at max of} x": "<mtext>at max of</mtext><mi>x</mi>",
}


HALVES = ["{", "}", "^", "_", "x^", r"\frac", r"\sqrt{", "\\", r"\text{", "{{}", "^^_"]


@pytest.mark.parametrize("latex", FORMULAS)
def test_mathml(latex):
    written = ElementTree.fromstring(
        f"<math>{mathml(latex).replace('&#x2061;', chr(0x2061))}</math>"
    )
    assert ElementTree.tostring(written, encoding="unicode") == f"<math>{FORMULAS[latex]}</math>"


@pytest.mark.parametrize("latex", HALVES)
def test_half_a_formula_is_shown_all_the_same(latex):
    ElementTree.fromstring(f"<math>{mathml(latex)}</math>")


@pytest.mark.parametrize("name", [*NETWORKS])
def test_equations_in_mathml(name):
    plan = classifier(*NETWORKS[name])[0].plan
    for text, shown in zip(rows(plan, "text"), mathml_rows(plan), strict=True):
        tree = ElementTree.fromstring(f"<math>{shown.left}<mo>=</mo>{shown.right}</math>")
        names = {each.get("data-t") for each in tree.iter("mrow")} - {None}
        assert text.left in names
        assert names <= {*plan.names.values(), *(each.name for each in plan.numbers.values())} | {
            tensor.name for line in plan.lines for tensor in line.inputs if tensor.is_setting
        }
