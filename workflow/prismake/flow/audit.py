"""Audit of a published flow: which identities hold, which break, and by how much.

One rule is declared: a number of duplicates removed that equals the number screened is a mislabelled remainder (what
was left after removal), a warning; the duplicates are then what is missing to the records identified.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from prismake.flow.audit_inclusion import (
    included_at_most,
    inclusion,
    other_methods,
    reasons,
    retrieval,
    stated,
    studies_and_reports,
)
from prismake.flow.audit_rows import Row, at_most
from prismake.flow.audit_screening import (
    after_screening,
    before_screening,
    from_elsewhere,
    identified,
    screening,
    sources,
)
from prismake.flow.published import Published
from prismake.flow.published_files import read_published
from prismake.flow.published_names import METHODS

AUDIT_COLUMNS = ["id", "statement", "left", "right", "difference", "holds", "note"]

_WORDS = {"no": "BREAKS", "warning": "WARNING", "yes": "holds", "not_applicable": "not computable"}


def audit(path: str | Path, *, stated_studies: int | None = None) -> pd.DataFrame:
    """Audit a file; see `audit_published`.

    Args:
        path: a PRISMA2020 CSV, a Metapsy search_flow.json (number_studies.txt is read where it lies beside it), a
        flow.json, or
            a small YAML.
        stated_studies: the number of studies that the publication states elsewhere.

    Raises:
        InputFaults: where the file cannot be read.
    """
    published = read_published(path)
    if stated_studies is not None:
        published.counts["stated_studies"] = stated_studies
    return audit_published(published)


def audit_published(published: Published) -> pd.DataFrame:
    """A row (`AUDIT_COLUMNS`) for each identity: holds is yes, no, warning, or not_applicable where it cannot be
    computed because a number is missing."""
    rows = [
        _open_where_left_out(published, _open_where_blank(published, row))
        for check in CHECKS
        for row in check(published)
    ]
    table = [
        {
            "id": row.id,
            "statement": row.statement,
            "left": _text(row.left),
            "right": _text(row.right),
            "difference": _text(None if row.holds == "not_applicable" else _difference(row)),
            "holds": row.holds,
            "note": row.note,
        }
        for row in rows
    ]
    return pd.DataFrame(table, columns=AUDIT_COLUMNS, dtype=str)


def audit_lines(table: pd.DataFrame) -> list[str]:
    """The audit as lines for a terminal: what breaks first, then warnings, what holds, what could not be computed, and
    how many there are of each."""
    lines = []
    for verdict, word in _WORDS.items():
        for row in table[table["holds"].eq(verdict)].itertuples():
            sides = f": {row.left or '?'} against {row.right or '?'}" if row.left or row.right else ""
            by = f" (by {row.difference})" if verdict in ("no", "warning") and row.difference not in ("", "0") else ""
            note = f"; {row.note}" if row.note else ""
            lines.append(f"{word:14} {row.id:5} {row.statement}{sides}{by}{note}")
    n = table["holds"].value_counts()
    return [*lines, ", ".join(f"{n.get(verdict, 0)} {word.lower()}" for verdict, word in _WORDS.items())]


def _readable(p: Published) -> list[Row]:
    """W0: every cell is a whole number of 0 or more, or blank; nothing is coerced."""
    rows = [
        Row("R1", f"{name} is a whole number of 0 or more", None, None, "no", f"it says {text!r}: {wrong}")
        for name, text, wrong in p.unreadable
    ]
    rows += [Row("R2", "What the file says can be read", None, None, "warning", note) for note in p.notes]
    if not p.unreadable:
        rows.insert(0, Row("R1", "Every number is a whole number of 0 or more", None, None, "yes"))
    if not any(p.counts.values()) and not any(p.parts.values()):
        zeros = "all are 0: the R package's template as it comes, with nothing filled in?"
        note = zeros if p.counts else "no number of a flow was found"
        rows.append(Row("R4", "The flow has numbers", 0, len(p.counts), "warning", note))
    zero = p.parts.get("reasons") or {}
    if len(zero) > 1 and not any(zero.values()):
        note = "all are 0, as where blanks were filled with zeros"
        rows.append(Row("R3", "Reasons with their numbers", 0, len(zero), "warning", note))
    return rows


def _monotone(p: Published) -> list[Row]:
    """No stage has more than the one before it."""
    c = p.counts
    found, screened = identified(p), c.get("records_screened")
    everything = None if found is None else found + from_elsewhere(p)
    assessed = c.get("dbr_assessed")
    to_seek = None if screened is None else screened + after_screening(p)
    return [
        at_most("M1", "Screened <= identified", screened, everything),
        at_most("M2", "Sought <= screened", c.get("dbr_sought_reports", assessed), to_seek),
        at_most("M3", "Assessed <= sought", assessed, c.get("dbr_sought_reports")),
        at_most("M4", "Assessed <= sought (other methods)", c.get("other_assessed"), c.get("other_sought_reports")),
        included_at_most(p),
    ]


_BLANKS: dict[str, dict[str, int]] = {  # id -> boxes that may be left out, and what a number there adds to left - right
    "E2": {"register_results": 1, "additional": 1, "excluded_automatic": -1, "excluded_other": -1},
    "E5": {"dbr_not_sought": -1, "dbr_notretrieved_reports": -1},
    "E9": {"dbr_ongoing": -1, "dbr_awaiting": -1, "other_ongoing": -1, "other_awaiting": -1, "other_assessed": 1},
    "E11a": dict.fromkeys(METHODS, 1),
    "E11b": dict.fromkeys(METHODS, 1) | {"other_duplicates": -1, "other_not_sought": -1},
    "E14a": {"previous_studies": 1, "removed_studies": -1, "merged_studies": -1},
    "E14b": {"previous_reports": 1},
    "M1": {"register_results": -1, "additional": -1},
    "M5": {"other_assessed": -1},
}


def _open_where_blank(p: Published, row: Row) -> Row:
    """An identity that breaks is open where a box that is there without a number could make up for it; a box that is not
    there at all is none."""
    difference = _difference(row)
    if row.holds != "no" or difference is None:
        return row
    boxes = [box for box, sign in _BLANKS.get(row.id, {}).items() if box in p.blank and sign * difference < 0]
    if not boxes:
        return row
    more = "or more " if row.id.startswith("M") else ""
    note = f"it would hold with {abs(difference)} {more}in {' and '.join(boxes)}, left blank"
    return row._replace(holds="not_applicable", note=note)


def _open_where_left_out(p: Published, row: Row) -> Row:
    """An identity that breaks by just what the file gives under a name that was left out is a warning: that number may
    belong here."""
    difference = _difference(row)
    if row.holds != "no" or difference is None:
        return row
    said = [name for name, n in p.left_out.items() if n == abs(difference)]
    if not said:
        return row
    return row._replace(
        holds="warning", note=f"it would hold with the {abs(difference)} of {said[0]!r}, if they belong here"
    )


CHECKS: list[Callable[[Published], list[Row]]] = [
    _readable,
    sources,
    before_screening,
    screening,
    retrieval,
    reasons,
    other_methods,
    inclusion,
    studies_and_reports,
    stated,
    _monotone,
]


def _difference(row: Row) -> int | None:
    return None if row.left is None or row.right is None else row.left - row.right


def _text(n: int | None) -> str:
    return "" if n is None else str(n)
