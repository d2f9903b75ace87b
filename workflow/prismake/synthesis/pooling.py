"""From a table of effects to what one analysis pools: filter, one row a study, who is in it, how many people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prismake.synthesis.aggregation import one_per_study
from prismake.synthesis.design import level_text

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """What is pooled: yi, vi (k,); `table` has the first effect's row of each with yi, vi, n and the ids behind it.

    effects: the rows of the source table behind each pooled row. dropped: words on rows that could not be used.
    """

    yi: Array
    vi: Array
    table: pd.DataFrame
    source: pd.DataFrame
    effects: list[list[str]]
    notes: list[str]

    @property
    def k(self) -> int:
        """Number of studies."""
        return int(self.table["study_id"].nunique()) if len(self.table) else 0


def select_effects(effects: pd.DataFrame, conditions: Mapping[str, Any] | None) -> pd.DataFrame:
    """Rows that meet every condition: column -> value, list of values, {not: ...}, {min: number}, {max: number}.

    Raises KeyError, naming the columns there are, for a column that is not there; an empty table may lack it.
    """
    keep = np.ones(len(effects), dtype=bool)
    if effects.empty:
        return effects.reset_index(drop=True)
    for column, wanted in (conditions or {}).items():
        if column not in effects.columns:
            raise KeyError(f"the effects have no column {column!r}; they have: {', '.join(map(str, effects.columns))}")
        keep &= _meets(effects[column], wanted)
    return effects[keep].reset_index(drop=True)


def _meets(column: pd.Series, wanted: Any) -> NDArray[np.bool_]:
    text = np.array([level_text(value) if not _blank(value) else "" for value in column], dtype=object)
    if isinstance(wanted, Mapping):
        met = np.ones(len(column), dtype=bool)
        if "not" in wanted:
            met &= ~np.isin(text, _texts(wanted["not"]))
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
        if "min" in wanted:
            met &= numbers >= float(wanted["min"])
        if "max" in wanted:
            met &= numbers <= float(wanted["max"])
        unknown = set(wanted) - {"not", "min", "max"}
        if unknown:
            raise ValueError(f"unknown condition {sorted(unknown)[0]!r}; known: not, min, max")
        return met
    return np.isin(text, _texts(wanted))


def _texts(wanted: Any) -> list[str]:
    values = wanted if isinstance(wanted, (list, tuple)) else [wanted]
    return [
        "" if value is None else level_text(str(value).lower() if isinstance(value, bool) else value)
        for value in values
    ]


def _blank(value: Any) -> bool:
    return value is None or value is pd.NA or bool(value != value)


# What people_in reads.
_PEOPLE = ("cluster", "arm_1", "arm_2", "n1", "n2", "people_1", "people_2", "ni")


def pool(effects: pd.DataFrame, rule: str = "average", rho: float = 0.6) -> Pool:
    """One row a study by `rule` (see aggregation). Rows without a usable yi and vi are left out and said."""
    notes: list[str] = []
    y = pd.to_numeric(effects["yi"], errors="coerce").to_numpy(dtype=float) if len(effects) else np.empty(0)
    v = pd.to_numeric(effects["vi"], errors="coerce").to_numpy(dtype=float) if len(effects) else np.empty(0)
    usable = np.isfinite(y) & np.isfinite(v) & (v > 0)
    if (~usable).any():
        lost = effects.loc[~usable, "effect_id"].astype(str) if "effect_id" in effects else pd.Series(dtype=str)
        notes.append(f"left out, without an effect and a positive variance: {', '.join(lost)}")
    source = effects[usable].reset_index(drop=True)
    if source.empty:
        return Pool(np.empty(0), np.empty(0), source.copy(), source, [], notes)
    done = one_per_study(y[usable], v[usable], source["study_id"].astype(str).to_numpy(), rule, rho=rho)
    table = source.iloc[[int(rows[0]) for rows in done.rows]].copy().reset_index(drop=True)
    table["yi"], table["vi"], table["sei"] = done.yi, done.vi, np.sqrt(done.vi)
    ids = source["effect_id"].astype(str).tolist() if "effect_id" in source else list(map(str, range(len(source))))
    behind = [[ids[int(i)] for i in rows] for rows in done.rows]
    if rule == "average" and any(len(rows) > 1 for rows in done.rows):
        merged = sum(len(rows) > 1 for rows in done.rows)
        who = "study has" if merged == 1 else "studies have"
        notes.append(f"{merged} {who} several effects, averaged under an assumed correlation of {rho:g}")
    if rule == "all" and len(source) > source["study_id"].nunique():
        notes.append("effects of one study are treated as independent: standard errors are too small")
    _uniform_columns(table, source, done.rows)
    counted = source[[column for column in _PEOPLE if column in source.columns]]
    table["n"] = [people_in(counted.iloc[list(rows)]) for rows in done.rows]
    return Pool(done.yi, done.vi, table, source, behind, notes)


def _uniform_columns(table: pd.DataFrame, source: pd.DataFrame, rows: list[NDArray[np.intp]]) -> None:
    """Blank, in rows made of several effects, every value in which those effects differ: it belongs to none of them."""
    several = [position for position, behind in enumerate(rows) if len(behind) > 1]
    for column in source.columns:
        if column in ("study_id", "label", "yi", "vi", "sei", "effect_id"):
            continue
        codes = pd.factorize(source[column].astype(str))[0]  # -1 is a missing value, which differs from nothing
        differing = [position for position in several if len({*codes[rows[position]].tolist()} - {-1}) > 1]
        if differing:
            table[column] = table[column].astype(object)
            table.loc[differing, column] = None


def people_in(rows: pd.DataFrame) -> float:
    """People behind these effects: each arm once where arms are named, else the largest sample of an effect.

    Several samples of one study (column `cluster`) are different people and add up. `people_1` and `people_2` count people
    where n1 and n2 are the effective numbers of a cluster trial or a split arm.
    """
    if "cluster" in rows.columns and rows["cluster"].astype(str).nunique() > 1:
        return float(sum(people_in(part.drop(columns="cluster")) for _, part in rows.groupby("cluster", sort=False)))
    if {"arm_1", "arm_2", "n1", "n2"} <= set(rows.columns):
        sizes: dict[str, float] = {}
        for arm, n, people in (("arm_1", "n1", "people_1"), ("arm_2", "n2", "people_2")):
            counted = pd.to_numeric(rows[n], errors="coerce")
            if people in rows.columns:
                counted = pd.to_numeric(rows[people], errors="coerce").fillna(counted)
            for name, size in zip(rows[arm], counted, strict=True):
                if not _blank(name) and str(name) and size == size:
                    sizes[str(name)] = max(sizes.get(str(name), 0.0), float(size))
        if sizes:
            return float(sum(sizes.values()))
    if "ni" in rows.columns:
        sizes_of = pd.to_numeric(rows["ni"], errors="coerce").dropna()
        if len(sizes_of):
            return float(sizes_of.max())
    return float("nan")


def participants(pooled: Pool) -> int | None:
    """People in the analysis, each study's once (shared control arms too); None when a study's number is not known."""
    if pooled.source.empty:
        return 0
    counts = [people_in(rows) for _, rows in pooled.source.groupby("study_id", sort=False)]
    return None if any(count != count for count in counts) else int(round(sum(counts)))
