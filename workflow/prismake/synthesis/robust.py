"""Cluster-robust variances of pooled estimates and meta-regressions, with small-sample corrections.

CR0 is the plain sandwich (Liang & Zeger 1986), CR1 multiplies it by m / (m - 1), CR1p by m / (m - p) as metafor's
`robust()` does, CR2 is bias-reduced under the working model and has Satterthwaite degrees of freedom (Bell & McCaffrey
2002; Pustejovsky & Tipton 2018, J. Bus. Econ. Stat. 36:672-683, eqs 4-12), as clubSandwich has it; CR3 is the jackknife
(Bell & McCaffrey 2002) and CR1S multiplies CR0 by m (n - 1) / ((m - 1)(n - p)), as Stata does. m is the number of
clusters, n that of effects, p that of coefficients.

The working model is that of `multilevel.py`: Phi = V + sigma2_1 (studies) + sigma2_2 (effects), weights W = Phi^-1, or
any other covariance of the effects by study. A univariate model is the one with sigma2 = (0, tau2) and rho = 0; without
dependent effects each effect is a cluster.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.blocks import Group, covariances, groups_of, ones_and_identity, rotated
from prismake.synthesis.distributions import critical, two_sided_p, upper_f
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.result import plain

Array = NDArray[np.float64]

FEWEST_DF = 0.25
"""With fewer degrees of freedom the quantiles of t are beyond any use."""

TYPES = ("CR0", "CR1", "CR1p", "CR1S", "CR2", "CR3")


@dataclass(frozen=True)
class Robust:
    """Coefficients b (p,) with their robust covariance vb (p, p), standard errors se, t statistics, degrees of freedom
    df, p-values and confidence intervals, each (p,).

    df is m - 1 for CR0, CR1, CR1S and CR3, m - p for CR1p, Satterthwaite's for CR2. `reference` holds what a Wald test needs.
    """

    kind: str
    clusters: int
    b: Array
    vb: Array
    se: Array
    tval: Array
    df: Array
    pval: Array
    ci_lb: Array
    ci_ub: Array
    reference: Reference


@dataclass(frozen=True)
class Reference:
    """The working model's moments of the sandwich: a (s, p, p) with g_j' Phi_j g_j, u (s, p, p) with X_j' g_j (column
    of an orthonormal design, then coefficient), bread (p, p) of that design, where g_j = A_j' W_j X_j M for study j.

    From (I - H) Phi (I - H)' = Phi - X M X', with W = Phi^-1, no matrix larger than a study's is needed.
    """

    a: Array
    u: Array
    bread: Array


@dataclass(frozen=True)
class RobustWald:
    """An F test of several coefficients at once."""

    F: float
    df_num: int
    df_denom: float
    p: float


def robust(
    yi: ArrayLike,
    vi: ArrayLike,
    X: ArrayLike,
    cluster: ArrayLike,
    *,
    sigma2: tuple[float, float],
    rho: float = 0.0,
    V: Array | None = None,
    kind: str = "CR2",
    level: float = 95.0,
) -> Robust:
    """Robust covariance of the coefficients of a model with known variance components.

    Args:
        yi, vi: effects and sampling variances (k,).
        X: design (k, p).
        cluster: what is independent, one value an effect (k,).
        sigma2: variance between clusters, and of effects within them (the tau2 of a univariate model).
        rho: correlation of the sampling errors within a cluster.
        V: the whole covariance of the sampling errors (k, k) in place of vi and rho.
        kind: CR0, CR1, CR1p, CR1S, CR2 or CR3.
        level: of the confidence intervals, in percent.

    Raises:
        ValueError: for an unknown kind.
        NotEstimable: with one cluster, or with no more clusters than coefficients.
    """
    design = np.asarray(X, dtype=float)
    groups = groups_of(np.asarray(yi, float), np.asarray(vi, float), design, np.asarray(cluster), rho=rho, V=V)
    phis = covariances(groups, ones_and_identity(groups), np.asarray(sigma2, dtype=float))
    return robust_of(groups, phis, kind=kind, level=level)


def robust_of(groups: list[Group], phis: list[Array], *, kind: str = "CR2", level: float = 95.0) -> Robust:
    """`robust` for studies already laid out, with the working covariance of each, group by group (s, m, m)."""
    if kind not in TYPES:
        raise ValueError(f"unknown robust variance {kind!r}; known: {', '.join(TYPES)}")
    clusters, p = sum(len(group.y) for group in groups), groups[0].X.shape[2]
    if clusters <= max(p, 1):
        raise NotEstimable(f"a robust variance of {p} coefficient(s) needs at least {max(p, 1) + 1} studies")
    groups, T = rotated(groups)
    weighted = [np.linalg.solve(phi, group.X) for group, phi in zip(groups, phis, strict=True)]
    bread = np.linalg.inv(
        sum(np.einsum("smp,smq->pq", group.X, WX) for group, WX in zip(groups, weighted, strict=True))
    )
    b = bread @ sum(np.einsum("smp,sm->p", WX, group.y) for group, WX in zip(groups, weighted, strict=True))
    scores, a, u = [], [], []
    for group, phi, WX in zip(groups, phis, weighted, strict=True):
        g = WX @ bread
        if kind == "CR2":
            g = _adjustment(phi, group.X, bread).transpose(0, 2, 1) @ g
        elif kind == "CR3":
            g = _jackknife(group.X, g)
        g = g @ T.T
        scores.append(np.einsum("smp,sm->sp", g, group.y - group.X @ b))
        a.append(g.transpose(0, 2, 1) @ phi @ g)
        u.append(group.X.transpose(0, 2, 1) @ g)
    score = np.concatenate(scores)
    n = sum(group.y.size for group in groups)
    factors = {
        "CR1": clusters / (clusters - 1),
        "CR1p": clusters / (clusters - p),
        "CR1S": clusters * (n - 1) / ((clusters - 1) * max(n - p, 1)),
    }
    vb = factors.get(kind, 1.0) * score.T @ score
    reference = Reference(np.concatenate(a), np.concatenate(u), bread)
    if kind == "CR2":
        df = np.array([_satterthwaite(reference, position) for position in range(p)])
    else:
        df = np.full(p, float(clusters - p if kind == "CR1p" else clusters - 1))
    b, usual = T @ b, np.diag(T @ bread @ T.T)
    # Residuals that are all zero leave a variance that is rounding, of which no test can be made.
    if (np.diag(vb) <= 1e-20 * usual).any():
        raise NotEstimable("the effects of the studies do not vary around the model, so there is no robust variance")
    if not np.isfinite(df).all():
        raise NotEstimable("a coefficient rests on too few studies for a robust variance")
    se = np.sqrt(np.diag(vb))
    half = critical(level, df) * se
    return Robust(kind, clusters, b, vb, se, b / se, df, two_sided_p(b / se, df), b - half, b + half, reference)


def _jackknife(X: Array, g: Array) -> Array:
    """(I - H_j)^-1' applied to W_j X_j M = g, H_j = X_j M X_j' W_j: the residuals of a study left out."""
    leverage = X @ g.transpose(0, 2, 1)
    rest = np.eye(X.shape[1]) - leverage
    try:
        return np.asarray(np.linalg.solve(rest.transpose(0, 2, 1), g))
    except np.linalg.LinAlgError as error:
        raise NotEstimable(
            "without one of the studies a coefficient cannot be estimated, so there is no CR3"
        ) from error


def _adjustment(phi: Array, X: Array, bread: Array) -> Array:
    """A_j = D_j' B_j^(-1/2) D_j, B_j = D_j (Phi_j - X_j M X_j') D_j', Phi_j = D_j' D_j, of CR2 (s, m, m).

    The symmetric root is that of the Moore-Penrose inverse: a study that alone carries a coefficient leaves B_j
    singular (Pustejovsky & Tipton 2018, theorem 1).
    """
    lower = np.linalg.cholesky(phi)
    upper = lower.transpose(0, 2, 1)
    B = upper @ (phi - X @ bread @ X.transpose(0, 2, 1)) @ lower
    values, vectors = np.linalg.eigh(0.5 * (B + B.transpose(0, 2, 1)))
    # Below this share of the largest value only rounding is left, and its inverse root would be noise.
    tiny = values <= 1e-12 * values[:, -1:]
    root = np.where(tiny, 0.0, 1.0 / np.sqrt(np.where(tiny, 1.0, values)))
    middle = (vectors * root[:, None, :]) @ vectors.transpose(0, 2, 1)
    return lower @ middle @ upper


def _satterthwaite(reference: Reference, position: int) -> float:
    """Degrees of freedom of one coefficient: (tr P)^2 / tr(P P), P = diag(a) - U M U' (Pustejovsky & Tipton eq. 11).

    NaN where nothing is left of P.
    """
    a, u = reference.a[:, position, position], reference.u[:, :, position]
    uM = u @ reference.bread
    leverage = np.einsum("sp,sp->s", uM, u)
    crossed = u.T @ uM
    squares = float((a**2).sum() - 2 * (a * leverage).sum() + np.trace(crossed @ crossed))
    trace = float((a - leverage).sum())
    # What is left of the sums is rounding where every study that carries the coefficient is fitted exactly.
    if squares <= 0 or trace <= 1e-12 * float(np.abs(a).sum()):
        return math.nan
    return trace**2 / squares


def robust_wald(fitted: Robust, positions: list[int]) -> RobustWald:
    """Test that the coefficients at `positions` are all zero: the approximate Hotelling test HTZ (Tipton & Pustejovsky
    2015, J. Educ. Behav. Stat. 40:604-634, sec. 3.2).

    Raises NotEstimable where too few studies are left in the denominator.
    """
    if fitted.kind != "CR2":
        raise ValueError("the approximate Hotelling test goes with CR2")
    q = len(positions)
    a = fitted.reference.a[:, positions][:, :, positions]
    u = fitted.reference.u[:, :, positions]
    bread = fitted.reference.bread
    # Omega = E(V) of the coefficients tested; the test is computed for V standardised by it.
    omega = (a - u.transpose(0, 2, 1) @ bread @ u).sum(axis=0)
    values, vectors = np.linalg.eigh(omega)
    if not values[0] > 1e-12 * values[-1]:
        raise NotEstimable("there are too few studies to test these coefficients together")
    root = (vectors / np.sqrt(values)) @ vectors.T
    a, u = root @ a @ root, u @ root
    P = -np.einsum("ipa,pq,jqb->abij", u, bread, u)
    index = np.arange(len(a))
    P[:, :, index, index] += a.transpose(1, 2, 0)
    variance = np.einsum("aaij,bbij->", P, P) + np.einsum("abij,baij->", P, P)
    eta = q * (q + 1) / float(variance)
    df = eta - q + 1
    if df <= 0:
        raise NotEstimable("there are too few studies to test these coefficients together")
    b = fitted.b[positions]
    statistic = float(b @ np.linalg.solve(fitted.vb[np.ix_(positions, positions)], b))
    F = df / (eta * q) * statistic
    return RobustWald(F, q, df, float(upper_f(F, q, df)))


def robust_block(fitted: Robust, position: int = 0) -> dict[str, Any]:
    """One coefficient as a block of result.json; a caution where the degrees of freedom are too few to trust.

    Below 4 the t approximation has too many false positives (Tipton 2015, Psychol. Methods 20:375-393). Raises
    NotEstimable where next to none are left.
    """
    df = float(fitted.df[position])
    if not df >= FEWEST_DF:
        raise NotEstimable(f"with {df:.2g} degrees of freedom there is no robust test of this coefficient")
    few = f"with {df:.1f} degrees of freedom the p-value and the interval can be too small"
    return plain(
        {
            "type": fitted.kind,
            "clusters": fitted.clusters,
            "se": fitted.se[position],
            "tval": fitted.tval[position],
            "df": df,
            "pval": fitted.pval[position],
            "ci_lb": fitted.ci_lb[position],
            "ci_ub": fitted.ci_ub[position],
            "caution": few if fitted.kind == "CR2" and df < 4 else None,
        }
    )
