"""The environments of the peers, made on first use, and the worker processes in them."""

from __future__ import annotations

import json
import os
import select
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import levels

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("PELLUCID_BENCH", Path.home() / ".cache" / "pellucid-bench"))
#: seconds after which a silent worker is given up
PATIENCE = 1200

#: what each group of peers needs; pellucid runs in the environment of the benchmark itself
REQUIREMENTS: dict[str, list[str]] = {
    "pellucid": [],
    "numpy": ["numpy"],
    "sklearn": ["scikit-learn"],
    "keras": ["keras", "jax"],
    "torch": ["torch==2.13.0", "numpy"],
    "jax": ["jax"],
    "onnx": ["onnxruntime", "onnx"],
}
#: what is imported to train a network, where it is not the package itself
IMPORTS = {"pellucid": "pellucid.models", "sklearn": "sklearn.neural_network"}
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class PeerError(Exception):
    """Why an environment or a worker is not there."""


def python(group: str) -> str:
    """The interpreter of a group, whose environment is made if it is not there."""
    if not REQUIREMENTS[group]:
        return sys.executable
    folder = CACHE / group
    interpreter, stamp = folder / "bin" / "python", folder / ".ready"
    asked = " ".join(REQUIREMENTS[group])
    if not (stamp.exists() and stamp.read_text() == asked):
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        install = ["install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS[group]]
        _run([str(interpreter), "-m", "pip", *install])
        stamp.write_text(asked)
    return str(interpreter)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise PeerError(f"cannot be installed ({''.join(last)})")


def seconds(statement: str, interpreter: str = sys.executable) -> float:
    """The time of a statement in a process of its own."""
    begun = time.perf_counter()
    command = [interpreter, "-c", statement]
    subprocess.run(command, check=True, capture_output=True, env=environment(2))
    return time.perf_counter() - begun


def import_seconds(group: str, rounds: int = 5) -> float:
    """The time of the import, above that of an empty process."""
    statement, interpreter = f"import {IMPORTS.get(group, group)}", python(group)
    seconds(statement, interpreter)  # the first writes and reads byte code
    spent = [seconds(statement, interpreter) - seconds("pass", interpreter) for _ in range(rounds)]
    return statistics.median(spent)


def environment(
    threads: int, level: str = "", interpreter: str = sys.executable, fresh: bool = False
) -> dict[str, str]:
    """What a process is told: how many threads, and the CPU level to keep to ("" for the best)."""
    settings = dict.fromkeys(_THREADS, str(threads)) | {"KERAS_BACKEND": "jax"}
    settings |= {"TORCHINDUCTOR_CACHE_DIR": str(CACHE / f"compiled-{level or levels.here()}")}
    if fresh:
        settings["TORCHINDUCTOR_FORCE_DISABLE_CACHES"] = "1"
    kept = {name: value for name, value in os.environ.items() if name not in levels.DROPPED}
    return kept | settings | levels.settings(level, interpreter)


class Process:
    """A worker, asked with `process("prepare", workload="W1", peer="JAX scan")`."""

    def __init__(self, group: str, threads: int, data: Path, level: str = "", fresh: bool = False):
        interpreter = python(group)
        logs = CACHE / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with open(logs / f"{group}-{threads}.txt", "w") as log:
            self.process = subprocess.Popen(
                [interpreter, str(HERE / "worker.py"), group, str(threads), str(data)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                env=environment(threads, level, interpreter, fresh),
            )  # fmt: skip

    def __call__(self, do: str, **more: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            print(json.dumps({"do": do} | more), file=self.process.stdin, flush=True)
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            answer = json.loads(self.process.stdout.readline()) if ready else None
        except (BrokenPipeError, ValueError) as error:
            raise PeerError("its process died; see its log") from error
        if answer is None:
            self.process.kill()
            raise PeerError(f"no answer within {PATIENCE} s")
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
