"""Audit of a published flow from its sources to its full texts: E1, E2 and E5.

Records from elsewhere (additional ones, and those of other methods without boxes of their own) may join a flow before
screening or at any later stage, and few papers say where: they count once, at the first stage that needs them.
"""

from __future__ import annotations

from prismake.flow.audit_rows import Row, Ways, at_most, equal, one_of, ways
from prismake.flow.published import Published
from prismake.flow.published_names import METHODS, PART_OF

_FEW = 10


def total_of(p: Published, part: str) -> int | None:
    """Sum of a list; None where there is none, or a number in it is missing."""
    held = p.parts.get(part)
    return sum(held.values()) if held and part not in p.incomplete else None


def number(p: Published, total: str) -> int | None:
    """A number as it is given, else the sum of its parts."""
    return p.counts.get(total, total_of(p, PART_OF[total]))


def _from_sources(p: Published) -> int | None:
    """Records from databases and registers, each as its total or the sum of its parts; None where one of them is there
    and cannot be counted. Registers that are not mentioned, or left blank, are none."""
    found = []
    for total in ("database_results", "register_results"):
        n, part = number(p, total), PART_OF[total]
        if n is None and (part in p.parts or part in p.incomplete):
            return None
        found.append(n)
    databases, registers = found
    if databases is None and (registers is None or "database_results" in p.blank or "identified" in p.counts):
        return None
    return (databases or 0) + (registers or 0)


def identified(p: Published) -> int | None:
    """Records from databases and registers; those of all sources where the flow gives nothing else."""
    sources = _from_sources(p)
    return p.counts.get("identified") if sources is None else sources


def from_elsewhere(p: Published) -> int:
    """Records from elsewhere that went through the boxes of databases."""
    own = any(name in p.counts for name in ("other_sought_reports", "other_assessed"))
    methods = 0 if own else sum(p.counts.get(name, 0) for name in METHODS)
    return p.counts.get("additional", 0) + methods


def sources(p: Published) -> list[Row]:
    """E1: what the sources gave adds up to what was identified."""
    rows = [
        equal("E1a", "Sum over databases = records identified from databases",
              total_of(p, "databases"), p.counts.get("database_results")),
        equal("E1b", "Sum over registers = records identified from registers",
              total_of(p, "registers"), p.counts.get("register_results")),
    ]  # fmt: skip
    found, total = _from_sources(p), p.counts.get("identified")
    if found is not None and total is not None:
        left = found if found == total else found + from_elsewhere(p)
        rows.append(equal("E1c", "Sum over sources = records identified", left, total))
    databases, screened = p.counts.get("database_results"), p.counts.get("records_screened")
    if databases is not None and screened is not None and databases <= _FEW < screened:
        note = "this looks like the number of databases, not of records"
        rows.append(Row("W3", "Records identified from databases are records", databases, screened, "warning", note))
    return rows


def _removed(p: Published) -> int:
    return p.counts.get("excluded_automatic", 0) + p.counts.get("excluded_other", 0)


def _to_screen(p: Published) -> Ways:
    """What may have been left to screen; nothing where a number of records identified or removed is missing."""
    c, found, elsewhere = p.counts, identified(p), from_elsewhere(p)
    if found is None:
        return {}
    if "duplicates" in c:
        return ways(found - c["duplicates"] - _removed(p), elsewhere)
    if "after_duplicates" in c:
        left = c["after_duplicates"] - _removed(p)
        if c["after_duplicates"] > found or not elsewhere:
            return {left: elsewhere}
        return {left: 0, left - elsewhere: 0, left + elsewhere: elsewhere}
    if "removed_before_screening" in c:
        return ways(found - c["removed_before_screening"], elsewhere)
    return {}


