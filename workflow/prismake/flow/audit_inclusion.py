"""Audit of a published flow from its full texts to its studies: E8 to E16."""

from __future__ import annotations

from prismake.flow.audit_rows import Row, at_most, equal, not_computable, one_of, ways
from prismake.flow.audit_screening import after_retrieval, after_screening, number, screened, total_of
from prismake.flow.published import Published
from prismake.flow.published_names import METHODS

_ASSESSED = "Full texts assessed - excluded = included"


def retrieval(p: Published) -> list[Row]:
    """E8: what was sought was assessed, or not retrieved."""
    rows = []
    for id, arm, words in (("E8", "dbr", ""), ("E11c", "other", " (other methods)")):
        names = ("assessed", "notretrieved_reports", "sought_reports")
        assessed, lost, sought = (p.counts.get(f"{arm}_{name}") for name in names)
        left = None if assessed is None or lost is None else assessed + lost
        rows.append(equal(id, f"Not retrieved + assessed = sought{words}", left, sought))
    return rows


def other_methods(p: Published) -> list[Row]:
    """E11: what other methods identified was sought, but for what is said to have been set aside."""
    c = p.counts
    given = [c[name] for name in METHODS if name in c]
    found = sum(given) if given else c.get("other_results")
    rows = []
    if given and "other_results" in c:
        what = "Sum over other methods = identified by other methods"
        rows.append(equal("E11a", what, sum(given), c["other_results"]))
    left = None if found is None else found - c.get("other_duplicates", 0) - c.get("other_not_sought", 0)
    sought, statement = c.get("other_sought_reports"), "Identified by other methods = sought (other methods)"
    if left == 0 and not sought:
        return [*rows, Row("E11b", statement, left, sought, "yes" if sought == 0 else "not_applicable")]
    aside = (left or 0) > (sought or 0)
    note = "unless reports were set aside before retrieval, which the flow does not say" if aside else ""
    return [*rows, equal("E11b", statement, left, sought, note)]


def reasons(p: Published) -> list[Row]:
    """E10: each report is excluded for one reason, its primary one."""
    rows = []
    for id, part, total, words in (
        ("E10", "reasons", "dbr_excluded", "Sum over reasons = reports excluded"),
        ("E11e", "other_reasons", "other_excluded", "Sum over reasons = reports excluded (other methods)"),
    ):
        left, right = total_of(p, part), p.counts.get(total)
        row = equal(id, words, left, right)
        eligible = _eligible(p)
        rest = eligible is not None and eligible in (_reports(p), _included(p))  # the total is right, so the sum is not
        if row.holds == "no" and (left or 0) > (right or 0) and rest:
            note = "reports seem to count under several reasons; PRISMA 2020 counts the primary reason of each"
            row = row._replace(holds="warning", note=note)
        rows.append(row)
    return rows


def _eligible_of(p: Published, arm: str) -> int | None:
    """Assessed minus excluded, ongoing and awaiting; None where assessed or the exclusions are missing.

    What was assessed is, where nobody says it, what was sought and retrieved, or what screening left.
    """
    c = p.counts
    assessed, excluded = c.get(f"{arm}_assessed"), number(p, f"{arm}_excluded")
    if assessed is None and excluded is not None:
        assessed = c.get(f"{arm}_sought_reports")
        n, left_out = screened(p), number(p, "records_excluded")
        if assessed is None and arm == "dbr" and n is not None and left_out is not None:
            assessed = n - left_out
        if assessed is not None:
            assessed -= c.get(f"{arm}_notretrieved_reports", 0)
    if assessed is None or (excluded is None and assessed > 0):
        return 0 if arm == "other" and assessed == 0 else None
    return assessed - (excluded or 0) - c.get(f"{arm}_ongoing", 0) - c.get(f"{arm}_awaiting", 0)


def _eligible(p: Published) -> int | None:
    """Eligible reports of both arms."""
    databases = _eligible_of(p, "dbr")
    others = _eligible_of(p, "other") if "other_assessed" in p.counts else 0
    return None if databases is None or others is None else databases + others


def _included(p: Published) -> int | None:
    """Included, where the flow does not say whether studies or reports, else the new studies."""
    return p.counts.get("included", p.counts.get("new_studies"))


