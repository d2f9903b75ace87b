"""Audit of a published flow: which identities hold, which break, and by how much.

One rule is declared: a number of duplicates removed that equals the number screened is a mislabelled remainder (what
was left after removal), a warning; the duplicates are then what is missing to the records identified.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pandas as pd

from prismake.flow.published import Published, read_published

Verdict = Literal["yes", "no", "warning", "not_applicable"]

AUDIT_COLUMNS = ["id", "statement", "left", "right", "difference", "holds", "note"]

_FEW = 10
_METHODS = ["website_results", "organisation_results", "citations_results", "contact_results", "other_method_results"]
_WORDS = {"no": "BREAKS", "warning": "WARNING", "yes": "holds", "not_applicable": "not computable"}


_Row = tuple[str, str, int | None, int | None, Verdict, str]


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
    rows = [_open_where_blank(published, row) for check in CHECKS for row in check(published)]
    table = [
        {
            "id": id,
            "statement": statement,
            "left": _text(left),
            "right": _text(right),
            "difference": "" if left is None or right is None or verdict == "not_applicable" else str(left - right),
            "holds": verdict,
            "note": note,
        }
        for id, statement, left, right, verdict, note in rows
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


def _readable(p: Published) -> list[_Row]:
    """W0: every cell is a whole number of 0 or more, or blank; nothing is coerced."""
    rows = [
        _row("R1", f"{name} is a whole number of 0 or more", None, None, "no", f"it says {text!r}: {wrong}")
        for name, text, wrong in p.unreadable
    ]
    rows += [_row("R2", "What the file says can be read", None, None, "warning", note) for note in p.notes]
    if not p.unreadable:
        rows.insert(0, _row("R1", "Every number is a whole number of 0 or more", None, None, "yes", ""))
    if not any(p.counts.values()) and not any(p.parts.values()):
        zeros = "all are 0: the R package's template as it comes, with nothing filled in?"
        note = zeros if p.counts else "no number of a flow was found"
        rows.append(_row("R4", "The flow has numbers", 0, len(p.counts), "warning", note))
    zero = p.parts.get("reasons") or {}
    if len(zero) > 1 and not any(zero.values()):
        note = "all are 0, as where blanks were filled with zeros"
        rows.append(_row("R3", "Reasons with their numbers", 0, len(zero), "warning", note))
    return rows


def _parts_add_up(p: Published) -> list[_Row]:
    """E1 and E10: the parts of a total add up to it."""
    rows = []
    for id, part, total, words in (
        ("E1a", "databases", "database_results", "Sum over databases = records identified from databases"),
        ("E1b", "registers", "register_results", "Sum over registers = records identified from registers"),
        ("E5a", "screening_reasons", "records_excluded", "Sum over reasons = records excluded in screening"),
        ("E10", "reasons", "dbr_excluded", "Sum over reasons = reports excluded"),
        ("E11e", "other_reasons", "other_excluded", "Sum over reasons = reports excluded (other methods)"),
    ):
        rows.append(_equal(id, words, _total(p, part), p.counts.get(total)))
    identified = p.counts.get("database_results")
    screened = p.counts.get("records_screened")
    if identified is not None and screened is not None and identified <= _FEW < screened:
        note = "this looks like the number of databases, not of records"
        rows.append(_row("W3", "Records identified from databases are records", identified, screened, "warning", note))
    return rows


def _total(p: Published, part: str) -> int | None:
    """Sum of a list; None where there is none, or a number in it is missing."""
    held = p.parts.get(part)
    return sum(held.values()) if held and part not in p.incomplete else None


def _identified(p: Published) -> int | None:
    """Records from databases and registers, each as its total or the sum of its parts; None where one of them is there
    and cannot be counted. Registers that are not mentioned, or left blank, are none: see `_open_where_blank`."""
    found = []
    for total, part in (("database_results", "databases"), ("register_results", "registers")):
        n = p.counts.get(total, _total(p, part))
        if n is None and (part in p.parts or part in p.incomplete):
            return None
        found.append(n)
    databases, registers = found
    if databases is None and (registers is None or "database_results" in p.blank):
        return None
    return (databases or 0) + (registers or 0)


def _screening(p: Published) -> list[_Row]:
    """E2: identified minus what was removed before screening is what was screened."""
    statement = "Identified - duplicates - removed by automation - removed for other reasons = screened"
    identified, screened = _identified(p), p.counts.get("records_screened")
    duplicates, after = p.counts.get("duplicates"), p.counts.get("after_duplicates")
    rows = []
    if duplicates is not None and after is not None:
        left = None if identified is None else identified + p.counts.get("additional", 0) - duplicates
        rows = [_equal("E2a", "Identified - duplicates = records after duplicates were removed", left, after)]
    elif after is not None and identified is not None:
        duplicates = identified + p.counts.get("additional", 0) - after
    if identified is None or screened is None or duplicates is None:
        missing = {"identified": identified, "duplicates": duplicates, "screened": screened}
        note = "no number of " + ", ".join(name for name, n in missing.items() if n is None)
        return [*rows, _row("E2", statement, None, screened, "not_applicable", note)]
    removed = p.counts.get("excluded_automatic", 0) + p.counts.get("excluded_other", 0)
    additional = p.counts.get("additional", 0)
    lefts = {identified - duplicates - removed: "", identified + additional - duplicates - removed: ""}
    if additional:
        lefts = {
            identified - duplicates - removed: f"without the {additional} additional records",
            identified + additional - duplicates - removed: f"with the {additional} additional records",
        }
    if screened in lefts:
        return [*rows, _row("E2", statement, screened, screened, "yes", lefts[screened])]
    left = min(lefts, key=lambda value: abs(value - screened))
    if duplicates == screened and duplicates <= identified + additional:
        implied = identified + additional - removed - screened
        note = f"the duplicates removed equal the screened: a mislabelled remainder; duplicates would be {implied}"
        return [_row("E2", statement, left, screened, "warning", note)]
    return [*rows, _row("E2", statement, left, screened, "no", lefts[left])]


def _sought(p: Published) -> list[_Row]:
    """E5 with E7: screened minus excluded is what was sought (or, where nobody says sought, assessed)."""
    c = p.counts
    screened, sought = c.get("records_screened"), c.get("dbr_sought_reports")
    excluded = c.get("records_excluded", _total(p, "screening_reasons"))
    statement, right = "Screened - excluded = sought for retrieval", sought
    if sought is None and c.get("dbr_assessed") is not None:
        statement = "Screened - excluded = assessed + not retrieved"
        right = c["dbr_assessed"] + c.get("dbr_notretrieved_reports", 0)
    left = None if screened is None or excluded is None else screened - excluded - c.get("dbr_not_sought", 0)
    rows = [_equal("E5", statement, left, right)]
    for id, arm, words in (("E8", "dbr", ""), ("E11c", "other", " (other methods)")):
        assessed, lost, sought = (c.get(f"{arm}_{n}") for n in ("assessed", "notretrieved_reports", "sought_reports"))
        left = None if assessed is None or lost is None else assessed + lost
        rows.append(_equal(id, f"Not retrieved + assessed = sought{words}", left, sought))
    return rows


def _other_methods(p: Published) -> list[_Row]:
    """E11: what other methods identified was sought, but for what is said to have been set aside."""
    c = p.counts
    given = [c[name] for name in _METHODS if name in c]
    found = sum(given) if given else c.get("other_results")
    rows = []
    if given and "other_results" in c:
        rows.append(
            _equal("E11a", "Sum over other methods = identified by other methods", sum(given), c["other_results"])
        )
    left = None if found is None else found - c.get("other_duplicates", 0) - c.get("other_not_sought", 0)
    sought = c.get("other_sought_reports")
    if left == 0 and not sought:
        return [
            *rows,
            _row(
                "E11b",
                "Identified by other methods = sought (other methods)",
                left,
                sought,
                "yes" if sought == 0 else "not_applicable",
                "",
            ),
        ]
    note = (
        "unless reports were set aside before retrieval, which the flow does not say"
        if (left or 0) > (sought or 0)
        else ""
    )
    return [*rows, _equal("E11b", "Identified by other methods = sought (other methods)", left, sought, note)]


def _eligible(p: Published, arm: str) -> int | None:
    """Assessed minus excluded, ongoing and awaiting; None where assessed or the exclusions are missing."""
    assessed = p.counts.get(f"{arm}_assessed")
    excluded = _total(p, "reasons" if arm == "dbr" else "other_reasons")
    if excluded is None:
        excluded = p.counts.get(f"{arm}_excluded")
    if assessed is None or (excluded is None and assessed > 0):
        return 0 if arm == "other" and assessed == 0 else None
    return assessed - (excluded or 0) - p.counts.get(f"{arm}_ongoing", 0) - p.counts.get(f"{arm}_awaiting", 0)


def _inclusion(p: Published) -> list[_Row]:
    """E9 with E12: assessed minus excluded, over both arms, is what was included."""
    eligible = _eligible(p, "dbr")
    other = _eligible(p, "other") if p.counts.get("other_assessed") is not None else 0
    left = None if eligible is None or other is None else eligible + other
    statement = "Full texts assessed - excluded = included"
    c = p.counts
    right = c.get("new_reports", c.get("included"))
    if right == 0 and c.get("new_studies"):
        right = None  # a box that was never filled in: E13 says so
    if right is not None or left is None or "new_studies" not in c:
        named = "reports included" if "new_reports" in c else "included"
        return [_equal("E9", statement.replace("included", named), left, right)]
    studies = c["new_studies"]
    if left > studies:
        note = "several reports of a study may explain it; the flow gives no number of reports"
        return [_row("E9", f"{statement} (studies)", left, studies, "warning", note)]
    return [_equal("E9", f"{statement} (studies)", left, studies)]


def _studies_and_reports(p: Published) -> list[_Row]:
    """E13 and E14."""
    c = p.counts
    unfilled = c.get("new_reports") == 0
    rows = [
        _at_most("E13", "New studies <= new reports", c.get("new_studies"), c.get("new_reports"),
                 "was the number of reports left at the template's 0?" if unfilled else
                 "unless a report describes several studies"),
        _at_most("E13p", "Previous studies <= previous reports", c.get("previous_studies"), c.get("previous_reports")),
    ]  # fmt: skip
    for id, unit in (("E14a", "studies"), ("E14b", "reports")):
        previous, new, total = (c.get(f"{when}_{unit}") for when in ("previous", "new", "total"))
        if total == 0 and not previous and (new or c.get("new_studies")):
            total = None  # the R package's template for a new review leaves its totals at zero
        aside = c.get("removed_studies", 0) + c.get("merged_studies", 0) if unit == "studies" else 0
        left = None if new is None or total is None else (previous or 0) + new - aside
        note = f"unless {unit} of the previous version were removed or merged" if (left or 0) > (total or 0) else ""
        rows.append(_equal(id, f"Previous + new {unit} = total {unit}", left, total, note))
    return rows


def _stated(p: Published) -> list[_Row]:
    """E15 and E16: the flow's end against the number stated elsewhere; analyses hold no more than was included."""
    c = p.counts
    total = c.get("total_studies") or None  # 0 in the R package's template for a new review
    included = c.get("included", total if total is not None else c.get("new_studies"))
    rows = [_equal("E15", "Included in the flow = number of studies stated", included, c.get("stated_studies"))]
    for words, n in [*p.subsets.items(), ("total_studies_ma", c.get("total_studies_ma"))]:
        rows.append(_at_most("E16", f"Studies in an analysis <= included ({words})", n, included))
    return [row for row in rows if row[0] != "E16" or row[2] is not None]


