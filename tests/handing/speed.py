"""How fast and how large the programs of 784-128-64-10 are: python -m tests.handing.speed

The best of many rounds; and how busy the machine was.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pellucid as pl
from pellucid import Sequential, layers
from tests.handing.languages import ran

#: rounds are short, so that some of them are undisturbed also where others work
ROUNDS, CALLS = 2000, 5
C = f"""\
#include <stdio.h>
#include <time.h>
#include "net.h"
static double now(void) {{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}}
int main(void) {{
  static float x[784], y[10];
  double best = 1e9, sum = 0;
  for (int i = 0; i < 784; ++i) x[i] = (float)(i % 17) * 0.06f;
  for (int round = 0; round < {ROUNDS}; ++round) {{
    const double start = now();
    for (int call = 0; call < {CALLS}; ++call) {{
      x[call % 784] += 0.001f;
      net_predict(x, y);
      sum += (double)y[0];
    }}
    const double took = (now() - start) / {CALLS};
    best = took < best ? took : best;
  }}
  printf("%.2f us a row (%g)\\n", best, sum);
  return 0;
}}
"""
NODE = f"""\
import {{ predict }} from "./net.js";
const x = Float32Array.from({{ length: 784 }}, (_, i) => (i % 17) * 0.06);
let best = Infinity, sum = 0;
for (let round = 0; round < {ROUNDS}; ++round) {{
  const start = performance.now();
  for (let call = 0; call < {CALLS}; ++call) {{
    x[call % 784] += 0.001;
    sum += predict(x)[0];
  }}
  best = Math.min(best, ((performance.now() - start) * 1000) / {CALLS});
}}
console.log(`${{best.toFixed(2)}} us a row (${{sum}})`);
"""
ARM = ["arm-none-eabi-gcc", "-Os", "-mcpu=cortex-m4", "-mthumb"]


def network() -> Sequential:
    pl.set_random_seed(0)
    hidden = [layers.Dense(units, "relu") for units in (128, 64)]
    return Sequential([layers.Input((784,)), *hidden, layers.Dense(10, "softmax")])


def bytes_of(tool: str, path: Path) -> int:
    """Instructions and constants of an object file."""
    told = subprocess.run([tool, path], check=True, capture_output=True, text=True).stdout
    text, data = told.split("\n")[1].split()[:2]
    return int(text) + int(data)


def main(folder: Path) -> None:
    net = network()
    numbers = 4 * sum(each.size for each in net.get_weights())
    print(f"{numbers:,} bytes of weights; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    (folder / "main.c").write_text(C)
    (folder / "main.mjs").write_text(NODE)
    (folder / "package.json").write_text('{"type": "module"}')
    for bits in (32, 8):
        net.export(folder / "net.c", bits=bits)
        for how in (["-O3"], ["-O3", "-march=native"]):
            subprocess.run(["gcc", *how, "main.c", "net.c", "-lm", "-o", "main"], cwd=folder)
            print(f"C, {bits} bits, gcc {' '.join(how)}: {ran(['./main'], folder).strip()}")
        sizes(folder, bits, numbers)
    net.export(folder / "net.js")
    print(f"JavaScript, node: {ran(['node', 'main.mjs'], folder).strip()}")


def sizes(folder: Path, bits: int, numbers: int) -> None:
    for command, tool in ((["gcc", "-O3"], "size"), (ARM, "arm-none-eabi-size")):
        if shutil.which(command[0]) is None:
            continue
        subprocess.run([*command, "-c", "net.c", "-o", "net.o"], check=True, cwd=folder)
        held = bytes_of(tool, folder / "net.o")
        more = 100 * held / (numbers * bits / 32) - 100
        print(f"  {' '.join(command)}: {held:,} bytes, {more:+.1f} % over the weights")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        main(Path(place))
