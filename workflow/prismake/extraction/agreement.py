"""Do two extractors agree? For each variable, how often, and how closely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from prismake.extraction.codebook import Codebook
from prismake.extraction.values import exact_number

AGREEMENT = [
    "sheet",
    "column",
    "cells",
    "both_filled",
    "agree",
    "tolerance",
    "conflict",
    "one_sided",
    "percent_agreement",
    "icc",
    "kappa",
]


def agreement_by_column(differences: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """For each variable: cells compared, exact and tolerated agreement in percent; ICC for numbers, kappa for categories.

    `differences` has every compared cell. In the long sheets a variable is a statistic (of effects a measure): its values
    are counted by themselves. Cells that only one extractor filled count as disagreement. ICC(A,1) (McGraw & Wong, 1996)
    over the pairs of numbers; kappa over pairs of the codebook's words; blank where not estimable, and for free text.
    """
    named = differences.assign(variable=[_variable(row, book) for row in differences.to_dict("records")])
    rows = []
    for (sheet, column), group in named.groupby(["sheet", "variable"], sort=False):
        words = _types(book, str(sheet)).get(str(group["column"].iloc[0]), "text") in ("category", "yes_no", "id")
        both = group[(group["value_1"] != "") & (group["value_2"] != "")]
        pairs = [(exact_number(x), exact_number(y)) for x, y in zip(both["value_1"], both["value_2"], strict=True)]
        numbers = [(x.value, y.value) for x, y in pairs if x is not None and y is not None]
        n = len(group)
        rows.append(
            {
                "sheet": sheet,
                "column": column,
                "cells": n,
                "both_filled": len(both),
                "agree": int((group["status"] == "agree").sum()),
                "tolerance": int((group["status"] == "tolerance").sum()),
                "conflict": int((group["status"] == "conflict").sum()),
                "one_sided": int(group["status"].isin(["only_1", "only_2"]).sum()),
                "percent_agreement": 100 * float(group["status"].isin(["agree", "tolerance"]).mean()) if n else None,
                "icc": None if words else icc(numbers),
                "kappa": _kappa(both["value_1"].tolist(), both["value_2"].tolist()) if words else None,
            }
        )
    return pd.DataFrame(rows, columns=AGREEMENT)


def _variable(row: dict[str, str], book: Codebook) -> str:
    """The column; of the long sheets' value with the statistic or measure that ends the key."""
    if row["column"] == "value" and book.sheets[row["sheet"]].key[-1] in ("stat", "measure"):
        return f"value of {row['key'].rsplit(' | ', 1)[-1]}"
    return row["column"]


def _types(book: Codebook, sheet: str) -> dict[str, str]:
    return {field.name: field.type for field in book.sheets[sheet].fields}


def icc(pairs: list[tuple[float, float]]) -> float | None:
    """ICC(A,1): absolute agreement of single ratings, two-way (McGraw & Wong, 1996, Table 4);
    None below 3 pairs or without spread.
    """
    n = len(pairs)
    if n < 3:
        return None
    grand = sum(x + y for x, y in pairs) / (2 * n)
    rows = 2 * sum(((x + y) / 2 - grand) ** 2 for x, y in pairs) / (n - 1)
    m1, m2 = sum(x for x, _ in pairs) / n, sum(y for _, y in pairs) / n
    columns = n * ((m1 - grand) ** 2 + (m2 - grand) ** 2)
    total = sum((x - grand) ** 2 + (y - grand) ** 2 for x, y in pairs)
    error = (total - rows * (n - 1) - columns) / (n - 1)
    denominator = rows + error + 2 * (columns - error) / n
    return (rows - error) / denominator if denominator > 0 else None


def _kappa(a: list[str], b: list[str]) -> float | None:
    from prismake.extraction.risk_of_bias.agreement import compare

    found: Mapping[str, Any] = compare([x.lower() for x in a], [y.lower() for y in b], [])
    return found["kappa"]
