"""Programs that take raw rows of a table: numbers with gaps, texts, classes by their names."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pellucid as pl
from pellucid import Sequential, layers
from tests.browsing import browser  # noqa: F401
from tests.handing.languages import STRICT, WATCHED, Language, ran
from tests.test_export import in_each_language, without_onnx

D = layers.Dense
#: a text that is hard to write, in C above all
HARD = '??/ "*/ \\ größe\n</script>'


def table() -> dict[str, np.ndarray]:
    """Numbers with gaps, skewed numbers, hours, a few texts, many texts."""
    rng, n = np.random.default_rng(0), 600
    age = rng.normal(40, 10, n)
    age[::7] = np.nan
    colours, cities = np.array(["red", "green", HARD], object), [f"c{at}" for at in range(70)]
    colour = colours[rng.integers(0, 3, n)]
    price = np.exp(rng.normal(8, 1, n) + (colour == "red"))
    hour = np.where(np.arange(n) % 9, np.arange(n) % 24, np.nan)
    return {"age": age, "income": np.exp(rng.normal(8, 2, n)), "hour": hour, "colour": colour,
            "city": np.array(cities, object)[np.arange(n) % 70], "price": price}  # fmt: skip


@pytest.fixture(scope="module")
def of_table() -> tuple[Any, dict[str, np.ndarray], np.ndarray]:
    """A network behind a preparation, rows of the table, and what is predicted of them."""
    pytest.importorskip("sklearn")
    from pellucid.preprocessing import fit

    found, x, _ = fit(table(), "price")
    kinds = [type(each).__name__ for each in found.encodings]
    assert kinds == ["Numbers", "ManyCategories", "Gaps", "EvenNumbers", "Ramps", "Categories"]
    pl.set_random_seed(1)
    net = Sequential([layers.Input((x.shape[1],)), D(6, "relu"), D(1)])
    net.preprocessing = {"preparation": found.described()}
    rows = {name: each[:20] for name, each in table().items() if name != "price"}
    rows["city"][3] = "nowhere"
    outputs = net.predict(found.transform(rows), verbose=0)
    return net, rows, found.target.decode(outputs)


@in_each_language
def test_raw_rows_of_a_table(language: Language, tmp_path: Path, of_table: Any) -> None:
    """Means, scales, gaps, texts by their number; what comes out is in its own unit."""
    net, rows, _ = of_table
    net.export(tmp_path / f"net{language.ending}", rows)
    assert language.run(tmp_path).passed
    if language.ending in (".c", ".js", ".py"):
        text = (tmp_path / f"net{language.ending}").read_text()
        assert "1 green, 2 red, 3 any other" in text
    net.export(tmp_path / f"net{language.ending}")
    assert language.run(tmp_path).passed


def test_raw_rows_are_predicted_as_by_the_network(of_table: Any) -> None:
    from pellucid.interop.raw import raw

    net, rows, expected = of_table
    found = raw(net)
    assert found is not None
    given = found.network().predict(found.rows(rows), verbose=0)
    np.testing.assert_allclose(given.ravel(), expected, rtol=1e-5)


def test_dates_are_no_plain_arithmetic(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    from pellucid.preprocessing import fit

    days = np.array("2020-01-01", "M8[D]") + np.arange(50)
    found, x, _ = fit({"day": days, "y": np.random.default_rng(0).normal(size=50)}, "y")
    net = Sequential([layers.Input((x.shape[1],)), D(1)])
    net.preprocessing = {"preparation": found.described()}
    with pytest.raises(ValueError, match=r"the columns day are dates.*say preprocessing=False"):
        net.export(tmp_path / "net.c")
    net.export(tmp_path / "net.c", x, preprocessing=False)


def text_rows() -> dict[str, Any]:
    """What people have: texts, numbers, nothing."""
    return {
        "age": [20.0, None, 40.5, 1.0],
        "income": [1e3, 2e4, None, 7.0],
        "hour": [3.0, None, 23.0, 3.5],
        "city": ["c3", "c69", "nowhere", None],
        "colour": ["red", HARD, None, "another"],
    }


def as_columns(rows: dict[str, Any]) -> dict[str, np.ndarray]:
    return {name: np.array(each, object) for name, each in rows.items()}


@pytest.fixture
def numbers(of_table: Any) -> np.ndarray:
    """The same as numbers."""
    from pellucid.interop.raw import raw

    found = raw(of_table[0])
    assert found is not None
    return np.asarray(found.rows(as_columns(text_rows())))


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_texts_in_c(of_table: Any, numbers: np.ndarray, tmp_path: Path) -> None:
    of_table[0].export(tmp_path / "net.c")
    asked = [
        f"{at}, {c_text(each)}"
        for at, name in ((3, "city"), (4, "colour"))
        for each in text_rows()[name]
    ]
    prints = "".join(f'printf("%g ", (double)net_text({each}));' for each in asked)
    main = f'#include <stdio.h>\n#include "net.h"\nint main(void) {{ {prints} return 0; }}'
    (tmp_path / "main.c").write_text(main)
    subprocess.run(["gcc", *STRICT, *WATCHED, "-c", "net.c"], check=True, cwd=tmp_path)
    for compiler in ("gcc", "g++"):  # the header is read by C++ too
        if shutil.which(compiler) is not None:
            how = ["-x", "c++" if compiler == "g++" else "c", "main.c", "-x", "none", "net.o"]
            command = [compiler, *WATCHED, *how, "-lm", "-o", "program"]
            subprocess.run(command, check=True, cwd=tmp_path)
            said = [float(each) for each in ran([tmp_path / "program"], tmp_path).split()]
            assert said == [*numbers[:, 3], *numbers[:, 4]]


def c_text(text: str | None) -> str:
    return "0" if text is None else '"' + "".join(f"\\{each:03o}" for each in text.encode()) + '"'


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_long_texts_in_c(tmp_path: Path) -> None:
    from pellucid.interop.words import Words, in_c

    words = Words(["a"], {0: ["x" * 5000 + "'", "ä\\" * 10]}, ["no", HARD])
    text = (
        "#include <math.h>\n" + "\n".join(in_c("net", words)) + "\nint main(void) { return 0; }\n"
    )
    text = text.replace("float net_text", "float net_text(int, const char *);\nfloat net_text", 1)
    (tmp_path / "net.c").write_text(text)
    subprocess.run(["gcc", *STRICT, "net.c"], check=True, cwd=tmp_path)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_texts_in_javascript(of_table: Any, numbers: np.ndarray, tmp_path: Path) -> None:
    of_table[0].export(tmp_path / "net.js")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    rows = [
        dict(zip(text_rows(), each, strict=True))
        for each in zip(*text_rows().values(), strict=True)
    ]
    del rows[1]["age"]
    program = f"""
