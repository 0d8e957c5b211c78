"""The command line: what each command prints, writes and refuses; exit codes; no tracebacks."""

import csv
import dataclasses
import json
import os
import shlex
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

import pellucid
from pellucid.cli.app import app
from pellucid.cli.choices import Choices

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")
pytest.importorskip("pyarrow")

TABLE = "colour,size,when,answer\n" + "".join(
    f"{('red', 'green', 'blue')[at % 3]},{at % 7 + 0.5},2024-01-{at % 28 + 1:02d},"
    f"{'yes' if at % 3 else 'no'}\n"
    for at in range(150)
)


def call(*words, code=0, text=None):
    """What a command prints on standard output."""
    result = CliRunner().invoke(app, list(map(str, words)), input=text)
    shown = f"{result.stdout}\n{result.stderr}\n{result.exception!r}"
    assert result.exit_code == code, shown
    assert "Traceback" not in shown
    return result.stdout if code == 0 else result.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a run on the digits and a run on a table."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "answers.csv").write_text(TABLE)
    before = os.getcwd()
    os.chdir(folder)
    try:
        said = json.loads(call("train", "--json"))
        (folder / "digits.json").write_text(json.dumps(said))
        call("train", "answers.csv", "--epochs", 30, "--json")
    finally:
        os.chdir(before)
    return folder


@pytest.fixture(autouse=True)
def at_home(home, monkeypatch):
    monkeypatch.chdir(home)


def test_train_on_the_digits(home):
    said = json.loads((home / "digits.json").read_text())
    assert said["scores"]["accuracy"] >= 0.97
    assert said["rows"] == {"train": 1221, "validation": 216, "test": 360}
    assert set(os.listdir("runs/digits")) == {"model.safetensors", "history.csv", "report.html"}
    with open("runs/digits/history.csv") as file:
        assert len(list(csv.DictReader(file))) == said["epochs"]


def test_the_command_repeats_the_run_to_the_bit(home):
    words = json.loads((home / "digits.json").read_text())["command"].split()[1:]
    quick = [*words, "--epochs", "4"]
    for name in "ab":
        call(*quick, "--out", name)
    one, other = (pellucid.load(f"{name}/model.safetensors").get_weights() for name in "ab")
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_runs_get_a_name_of_their_own():
    for expected in ("runs/xor/", "runs/xor-2/"):
        out = call("train", "xor", "--epochs", 1)
        assert expected in out


def test_settings_are_searched_before_a_table_is_trained(home, monkeypatch):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    words = ("train", "answers.csv", "--epochs", 4, "--hidden", "8", "--out", "searched")
    said = json.loads(call(*words, "--search", "2s", "--json"))
    assert "--search" not in said["command"]
    assert "--hidden 8 " in said["command"]
    report = (home / said["files"]["report"]).read_text(encoding="utf-8")
    assert "<h2>Search</h2>" in report
    assert "as they are" in report
    for words, expected in {
        "answers.csv --search soon": "--search is 'soon'; expected how long, such as 60s",
        "digits --search 5s": "--search is for tables",
        "answers.csv --search 5s --hidden 8 --batch-size 8 --learning-rate 0.1": "Leave one out",
    }.items():
        assert expected in call("train", *words.split(), code=1)


def test_evaluate_gives_what_training_said(home):
    said = json.loads((home / "digits.json").read_text())["scores"]
    found = json.loads(call("evaluate", "runs/digits", "--json"))
    assert found["accuracy"] == said["accuracy"]
    assert found["log_loss"] == pytest.approx(said["log_loss"])
    assert "accuracy" in call("evaluate", "runs/answers/model.safetensors", "answers.csv")


def test_the_source_of_a_model(home):
    assert "def predict(X):" in call("source", "runs/digits", "--only", "forward")
    call("source", "runs/answers", "--out", "net.py", "--epochs", 2, "--batch-size", 7)
    assert "epochs, batch_size = 2, 7" in (home / "net.py").read_text(encoding="utf-8")
    assert "class Net(nn.Module):" in call("source", "runs/digits", "--language", "torch")
    refused = call("source", "runs/digits", "--language", "cobol", code=1)
    assert "no program can be written in 'cobol'" in refused


def test_explain_a_row(home):
    whole = call("explain", "runs/digits", "--row", 41)
    assert {"forward", "backward", "update"} <= set(whole.split("\n"))
    found = call("explain", "runs/answers", "answers.csv", "--why", "Z2,0,5", "--why", "L")
    assert "= Z2[0, 5]\n" in found
    assert "\nL = " in found
    call("explain", "runs/digits", "--row", 41, "--row", 7, "--save", "why.html")
    page = (home / "why.html").read_text(encoding="utf-8")
    assert "<title>runs/digits, row 41, 7 · pellucid</title>" in page
    for words, said in {
        "--row 400": "there are the rows 0 to 359",
        "--why Z1,0,x": "expected a name and a place, such as Z1,0,5",
        "--why Z9,0,5": "did you mean 'Z",
        "--why Z1,0,500": "Z1 has the shape",
    }.items():
        assert said in call("explain", "runs/digits", *words.split(), code=1)


