"""The tetrachoric correlation of a 2x2 table and its variance."""

from __future__ import annotations

import math


def tetrachoric_correlation(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    """Maximum-likelihood correlation and asymptotic variance (Pearson, 1900).

    The three parameters fit the four cells exactly, so the thresholds are the margins' quantiles and the correlation
    solves Phi2(h, k, r) = a / n. Returns (nan, nan) for missing counts, and no variance where one cell is empty.
    """
    from scipy.optimize import brentq
    from scipy.special import ndtri

    n = a + b + c + d
    if math.isnan(n):
        return math.nan, math.nan
    if 0 in (a + b, c + d, a + c, b + d):
        return 0.0, math.inf
    if b == 0 and c == 0:
        return 1.0, 0.0
    if a == 0 and d == 0:
        return -1.0, 0.0
    if 0 in (a, b, c, d):  # the maximum lies on the boundary, where the likelihood has no curvature
        return (1.0 if b == 0 or c == 0 else -1.0), math.nan
    h, k = float(ndtri((a + b) / n)), float(ndtri((a + c) / n))
    r = float(brentq(lambda x: _bivariate(h, k, x) - a / n, -1 + 1e-12, 1 - 1e-12, xtol=1e-15, rtol=1e-14))
    return r, _variance(a, b, c, d, h, k, r)


def _bivariate(h: float, k: float, r: float) -> float:
    """P(X <= h, Y <= k) by integrating its derivative by the correlation (Plackett, 1954), in the angle."""
    from scipy.integrate import quad
    from scipy.special import ndtr

    def density(angle: float) -> float:
        sine, cosine2 = math.sin(angle), math.cos(angle) ** 2
        return math.exp(-(h * h + k * k - 2 * h * k * sine) / (2 * cosine2)) if cosine2 else 0.0

    area, _ = quad(density, 0.0, math.asin(r), epsabs=1e-15, epsrel=1e-13)
    return float(ndtr(h) * ndtr(k)) + area / (2 * math.pi)


def _variance(a: float, b: float, c: float, d: float, h: float, k: float, r: float) -> float:
    """Large-sample variance by the delta method on the multinomial cells (equal to Pearson's, 1900)."""
    from scipy.special import ndtr

    n, root = a + b + c + d, math.sqrt(1 - r * r)
    density = math.exp(-(h * h + k * k - 2 * r * h * k) / (2 * (1 - r * r))) / (2 * math.pi * root)
    if density == 0.0:
        return math.inf
    by_row, by_column = float(ndtr((k - r * h) / root)), float(ndtr((h - r * k) / root))
    slopes = (1 - by_row - by_column, -by_row, -by_column, 0.0)  # of density * r by the four proportions
    shares = (a / n, b / n, c / n, d / n)
    mean = sum(p * w for p, w in zip(shares, slopes, strict=True))
    square = sum(p * w * w for p, w in zip(shares, slopes, strict=True))
    return (square - mean**2) / (n * density**2)
