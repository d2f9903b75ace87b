"""Mean and SD from a median with quartiles or extremes, by the power that makes them symmetric.

The Box-Cox method of McGrath, Zhao, Steele, Thombs, Benedetti et al. (2020), Stat Methods Med Res 29:2520, for outcomes that
are not normal: the transformed outcome is taken for normal, its mean and SD are estimated as those of a normal outcome
(Luo et al., 2018; Wan et al., 2014), and those of the outcome itself are the moments of the distribution behind.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from prismake.synthesis.effect_sizes.numeric import Array, norm_cdf
from prismake.synthesis.effect_sizes.quantiles import Quantiles, mean_from_quantiles, sd_from_quantiles

POWERS = (-2.0, 3.0)  # the search for the power
_LOG = 1e-8  # a power below this is the logarithm
_SMALLEST = 1e-3  # of the powers tried where the minimum is zero
_STEP = 1e-30  # along the imaginary axis
_NODES = 200  # of the Gauss-Legendre rule: 1e-13 relative for the powers and spreads that occur
_TAIL = 12.0  # SDs beyond which a normal has no weight in double precision


@dataclass(frozen=True)
class PowerNormal:
    """An outcome whose Box-Cox transform with `power` is normal with mean `location` and SD `scale`; and its own mean and SD."""

    power: float
    location: float
    scale: float
    mean: float
    sd: float


def box_cox(given: Quantiles) -> PowerNormal | None:
    """The power-normal distribution of the quantiles; None without a median and a pair, or where no power can serve.

    The power is the one whose transformed quantiles lie most symmetrically about the median, the sum of
    (upper distance / lower distance - 1)^2 over the pairs being least; a negative one counts as 0, the logarithm, as in
    the authors' program. Values below the transform's domain have no probability, nor those as far on the other side.
    The authors draw random numbers for the moments; here they are integrated.
    """
    if given.median is None or not (given.quartiles or given.extremes) or not given.ordered:
        return None
    pairs = [pair for pair in (given.extremes, given.quartiles) if pair]
    if min(p[0] for p in pairs) < 0 or any(not low < given.median < high for low, high in pairs):
        return None
    power = max(0.0, _power(given.median, pairs))
    if power < _LOG and min(p[0] for p in pairs) == 0:
        return None
    moved = _transformed(given, power)
    location, scale = mean_from_quantiles(moved), sd_from_quantiles(moved, both="wan")
    mean, sd = _moments(power, location, scale)
    usable = all(math.isfinite(x) for x in (location, scale, mean, sd)) and sd > 0 and given.allow(mean, sd)
    return PowerNormal(power if power >= _LOG else 0.0, location, scale, mean, sd) if usable else None


def _transform(value: float, power: float) -> float:
    if abs(power) < _LOG:
        return math.log(value) if value > 0 else -math.inf
    if value == 0:
        return -1 / power if power > 0 else -math.inf
    return math.expm1(power * math.log(value)) / power


def _transformed(given: Quantiles, power: float) -> Quantiles:
    values = (given.median, given.q1, given.q3, given.low, given.high)
    return Quantiles(given.n, *(v if v is None else _transform(v, power) for v in values))


def _power(median: float, pairs: list[tuple[float, float]]) -> float:
    """The power of least asymmetry: the best of a grid, then bisection of the slope around it."""
    first = _SMALLEST if min(low for low, _ in pairs) == 0 else POWERS[0]  # a logarithm of zero there is not
    grid = np.linspace(first, POWERS[1], 101)
    best = int(np.argmin([_asymmetry(complex(x), median, pairs).real for x in grid]))
    a, b = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, 100)])
    for _ in range(60):
        middle = (a + b) / 2
        slope = _asymmetry(complex(middle, _STEP), median, pairs).imag
        a, b = (a, middle) if slope > 0 else (middle, b)
    return (a + b) / 2


def _asymmetry(power: complex, median: float, pairs: list[tuple[float, float]]) -> complex:
    """How far the transformed pairs are from lying symmetrically; of a complex power, so that a step along the imaginary
    axis gives the slope without a difference of nearly equal numbers.
    """
    if power == 0:
        power = complex(0.0, _STEP)

    def transformed(value: float) -> complex:
        return complex(np.expm1(power * math.log(value)) if value > 0 else -1.0) / power

    middle = transformed(median)
    ratios = ((transformed(high) - middle) / (middle - transformed(low)) for low, high in pairs)
    return sum(((ratio - 1) ** 2 for ratio in ratios), start=0j)


def _moments(power: float, location: float, scale: float) -> tuple[float, float]:
    """Mean and SD of the outcome."""
    if power < _LOG:
        mean = math.exp(location + scale**2 / 2)
        return mean, mean * math.sqrt(math.expm1(scale**2))
    half = min(_TAIL, (location + 1 / power) / scale)  # the domain ends at -1 / power
    if half <= 0:
        return math.nan, math.nan
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    z: Array = half * nodes
    density = half * weights * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    density /= float(norm_cdf(half)[0]) - float(norm_cdf(-half)[0])
    values = np.maximum(1 + power * (location + scale * z), 0.0) ** (1 / power)
    mean = float(density @ values)
    return mean, math.sqrt(float(density @ (values - mean) ** 2))
