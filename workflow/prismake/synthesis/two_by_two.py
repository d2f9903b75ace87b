"""Mantel-Haenszel and Peto pooling of 2x2 tables and of rates, metafor's `rma.mh` and `rma.peto`.

Cells: ai events and bi no events in group 1 (n1i in all), ci and di in group 2. The pooled estimate uses the tables as
they are, empty cells included; Cochran's Q needs each table's own effect and adds 1/2 to tables with an empty cell.
Formulas: Robins, Breslow & Greenland 1986 (OR), Greenland & Robins 1985 (RR, RD, IRR), Sato 1989 (RD), Yusuf et al.
1985 (Peto).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.specification import Specification

Array = NDArray[np.float64]

MEASURES = ("OR", "RR", "RD")


@dataclass(frozen=True)
class TwoByTwo:
    """The pooled (log) effect and its tests. MH and TA (Tarone) are given for odds ratios only; None where not
    defined.
    """

    b: float
    se: float
    z: float
    p: float
    ci_lb: float
    ci_ub: float
    QE: float
    QE_df: int
    QEp: float
    I2: float | None
    H2: float | None
    MH: float | None = None
    MHp: float | None = None
    TA: float | None = None
    TAp: float | None = None
    k: int = 0


@dataclass(frozen=True)
class _Tables:
    a: Array
    b: Array
    c: Array
    d: Array

    @property
    def n1(self) -> Array:
        return self.a + self.b

    @property
    def n2(self) -> Array:
        return self.c + self.d

    @property
    def n(self) -> Array:
        return self.n1 + self.n2

    def where(self, keep: NDArray[np.bool_]) -> _Tables:
        return _Tables(self.a[keep], self.b[keep], self.c[keep], self.d[keep])


def _tables(ai: ArrayLike, n1i: ArrayLike, ci: ArrayLike, n2i: ArrayLike) -> _Tables:
    a, n1, c, n2 = (np.asarray(value, dtype=float) for value in (ai, n1i, ci, n2i))
    if not all(np.isfinite(value).all() for value in (a, n1, c, n2)):
        raise NotEstimable("a study lacks events or group sizes")
    if (a < 0).any() or (c < 0).any() or (a > n1).any() or (c > n2).any():
        raise NotEstimable("a study has more events than people, or fewer than none")
    found = _Tables(a, n1 - a, c, n2 - c)
    if found.a.size == 0:
        raise NotEstimable("there are no effects to pool")
    return found


def mantel_haenszel(
    ai: ArrayLike,
    n1i: ArrayLike,
    ci: ArrayLike,
    n2i: ArrayLike,
    *,
    measure: str = "OR",
    level: float = 95.0,
    correct: bool = True,
) -> TwoByTwo:
    """Pool 2x2 tables (k,). `correct` applies the continuity correction to the Mantel-Haenszel chi-squared test."""
    if measure not in MEASURES:
        raise ValueError(f"unknown measure {measure!r}; known: {', '.join(MEASURES)}")
    t = _tables(ai, n1i, ci, n2i)
    if not _informative(t).any():
        raise NotEstimable("in no study have some people the event and others not")
    pooled = {"OR": _odds_ratio, "RR": _risk_ratio, "RD": _risk_difference}[measure]
    b, se = pooled(t)
    y, v = _effects(t, measure)
    tests = _odds_ratio_tests(t, b, correct) if measure == "OR" else {}
    return _finish(b, se, y, v, t.a.size, level, **tests)


def _odds_ratio(t: _Tables) -> tuple[float, float]:
    p, q = (t.a + t.d) / t.n, (t.b + t.c) / t.n
    r, s = t.a * t.d / t.n, t.b * t.c / t.n
    sum_r, sum_s = r.sum(), s.sum()
    if sum_r == 0 or sum_s == 0:
        raise NotEstimable("the pooled odds ratio is zero or infinite: a cell is empty in every study")
    variance = 0.5 * ((p * r).sum() / sum_r**2 + (p * s + q * r).sum() / (sum_r * sum_s) + (q * s).sum() / sum_s**2)
    return float(np.log(sum_r / sum_s)), float(np.sqrt(variance))


def _risk_ratio(t: _Tables) -> tuple[float, float]:
    r, s = (t.a * t.n2 / t.n).sum(), (t.c * t.n1 / t.n).sum()
    if r == 0 or s == 0:
        raise NotEstimable("the pooled risk ratio is zero or infinite: a group has no event in any study")
    variance = ((t.n1 * t.n2 * (t.a + t.c) / t.n**2) - t.a * t.c / t.n).sum() / (r * s)
    return float(np.log(r / s)), float(np.sqrt(variance))


def _risk_difference(t: _Tables) -> tuple[float, float]:
    weight = (t.n1 * t.n2 / t.n).sum()
    b = (t.a * t.n2 / t.n - t.c * t.n1 / t.n).sum() / weight
    first = (t.c * (t.n1 / t.n) ** 2 - t.a * (t.n2 / t.n) ** 2 + (t.n1 / t.n) * (t.n2 / t.n) * (t.n2 - t.n1) / 2).sum()
    second = (t.a * (t.n2 - t.c) / t.n + t.c * (t.n1 - t.a) / t.n).sum() / 2
    return float(b), float(np.sqrt((b * first + second) / weight**2))


def _effects(t: _Tables, measure: str) -> tuple[Array, Array]:
    """Each table's own effect and variance, 1/2 added to tables with an empty cell; tables without any event are
    left out.
    """
    t = t.where(_informative(t))
    empty = (t.a == 0) | (t.b == 0) | (t.c == 0) | (t.d == 0)
    add = np.where(empty, 0.5, 0.0)
    a, b, c, d = t.a + add, t.b + add, t.c + add, t.d + add
    n1, n2 = a + b, c + d
    if measure == "OR":
        return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    if measure == "RR":
        return np.log((a / n1) / (c / n2)), 1 / a - 1 / n1 + 1 / c - 1 / n2
    return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3


def _odds_ratio_tests(t: _Tables, b: float, correct: bool) -> dict[str, float | None]:
    """The Cochran-Mantel-Haenszel test, and Tarone's test of homogeneity (Breslow-Day with his correction)."""
    events, none = t.a + t.c, t.b + t.d
    expected = events * t.n1 / t.n
    usable = t.n > 1
    variance = (t.n1 * t.n2 * events * none / (t.n**2 * np.where(usable, t.n - 1, 1)))[usable].sum()
    excess = abs((t.a - expected).sum()) - (0.5 if correct else 0.0)
    # As metafor has it, the correction is made even where it is larger than the excess.
    mh = excess**2 / variance if variance > 0 else None
    found: dict[str, float | None] = {"MH": mh, "MHp": None if mh is None else float(upper_chi2(mh, 1))}
    ta = _tarone(t, float(np.exp(b)))
    return found | {
        "TA": ta,
        "TAp": None if ta is None else float(upper_chi2(ta, max(int(_informative(t).sum()) - 1, 1))),
    }


