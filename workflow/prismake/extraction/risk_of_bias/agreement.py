"""Agreement of raters before consensus: per domain, kappa and weighted kappa with the raw share."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from prismake.extraction.risk_of_bias.judgements import CONSENSUS, OVERALL
from prismake.extraction.risk_of_bias.tools import Tool


def agreement(long: pd.DataFrame, tool: Tool) -> dict[str, Any]:
    """For each pair of raters: units judged by both, the share of equal judgements and kappa,
    by domain and together.
    """
    votes = long[~long["rater"].str.strip().str.lower().isin(CONSENSUS) & (long["rater"] != "")]
    raters = sorted(votes["rater"].unique())
    pairs = []
    for first, second in combinations(raters, 2):
        both = _paired(votes, first, second)
        if both.empty:
            continue
        order = [lv.id for lv in tool.levels]
        by_domain = {
            str(d): {**compare(g["a"].tolist(), g["b"].tolist(), order), "domain": tool.domains.get(str(d), "Overall")}
            for d, g in both.groupby("domain", sort=False)
        }
        domains_only = both[both["domain"] != OVERALL]
        pairs.append(
            {
                "raters": [first, second],
                "all_domains": compare(domains_only["a"].tolist(), domains_only["b"].tolist(), order),
                "by_domain": by_domain,
            }
        )
    return {"raters": raters, "pairs": pairs, "note": "before consensus; consensus rows are left out"}


def _paired(votes: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    keys = ["study_id", "outcome_id", "domain"]
    a = votes[votes["rater"] == first].set_index(keys)["judgement"].rename("a")
    b = votes[votes["rater"] == second].set_index(keys)["judgement"].rename("b")
    return pd.concat([a, b], axis=1, join="inner").reset_index()


def compare(a: list[str], b: list[str], order: list[str]) -> dict[str, Any]:
    """Share of equal judgements, Cohen's kappa, and kappa with linear weights by the order of the levels.

    Kappa is null with a reason where it is not estimable (both raters used one level only).
    """
    n = len(a)
    if n == 0:
        return {"n": 0, "agreement": None, "kappa": None, "weighted_kappa": None, "reason": "nothing judged by both"}
    used = [lv for lv in order if lv in a or lv in b] + sorted({*a, *b} - set(order))
    index = {lv: i for i, lv in enumerate(used)}
    table = np.zeros((len(used), len(used)))
    for x, y in zip(a, b, strict=True):
        table[index[x], index[y]] += 1
    same = float(np.trace(table) / n)
    if len(used) == 1:
        return {"n": n, "agreement": same, "kappa": None, "weighted_kappa": None, "reason": "only one level was used"}
    distance = np.abs(np.subtract.outer(np.arange(len(used)), np.arange(len(used))))
    return {
        "n": n,
        "agreement": same,
        "kappa": _kappa(table, (distance > 0).astype(float)),
        "weighted_kappa": _kappa(table, distance / (len(used) - 1)),
        "reason": None,
    }


def _kappa(table: np.ndarray, disagreement: np.ndarray) -> float | None:
    """1 - observed / expected disagreement (Cohen, 1968)."""
    n = table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    chance = float((disagreement * expected).sum())
    return None if chance == 0 else 1 - float((disagreement * table).sum()) / chance
