"""Tables for the report: effects as they were computed, and the summary of findings with people's GRADE judgements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults

EFFECTS = [
    "study",
    "outcome",
    "time",
    "comparison",
    "n1",
    "n2",
    "effect",
    "ci_lb",
    "ci_ub",
    "formula",
    "flags",
    "source",
]
DOMAINS = {
    "risk_of_bias": "risk of bias",
    "inconsistency": "inconsistency",
    "indirectness": "indirectness",
    "imprecision": "imprecision",
    "publication_bias": "publication bias",
}
UPGRADES = {"large_effect": "large effect", "dose_response": "dose response", "confounding": "plausible confounding"}
CERTAINTY = ["very low", "low", "moderate", "high"]
FINDINGS = [
    "analysis",
    "outcome",
    "k",
    "participants",
    "effect",
    "ci_lb",
    "ci_ub",
    "measure",
    "certainty",
    "certainty_symbols",
    "footnotes",
]
JUDGEMENTS = ["analysis", "start", *DOMAINS, *UPGRADES]
_Z = 1.959963984540054


def effects_table(effects: pd.DataFrame) -> pd.DataFrame:
    """Each effect with its 95 percent interval, how it was computed and where its numbers stand (PRISMA 2020, item 19)."""
    rows = []
    for r in effects.to_dict("records"):
        outcome = f"{r['construct']} ({r['instrument']})" if r["instrument"] else r["construct"]
        comparison = " vs ".join(a for a in (r["arm_1"], r["arm_2"]) if a)
        yi, sei = float(r["yi"]), float(r["sei"])
        rows.append(
            {
                "study": r["label"],
                "outcome": outcome,
                "time": r["timepoint"],
                "comparison": comparison,
                "n1": r["n1"],
                "n2": r["n2"],
                "effect": yi,
                "ci_lb": yi - _Z * sei,
                "ci_ub": yi + _Z * sei,
                "formula": r["formula"],
                "flags": r["flags"],
                "source": r["source"],
            }
        )
    return pd.DataFrame(rows, columns=EFFECTS)


def summary_of_findings(
    results: Sequence[Mapping[str, Any]], judgements: pd.DataFrame, *, file: str = ""
) -> tuple[pd.DataFrame, list[str], Faults]:
    """GRADE summary of findings: one row an analysis, its certainty, and the numbered reasons for every step.

    `results` are the result.json of the analyses. `judgements` is people's sheet: a row an analysis with `start` (high for
    randomised trials, low for others), and for each domain "0", "-1" or "-2" with the reason behind a colon ("-1: wide
    interval"); upgrades "+1" or "+2". Nothing is judged here: an analysis without a row has no certainty. Returns the table, the
    footnotes in order, and faults (a step without a reason, an unknown analysis).
    """
    faults = Faults()
    notes: list[str] = []
    rows_by_name = {str(r["analysis"]): (i, r) for i, r in enumerate(judgements.fillna("").to_dict("records"))}
    for name, (position, _) in rows_by_name.items():
        if name not in {r["analysis"] for r in results}:
            faults.error(
                "unknown-analysis",
                "This analysis does not exist.",
                file=file,
                line=position + 2,
                column="analysis",
                value=name,
                expected=", ".join(str(r["analysis"]) for r in results),
                mend="correct its name",
            )
    rows = []
    for result in results:
        estimate = result.get("transformed") or result.get("estimate") or {}
        row = {
            "analysis": result["analysis"],
            "outcome": result.get("title", result["analysis"]),
            "k": result.get("k"),
            "participants": result.get("N"),
            "effect": estimate.get("b"),
            "ci_lb": estimate.get("ci_lb"),
            "ci_ub": estimate.get("ci_ub"),
            "measure": result.get("measure"),
            "certainty": "",
            "certainty_symbols": "",
            "footnotes": "",
        }
        if result["analysis"] in rows_by_name:
            row |= _certainty(*rows_by_name[result["analysis"]], notes, faults, file)
        rows.append(row)
    return pd.DataFrame(rows, columns=FINDINGS), notes, faults


def _certainty(position: int, given: Mapping[str, Any], notes: list[str], faults: Faults, file: str) -> dict[str, str]:
    start = str(given.get("start") or "high").strip().lower()
    level = CERTAINTY.index(start) if start in CERTAINTY else 3
    numbers = []
    for column, words in {**DOMAINS, **UPGRADES}.items():
        step, reason = _step(str(given.get(column) or "0"))
        where = {"file": file, "line": position + 2, "column": column, "value": str(given.get(column))}
        allowed = (0, -1, -2) if column in DOMAINS else (0, 1, 2)
        if step not in allowed:
            faults.error(
                "grade-step",
                "This is no step of GRADE.",
                **where,
                expected=", ".join(f"{s:+d}" if s else "0" for s in allowed),
                mend="write the step, a colon and the reason",
            )
            continue
        if not step:
            continue
        if not reason:
            faults.error(
                "grade-reason",
                "A step without a reason.",
                **where,
                expected="-1: the reason",
                mend="write why behind a colon",
            )
        level += step
        verb = "Downgraded" if step < 0 else "Upgraded"
        note = f"{verb} {abs(step)} level{'s' if abs(step) > 1 else ''} for {words}: {reason or 'no reason given'}."
        if note not in notes:
            notes.append(note)
        numbers.append(notes.index(note) + 1)
    level = min(3, max(0, level))
    symbols = "⊕" * (level + 1) + "⊖" * (3 - level)
    return {
        "certainty": CERTAINTY[level],
        "certainty_symbols": symbols,
        "footnotes": ", ".join(str(n) for n in numbers),
    }


def _step(text: str) -> tuple[int | None, str]:
    head, _, reason = text.partition(":")
    try:
        return int(head.strip().replace("−", "-")), reason.strip()
    except ValueError:
        return None, reason.strip()
