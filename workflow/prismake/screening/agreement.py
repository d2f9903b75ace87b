"""Agreement of two reviewers: what the two-by-two and the three-by-three table say, each statistic with its interval.

a both include, b only the first, c only the second, d both exclude; n = a + b + c + d.
Sources: Cohen (1960); Fleiss, Cohen & Everitt (1969) for the standard error of kappa; Byrt, Bishop & Carlin (1993)
for PABAK, prevalence and bias index; Gwet (2008) for AC1; Cicchetti & Feinstein (1990) for positive and negative
agreement; Wilson (1927). A high chance-corrected coefficient hides poor agreement on the few includes, so none is
ever given without positive agreement.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Z95 = 1.959963984540054
BOOTSTRAP_DRAWS = 2000
CATEGORIES = ("include", "maybe", "exclude")

Estimate = dict[str, Any]


def wilson(successes: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a proportion."""
    p = successes / n
    centre = p + z * z / (2 * n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, float((centre - half) / scale)), min(1.0, float((centre + half) / scale))


def cohen_kappa(table: np.ndarray) -> tuple[float, float] | None:
    """Kappa of a square table of counts and its large-sample standard error (Fleiss, Cohen & Everitt, 1969,
    equation 13).

    None where it is not defined: no record, or one category only.
    """
    table = np.asarray(table, dtype=float)
    n = table.sum()
    if n == 0:
        return None
    p = table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float(np.trace(p)), float(rows @ columns)
    if np.isclose(expected, 1.0):
        return None
    kappa = (observed - expected) / (1 - expected)
    diagonal = np.diag(p)
    first = float((diagonal * (1 - (rows + columns) * (1 - kappa)) ** 2).sum())
    sums = columns[:, None] + rows[None, :]
    off = p * sums**2
    second = float(((1 - kappa) ** 2) * (off.sum() - np.trace(off)))
    third = (kappa - expected * (1 - kappa)) ** 2
    variance = (first + second - third) / ((1 - expected) ** 2 * n)
    return float(kappa), float(np.sqrt(max(variance, 0.0)))


def gwet_ac1(table: np.ndarray) -> float | None:
    """Gwet's AC1 of a square table of counts (Gwet, 2008); None where there is no record, or one category only."""
    table = np.asarray(table, dtype=float)
    n = table.sum()
    if n == 0:
        return None
    shares = (table.sum(axis=0) + table.sum(axis=1)) / (2 * n)
    if np.count_nonzero(shares) < 2:
        return None
    chance = float((shares * (1 - shares)).sum() / (len(shares) - 1))
    return float((np.trace(table) / n - chance) / (1 - chance))


def two_by_two(a: int, b: int, c: int, d: int, *, seed: int = 1, z: float = Z95) -> dict[str, Any]:
    """All statistics of a two-by-two table, each {estimate, ci_lb, ci_ub, method} or {estimate: null, reason}.

    Po: Wilson; kappa: large-sample; PABAK: Wilson's interval of Po, transformed; positive and negative agreement: that of
    a/(a + b + c) or d/(b + c + d), transformed (2J/(1 + J) rises with the share J that it is made of); the others:
    percentiles of `BOOTSTRAP_DRAWS` resamples of the records, with the seed given.
    """
    n = a + b + c + d
    if n == 0:
        return {"n": 0, "a": a, "b": b, "c": c, "d": d, "not_estimable": "no record was decided by both"}
    po_lb, po_ub = wilson(a + d, n, z)
    draws = _resampled(a, b, c, d, seed)
    point = {name: float(value[0]) for name, value in _coefficients(np.array([[a, b, c, d]], dtype=float)).items()}
    result: dict[str, Any] = {
        "n": n,
        "a": a,
        "b": b,
        "c": c,
        "d": d,
        "po": _estimate((a + d) / n, po_lb, po_ub, "Wilson"),
        "kappa": kappa_estimate(np.array([[a, b], [c, d]]), z),
        "pabak": _estimate(2 * (a + d) / n - 1, 2 * po_lb - 1, 2 * po_ub - 1, "Wilson, transformed"),
    }
    result["ac1"] = _with_percentiles(point["ac1"], draws["ac1"], "both reviewers used one category only")
    result["p_pos"] = _specific(a, b + c, z, "no reviewer included a record")
    result["p_neg"] = _specific(d, b + c, z, "no reviewer excluded a record")
    for name in ("prevalence_index", "bias_index"):
        result[name] = _with_percentiles(point[name], draws[name], "")
    return result


def _specific(agreed: int, differed: int, z: float, reason: str) -> Estimate:
    """Agreement on one category (Cicchetti & Feinstein, 1990): 2J/(1 + J) of the share J of records on which both chose
    it among those on which anyone did; the interval is Wilson's of J, carried over."""
    if not agreed + differed:
        return {"estimate": None, "reason": reason}
    lower, upper = (2 * j / (1 + j) for j in wilson(agreed, agreed + differed, z))
    return _estimate(2 * agreed / (2 * agreed + differed), lower, upper, "Wilson, transformed")


def square_table(first: np.ndarray, second: np.ndarray, categories: tuple[str, ...] = CATEGORIES) -> np.ndarray:
    """Counts of the pairs of decisions, rows the first reviewer's, in the order of `categories`."""
    index = {name: i for i, name in enumerate(categories)}
    rows = np.array([index[v] for v in first], dtype=int)
    columns = np.array([index[v] for v in second], dtype=int)
    table = np.zeros((len(categories), len(categories)), dtype=int)
    np.add.at(table, (rows, columns), 1)
    return table


def kappa_estimate(table: np.ndarray, z: float = Z95) -> Estimate:
    """Kappa with its large-sample interval, or why there is none."""
    found = cohen_kappa(table)
    if found is None:
        return {"estimate": None, "reason": "both reviewers used one category only"}
    kappa, se = found
    return _estimate(kappa, max(-1.0, kappa - z * se), min(1.0, kappa + z * se), "large-sample") | {"se": se}


def _coefficients(cells: np.ndarray) -> dict[str, np.ndarray]:
    """AC1, prevalence and bias index of many tables; NaN where not defined."""
    a, b, c, d = cells.T
    n = cells.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        po = (a + d) / n
        q = ((a + b) / n + (a + c) / n) / 2
        chance = 2 * q * (1 - q)
        return {
            "ac1": np.where(chance > 0, (po - chance) / (1 - chance), np.nan),
            "prevalence_index": np.abs(a - d) / n,
            "bias_index": np.abs(b - c) / n,
        }


def _resampled(a: int, b: int, c: int, d: int, seed: int) -> dict[str, np.ndarray]:
    """Coefficients of resamples of the records: counts of cells under resampling are multinomial."""
    n = a + b + c + d
    cells = np.random.default_rng(seed).multinomial(n, np.array([a, b, c, d]) / n, size=BOOTSTRAP_DRAWS)
    return _coefficients(cells.astype(float))


def _estimate(value: float, lower: float, upper: float, method: str) -> Estimate:
    if lower == upper:
        method += "; without any spread in the data its width says nothing"
    return {"estimate": float(value), "ci_lb": float(lower), "ci_ub": float(upper), "method": method}


def _with_percentiles(value: float, draws: np.ndarray, reason: str) -> Estimate:
    if not np.isfinite(value):
        return {"estimate": None, "reason": reason or "not defined for this table"}
    held = draws[np.isfinite(draws)]
    lower, upper = np.percentile(held, [2.5, 97.5]) if len(held) else (np.nan, np.nan)
    return _estimate(value, lower, upper, "bootstrap percentile")