def _informative(t: _Tables) -> NDArray[np.bool_]:
    return (t.a + t.c > 0) & (t.b + t.d > 0)


def _tarone(t: _Tables, odds: float) -> float | None:
    t = t.where(_informative(t))
    if t.a.size < 2:
        return 0.0
    events = t.a + t.c
    # The cell expected under the pooled odds ratio solves a quadratic.
    if abs(odds - 1.0) < 1e-12:
        expected = events * t.n1 / t.n
    else:
        half = odds * (events + t.n1) + (t.n2 - events)
        root = np.sqrt(half**2 - 4.0 * odds * (odds - 1.0) * t.n1 * events)
        expected = (half - root) / (2.0 * (odds - 1.0))
    cells = (expected, events - expected, t.n1 - expected, t.n2 - events + expected)
    if any((cell <= 0).any() for cell in cells):
        return None
    variance = 1.0 / np.sum([1.0 / cell for cell in cells], axis=0)
    difference = t.a - expected
    return float(max(0.0, (difference**2 / variance).sum() - difference.sum() ** 2 / variance.sum()))


def peto(ai: ArrayLike, n1i: ArrayLike, ci: ArrayLike, n2i: ArrayLike, *, level: float = 95.0) -> TwoByTwo:
    """Peto's one-step odds ratio; tables without events, or with events only, carry nothing, and count in k alone."""
    t = _tables(ai, n1i, ci, n2i)
    k = t.a.size
    t = t.where(_informative(t))
    if t.a.size == 0:
        raise NotEstimable("no study has both events and people without one")
    events = t.a + t.c
    expected = events * t.n1 / t.n
    variance = t.n1 * t.n2 * events * (t.b + t.d) / (t.n**2 * (t.n - 1))
    b = float((t.a - expected).sum() / variance.sum())
    return _finish(b, float(np.sqrt(1.0 / variance.sum())), (t.a - expected) / variance, 1.0 / variance, k, level)


