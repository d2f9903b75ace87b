"""Subgroups: a model in each level of a column, and the test that the levels do not differ.

separate tau2: each level has its own between-study variance and the levels' estimates are compared by a fixed-effect Q
(Borenstein et al. 2009, ch. 19). common tau2: one meta-regression on the column, whose omnibus test is the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.design import design_matrix
from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2
from prismake.synthesis.model import Fit, NotEstimable, fit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """One level: its name, its rows, and its model or the reason why there is none."""

    name: str
    rows: NDArray[np.intp]
    fit: Fit | None
    reason: str | None


@dataclass(frozen=True)
class Subgroups:
    """The levels and the test of differences. df2 is None for a chi-squared test; `reason` says why there is no
    test.
    """

    levels: list[Level]
    tau2: str
    q: float | None
    df: float | None
    df2: float | None
    p: float | None
    common: Fit | None
    reason: str | None


def subgroups(
    yi: ArrayLike,
    vi: ArrayLike,
    column: list[object],
    *,
    name: str = "subgroup",
    tau2: str = "separate",
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
) -> Subgroups:
    """Models by level of `column` (k,); rows with a blank are left out. tau2: separate or common."""
    if tau2 not in ("separate", "common"):
        raise ValueError(f"unknown tau2 {tau2!r}; known: common, separate")
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    design = design_matrix({name: column}, [name], factors=[name])
    rows, names = design.rows, design.levels[name]
    codes = (design.x[:, 1:] * np.arange(1, len(names))).sum(axis=1).astype(int)
    common, reason = None, None
    if len(names) < 2:
        reason = "there is only one level" if names else "no effect has a value in this column"
    else:
        try:
            common = fit(y[rows], v[rows], design.x, method=method, test=test, level=level)
        except NotEstimable as problem:
            reason = str(problem)
    levels = [
        _level(text, rows[codes == position], y, v, method, test, level, common if tau2 == "common" else None)
        for position, text in enumerate(names)
    ]
    if tau2 == "common":
        if common is None:
            return Subgroups(levels, tau2, None, None, None, None, None, reason)
        df2 = None if test == "z" else float(common.df)
        return Subgroups(levels, tau2, float(common.QM), common.QM_df, df2, float(common.QMp), common, None)
    if reason is None and any(one.fit is None for one in levels):
        lacking = ", ".join(one.name for one in levels if one.fit is None)
        reason = f"no model could be fitted in: {lacking}"
    if reason is not None:
        return Subgroups(levels, tau2, None, None, None, None, common, reason)
    b = np.array([one.fit.b[0] for one in levels if one.fit is not None])
    w = 1.0 / np.array([one.fit.vb[0, 0] for one in levels if one.fit is not None])
    q = float((w * (b - (w * b).sum() / w.sum()) ** 2).sum())
    df = float(len(levels) - 1)
    return Subgroups(levels, tau2, q, df, None, float(upper_chi2(q, df)), common, None)


def _level(
    name: str, rows: NDArray[np.intp], y: Array, v: Array, method: str, test: str, level: float, common: Fit | None
) -> Level:
    """The level's own model, or under a common tau2 the level's estimate with it."""
    try:
        if common is None:
            return Level(name, rows, fit(y[rows], v[rows], method=method, test=test, level=level), None)
        return Level(name, rows, _with_common(y[rows], v[rows], common, test, level), None)
    except NotEstimable as problem:
        return Level(name, rows, None, str(problem))


def _with_common(y: Array, v: Array, common: Fit, test: str, level: float) -> Fit:
    """The level's mean under the common tau2, with the covariance scale and degrees of freedom of the joint model."""
    alone = fit(y, v, method="EE" if y.size == 1 else "DL", test="z", level=level, tau2=float(common.tau2))
    vb = alone.vb * common.s2w
    se = np.sqrt(np.diagonal(vb))
    df = None if test == "z" else common.df
    half = critical(level, df) * se
    return replace(
        alone,
        method=common.method,
        test=test,
        vb=vb,
        se=se,
        statistic=alone.b / se,
        df=common.df,
        pval=two_sided_p(alone.b / se, df),
        ci_lb=alone.b - half,
        ci_ub=alone.b + half,
    )
