"""Profile likelihoods of the variance components of a three-level model, and the intervals that follow from them.

The profile of a component is the highest log-likelihood with that component held; the interval holds the values whose
profile lies within half a chi-squared quantile of the maximum (Cox & Hinkley 1974; Hardy & Thompson 1996, Stat. Med.
15:619-629), as metafor's `confint` for `rma.mv` has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.distributions import chi2_quantile
from prismake.synthesis.multilevel import COMPONENTS, Likelihood, Multilevel, climb, likelihood_of

Array = NDArray[np.float64]

_MOST_DOUBLINGS = 60


@dataclass(frozen=True)
class ProfileInterval:
    """The estimate of a component and the bounds of its interval; ub is None where the likelihood never falls enough."""

    estimate: float
    lb: float
    ub: float | None


class Profile:
    """The profile log-likelihood of every component of one data set. Arguments as for `fit_multilevel`."""

    def __init__(
        self,
        fitted: Multilevel,
        yi: ArrayLike,
        vi: ArrayLike,
        X: ArrayLike,
        cluster: ArrayLike,
        *,
        rho: float = 0.0,
        method: str = "REML",
        components: Sequence[str] = COMPONENTS,
        V: Array | None = None,
    ) -> None:
        y, v = np.asarray(yi, float), np.asarray(vi, float)
        self.fitted, self.floor = fitted, 1e-3 * float(np.mean(v))
        self.scale = max(float(np.var(y)), float(np.mean(v)))
        self.used = np.array([component in components for component in COMPONENTS])
        self.likelihood: Likelihood = likelihood_of(
            y, v, np.asarray(X, float), np.asarray(cluster), rho=rho, method=method, V=V
        )

    def height(self, position: int, value: float) -> tuple[float, float]:
        """The highest log-likelihood with component `position` at `value`, and the slope of the profile there."""
        others = self.used.copy()
        others[position] = False
        tops = []
        for other in (float(self.fitted.sigma2[1 - position]), 0.3 * self.scale):
            start = np.where(others, other, 0.0)
            start[position] = value
            try:
                tops.append(climb(self.likelihood, start, others, self.floor)[1])
            except np.linalg.LinAlgError:
                # A singular V with nothing added to it.
                return float("-inf"), 0.0
        best = max(tops, key=lambda top: top.ll)
        return best.ll, float(best.score[position])

    def values(self, position: int, at: ArrayLike) -> Array:
        """The profile at several values of a component."""
        return np.array([self.height(position, float(value))[0] for value in np.asarray(at, float)])

    def interval(self, position: int, level: float = 95.0) -> ProfileInterval:
        """The profile-likelihood interval of component `position` (0 studies, 1 effects). Raises ValueError for one that
        the model leaves out.
        """
        if not self.used[position]:
            raise ValueError(f"the model has no variance of the component {COMPONENTS[position]}")
        estimate = float(self.fitted.sigma2[position])
        goal = self.fitted.ll - 0.5 * float(chi2_quantile(level / 100.0, 1))
        lower = 0.0
        if estimate > 0 and self.height(position, 0.0)[0] < goal:
            lower = self._crossing(position, goal, estimate, 0.0)
        outside = max(2.0 * estimate, self.scale)
        for _ in range(_MOST_DOUBLINGS):
            if self.height(position, outside)[0] < goal:
                return ProfileInterval(estimate, lower, self._crossing(position, goal, estimate, outside))
            outside *= 2.0
        return ProfileInterval(estimate, lower, None)

    def _crossing(self, position: int, goal: float, inside: float, outside: float) -> float:
        """Where the profile passes `goal` between a value above and one below it: Newton's steps inside the bracket."""
        value = 0.5 * (inside + outside)
        for _ in range(100):
            height, slope = self.height(position, value)
            inside, outside = (value, outside) if height >= goal else (inside, value)
            low, high = min(inside, outside), max(inside, outside)
            new = value - (height - goal) / slope if slope != 0 else low
            done = abs(new - value) <= 1e-11 * max(abs(new), self.floor) or high - low <= 1e-14 * high
            value = new if low <= new <= high else 0.5 * (low + high)
            if done:
                break
        return value
