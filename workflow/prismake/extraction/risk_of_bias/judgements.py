"""Judgements as people give them: long or wide (robvis), one or two raters, study or result level."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from prismake.extraction.risk_of_bias.items import COLUMNS as ITEM_COLUMNS
from prismake.extraction.risk_of_bias.items import is_note, item_answers, item_of, with_derived
from prismake.extraction.risk_of_bias.tools import Tool
from prismake.extraction.values import number
from prismake.messages.faults import Faults
from prismake.records.sheets import line_of, read_sheet

LONG = ["study_id", "outcome_id", "rater", "domain", "judgement", "support"]
CONSENSUS = frozenset({"consensus", "adjudicator", "adjudication", "agreed", "final"})
OVERALL, WEIGHT = "overall", "weight"


def read_judgements(
    path: str | Path, tool: Tool, columns: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, Faults]:
    """The sheet as long rows with level ids. Long: one row a judgement; wide: one column a domain, as robvis has it.

    Further columns: `override_reason` (why an overall judgement differs from the algorithm), `row` (line in the file). Where
    the tool has items, their answers decide the domains that a rater did not judge.
    """
    frame, faults = _read(path, columns or {})
    if "study_id" not in frame.columns:
        if not frame.empty or len(frame.columns) > 1:
            faults.error(
                "missing-column",
                "The sheet has no column study_id (robvis: Study).",
                file=str(path),
                line=1,
                value=", ".join(c for c in frame.columns if c != "line"),
                expected="study_id",
                mend="name the studies' column study_id",
            )
        return pd.DataFrame(columns=[*LONG, "override_reason", "line"], dtype=str), faults
    long = frame if "domain" in frame.columns else _melted(frame, tool, str(path), faults)
    if tool.has_items:
        long = long.loc[[item_of(str(d)) is None for d in long["domain"]], :]
    for column in (*LONG, "override_reason"):
        if column not in long.columns:
            long[column] = ""
    long = long[[*LONG, "override_reason", "line"]].reset_index(drop=True)
    checked = _levels_checked(long, tool, str(path), faults)
    if tool.has_items:
        checked = with_derived(checked, item_answers(frame, str(path), faults), tool, str(path), faults)
    return checked, faults


def read_items(path: str | Path, tool: Tool, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The answers to the items of a sheet whose tool has some (faults are those of `read_judgements`); else no rows."""
    frame, _ = _read(path, columns or {})
    if not tool.has_items or "study_id" not in frame.columns:
        return pd.DataFrame(columns=ITEM_COLUMNS)
    return item_answers(frame, str(path), Faults())


def read_weights(
    path: str | Path, columns: Mapping[str, str] | None = None
) -> tuple[dict[tuple[str, str], float], Faults]:
    """The column Weight of a robvis sheet: (study_id, outcome_id) -> weight; nothing where there is no such column.

    A weight that is missing, no number or not positive is a fault: shares by weight would leave its study out.
    """
    frame, _ = _read(path, columns or {})
    faults = Faults()
    column = next((c for c in frame.columns if c.strip().lower() == WEIGHT), None)
    weights: dict[tuple[str, str], float] = {}
    if column is None or "study_id" not in frame.columns:
        return weights, faults
    for row in frame.to_dict("records"):
        value = number(str(row[column]).strip())
        if not value > 0:
            faults.error(
                "wrong-weight",
                "This weight is no positive number.",
                file=str(path),
                line=int(row["line"]),
                column=column,
                value=str(row[column]),
                expected="a positive number in every row, or no column Weight",
                mend="fill it in, or remove the column",
            )
        weights[(row["study_id"], row.get("outcome_id", ""))] = value
    return weights, faults


def _read(path: str | Path, columns: Mapping[str, str]) -> tuple[pd.DataFrame, Faults]:
    frame, faults = read_sheet(path)
    attrs = dict(frame.attrs)
    frame = _renamed(frame, columns)
    frame.attrs.update(attrs)
    return frame.assign(line=[line_of(frame, i) for i in range(len(frame))]), faults


