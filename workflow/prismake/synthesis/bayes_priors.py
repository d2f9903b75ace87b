"""Priors of the Bayesian model: of the heterogeneity tau, and of the mean effect mu."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]

TAU_PRIORS = ("half_normal", "half_cauchy", "uniform")


@dataclass(frozen=True)
class TauPrior:
    """half_normal or half_cauchy with a scale, uniform between 0 and `scale` (infinite: improper).

    Scales around 0.5 are weakly informative for standardised mean differences and log odds ratios (Roever et al. 2021,
    Res. Synth. Methods 12:448).
    """

    family: str
    scale: float

    def __post_init__(self) -> None:
        if self.family not in TAU_PRIORS:
            raise ValueError(f"unknown prior of tau {self.family!r}; known: {', '.join(TAU_PRIORS)}")
        if not self.scale > 0 or (math.isinf(self.scale) and self.family != "uniform"):
            raise ValueError(f"the scale of a {self.family} prior is a positive number, not {self.scale:g}")

    @property
    def proper(self) -> bool:
        """Whether it integrates to 1."""
        return math.isfinite(self.scale)

    @property
    def upper(self) -> float:
        """The largest tau that it allows."""
        return self.scale if self.family == "uniform" else math.inf

    def log_density(self, tau: Array) -> Array:
        """Log density at tau >= 0; the unbounded uniform's is taken as 1."""
        if self.family == "half_normal":
            return 0.5 * math.log(2.0 / math.pi) - math.log(self.scale) - 0.5 * (tau / self.scale) ** 2
        if self.family == "half_cauchy":
            return math.log(2.0 / (math.pi * self.scale)) - np.log1p((tau / self.scale) ** 2)
        return np.where(tau <= self.scale, -math.log(self.scale) if self.proper else 0.0, -np.inf)

    def cdf(self, tau: float) -> float:
        """P(tau' <= tau); NaN for an improper prior."""
        if not self.proper:
            return float("nan")
        if self.family == "half_normal":
            return float(2.0 * ndtr(tau / self.scale) - 1.0)
        if self.family == "half_cauchy":
            return 2.0 / math.pi * math.atan(tau / self.scale)
        return min(1.0, tau / self.scale)


@dataclass(frozen=True)
class MeanPrior:
    """Normal with a mean and a standard deviation; flat (improper) where the standard deviation is infinite."""

    mean: float = 0.0
    sd: float = math.inf

    def __post_init__(self) -> None:
        if not self.sd > 0:
            raise ValueError(f"the standard deviation of a prior is positive, not {self.sd:g}")

    @property
    def flat(self) -> bool:
        """Whether it is the improper uniform prior."""
        return math.isinf(self.sd)

    @property
    def precision(self) -> float:
        """1 / sd^2, 0 where flat."""
        return 0.0 if self.flat else self.sd**-2.0


def priors(asked: Mapping[str, Any]) -> tuple[TauPrior, MeanPrior]:
    """The priors that a protocol entry states: tau {family, scale}, mu flat or {mean, sd}. Raises ValueError."""
    tau = asked.get("tau") or {}
    family = str(tau.get("family", "half_normal"))
    given = tau.get("scale")
    scale = float(given) if given is not None else (math.inf if family == "uniform" else 0.5)
    mu = asked.get("mu")
    if mu is None or mu == "flat":
        return TauPrior(family, scale), MeanPrior()
    return TauPrior(family, scale), MeanPrior(float(mu.get("mean", 0.0)), float(mu["sd"]))
