"""Combining p values where only they are comparable (Cochrane Handbook, 12.2.1.2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def one_sided(z: float) -> float:
    """P(Z > z): small where the effect favours the intervention."""
    return 0.5 * math.erfc(z / math.sqrt(2))


def fisher(pvalues: Sequence[float]) -> dict[str, Any]:
    """Fisher's method: -2 sum ln p is chi-squared with 2k df. Tells of an effect in at least one study, no more."""
    if not pvalues:
        return {"k": 0, "chi2": None, "df": None, "pval": None, "not_estimable": "no p values"}
    statistic = -2 * sum(math.log(max(p, 1e-300)) for p in pvalues)
    return {
        "k": len(pvalues),
        "chi2": statistic,
        "df": 2 * len(pvalues),
        "pval": _chi2_tail(statistic, len(pvalues)),
        "not_estimable": None,
    }


def stouffer(zvalues: Sequence[float], weights: Sequence[float] | None = None) -> dict[str, Any]:
    """Stouffer's z, weighted where weights (root n, say) are given."""
    if not zvalues:
        return {"k": 0, "z": None, "pval": None, "not_estimable": "no p values"}
    w = [1.0] * len(zvalues) if weights is None else list(weights)
    z = sum(a * b for a, b in zip(w, zvalues, strict=True)) / math.sqrt(sum(a * a for a in w))
    return {"k": len(zvalues), "z": z, "pval": math.erfc(abs(z) / math.sqrt(2)), "not_estimable": None}


def _chi2_tail(statistic: float, k: int) -> float:
    """Upper tail of chi-squared with an even 2k df: a Poisson sum."""
    half = statistic / 2
    return min(
        1.0, math.fsum(math.exp(-half + i * math.log(half) - math.lgamma(i + 1)) for i in range(k)) if half > 0 else 1.0
    )