def _reports(p: Published) -> int | None:
    """Reports included, or what the flow says is included; a box of reports that was never filled in is none."""
    n = p.counts.get("new_reports", p.counts.get("included"))
    return None if n == 0 and p.counts.get("new_studies") else n


def inclusion(p: Published) -> list[Row]:
    """E9 with E12: assessed minus excluded, over both arms, is what was included."""
    left, reports, studies = _eligible(p), _reports(p), p.counts.get("new_studies")
    if left is None and not any(p.gives(f"dbr_{name}") for name in ("sought_reports", "assessed", "excluded")):
        return [_without_full_texts(p)]
    if reports is None and left is not None and studies is not None:
        statement = f"{_ASSESSED} (studies)"
        if left > studies:
            note = "several reports of a study may explain it; the flow gives no number of reports"
            return [Row("E9", statement, left, studies, "warning", note)]
        reports = studies
    else:
        statement = _ASSESSED.replace("included", "reports included") if "new_reports" in p.counts else _ASSESSED
    if left is None or reports is None:
        return [not_computable("E9", statement, left, reports)]
    came = after_retrieval(p)
    if came and left + came == reports:
        return [Row("E9", statement, reports, reports, "yes", f"with the {came} additional records")]
    return [equal("E9", statement, left, reports)]


def _without_full_texts(p: Published) -> Row:
    """E9 of a flow that goes from screening to inclusion: no more can be included than screening left."""
    n, excluded, right = screened(p), number(p, "records_excluded"), p.counts.get("new_reports", _included(p))
    if n is None or excluded is None or right is None:
        return not_computable("E9", _ASSESSED, None, right)
    lefts, elsewhere = ways(n - excluded, after_screening(p)), after_screening(p)
    row = one_of("E9", "Screened - excluded = included (no full texts are given)", lefts, right, elsewhere)
    if row.holds == "no" and right < max(lefts):
        return row._replace(holds="not_applicable", note="the flow gives no full texts and no exclusions of them")
    return row


def studies_and_reports(p: Published) -> list[Row]:
    """E13 and E14."""
    c = p.counts
    note = "unless a report describes several studies"
    if c.get("new_reports") == 0:
        note = "was the number of reports left at the template's 0?"
    new = at_most("E13", "New studies <= new reports", c.get("new_studies"), c.get("new_reports"), note)
    if new.holds == "no" and p.articles:
        new = new._replace(holds="warning", note="an article may describe several studies")
    what = "Previous studies <= previous reports"
    rows = [new, at_most("E13p", what, c.get("previous_studies"), c.get("previous_reports"))]
    for id, unit in (("E14a", "studies"), ("E14b", "reports")):
        previous, added, total = (c.get(f"{when}_{unit}") for when in ("previous", "new", "total"))
        if total == 0 and not previous and (added or c.get("new_studies")):
            total = None  # the R package's template for a new review leaves its totals at zero
        aside = c.get("removed_studies", 0) + c.get("merged_studies", 0) if unit == "studies" else 0
        left = None if added is None or total is None else (previous or 0) + added - aside
        note = f"unless {unit} of the previous version were removed or merged" if (left or 0) > (total or 0) else ""
        rows.append(equal(id, f"Previous + new {unit} = total {unit}", left, total, note))
    return rows


def stated(p: Published) -> list[Row]:
    """E15 and E16: the flow's end against the number stated elsewhere; analyses hold no more than was included."""
    c = p.counts
    total = c.get("total_studies") or None  # 0 in the R package's template for a new review
    included = c.get("included", total if total is not None else c.get("new_studies"))
    rows = [equal("E15", "Included in the flow = number of studies stated", included, c.get("stated_studies"))]
    for words, n in [*p.subsets.items(), ("total_studies_ma", c.get("total_studies_ma"))]:
        rows.append(at_most("E16", f"Studies in an analysis <= included ({words})", n, included))
    return [row for row in rows if row.id != "E16" or row.left is not None]


def included_at_most(p: Published) -> Row:
    """M5: no more is included than was assessed."""
    c = p.counts
    assessed = c.get("dbr_assessed")
    read = None if assessed is None else assessed + c.get("other_assessed", 0) + after_retrieval(p)
    return at_most("M5", "Included <= assessed", c.get("new_reports") or _included(p), read)