def before_screening(p: Published) -> list[Row]:
    """E2: identified minus what was removed before screening is what was screened."""
    statement = "Identified - duplicates - removed by automation - removed for other reasons = screened"
    c, found, elsewhere, screened = p.counts, identified(p), from_elsewhere(p), p.counts.get("records_screened")
    duplicates, after, lefts = c.get("duplicates"), c.get("after_duplicates"), _to_screen(p)
    rows = []
    if found is not None and after is not None:
        if duplicates is None:
            what = "Records after duplicates were removed <= identified"
            rows.append(at_most("E2a", what, after, found + elsewhere))
        else:
            what = "Identified - duplicates = records after duplicates were removed"
            rows.append(one_of("E2a", what, ways(found - duplicates, elsewhere), after, elsewhere))
    if duplicates is not None and "removed_before_screening" in c:
        what = "Duplicates + automation + other = removed before screening"
        rows.append(equal("E2b", what, duplicates + _removed(p), c["removed_before_screening"]))
    if found is not None and screened is not None and not lefts:
        lefts = ways(found - _removed(p), elsewhere)
        if "duplicates" in p.blank or (screened not in lefts and screened < max(lefts)):
            note = f"no number of duplicates; it would hold with {max(lefts) - screened}"
            return [*rows, Row("E2", statement, None, screened, "not_applicable", note)]
    if not lefts or screened is None:
        missing = {"identified": found, "duplicates": duplicates, "screened": screened}
        note = "no number of " + ", ".join(name for name, n in missing.items() if n is None)
        return [*rows, Row("E2", statement, None, screened, "not_applicable", note)]
    row = one_of("E2", statement, lefts, screened, elsewhere)
    if row.holds == "no" and duplicates == screened and found is not None and duplicates <= found + elsewhere:
        implied = found + elsewhere - _removed(p) - screened
        note = f"the duplicates removed equal the screened: a mislabelled remainder; duplicates would be {implied}"
        row = row._replace(holds="warning", note=note)
    return [*rows, row]


def screened(p: Published) -> int | None:
    """Records screened; where the flow has no such box, what was left after duplicates and others were removed."""
    c = p.counts
    if "records_screened" in c or "records_screened" in p.blank or "after_duplicates" not in c:
        return c.get("records_screened")
    return c["after_duplicates"] - _removed(p)


def after_screening(p: Published) -> int:
    """Records from elsewhere that may have joined after screening: all that were not needed before it."""
    lefts, n = _to_screen(p), p.counts.get("records_screened")
    return 0 if n in lefts and lefts[n] else from_elsewhere(p)


def _to_read(p: Published) -> Ways:
    """What may have been left to retrieve after screening."""
    n, excluded = screened(p), number(p, "records_excluded")
    if n is None or excluded is None:
        return {}
    automatic = p.counts.get("records_excluded_automatic", 0)
    lefts = ways(n - excluded - p.counts.get("dbr_not_sought", 0), after_screening(p))
    return lefts | {left - automatic: came for left, came in lefts.items()}  # of the excluded, or beside them


def _sought_or_assessed(p: Published) -> int | None:
    c = p.counts
    if "dbr_sought_reports" in c or "dbr_assessed" not in c:
        return c.get("dbr_sought_reports")
    return c["dbr_assessed"] + c.get("dbr_notretrieved_reports", 0)


def after_retrieval(p: Published) -> int:
    """Records from elsewhere that may have joined after retrieval: all that were not needed before it."""
    lefts, n = _to_read(p), _sought_or_assessed(p)
    return 0 if n in lefts and lefts[n] else after_screening(p)


def screening(p: Published) -> list[Row]:
    """E5 with E7: screened minus excluded is what was sought (or, where nobody says sought, assessed)."""
    lefts, right = _to_read(p), _sought_or_assessed(p)
    sought = "dbr_sought_reports" in p.counts or "dbr_assessed" not in p.counts
    statement = f"Screened - excluded = {'sought for retrieval' if sought else 'assessed + not retrieved'}"
    if not lefts or right is None:
        row = equal("E5", statement, next(iter(lefts), None), right)
    else:
        row = one_of("E5", statement, lefts, right, after_screening(p))
    left, total = total_of(p, "screening_reasons"), p.counts.get("records_excluded")
    return [equal("E5a", "Sum over reasons = records excluded in screening", left, total), row]