def test_which_inputs_made_an_output():
    pixels = json.loads(call("lens", "runs/digits", "--row", 41, "--json"))
    assert pixels["end"] - pixels["start"] == pytest.approx(
        np.sum(pixels["adds"]) + pixels["missing"], abs=1e-6
    )
    printed = call("lens", "runs/digits", "--row", 41).splitlines()
    assert printed[0].startswith(f"{pixels['of']} is {pixels['end']:.4f}, and ")
    assert len(printed) == 1 + pixels["shape"][0]
    columns = call("lens", "runs/answers", "answers.csv", "--row", 2, "--of", "Z2[0]")
    assert "colour" in columns
    assert "there are the rows 0 to" in call("lens", "runs/digits", "--row", 999, code=1)
    for of in ("Q[1]", "Ŷ[77]", "Ŷ[x]"):
        assert "error:" in call("lens", "runs/digits", "--of", of, code=1)


def test_check_the_gradients():
    found = json.loads(call("check", "runs/digits", "--rows", 3, "--json"))
    assert [each["name"] for each in found][:3] == ["X", "W1", "b1"]
    assert found[0]["shape"][0] == 3
    assert "well" in call("check", "runs/answers", "answers.csv")


def test_a_wrong_gradient_has_exit_code_1(monkeypatch):
    monkeypatch.setattr("pellucid.glass.differences.LIMIT", -1.0)
    result = CliRunner().invoke(app, ["check", "runs/answers"])
    assert result.exit_code == 1
    assert "WRONG" in result.stdout


def test_predict_a_table(home):
    rows = json.loads(call("predict", "runs/answers", "answers.csv", "--json"))
    assert [row["answer"] for row in rows[:3]] == ["no", "yes", "yes"]
    assert rows[0]["p(no)"] + rows[0]["p(yes)"] == pytest.approx(1)
    call("predict", "runs/answers", "answers.csv", "--out", "found.csv")
    with open("found.csv") as file:
        assert next(csv.reader(file)) == ["row", "answer", "p(no)", "p(yes)"]
    call("predict", "runs/answers", "answers.csv", "--out", "found.json")
    assert json.loads((home / "found.json").read_text()) == rows
    assert "p(yes)" in call("predict", "runs/answers", "-", text=TABLE[:200].rsplit("\n", 1)[0])


def test_predict_pictures():
    Image = pytest.importorskip("PIL.Image")
    (x, y), _ = pellucid.datasets.digits.load_data()
    os.makedirs("pictures", exist_ok=True)
    for at in range(5):
        Image.fromarray((255 - x[at] * 15).astype(np.uint8)).resize((90, 90)).save(
            f"pictures/{at}.png"
        )
    np.save("pictures.npy", x[:5])
    rows = json.loads(call("predict", "runs/digits", "pictures.npy", "--json"))
    assert [int(row["class"]) for row in rows] == y[:5].tolist()
    rows = json.loads(call("predict", "runs/digits", "pictures", "--json"))
    assert [row["picture"] for row in rows] == [f"{at}.png" for at in range(5)]
    assert "likeliest" in call("predict", "runs/digits", "pictures/0.png")


def test_show():
    out = call("show", "runs/digits", "--weights", "weights.png")
    for words in ("dense_1", "Z1 = ", "dW1 = ", "first-layer weights"):
        assert words in out
    assert os.path.getsize("weights.png") > 1000
    assert (
        json.loads(call("show", "runs/answers", "--json"))["preprocessing"]["data"]["target"]
        == "answer"
    )


