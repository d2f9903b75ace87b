"""From domain judgements to the overall one: two raters settled, the tool's algorithm, overrides with their reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from prismake.extraction.risk_of_bias.judgements import CONSENSUS, OVERALL
from prismake.extraction.risk_of_bias.tools import NO_INFORMATION, NOT_APPLICABLE, Tool
from prismake.messages.faults import Faults

FINAL = ["study_id", "outcome_id", "domain", "judgement", "basis", "raters", "support"]
OVERALL_COLUMNS = ["study_id", "outcome_id", "overall", "basis", "by_algorithm", "worst_domain", "override_reason"]


_SERIOUS = 2  # severity of the third level: serious in ROBINS-I


@dataclass
class Settled:
    """Final judgements of the domains, overall ones, conflicts that wait for somebody, and what is wrong."""

    final: pd.DataFrame
    overall: pd.DataFrame
    conflicts: pd.DataFrame
    faults: Faults


def settle(long: pd.DataFrame, tool: Tool, *, file: str = "") -> Settled:
    """Settle the raters' judgements and derive the overall ones.

    Two raters who agree: final. Who disagree: a row of rater `consensus` (or `adjudicator`) decides; without one the
    domain
    is in conflict, and no overall judgement is given for that unit.
    """
    faults = Faults()
    final, conflicts = _settle_domains(long)
    settled = _by_unit(final)
    open_units = set(zip(conflicts["study_id"], conflicts["outcome_id"], strict=True))
    rows = []
    for unit, group in _units(long):
        by_domain = dict(settled.get(unit, {}))
        stated = by_domain.pop(OVERALL, "")
        row = _overall(tool, by_domain, stated, unit not in open_units, group, faults, file)
        rows.append({"study_id": unit[0], "outcome_id": unit[1], **row})
    overall = pd.DataFrame(rows, columns=OVERALL_COLUMNS, dtype=str)
    return Settled(final[final["domain"] != OVERALL].reset_index(drop=True), overall, conflicts, faults)


def _by_unit(final: pd.DataFrame) -> dict[tuple[str, str], dict[str, str]]:
    """(study, outcome) -> domain -> settled level."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    columns = (final[c] for c in ("study_id", "outcome_id", "domain", "judgement"))
    for study, outcome, domain, level in zip(*columns, strict=True):
        found.setdefault((study, outcome), {})[domain] = level
    return found


