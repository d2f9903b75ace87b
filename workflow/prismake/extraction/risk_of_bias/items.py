"""The 24 items of the Metapsy tool for psychotherapy trials, and how its domains follow from their answers.

The items operationalise RoB 2 (Miguel et al., 2025; metapsy.org/rob); their wording belongs to their authors, so only ids are here.
The rules are those that metapsyTools applies. A domain whose rule does not answer (an item is missing, or item 11 says that
the result is free of bias) is left to the raters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from prismake.extraction.risk_of_bias.tools import Tool
from prismake.messages.faults import Faults

ITEM_DOMAINS = {
    f"d{domain}_{number}": f"D{domain}"
    for domain, numbers in ((1, range(1, 5)), (2, range(5, 10)), (3, range(10, 15)), (4, range(15, 19)), (5, range(19, 25)))
    for number in numbers
}  # fmt: skip
YES, NO, NO_INFORMATION = "Yes/PY", "No/PN", "NI"
COLUMNS = ["study_id", "outcome_id", "rater", "item", "domain", "answer", "line"]
_SPELLINGS = {
    **dict.fromkeys(("yes/py", "yes", "y", "py", "probably yes"), YES),
    **dict.fromkeys(("no/pn", "no", "n", "pn", "probably no"), NO),
    **dict.fromkeys(("ni", "no information"), NO_INFORMATION),
}
_LOW, _SOME, _HIGH = "low", "some_concerns", "high"


def item_of(column: str) -> str | None:
    """The item that a column or cell names: d1_1 to d5_24 in any case; None if it is none."""
    folded = column.strip().lower()
    return folded if folded in ITEM_DOMAINS else None


def is_note(column: str) -> bool:
    """Is this one of the template's columns for notes, d1_notes to d5_notes?"""
    folded = column.strip().lower()
    return len(folded) == len("d1_notes") and folded.startswith("d") and folded.endswith("_notes")


def domain_levels(answers: Mapping[str, str]) -> dict[str, str]:
    """Domain -> level for the domains that the answers (item -> Yes/PY, No/PN, NI) decide."""
    by_number = {int(item.partition("_")[2]): answer for item, answer in answers.items()}
    levels = {domain: rule(by_number) for domain, rule in _RULES.items()}
    return {domain: level for domain, level in levels.items() if level}


Rule = Callable[[Mapping[int, str]], str]


def _randomisation(a: Mapping[int, str]) -> str:
    """1 sequence, 2 concealment, 3 group sizes as planned, 4 alike at baseline."""
    unbalanced = NO in (a.get(3), a.get(4))
    if a.get(2) == NO:
        return _HIGH
    if a.get(2) is None or (a.get(3) is None and a.get(4) is None):
        return ""
    if a[2] == NO_INFORMATION:
        return _HIGH if unbalanced else _SOME
    if a.get(1) is None:
        return ""
    return _SOME if a[1] == NO or unbalanced else _LOW


def _deviations(a: Mapping[int, str]) -> str:
    if a.get(5) == a.get(6) == YES:
        return _LOW
    if a.get(7) is None or a.get(8) is None:
        return ""
    if a[7] == NO:
        return _HIGH if a.get(9) else ""
    if a[8] == YES:
        return _LOW
    return {YES: _SOME, NO: _HIGH, NO_INFORMATION: _HIGH}.get(a.get(9, ""), "")


def _missing_data(a: Mapping[int, str]) -> str:
    """10 hardly any missing; else two of 12 (large trial), 13 (at most 30 percent missing), 14 speak for some concerns."""
    if a.get(10) == YES:
        return _LOW
    rest = [a.get(number) for number in (12, 13, 14)]
    if a.get(11) not in (NO, NO_INFORMATION) or None in rest:
        return ""
    return _SOME if rest.count(YES) >= 2 else _HIGH


def _measurement(a: Mapping[int, str]) -> str:
    """16 self-report, 17 rated by others; 18 those others did not know the group."""
    if a.get(16) == YES and a.get(17) == NO:
        return _LOW
    if a.get(16) not in (YES, NO) or a.get(17) != YES:
        return ""
    return {YES: _LOW, NO: _HIGH, NO_INFORMATION: _HIGH}.get(a.get(18, ""), "")


def _reporting(a: Mapping[int, str]) -> str:
    if a.get(19) in (NO, NO_INFORMATION) or a.get(21) in (NO, NO_INFORMATION):
        return _SOME
    if a.get(22) == NO or (a.get(22) in (YES, NO_INFORMATION) and a.get(24) == NO):
        return _HIGH
    return {YES: _LOW, NO_INFORMATION: _SOME}.get(a.get(22, ""), "")


_RULES: dict[str, Rule] = {
    "D1": _randomisation,
    "D2": _deviations,
    "D3": _missing_data,
    "D4": _measurement,
    "D5": _reporting,
}


def item_answers(frame: pd.DataFrame, path: str, faults: Faults) -> pd.DataFrame:
    """The answers in a sheet (wide: one column an item, as the template has it; long: one row), one row an answer."""
    rows = []
    wide = [c for c in frame.columns if item_of(c)]
    for row in frame.to_dict("records"):
        cells = [(c, c, row[c]) for c in wide]
        if "domain" in row and item_of(str(row["domain"])):
            cells.append((str(row["domain"]), "judgement", row.get("judgement", "")))
        for name, column, text in cells:
            answer = _SPELLINGS.get(" ".join(str(text).strip().lower().split()))
            if str(text).strip() and answer is None:
                faults.error(
                    "unknown-answer",
                    "This is no answer to an item of the Metapsy tool.",
                    file=path,
                    line=int(row["line"]),
                    column=column,
                    value=str(text),
                    expected=", ".join((YES, NO, NO_INFORMATION)),
                    mend="use one of these; leave the cell blank where the item was skipped",
                )
            elif answer:
                item = item_of(name) or ""
                unit = [str(row.get(c, "")) for c in ("study_id", "outcome_id", "rater")]
                rows.append((*unit, item, ITEM_DOMAINS[item], answer, int(row["line"])))
    return pd.DataFrame(rows, columns=COLUMNS)


def with_derived(long: pd.DataFrame, items: pd.DataFrame, tool: Tool, path: str, faults: Faults) -> pd.DataFrame:
    """The judgements with those that the items decide added; a rater's own judgement stands, with a reason where it differs."""
    given = {(r["study_id"], r["outcome_id"], r["rater"], r["domain"]): r for r in long.to_dict("records")}
    added = []
    for unit, group in items.groupby(["study_id", "outcome_id", "rater"], sort=False):
        answers = dict(zip(group["item"], group["answer"], strict=True))
        for domain, level in domain_levels(answers).items():
            own = given.get((*unit, domain))
            used = "; ".join(f"{item} {answer}" for item, answer in answers.items() if ITEM_DOMAINS[item] == domain)
            if own is None:
                row = dict(zip(("study_id", "outcome_id", "rater"), unit, strict=True))
                more = {"domain": domain, "judgement": level, "support": used, "override_reason": ""}
                added.append({**row, **more, "line": int(group["line"].iloc[0])})
            elif own["judgement"] != level and not own["support"]:
                faults.error(
                    "domain-differs-from-items",
                    f"The judgement of {domain} differs from what the items give ({level}), and no reason is given.",
                    file=path,
                    line=int(own["line"]),
                    column="judgement",
                    value=str(own["judgement"]),
                    expected=f"{level}, or a reason in support",
                    mend="write the reason into support, or leave the domain to the items",
                )
    if not added:
        return long
    return pd.concat([long, pd.DataFrame(added, columns=list(long.columns))], ignore_index=True)