def test_data_recipes_and_bench(home):
    assert "mnist/train-images-idx3-ubyte.gz  sha256:" in call("data")
    assert {each["name"] for each in json.loads(call("data", "--json"))} >= {
        "digits",
        "mnist",
        "iris",
    }
    assert "ten-digits" in call("recipes")
    records = json.loads(call("recipes", "run", "one-hot", "--data", "digits", "--json"))
    assert records[0]["name"] == "one-hot"
    measured = json.loads(call("bench", "--seconds", 0, "--json"))
    assert {each["executor"] for each in measured} >= {"numpy"}
    assert all(each["rows_per_second"] > 0 for each in measured)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("train digit", "did you mean 'digits'"),
        ("train ./nowhere.csv", "there is no file or folder"),
        ("train answers.csv --target answers", "did you mean 'answer'"),
        ("train --hidden 12,x", "--hidden is '12,x'"),
        ("train --optimizer adamm", "did you mean 'adam'"),
        ("train --activation relo --epochs 1", "did you mean 'relu'"),
        ("train --executor fast --epochs 1", "unknown executor 'fast'"),
        ("train --validation 2.0", "--validation is 2.0"),
        ("train iris --test 0.0", "--test is 0.0"),
        ("train iris --task guess", "--task is 'guess'"),
        ("evaluate nowhere", "there is no model 'nowhere'. Trained here: runs/answers"),
        ("evaluate answers.csv", "is not a model file"),
        ("evaluate runs/answers iris", "the table has no column 'answer'"),
        ("predict runs/answers iris", "the table lacks"),
        (
            "predict runs/answers answers.csv --out a.txt",
            "expected a name that ends in .csv or .json",
        ),
        ("predict runs/digits answers.png", "there is no picture"),
        ("show answers.csv", "is not a model file"),
        ("show runs/answers --weights a.png", "not known to be an image"),
        ("recipes run ten-digit", "did you mean 'ten-digits'"),
        ("recipes run one-hot --data cifar", "recipes run on mnist or digits"),
        ("data fetch mnst", "did you mean 'mnist'"),
    ],
)
def test_mistakes_are_told_in_a_line(words, said):
    error = call(*words.split(), code=1)
    assert said in error
    assert error.count("error:") == 1


@pytest.mark.parametrize(
    "words", ["trane", "train --epochs many", "train --epochs 0", "predict", "train --fast"]
)
def test_what_cannot_be_read_has_exit_code_2(words):
    call(*words.split(), code=2)


@pytest.mark.parametrize(
    "command",
    [
        "train",
        "evaluate",
        "predict",
        "show",
        "check",
        "source",
        "explain",
        "lens",
        "bench",
        "recipes",
        "recipes run",
        "data",
        "data fetch",
    ],
)
def test_every_command_has_examples(command):
    assert "Example" in call(*command.split(), "--help")


def run(*words, **environment):
    """The command in a process of its own."""
    code = "from pellucid.cli import main; import sys; sys.argv[0] = 'pellucid'; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False,
        env=os.environ | environment,
    )  # fmt: skip


def test_help_loads_nothing_heavy():
    code = (
        "import sys; sys.argv = ['pellucid', '--help']\n"
        "from pellucid.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'sklearn', 'matplotlib', 'pyarrow'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell):
    script = run(_PELLUCID_COMPLETE=f"source_{shell}")
    assert "pellucid" in script.stdout.lower()
    assert script.returncode == 0


def test_results_and_remarks_go_apart(home):
    done = run("predict", "runs/answers", "-", "--json")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error:")


CORE = """
import sys
for name in ("sklearn", "matplotlib", "pooch", "narwhals", "pyarrow", "PIL"):
    sys.modules[name] = None
from pellucid.cli import main
sys.argv = ["pellucid", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("train --epochs 1 --out core", ""),
        ("train answers.csv", "reading a table needs pyarrow: pip install"),
        ("train iris", "the data set iris needs scikit-learn: pip install"),
        ("train moons", "fitting a table needs scikit-learn: pip install"),
        ("show runs/digits", ""),
        ("data", ""),
        ("predict runs/digits a.png", "reading pictures needs pillow: pip install"),
    ],
)
def test_without_the_extras(words, said):
    """The digits need none; what does says what to install."""
    done = subprocess.run(
        [sys.executable, "-c", CORE, *words.split()], capture_output=True, text=True, check=False
    )
    assert done.returncode == (1 if said else 0), done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_options_of_train_are_the_fields_of_its_choices():
    said = call("train", "--help")
    for each in dataclasses.fields(Choices):
        if each.name != "data":
            assert f"--{each.name.replace('_', '-')}" in said
        if each.default is not None:
            assert f"[default: {each.default}]" in " ".join(said.split())


def test_the_command_is_read_as_it_was_written(monkeypatch):
    taken = []
    monkeypatch.setattr(
        "pellucid.cli.training.train", lambda choices, *_: taken.append(choices) or sys.exit(0)
    )
    wanted = Choices("a b.csv", "price", hidden="", l2=0.5, threads=2, seed=3, executor="numpy")
    call(*shlex.split(wanted.command)[1:])
    assert taken == [wanted]


def test_what_a_run_made_is_played():
    from pellucid.cli.playing import model_of
    from pellucid.play import Session

    assert model_of("answers.csv") is None
    for name, rows in (("runs/digits", 1221), ("runs/answers/model.safetensors", 102)):
        session = Session(None, model_of(name))
        header = session.handle({"do": "run", "updates": 2}).header
        assert header["now"]["measured"]["train"] == rows
        assert header["now"]["loss"]["test"] < 2