import {{ rowOf, columns }} from "./net.js";
const found = {json.dumps(rows)}.map((each) => Array.from(rowOf(each), String));
console.log(JSON.stringify([found, columns]));
"""
    (tmp_path / "main.js").write_text(program)
    said, columns = json.loads(ran(["node", "main.js"], tmp_path))
    np.testing.assert_array_equal(np.array(said, float), numbers)
    assert columns == list(text_rows())
    assert "</script>" not in (tmp_path / "net.js").read_text()


def test_texts_in_python(of_table: Any, numbers: np.ndarray, tmp_path: Path) -> None:
    """By hand, and from a file of columns."""
    pandas = pytest.importorskip("pandas")
    net = of_table[0]
    net.export(tmp_path / "net.py")
    program = runpy.run_path(str(tmp_path / "net.py"))
    assert max(map(len, program["__doc__"].split("\n"))) <= 96
    for table in (text_rows(), pandas.DataFrame(text_rows())):
        np.testing.assert_array_equal(program["rows"](table), numbers)
    named = {name: ["" if x is None else x for x in each] for name, each in text_rows().items()}
    named |= {
        name: [np.nan if x is None else x for x in text_rows()[name]]
        for name in ("age", "income", "hour")
    }
    np.savez(tmp_path / "data.npz", **named)
    for given in ("data.npz", "numbers.npz"):
        if given == "numbers.npz":
            (letter,) = re.findall(r"the array (\w+) of numbers", (tmp_path / "net.py").read_text())
            np.savez(tmp_path / given, **{letter: program["rows"](named)})
        assert ran(["python3", "net.py", given, "out.npz"], tmp_path) == ""
        with np.load(tmp_path / "out.npz") as written:
            (found,) = written.values()
        np.testing.assert_allclose(found, program["predict"](program["rows"](named)))


@without_onnx
def test_texts_in_onnx(of_table: Any, tmp_path: Path) -> None:
    """An input for each column, by its name."""
    import onnxruntime

    net, rows, expected = of_table
    net.export(tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"))
    assert [each.name for each in session.get_inputs()] == list(text_rows())
    given = {
        name: np.asarray(each, object if name in ("colour", "city") else np.float32)[:, None]
        for name, each in rows.items()
    }
    (found,) = session.run(None, given)
    np.testing.assert_allclose(found.ravel(), expected, rtol=1e-4)
    with pytest.raises(ValueError, match="its input 'city' holds no numbers"):
        pl.load(tmp_path / "net.onnx")


@in_each_language
def test_classes_by_name(language: Language, tmp_path: Path) -> None:
    net = Sequential([layers.Input((4,)), D(3, "softmax")])
    net.class_names = ["no", HARD, "yes"]
    net.preprocessing = None
    net.export(tmp_path / f"net{language.ending}")
    assert language.run(tmp_path).passed
    if language.ending == ".onnx":
        assert pl.load(tmp_path / "net.onnx").class_names == net.class_names
    elif language.ending == ".py":
        assert runpy.run_path(str(tmp_path / "net.py"))["CLASSES"] == net.class_names
    else:
        assert re.search(r'classes.*"yes"', (tmp_path / f"net{language.ending}").read_text(), re.S)


def test_in_a_browser(
    browser: Any,  # noqa: F811
    of_table: Any,
    tmp_path: Path,
) -> None:
    """The module as a page imports it, its own test and a row of texts."""
    net, _, _ = of_table
    net.export(tmp_path / "net.js")
    page = browser.new_page()
    page.goto("about:blank")
    said = page.evaluate(
        """async (text) => {
          const place = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
          const net = await import(place);
          const y = net.predict(net.rowOf({ age: 41, colour: "red", city: "c3" }));
          return [net.test(), y.length, Number.isFinite(y[0])];
        }""",
        (tmp_path / "net.js").read_text(),
    )
    assert said == ["net: 3 rows as expected", 1, True]
