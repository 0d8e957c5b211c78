"""Preprocessing: messy tables and pictures as numbers, fitted once and kept with the model.

table = preprocessing.read_table("houses.csv")
prepared, x, y = preprocessing.fit(table, target="price")
net.fit(x, y)
prepared.target.decode(net.predict(prepared.transform(new_rows)))
"""

from pellucid.preprocessing.opening import Rows, Source, open_data
from pellucid.preprocessing.pictures import as_digit, read_pictures
from pellucid.preprocessing.preparation import (
    PicturePreparation,
    Preparation,
    TablePreparation,
    fit,
    preparation_for,
)
from pellucid.preprocessing.tables import as_table, read_csv, read_table
from pellucid.preprocessing.targets import Classes, Quantity, Target
from pellucid.wording import tell

__all__ = [
    "Classes",
    "PicturePreparation",
    "Preparation",
    "Quantity",
    "Rows",
    "Source",
    "TablePreparation",
    "Target",
    "as_digit",
    "as_table",
    "fit",
    "open_data",
    "preparation_for",
    "read_csv",
    "read_pictures",
    "read_table",
]

tell(globals(), "preprocessing")