def rate_ratio(x1i: ArrayLike, t1i: ArrayLike, x2i: ArrayLike, t2i: ArrayLike, *, level: float = 95.0) -> TwoByTwo:
    """Mantel-Haenszel log rate ratio of events x over person-times t in two groups."""
    x1, t1, x2, t2 = (np.asarray(value, dtype=float) for value in (x1i, t1i, x2i, t2i))
    total = t1 + t2
    r, s = (x1 * t2 / total).sum(), (x2 * t1 / total).sum()
    if r == 0 or s == 0:
        raise NotEstimable("the pooled rate ratio is zero or infinite: a group has no event in any study")
    se = float(np.sqrt(((x1 + x2) * t1 * t2 / total**2).sum() / (r * s)))
    keep = (x1 + x2) > 0
    add = np.where((x1 == 0) | (x2 == 0), 0.5, 0.0)
    y = np.log((x1 + add) / t1) - np.log((x2 + add) / t2)
    v = 1.0 / np.where(x1 + add > 0, x1 + add, 1.0) + 1.0 / np.where(x2 + add > 0, x2 + add, 1.0)
    return _finish(float(np.log(r / s)), se, y[keep], v[keep], x1.size, level)


def _finish(b: float, se: float, y: Array, v: Array, k: int, level: float, **tests: float | None) -> TwoByTwo:
    """Tests and intervals of a pooled estimate, and the heterogeneity of the tables around it."""
    df = y.size - 1
    # One table leaves nothing to test: Q is 0 and its p 1, as in every other model.
    qe = float(((y - b) ** 2 / v).sum()) if df >= 1 else 0.0
    half = float(critical(level)) * se
    return TwoByTwo(
        b=b,
        se=se,
        z=b / se,
        p=float(two_sided_p(b / se)),
        ci_lb=b - half,
        ci_ub=b + half,
        QE=qe,
        QE_df=df,
        QEp=float(upper_chi2(qe, df)) if df >= 1 else 1.0,
        I2=(max(0.0, 100.0 * (qe - df) / qe) if qe > 0 else 0.0) if df >= 1 else None,
        H2=qe / df if df >= 1 else None,
        k=k,
        **tests,
    )


def fit_two_by_two(source: pd.DataFrame, spec: Specification) -> dict[str, Any]:
    """estimate and heterogeneity blocks of result.json from columns events1, n1, events2, n2 of the effects."""
    needed = ("events1", "n1", "events2", "n2")
    lacking = [column for column in needed if column not in source]
    if lacking or source.empty:
        raise NotEstimable("there are no 2x2 tables to pool" + (f" (no column {lacking[0]})" if lacking else ""))
    cells = [pd.to_numeric(source[column], errors="coerce").to_numpy(dtype=float) for column in needed]
    if spec.model == "peto":
        found = peto(*cells, level=spec.level)
    else:
        found = mantel_haenszel(*cells, measure=spec.measure or "OR", level=spec.level)
    estimate = {
        "b": found.b,
        "se": found.se,
        "zval": found.z,
        "df": None,
        "pval": found.p,
        "ci_lb": found.ci_lb,
        "ci_ub": found.ci_ub,
        "pi_lb": None,
        "pi_ub": None,
    }
    # With one table there is nothing to test, which no number in a report should hide.
    several = found.QE_df >= 1
    heterogeneity = {
        "tau2": None,
        "I2": found.I2,
        "H2": found.H2,
        "QE": found.QE if several else None,
        "QE_df": found.QE_df,
        "QEp": found.QEp if several else None,
        "MH": found.MH,
        "MHp": found.MHp,
        "TA": found.TA if several else None,
        "TAp": found.TAp if several else None,
    }
    return {"estimate": estimate, "heterogeneity": heterogeneity}
