"""Certainty of the evidence by GRADE: people judge, the summary of findings is put together (Guyatt et al., 2011; Handbook, ch. 14).

Nothing is judged here. Each step down or up stands in a sheet with its reason, and becomes a numbered footnote.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.records.sheets import decimal, line_of

DOMAINS = {
    "risk_of_bias": "risk of bias",
    "inconsistency": "inconsistency",
    "indirectness": "indirectness",
    "imprecision": "imprecision",
    "publication_bias": "publication bias",
}
UPGRADES = {"large_effect": "large effect", "dose_response": "dose response", "confounding": "plausible confounding"}
LEVELS = ["very low", "low", "moderate", "high"]
SHEET = ["analysis", "outcome", "start", *DOMAINS, *UPGRADES, "baseline_risk", "comment"]
COLUMNS = [
    "analysis",
    "outcome",
    "k",
    "participants",
    "measure",
    "effect",
    "ci_lb",
    "ci_ub",
    "risk_control",
    "risk_intervention",
    "risk_intervention_ci_lb",
    "risk_intervention_ci_ub",
    "certainty",
    "certainty_symbols",
    "footnotes",
    "comment",
]
PENDING = ["stage", "id", "title", "who", "what"]
_RATIOS = ("OR", "RR", "PETO")


@dataclass
class SummaryOfFindings:
    """One row an analysis, the footnotes in order of their numbers, what is wrong with the sheet, and who is waited for."""

    table: pd.DataFrame
    footnotes: list[str]
    findings: Faults
    pending: pd.DataFrame

    def data(self, *, planned: bool) -> dict[str, Any]:
        """The table and its footnotes as one object; numbers that are not known are null."""
        rows = [{k: None if v != v else v for k, v in row.items()} for row in self.table.to_dict("records")]
        notes = [{"number": i, "text": text} for i, text in enumerate(self.footnotes, 1)]
        return {
            "planned": planned,
            "rows": rows,
            "footnotes": notes,
            "levels": {"⊕" * (i + 1) + "⊖" * (3 - i): level for i, level in enumerate(LEVELS)},
            "judged": sum(bool(row["certainty"]) for row in rows),
        }


def summary_of_findings(
    results: Sequence[Mapping[str, Any]], judgements: pd.DataFrame, *, file: str = "", planned: bool = True
) -> SummaryOfFindings:
    """GRADE summary of findings: one row a confirmatory analysis (and others that people judged), its certainty, and the
    numbered reasons for every step.

    `results` are the result.json of the analyses in the order of the table. `judgements` is people's sheet, a row an analysis, with
    the columns of SHEET: `start` (high for randomised trials, low for others); for each domain 0, -1 or -2 with the reason behind a colon
    ("-1: wide interval"), for each upgrade +1 or +2 likewise. There is no certainty before `start` and all five domains are filled
    in: a blank is a judgement that nobody made, not a 0 (upgrades may be blank); `outcome` names the row (the analysis's title if blank); `baseline_risk`
    is the risk without the intervention, as a share of 1 or with %, from which an odds or risk ratio or a risk difference gives the
    risk with it (people in 1,000). Where judgements are planned, a confirmatory analysis without any is pending.
    """
    faults = Faults()
    notes: list[str] = []
    sheet = _Sheet(judgements, file, faults)
    sheet.check([str(r["analysis"]) for r in results])
    rows = []
    shown = [r for r in results if r.get("role") == "confirmatory" or sheet.row(str(r["analysis"]))]
    for result in shown:
        estimate = result.get("transformed") or result.get("estimate") or {}
        given = sheet.row(str(result["analysis"]))
        row = {
            **dict.fromkeys(COLUMNS),
            "analysis": result["analysis"],
            "outcome": given.get("outcome") or result.get("title") or result["analysis"],
            "k": result.get("k"),
            "participants": result.get("N"),
            "measure": result.get("measure"),
            "effect": estimate.get("b"),
            "ci_lb": estimate.get("ci_lb"),
            "ci_ub": estimate.get("ci_ub"),
            "comment": given.get("comment", ""),
        }
        row |= {"certainty": "", "certainty_symbols": "", "footnotes": ""}
        if given:
            row |= sheet.certainty(str(result["analysis"]), notes)
            row |= _risks(result, sheet.risk(str(result["analysis"])))
        rows.append(row)
    return SummaryOfFindings(
        pd.DataFrame(rows, columns=COLUMNS), notes, faults, _pending(rows, shown, sheet) if planned else _nobody()
    )


class _Sheet:
    """People's sheet: its rows by analysis, and faults that name the cell."""

    def __init__(self, frame: pd.DataFrame, file: str, faults: Faults) -> None:
        self._frame, self._file, self._faults = frame.fillna(""), file, faults
        self._rows: dict[str, int] = {}
        names = self._frame["analysis"].astype(str).tolist() if "analysis" in self._frame.columns else []
        for position, name in enumerate(names):
            if name and name in self._rows:
                self._error(
                    "judged-twice",
                    f"This analysis is judged on line {line_of(frame, self._rows[name])} already.",
                    position,
                    "analysis",
                    "one row an analysis",
                    "remove one",
                )
            elif name:
                self._rows[name] = position

    def _error(self, code: str, what: str, position: int, column: str, expected: str, mend: str) -> None:
        value = str(self._frame[column].iloc[position]) if column in self._frame.columns else ""
        where = {"file": self._file, "line": line_of(self._frame, position), "column": column, "value": value}
        self._faults.error(code, what, **where, expected=expected, mend=mend)

    def check(self, analyses: Sequence[str]) -> None:
        """Rows about analyses that there are none of."""
        for name, position in self._rows.items():
            if name not in analyses:
                self._error(
                    "unknown-analysis",
                    "This analysis does not exist.",
                    position,
                    "analysis",
                    ", ".join(analyses),
                    "correct its name",
                )

    def row(self, analysis: str) -> dict[str, str]:
        """What was typed about an analysis; empty for none."""
        if analysis not in self._rows:
            return {}
        return {str(k): str(v).strip() for k, v in self._frame.iloc[self._rows[analysis]].to_dict().items()}

    def certainty(self, analysis: str, notes: list[str]) -> dict[str, str]:
        """Level, symbols and footnotes; every reason is added to the notes once. Blank where not all is judged yet."""
        given, position = self.row(analysis), self._rows[analysis]
        steps = {c: self._step(given.get(c, ""), position, c) for c in (*DOMAINS, *UPGRADES)}
        start = given.get("start", "").lower()
        if start and start not in LEVELS:
            self._error(
                "grade-start",
                "This is no level of certainty.",
                position,
                "start",
                "high (randomised trials) or low (others)",
                "use one of these",
            )
            start = "high"
        if unjudged(given):
            return {}
        level, numbers = LEVELS.index(start), []
        for column, words in {**DOMAINS, **UPGRADES}.items():
            step, reason = steps[column]
            if not step:
                continue
            level += step
            verb = "Downgraded" if step < 0 else "Upgraded"
            note = f"{verb} {abs(step)} level{'s' if abs(step) > 1 else ''} for {words}: {reason}."
            if note not in notes:
                notes.append(note)
            numbers.append(notes.index(note) + 1)
        level = min(len(LEVELS) - 1, max(0, level))
        symbols = "⊕" * (level + 1) + "⊖" * (len(LEVELS) - 1 - level)
        footnotes = ", ".join(str(n) for n in numbers)
        return {"certainty": LEVELS[level], "certainty_symbols": symbols, "footnotes": footnotes}

    def _step(self, text: str, position: int, column: str) -> tuple[int, str]:
        head, _, reason = (text or "0").partition(":")
        allowed = (0, -1, -2) if column in DOMAINS else (0, 1, 2)
        try:
            step = int(head.strip().replace("−", "-").replace("–", "-"))
        except ValueError:
            step = 9
        if step not in allowed:
            expected = ", ".join(f"{s:+d}" if s else "0" for s in allowed)
            mend = "write the step, a colon and the reason"
            self._error("grade-step", "This is no step of GRADE.", position, column, expected, mend)
            return 0, ""
        reason = reason.strip().rstrip(".")
        if step and not reason:
            mend = "write why behind a colon"
            self._error("grade-reason", "A step without a reason.", position, column, f"{step:+d}: the reason", mend)
            return 0, ""
        return step, reason

    def risk(self, analysis: str) -> float:
        """The risk without the intervention between 0 and 1; NaN if none was given."""
        text, position = self.row(analysis).get("baseline_risk", ""), self._rows[analysis]
        if not text:
            return math.nan
        try:
            value = decimal(text.rstrip("% "), comma=None)
            share = float(value) / (100 if text.endswith("%") else 1)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            share = math.nan
        if not 0 < share < 1:
            expected = "a share between 0 and 1, or a percentage such as 25%"
            self._error(
                "baseline-risk", "This is no risk.", position, "baseline_risk", expected, "correct it, or blank it"
            )
            return math.nan
        return share


def unjudged(given: Mapping[str, str]) -> list[str]:
    """What of an analysis's row is still blank and has to be judged, in words."""
    names = {"start": "where it starts", **DOMAINS}
    return [words for column, words in names.items() if not given.get(column)]


def _risks(result: Mapping[str, Any], baseline: float) -> dict[str, float]:
    """People in 1,000 with the outcome, without and with the intervention (Handbook, 14.1.5 and 15.4.4)."""
    estimate = result.get("estimate") or {}
    if baseline != baseline or result.get("measure") not in (*_RATIOS, "RD") or estimate.get("b") is None:
        return {}
    found = {"risk_control": 1000 * baseline}
    for name, key in (
        ("risk_intervention", "b"),
        ("risk_intervention_ci_lb", "ci_lb"),
        ("risk_intervention_ci_ub", "ci_ub"),
    ):
        value = estimate.get(key)
        if value is not None:
            found[name] = 1000 * risk_with(str(result["measure"]), float(value), baseline)
    return found


def risk_with(measure: str, estimate: float, baseline: float) -> float:
    """The risk that an estimate on its analysis scale (log for ratios) makes of a baseline risk, kept between 0 and 1."""
    if measure == "RD":
        risk = baseline + estimate
    elif measure == "RR":
        risk = baseline * math.exp(estimate)
    else:
        odds = baseline / (1 - baseline) * math.exp(estimate)
        risk = odds / (1 + odds)
    return min(1.0, max(0.0, risk))


def _nobody() -> pd.DataFrame:
    return pd.DataFrame(columns=PENDING, dtype=str)


def _pending(rows: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]], sheet: _Sheet) -> pd.DataFrame:
    """Confirmatory analyses with an estimate whose certainty nobody has judged, or not in every domain."""

    def what(analysis: str) -> str:
        left = unjudged(sheet.row(analysis))
        whole = len(left) > len(DOMAINS)
        return "judge the certainty of the evidence (GRADE)" + ("" if whole else f": {', '.join(left)}")

    waiting = [
        ("grade", row["analysis"], row["outcome"], "rater", what(str(row["analysis"])))
        for row, result in zip(rows, results, strict=True)
        if result.get("role") == "confirmatory" and row["effect"] is not None and not row["certainty"]
    ]
    return pd.DataFrame(waiting, columns=PENDING, dtype=str)
