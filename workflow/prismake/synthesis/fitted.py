"""What a fitted model is: its estimates, tests, heterogeneity and fit statistics, of one model or of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from prismake.synthesis.distributions import critical

Array = NDArray[np.float64]


class NotEstimable(ValueError):
    """A model that the data cannot carry; the message is the reason, in words for a report."""


@dataclass(frozen=True)
class FitStats:
    """Fit statistics of one kind of likelihood, each (B,) (Viechtbauer, metafor::fitstats)."""

    ll: Array
    deviance: Array
    aic: Array
    bic: Array
    aicc: Array


@dataclass(frozen=True)
class Fit:
    """B fitted models (or one, with the leading axis dropped). b, se, statistic, pval, ci_*: (B, p); vb: (B, p, p);
    else (B,).

    I2 (percent) and H2 rest on tau2 and the typical sampling variance `vt` (Higgins & Thompson 2002, eq 9), as
    metafor's do; with an equal-effects model they rest on Q. QM tests every coefficient but the intercept. s2w is the
    Knapp-Hartung scale (1 for z and t). `df` is NaN where the reference distribution is normal.
    """

    method: str
    test: str
    level: float
    k: Array
    p: int
    b: Array
    vb: Array
    se: Array
    statistic: Array
    df: Array
    pval: Array
    ci_lb: Array
    ci_ub: Array
    tau2: Array
    se_tau2: Array
    QE: Array
    QE_df: Array
    QEp: Array
    QM: Array
    QM_df: float
    QMp: Array
    vt: Array
    I2: Array
    H2: Array
    s2w: Array
    ml: FitStats
    reml: FitStats

    @property
    def stats(self) -> FitStats:
        """Those that go with the method: REML's for REML, else ML's."""
        return self.reml if self.method == "REML" else self.ml

    def row(self, index: int) -> Fit:
        """One model of the batch."""
        return _each([self], lambda values: values[0][index])

    def prediction_interval(self, kind: str = "default") -> tuple[Array, Array]:
        """The interval in which the true effect of a new study is expected, for an intercept-only model.

        default: the test's own reference distribution (metafor); riley: t with k - p - 1 degrees of freedom (Riley,
        Higgins & Deeks 2011, BMJ 342:d549), 1 where k - p is 1, as metafor has it. Raises ValueError for another kind.
        """
        if kind not in ("default", "riley"):
            raise ValueError(f"unknown kind of prediction interval {kind!r}; known: default, riley")
        normal = kind == "default" and self.test == "z"
        df = self.df if kind == "default" else np.maximum(self.k - self.p - 1, 1)
        half = critical(self.level, None if normal else df) * np.sqrt(self.se[..., 0] ** 2 + self.tau2)
        return self.b[..., 0] - half, self.b[..., 0] + half


Results = TypeVar("Results", Fit, FitStats)


def joined(parts: Sequence[Fit]) -> Fit:
    """Batches one after the other as one batch."""
    return _each(parts, np.concatenate)


def spread(part: Fit, rows: NDArray[np.intp], k: Array) -> Fit:
    """A batch's models put at their `rows` of a larger batch of k.size models, NaN in the rest; k is known for all."""

    def place(values: Sequence[Array]) -> Array:
        whole = np.full((k.size, *values[0].shape[1:]), np.nan)
        whole[rows] = values[0]
        return whole

    return replace(_each([part], place), k=k)


def _each(parts: Sequence[Results], change: Callable[[Sequence[Array]], Array]) -> Results:
    """The same result with each array of the parts changed into one; what is no array is the first part's."""
    changed: dict[str, Any] = {}
    for field in fields(parts[0]):
        values = [getattr(part, field.name) for part in parts]
        if isinstance(values[0], np.ndarray):
            changed[field.name] = change(values)
        elif isinstance(values[0], FitStats):
            changed[field.name] = _each(values, change)
        else:
            changed[field.name] = values[0]
    return type(parts[0])(**changed)