def _units(long: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    return [((str(s), str(o)), g) for (s, o), g in long.groupby(["study_id", "outcome_id"], sort=False)]


def _settle_domains(long: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    groups: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in long.to_dict("records"):
        groups.setdefault((row["study_id"], row["outcome_id"], row["domain"]), []).append(row)
    final, conflicts = [], []
    for (study, outcome, domain), rows in groups.items():
        deciding = [r for r in rows if r["rater"].strip().lower() in CONSENSUS]
        votes = [r for r in rows if r not in deciding]
        levels = {r["judgement"] for r in deciding or votes}
        row = {"study_id": study, "outcome_id": outcome, "domain": domain}
        if len(levels) != 1:
            said = "; ".join(f"{r['rater'] or 'unnamed'}: {r['judgement']}" for r in votes)
            conflicts.append({**row, "judgements": said})
            continue
        basis = "consensus" if deciding else "agreement" if len(votes) > 1 else "single"
        support = " / ".join(dict.fromkeys(r["support"] for r in rows if r["support"]))
        raters = "; ".join(dict.fromkeys(r["rater"] for r in rows if r["rater"]))
        final.append({**row, "judgement": levels.pop(), "basis": basis, "raters": raters, "support": support})
    columns = ["study_id", "outcome_id", "domain", "judgements"]
    return pd.DataFrame(final, columns=FINAL, dtype=str), pd.DataFrame(conflicts, columns=columns, dtype=str)


def _overall(
    tool: Tool,
    by_domain: Mapping[str, str],
    judged: str,
    settled: bool,
    unit: pd.DataFrame,
    faults: Faults,
    file: str,
) -> dict[str, str]:
    blank = {"overall": "", "basis": "", "by_algorithm": "", "worst_domain": "", "override_reason": ""}
    missing = [d for d in tool.domains if d not in by_domain]
    worst = worst_of(tool, by_domain.values()) or ""
    if not by_domain and judged:
        return {**blank, "overall": judged, "basis": "judged"}
    if not settled:
        return {**blank, "basis": "waiting: raters disagree"}
    if missing and tool.domains:
        names = ", ".join(missing)
        return {
            **blank,
            "overall": judged,
            "basis": "judged" if judged else f"waiting: {names} not judged",
            "worst_domain": worst,
        }
    derived = algorithm(tool, by_domain)
    if tool.rule == "judged":
        return {
            **blank,
            "overall": judged,
            "basis": "judged" if judged else "waiting: no overall judgement",
            "worst_domain": worst,
        }
    if not judged or judged == derived:
        return {
            **blank,
            "overall": derived,
            "basis": "algorithm" if not judged else "judged as the algorithm",
            "by_algorithm": derived,
            "worst_domain": worst,
        }
    reason = next((r for r in unit.loc[unit["domain"] == OVERALL, "override_reason"] if r), "")
    reason = reason or next((r for r in unit.loc[unit["domain"] == OVERALL, "support"] if r), "")
    _check_override(tool, judged, worst, derived, reason, unit, faults, file)
    return {
        "overall": judged,
        "basis": "override",
        "by_algorithm": derived,
        "worst_domain": worst,
        "override_reason": reason,
    }


def _check_override(
    tool: Tool, judged: str, worst: str, derived: str, reason: str, unit: pd.DataFrame, faults: Faults, file: str
) -> None:
    line = int(unit.loc[unit["domain"] == OVERALL, "line"].iloc[0])
    where = {"file": file, "line": line, "column": "judgement", "value": judged}
    if not reason:
        faults.error(
            "override-without-reason",
            f"The overall judgement differs from the algorithm's ({derived}) and no reason is given.",
            **where,
            expected=f"{derived}, or a reason in override_reason",
            mend="write the reason into override_reason, or blank the overall judgement",
        )
    severity = {lv.id: lv.severity for lv in tool.levels}
    mine, floor = severity.get(judged), severity.get(worst)
    if tool.override_floor and mine is not None and floor is not None and mine < floor:
        faults.error(
            "override-below-worst",
            f"The overall judgement is better than that of the worst domain ({worst}).",
            **where,
            expected=f"{worst} or worse",
            mend="change the overall judgement or the domain's",
        )


def worst_of(tool: Tool, levels) -> str | None:  # type: ignore[no-untyped-def]
    """The worst of some level ids; no information only where nothing else is there."""
    severity = {lv.id: lv.severity for lv in tool.levels}
    graded = [lv for lv in levels if severity.get(lv) is not None]
    if graded:
        return max(graded, key=lambda lv: severity[lv] or 0)
    return next((lv for lv in levels if lv == NO_INFORMATION), None)


def algorithm(tool: Tool, by_domain: Mapping[str, str]) -> str:
    """The overall judgement by the tool's rule.

    `worst`: the worst domain. `rob2`: high with any high domain or more than `limit` with some concerns, low if all
    are low,
    else some concerns (Sterne et al., 2019, in the deterministic form of metapsyTools, where the limit is 2). No
    information
    counts as some concerns in rob2 and is ignored beside graded levels in worst. `robins_i`: the worst domain, but no information
    where a domain has none and no other is serious or critical (Sterne et al., 2016). `robins_e`: the worst domain, no
    information counting as some concerns (Higgins et al., 2024); several domains below the next level are for people to weigh.
    """
    levels = [lv for lv in by_domain.values() if lv != NOT_APPLICABLE]
    if tool.rule != "rob2":
        worst = worst_of(tool, levels) or ""
        severity = {lv.id: lv.severity for lv in tool.levels}
        unknown = NO_INFORMATION in levels
        if tool.rule == "robins_i" and unknown and (severity.get(worst) or 0) < _SERIOUS:
            return NO_INFORMATION
        if tool.rule == "robins_e" and unknown and (severity.get(worst) or 0) < 1:
            return tool.graded[1].id
        return worst
    low, middle, high = (lv.id for lv in tool.graded)
    concerns = sum(lv in (middle, NO_INFORMATION) for lv in levels)
    if high in levels or (tool.limit is not None and concerns > tool.limit):
        return high
    return low if concerns == 0 else middle


def study_level(overall: pd.DataFrame, tool: Tool) -> dict[str, str]:
    """The worst overall judgement of each study."""
    return {
        str(study): worst_of(tool, [lv for lv in group["overall"] if lv]) or ""
        for study, group in overall.groupby("study_id", sort=False)
    }


def summary(final: pd.DataFrame, overall: pd.DataFrame, tool: Tool) -> dict[str, object]:
    """Counts of each level: overall by study, by unit, and by domain."""
    ids = [lv.id for lv in tool.levels]
    studies = study_level(overall, tool)
    judged = {s: lv for s, lv in studies.items() if lv}
    return {
        "tool": tool.id,
        "name": tool.name,
        "unit": tool.unit,
        "rule": tool.rule,
        "limit": tool.limit,
        "levels": [{"id": lv.id, "label": lv.label, "symbol": lv.symbol} for lv in tool.levels],
        "domains": dict(tool.domains),
        "studies_assessed": len(judged),
        "units_assessed": int((overall["overall"] != "").sum()),
        "overall": {i: sum(lv == i for lv in judged.values()) for i in ids},
        "overall_ids": {i: sorted(s for s, lv in judged.items() if lv == i) for i in ids},
        "by_unit": {i: int((overall["overall"] == i).sum()) for i in ids},
        "by_domain": {
            d: {i: int(((final["domain"] == d) & (final["judgement"] == i)).sum()) for i in ids} for d in tool.domains
        },
        "overrides": int((overall["basis"] == "override").sum()),
    }