def _renamed(frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    given = {theirs: ours for ours, theirs in columns.items()}
    usual = {
        "study": "study_id",
        "outcome": "outcome_id",
        "reviewer": "rater",
        "assessor": "rater",
        "judgment": "judgement",
        "comment": "support",
        "overall bias": OVERALL,
        "overall_bias": OVERALL,
    }
    names: dict[str, str] = {}
    for column in frame.columns:
        target = given.get(column) or usual.get(column.strip().lower(), column.strip())
        names[column] = target if target not in names.values() else column
    return frame.rename(columns=names)


# Names of RoB 2's domains in RevMan's tables and Cochrane's data packages ("Bias arising from the randomization process judgement").
_REVMAN = {
    "arising from the randomization process": "D1",
    "arising from the randomisation process": "D1",
    "due to deviations from intended interventions": "D2",
    "due to missing outcome data": "D3",
    "in measurement of the outcome": "D4",
    "in selection of the reported result": "D5",
}
# Other names of a domain than ours, in robvis's data.
_OTHER_NAMES = {"other sources of bias": "other bias"}
_JUDGEMENT, _SUPPORT = (" judgement", " judgment"), " support"
# Columns of the risk of bias in Cochrane's data packages: "Domain (judgement): Allocation concealment: All outcomes".
_PACKAGED = re.compile(r"domain \((?P<kind>judgement|support)\):\s*(?P<domain>.+?)(?:: all outcomes)?", re.IGNORECASE)

_KIND_OF_BIAS = re.compile(r" \([a-z ]+ bias\)$")  # "Allocation concealment (selection bias)", as RevMan names it


def _plain_headers(columns: Iterable[str]) -> dict[str, str]:
    """Headers of a Cochrane data package -> those of RevMan's tables; others are left out."""
    found = ((column, _PACKAGED.fullmatch(column.strip())) for column in columns)
    return {column: f"{m['domain']} {m['kind'].lower()}" for column, m in found if m}


def _domain_of(column: str, tool: Tool) -> str | None:
    """The domain that a column or cell names: its id in any case, its name, RevMan's name, or overall."""
    folded = " ".join(column.strip().lower().rstrip(".").split())
    folded = folded.removesuffix(_JUDGEMENT[0]).removesuffix(_JUDGEMENT[1])
    folded = _KIND_OF_BIAS.sub("", folded)
    if folded in (OVERALL, "overall risk of bias", "overall bias", "rob", "total"):
        return OVERALL
    folded = _OTHER_NAMES.get(folded, folded)
    revman = _REVMAN.get(folded.removeprefix("risk of ").removeprefix("bias "))
    if revman in tool.domains:
        return revman
    for domain, name in tool.domains.items():
        if folded in (domain.lower(), name.lower()) or folded.split(".")[0] == domain.lower():
            return domain
    # R's way to write a header of several words, as in robvis's data of the 2011 tool.
    spaced = " ".join(folded.replace(".", " ").split())
    return None if spaced == folded else _domain_of(spaced, tool)


def _melted(frame: pd.DataFrame, tool: Tool, path: str, faults: Faults) -> pd.DataFrame:
    frame = frame.rename(columns=_plain_headers(frame.columns))
    keep = [c for c in ("study_id", "outcome_id", "rater", "override_reason", "line") if c in frame.columns]
    domains = [
        c
        for c in frame.columns
        if c not in keep
        and c.strip().lower() != WEIGHT
        and not is_note(c)
        and not c.lower().endswith(_SUPPORT)
        and (_domain_of(c, tool) or not tool.domains)
    ]
    for column in frame.columns:
        cells = [c for c in frame[column] if str(c).strip()] if column not in (*keep, *domains) else []
        if cells and all(tool.level(str(c)) for c in cells) and column.strip().lower() != WEIGHT:
            faults.warning(
                "unknown-domain",
                f"This column holds judgements, but {tool.name} has no such domain: it is not read.",
                file=path,
                line=1,
                column=column,
                expected=", ".join(f"{d} ({n})" for d, n in tool.domains.items()),
                mend="name it by the domain's id, or leave it if it is none",
            )
    if not domains:
        return pd.DataFrame(columns=[*keep, "domain", "judgement"])
    long = frame.melt(id_vars=keep, value_vars=domains, var_name="domain", value_name="judgement")
    supports = {c.strip().lower().removesuffix(_SUPPORT): c for c in frame.columns if c.lower().endswith(_SUPPORT)}
    if supports:
        beside = [
            supports.get(d.strip().lower().removesuffix(_JUDGEMENT[0]).removesuffix(_JUDGEMENT[1])) for d in domains
        ]
        long["support"] = [text for c in beside for text in (frame[c] if c else [""] * len(frame))]
    if "override_reason" in long.columns:
        overall = long["domain"].map(lambda d: _domain_of(d, tool) == OVERALL)
        long["override_reason"] = long["override_reason"].where(overall, "")
    return long[long["judgement"] != ""].sort_values("line", kind="stable")


def _levels_checked(long: pd.DataFrame, tool: Tool, path: str, faults: Faults) -> pd.DataFrame:
    rows = []
    seen: dict[tuple[str, ...], int] = {}
    for row in long.to_dict("records"):
        domain = _domain_of(str(row["domain"]), tool) or (str(row["domain"]) if not tool.domains else None)
        level = tool.level(str(row["judgement"]))
        where = {"file": path, "line": int(row["line"])}
        if domain is None:
            faults.error(
                "unknown-domain",
                f"{tool.name} has no such domain.",
                **where,
                column="domain",
                value=str(row["domain"]),
                expected=", ".join([*tool.domains, OVERALL]),
                mend="use a domain of the protocol's tool",
            )
        elif row["judgement"] and level is None:
            faults.error(
                "unknown-level",
                f"{tool.name} has no such level.",
                **where,
                column="judgement",
                value=str(row["judgement"]),
                expected=", ".join(lv.id for lv in tool.levels),
                mend="use a level of the protocol's tool",
            )
        elif level is not None:
            key = (row["study_id"], row["outcome_id"], row["rater"], domain)
            if key in seen:
                faults.error(
                    "judged-twice",
                    f"The same rater judged this domain on line {seen[key]} already.",
                    **where,
                    column="judgement",
                    value=str(row["judgement"]),
                    expected="one judgement for each study, outcome, rater and domain",
                    mend="remove one",
                )
            seen[key] = int(row["line"])
            rows.append({**row, "domain": domain, "judgement": level.id})
    return pd.DataFrame(rows, columns=list(long.columns))


def robvis(
    final: pd.DataFrame,
    overall: pd.DataFrame,
    tool: Tool,
    labels: Mapping[str, str] | None = None,
    weights: Mapping[tuple[str, str], float] | None = None,
) -> pd.DataFrame:
    """The final judgements in robvis's layout: Study, one column a domain, Overall, Weight (1 where none is given)."""
    rows = []
    for unit in overall.to_dict("records"):
        mine = final[(final["study_id"] == unit["study_id"]) & (final["outcome_id"] == unit["outcome_id"])]
        by_domain = dict(zip(mine["domain"], mine["judgement"], strict=True))
        name = (labels or {}).get(unit["study_id"], unit["study_id"])
        title = f"{name}: {unit['outcome_id']}" if unit["outcome_id"] else name
        cells = {d: label_of(tool, by_domain.get(d, "")) for d in tool.domains}
        weight = (weights or {}).get((unit["study_id"], unit["outcome_id"]), 1)
        rows.append({"Study": title, **cells, "Overall": label_of(tool, unit["overall"]), "Weight": weight})
    return pd.DataFrame(rows, columns=["Study", *tool.domains, "Overall", "Weight"])


def label_of(tool: Tool, level: str) -> str:
    """A level's label, blank for none."""
    return next((lv.label for lv in tool.levels if lv.id == level), "")
