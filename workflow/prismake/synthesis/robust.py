"""Cluster-robust variances of pooled estimates and meta-regressions, with small-sample corrections.

CR0 is the plain sandwich (Liang & Zeger 1986), CR1 multiplies it by m / (m - 1), CR1p by m / (m - p) as metafor's
`robust()` does, CR2 is bias-reduced under the working model and has Satterthwaite degrees of freedom (Bell & McCaffrey
2002; Pustejovsky & Tipton 2018, J. Bus. Econ. Stat. 36:672-683, eqs 4-12), as clubSandwich has it. m is the number of
clusters, p that of coefficients.

The working model is that of `multilevel.py`: Phi = V + sigma2_1 (studies) + sigma2_2 (effects), weights W = Phi^-1. A
univariate model is the one with sigma2 = (0, tau2) and rho = 0; without dependent effects each effect is a cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.distributions import critical, two_sided_p, upper_f
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.multilevel import Blocks, blocks_of
from prismake.synthesis.result import plain

Array = NDArray[np.float64]

TYPES = ("CR0", "CR1", "CR1p", "CR2")


@dataclass(frozen=True)
class Robust:
    """Coefficients b (p,) with their robust covariance vb (p, p), standard errors se, t statistics, degrees of freedom
    df, p-values and confidence intervals, each (p,).

    df is m - 1 for CR0 and CR1, m - p for CR1p, Satterthwaite's for CR2. `reference` holds what a Wald test needs.
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
    """The working model's moments of the sandwich: a (s, p, p) with g_j' Phi_j g_j, u (s, p, p) with X_j' g_j (model
    coefficient, then estimated one), bread (p, p), where g_j = A_j' W_j X_j M for study j.

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
        kind: CR0, CR1, CR1p or CR2.
        level: of the confidence intervals, in percent.

    Raises:
        ValueError: for an unknown kind.
        NotEstimable: with one cluster, or with no more clusters than coefficients.
    """
    if kind not in TYPES:
        raise ValueError(f"unknown robust variance {kind!r}; known: {', '.join(TYPES)}")
    design = np.asarray(X, dtype=float)
    clusters, p = len(np.unique(np.asarray(cluster))), design.shape[1]
    if clusters <= max(p, 1):
        raise NotEstimable(f"a robust variance of {p} coefficient(s) needs at least {max(p, 1) + 1} studies")
    blocks = blocks_of(np.asarray(yi, float), np.asarray(vi, float), design, np.asarray(cluster), rho)
    phi = working_covariance(blocks, sigma2)
    W = np.linalg.inv(phi)
    WX = W @ blocks.X
    bread = np.linalg.inv(np.einsum("smp,smq->pq", blocks.X, WX))
    b = bread @ np.einsum("smp,sm->p", WX, blocks.y)
    residual = (blocks.y - blocks.X @ b) * blocks.mask
    g = WX @ bread
    if kind == "CR2":
        g = _adjustment(phi, blocks.X, bread).transpose(0, 2, 1) @ g
    scores = np.einsum("smp,sm->sp", g, residual)
    factor = {"CR1": clusters / (clusters - 1), "CR1p": clusters / (clusters - p)}.get(kind, 1.0)
    vb = factor * scores.T @ scores
    reference = Reference(g.transpose(0, 2, 1) @ phi @ g, blocks.X.transpose(0, 2, 1) @ g, bread)
    if kind == "CR2":
        df = np.array([_satterthwaite(reference, position) for position in range(p)])
    else:
        df = np.full(p, float(clusters - p if kind == "CR1p" else clusters - 1))
    se = np.sqrt(np.diag(vb))
    # Residuals that are all zero leave a variance that is rounding, of which no test can be made.
    if (np.diag(vb) <= 1e-20 * np.diag(bread)).any():
        raise NotEstimable("the effects of the studies do not vary around the model, so there is no robust variance")
    half = critical(level, df) * se
    return Robust(kind, clusters, b, vb, se, b / se, df, two_sided_p(b / se, df), b - half, b + half, reference)


def working_covariance(blocks: Blocks, sigma2: tuple[float, float]) -> Array:
    """Phi by study (s, m, m): V + sigma2_1 everywhere + sigma2_2 on the diagonal, the identity where there is padding."""
    ones = blocks.mask[:, :, None] * blocks.mask[:, None, :]
    phi = blocks.V + sigma2[0] * ones
    index = np.arange(blocks.mask.shape[1])
    phi[:, index, index] += sigma2[1] * blocks.mask
    return phi


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
    """Degrees of freedom of one coefficient: (tr P)^2 / tr(P P), P = diag(a) - U M U' (Pustejovsky & Tipton eq. 11)."""
    a, u = reference.a[:, position, position], reference.u[:, :, position]
    uM = u @ reference.bread
    leverage = np.einsum("sp,sp->s", uM, u)
    crossed = u.T @ uM
    squares = float((a**2).sum() - 2 * (a * leverage).sum() + np.trace(crossed @ crossed))
    return float((a - leverage).sum()) ** 2 / squares


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

    Below 4 the t approximation has too many false positives (Tipton 2015, Psychol. Methods 20:375-393).
    """
    df = float(fitted.df[position])
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
