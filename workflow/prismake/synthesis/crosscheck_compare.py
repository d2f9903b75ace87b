"""Both numbers of each quantity side by side, and how many of them agree."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from prismake.synthesis.crosscheck_task import Task

COLUMNS = ["analysis", "part", "quantity", "prismake", "metafor", "difference", "agrees", "note"]

# Two numbers agree to four digits, or to a millionth where they are near 0. metafor's optimisers stop that early.
_RELATIVE, _ABSOLUTE = 1e-4, 1e-6
# Where its likelihood is flat (several variances, selection models), an optimiser stops earlier still.
_FLAT = frozenset({"multilevel", "multivariate", "leave_one_study_out", "selection_model"})
_FLAT_RELATIVE, _FLAT_ABSOLUTE = 2e-3, 1e-5


def compare(tasks: list[Task], answers: pd.DataFrame) -> pd.DataFrame:
    """Both numbers of each quantity side by side. answers: task (its position), quantity, value, all as text.

    `agrees` is yes, no, or blank where metafor gave no number, which the note explains.
    """
    given: dict[int, dict[str, str]] = {}
    for row in answers.itertuples():
        given.setdefault(int(row.task), {})[str(row.quantity)] = str(row.value)
    rows = [row for number, task in enumerate(tasks) for row in _compared(task, given.get(number, {}))]
    return pd.DataFrame(rows, columns=COLUMNS)


def _compared(task: Task, given: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    where = {"analysis": task.analysis, "part": task.part}
    if "error" in given:
        yield where | {"quantity": "", "prismake": None, "metafor": None, "difference": None, "agrees": "",
                       "note": f"metafor: {given['error']}"}  # fmt: skip
        return
    short = _short_of_the_top(task, given)
    for quantity, ours in task.expected.items():
        theirs = _number(given.get(quantity))
        name, _, index = quantity.partition(".")
        label = f"{name} ({task.labels[index]})" if index in task.labels else quantity
        row = where | {
            "quantity": label,
            "prismake": ours,
            "metafor": theirs,
            "difference": None,
            "agrees": "",
            "note": "",
        }
        if ours is None and theirs is None:
            continue
        if ours is None or theirs is None:
            row["note"] = "only metafor gives this number" if ours is None else "metafor gives no number"
        else:
            same = agree(ours, theirs, task.kind in _FLAT)
            row |= {"difference": ours - theirs, "agrees": "yes" if same else "no"}
            if short and not same:
                row |= {"agrees": "", "note": short}
        yield row


def _short_of_the_top(task: Task, given: Mapping[str, str]) -> str:
    """Words where metafor's optimiser ended at a lower likelihood than ours, so that its other numbers say nothing."""
    ours, theirs = task.expected.get("ll"), _number(given.get("ll"))
    if ours is None or theirs is None or ours <= theirs + _FLAT_RELATIVE:
        return ""
    return "metafor stopped at a lower likelihood"


def agree(ours: float, theirs: float, flat: bool = False) -> bool:
    """Whether two numbers are the same but for where an optimiser stopped."""
    relative, absolute = (_FLAT_RELATIVE, _FLAT_ABSOLUTE) if flat else (_RELATIVE, _ABSOLUTE)
    return abs(ours - theirs) <= max(absolute, relative * abs(theirs))


def _number(text: str | None) -> float | None:
    if text is None or text in ("NA", "", "NaN"):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def summary(table: pd.DataFrame, versions: Mapping[str, str]) -> dict[str, Any]:
    """How many numbers were compared, how many agree, and the largest relative difference of each analysis."""
    compared = table[table["agrees"] != ""]
    by_analysis = {}
    for analysis, part in compared.groupby("analysis", sort=True):
        scale = part["metafor"].astype(float).abs().clip(lower=_ABSOLUTE)
        largest = (part["difference"].astype(float).abs() / scale).max()
        by_analysis[str(analysis)] = {
            "compared": int(len(part)),
            "disagreeing": int((part["agrees"] == "no").sum()),
            "largest_relative_difference": float(largest),
        }
    return {
        "compared": int(len(compared)),
        "agreeing": int((compared["agrees"] == "yes").sum()),
        "disagreeing": int((compared["agrees"] == "no").sum()),
        "without_a_number": int((table["agrees"] == "").sum()),
        "analyses": by_analysis,
        "versions": dict(versions),
        "not_compared": None,
    }