def _monotone(p: Published) -> list[_Row]:
    """No stage has more than the one before it."""
    c = p.counts
    identified = _identified(p)
    if identified is not None:
        identified += c.get("additional", 0)
    included = c.get("new_reports") or c.get("included", c.get("new_studies"))
    dbr = c.get("dbr_assessed")
    read = None if dbr is None else dbr + c.get("other_assessed", 0)
    return [
        _at_most("M1", "Screened <= identified", c.get("records_screened"), identified),
        _at_most("M2", "Sought <= screened", c.get("dbr_sought_reports", dbr), c.get("records_screened")),
        _at_most("M3", "Assessed <= sought", dbr, c.get("dbr_sought_reports")),
        _at_most("M4", "Assessed <= sought (other methods)", c.get("other_assessed"), c.get("other_sought_reports")),
        _at_most("M5", "Included <= assessed", included, read),
    ]


_BLANKS: dict[str, dict[str, int]] = {  # id -> boxes that may be left out, and what a number there adds to left - right
    "E2": {"register_results": 1, "additional": 1, "excluded_automatic": -1, "excluded_other": -1},
    "E5": {"dbr_not_sought": -1, "dbr_notretrieved_reports": -1},
    "E9": {"dbr_ongoing": -1, "dbr_awaiting": -1, "other_ongoing": -1, "other_awaiting": -1, "other_assessed": 1},
    "E11a": dict.fromkeys(_METHODS, 1),
    "E11b": dict.fromkeys(_METHODS, 1) | {"other_duplicates": -1, "other_not_sought": -1},
    "E14a": {"previous_studies": 1, "removed_studies": -1, "merged_studies": -1},
    "E14b": {"previous_reports": 1},
    "M1": {"register_results": -1, "additional": -1},
    "M5": {"other_assessed": -1},
}


