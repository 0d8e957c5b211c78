"""One process of the conformance run: some files of tests, and what came of each as JSON lines."""

from __future__ import annotations

import inspect
import json
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import helping
from tests.conformance.casing import USED
from tests.conformance.exporting import exported
from tests.conformance.judging import APART, kind_of
from tests.conformance.shim import install

#: a test may take so many seconds
LIMIT = 30


class Recorder:
    """Writes what came of every test."""

    def __init__(self, out: Any, folder: Path, files: Sequence[Path]):
        self.out, self.folder, self.files = out, folder, files
        self.public = exported(folder)

    def write(self, test: str, kind: str, why: str = "") -> None:
        self.out.write(json.dumps({"test": test, "kind": kind, "why": why[:300]}) + "\n")
        self.out.flush()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: Any) -> None:
        USED.clear()
        helping.OPS_ARE_TESTED.append("/ops/" in str(item.path))
        signal.alarm(LIMIT)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        report = (yield).get_result()
        if call.when == "call" or (call.when == "setup" and not report.passed):
            signal.alarm(0)
            self.note(self.name(item), report, call.excinfo, source_of(item))

    def name(self, item: Any) -> str:
        return f"{item.path.relative_to(self.folder)}::{'::'.join(item.nodeid.split('::')[1:])}"

    def note(self, test: str, report: Any, excinfo: Any, source: str) -> None:
        if report.skipped:
            self.write(test, "apart", "skipped")
        elif report.passed:
            kind = "apart" if APART.search(test) else "help" if USED else "passes"
            self.write(test, kind, ", ".join(sorted(USED)))
        else:
            text = str(excinfo.value)
            why = f"{excinfo.type.__name__}: {' '.join(text.split())}"
            self.write(test, kind_of(test, excinfo.type.__name__, text, source, self.public), why)

    def pytest_collectreport(self, report: Any) -> None:
        """A file that cannot be imported: each of its tests failed."""
        if not report.failed:
            return
        path = self.folder / report.nodeid.split("::")[0]
        name = next((each for each in self.files if each.name == path.name), path)
        tests = re.findall(r"def (test_\w+)", name.read_text(encoding="utf-8"))
        words = str(report.longrepr).strip().splitlines()[-1]
        error = re.sub(r"^E\s+", "", words).split(":")[0].split(".")[-1]
        for test in tests:
            full = f"{name.relative_to(self.folder)}::{test}"
            self.write(full, kind_of(full, error, words, "", self.public), words)


def source_of(item: Any) -> str:
    """The text of a test's own function."""
    try:
        return inspect.getsource(inspect.unwrap(item.function))
    except (OSError, TypeError):
        return ""


def timed_out(*_: Any) -> None:
    raise TimeoutError(f"took over {LIMIT} s")


def main() -> None:
    folder, out, *files = sys.argv[1:]
    install(Path(folder))
    sys.modules["conftest"] = helping.CONFTEST
    signal.signal(signal.SIGALRM, timed_out)
    with Path(out).open("a", encoding="utf-8") as lines:
        quiet = ("-q", "--noconftest", "-p", "no:cacheprovider", "-W", "ignore", "--tb=line")
        going = ("--continue-on-collection-errors", "--rootdir", folder, "-c", "/dev/null")
        options = [*quiet, *going]
        pytest.main(
            [*options, *files], plugins=[Recorder(lines, Path(folder), list(map(Path, files)))]
        )


if __name__ == "__main__":
    main()
