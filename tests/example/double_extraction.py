"""The second extractor's sheets: the same studies read again, with the slips that people make, and what was decided.

Either extractor slips in a few cells, never both in one. Each conflict is ruled on by a third person, who looked the
value up; a value that one of them rounded is within tolerance and needs no ruling.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from dice import Dice
from screening import ADJUDICATOR, sheet

FIRST, SECOND = "extraction", "extraction_second"
KEY = ("study_id", "outcome_id", "arm_id", "contrast", "timepoint", "analysis_set", "stat")


@dataclass(frozen=True)
class Slip:
    """A cell of `results` that one extractor got wrong: its row, what was typed instead, and by whom."""

    row: int
    typed: str
    extractor: str


def swapped(value: str) -> str:
    """The last two digits the other way round."""
    return value[:-2] + value[-1] + value[-2]


def _rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def _slips(results: list[list[str]], dice: Dice) -> list[Slip]:
    header = results[0]
    value, stat = header.index("value"), header.index("stat")
    pool = [
        place
        for place, row in enumerate(results)
        if row[stat] in {"mean", "sd"} and len(row[value]) > 3 and row[value][-1] != row[value][-2]
    ]
    chosen = dice.some(pool, 6)
    slips = [Slip(row, swapped(results[row][value]), SECOND) for row in chosen[:3]]
    slips += [Slip(row, swapped(results[row][value]), FIRST) for row in chosen[3:5]]
    rounded = f"{float(results[chosen[5]][value]):.1f}"
    return [*slips, Slip(chosen[5], rounded, SECOND)]


def doubled(sheets: dict[str, str], seed: int) -> dict[str, str]:
    """Path -> text of both extractors' sheets and of the rulings, from the sheets as they ought to be."""
    dice = Dice(seed, "double extraction")
    truth = _rows(sheets["results.csv"])
    header, value = truth[0], truth[0].index("value")
    slips = _slips(truth, dice)
    made = {f"{FIRST}/{name}": text for name, text in sheets.items()}
    made |= {f"{SECOND}/{name}": text for name, text in sheets.items() if name != "sources.csv"}
    arms = _rows(sheets["arms.csv"], ";")  # the second extractor's spreadsheet writes points and commas as in English
    made[f"{SECOND}/arms.csv"] = sheet(arms[0], [[cell.replace(",", ".") for cell in row] for row in arms[1:]])
    for folder in (FIRST, SECOND):
        rows = [list(row) for row in truth]
        for slip in slips:
            if slip.extractor == folder:
                rows[slip.row][value] = slip.typed
        made[f"{folder}/results.csv"] = sheet(header, rows[1:])
    rulings = []
    for slip in sorted(slips[:-1], key=lambda one: one.row):
        row = truth[slip.row]
        key = " | ".join(row[header.index(column)].lower() for column in KEY)
        typed = [slip.typed, row[value]] if slip.extractor == FIRST else [row[value], slip.typed]
        rulings.append(["results", key, "value", *typed, "conflict", row[value], ADJUDICATOR, "2026-01-29",
                        "Looked up in the report: digits were swapped."])  # fmt: skip
    columns = ["sheet", "key", "column", "value_1", "value_2", "status", "decision", "who", "date", "note"]
    made["extraction_adjudicated/adjudicated.csv"] = sheet(columns, rulings)
    return made