def _open_where_blank(p: Published, row: _Row) -> _Row:
    """An identity that breaks is open where a box that is there without a number could make up for it; a box that is not
    there at all is none."""
    id, statement, left, right, verdict, _ = row
    if verdict != "no" or left is None or right is None:
        return row
    difference = left - right
    boxes = [box for box, sign in _BLANKS.get(id, {}).items() if box in p.blank and sign * difference < 0]
    if not boxes:
        return row
    note = f"it would hold with {abs(difference)} {'or more ' if id.startswith('M') else ''}in {' and '.join(boxes)}, left blank"
    return _row(id, statement, left, right, "not_applicable", note)


CHECKS: list[Callable[[Published], list[_Row]]] = [
    _readable,
    _parts_add_up,
    _screening,
    _sought,
    _other_methods,
    _inclusion,
    _studies_and_reports,
    _stated,
    _monotone,
]


def _equal(id: str, statement: str, left: int | None, right: int | None, note: str = "") -> _Row:
    if left is None or right is None:
        return _row(id, statement, left, right, "not_applicable", _missing(left, right))
    return _row(id, statement, left, right, "yes" if left == right else "no", note if left != right else "")


def _at_most(id: str, statement: str, left: int | None, right: int | None, note: str = "") -> _Row:
    if left is None or right is None:
        return _row(id, statement, left, right, "not_applicable", _missing(left, right))
    return _row(id, statement, left, right, "yes" if left <= right else "no", note if left > right else "")


def _missing(left: int | None, right: int | None) -> str:
    sides = [side for side, n in (("left", left), ("right", right)) if n is None]
    return f"a number is missing on the {' and the '.join(sides)}"


def _row(id: str, statement: str, left: int | None, right: int | None, verdict: Verdict, note: str) -> _Row:
    return (id, statement, left, right, verdict, note)


def _text(n: int | None) -> str:
    return "" if n is None else str(n)
