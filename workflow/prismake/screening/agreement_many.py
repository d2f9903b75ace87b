"""Agreement of more than two reviewers: Fleiss' kappa where all decided each record, Krippendorff's alpha where
some did not.

Sources: Fleiss (1971); Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C (nominal data).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from prismake.screening.agreement import BOOTSTRAP_DRAWS


def fleiss_kappa(counts: np.ndarray) -> float | None:
    """Fleiss' kappa of a table records x categories of how many reviewers chose each; every row has the same sum.

    None where it is not defined. Raises ValueError where rows differ in their sum.
    """
    counts = np.asarray(counts, dtype=float)
    if counts.size == 0:
        return None
    raters = counts.sum(axis=1)
    if not np.all(raters == raters[0]):
        raise ValueError("Fleiss' kappa needs the same number of reviewers for each record")
    m = raters[0]
    if m < 2:
        return None
    shares = counts.sum(axis=0) / counts.sum()
    expected = float((shares**2).sum())
    if np.isclose(expected, 1.0):
        return None
    observed = float(((counts**2).sum(axis=1) - m).mean() / (m * (m - 1)))
    return (observed - expected) / (1 - expected)


def krippendorff_alpha(counts: np.ndarray) -> float | None:
    """Nominal alpha of a table records x categories of how many reviewers chose each; records with one decision do
    not count."""
    parts = _alpha_parts(np.asarray(counts, dtype=float))
    return _alpha(parts[0].sum(), parts[1].sum(axis=0))


def _alpha_parts(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each record: its share of observed disagreement, and its counts where it is pairable."""
    m = counts.sum(axis=1)
    pairable = m >= 2
    kept = np.where(pairable[:, None], counts, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        disagreement = np.where(pairable, (m**2 - (kept**2).sum(axis=1)) / (m - 1), 0.0)
    return disagreement, kept


def _alpha(disagreement: float, totals: np.ndarray) -> float | None:
    alpha = float(_alphas(np.array([disagreement]), totals[None, :])[0])
    return None if np.isnan(alpha) else alpha


def _alphas(disagreement: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Alpha of many tables, from their sums of disagreement and their counts of each category; NaN where not defined."""
    n = totals.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = (n**2 - (totals**2).sum(axis=1)) / (n - 1)
        return np.where((n >= 2) & (expected > 1e-8), 1 - disagreement / expected, np.nan)


def many(counts: np.ndarray, *, seed: int = 1) -> dict[str, Any]:
    """Both coefficients with percentile intervals over resampled records, or why they are not defined."""
    counts = np.asarray(counts, dtype=float)
    m = counts.sum(axis=1)
    reviewers = int(m.max()) if len(m) else 0
    complete = counts[m == reviewers]
    alpha, fleiss = krippendorff_alpha(counts), fleiss_kappa(complete) if len(complete) else None
    return {
        "n_pairable": int((m >= 2).sum()),
        "n_complete": len(complete),
        "fleiss_kappa": _interval(
            fleiss, _fleiss_draws(complete, seed), "no record was decided by all, or one category only"
        ),
        "krippendorff_alpha": _interval(
            alpha, _alpha_draws(counts, seed), "one category only, or no record decided by two"
        ),
    }


def _patterns(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different rows and how often each is there: resampling records is resampling these."""
    return np.unique(counts, axis=0, return_counts=True)


def _draws(counts: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rows, times = _patterns(counts)
    n = int(times.sum())
    return rows, np.random.default_rng(seed).multinomial(n, times / n, size=BOOTSTRAP_DRAWS).astype(float)


def _alpha_draws(counts: np.ndarray, seed: int) -> list[float | None]:
    if not len(counts):
        return []
    rows, weights = _draws(counts, seed)
    disagreement, kept = _alpha_parts(rows)
    alphas = _alphas(weights @ disagreement, weights @ kept)
    return [float(alpha) for alpha in alphas if not np.isnan(alpha)]


def _fleiss_draws(counts: np.ndarray, seed: int) -> list[float | None]:
    if not len(counts):
        return []
    rows, weights = _draws(counts, seed)
    m = rows.sum(axis=1)[0]
    if m < 2:
        return []
    agreement = ((rows**2).sum(axis=1) - m) / (m * (m - 1))
    totals = weights @ rows
    n = weights.sum(axis=1)
    expected = ((totals / totals.sum(axis=1, keepdims=True)) ** 2).sum(axis=1)
    observed = (weights @ agreement) / n
    return [float((o - e) / (1 - e)) if e < 1 else None for o, e in zip(observed, expected, strict=True)]


def _interval(value: float | None, draws: list[float | None], reason: str) -> dict[str, Any]:
    if value is None:
        return {"estimate": None, "reason": reason}
    held = [d for d in draws if d is not None]
    lower, upper = np.percentile(held, [2.5, 97.5]) if held else (value, value)
    return {"estimate": value, "ci_lb": float(lower), "ci_ub": float(upper), "method": "bootstrap percentile"}
