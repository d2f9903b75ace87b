"""Multivariate models: effects of several kinds (outcomes) in a study, whose true effects vary and correlate.

y_ij = x_ij b + u_i,c(ij) + e_ij, u_i ~ N(0, G) over the kinds c, e_i ~ N(0, V_i) known: metafor's
`rma.mv(yi, V, mods = ~ kind, random = ~ kind | study, struct = ...)` (van Houwelingen, Arends & Stijnen 2002, Stat. Med.
21:589-624; Jackson, Riley & White 2011, Stat. Med. 30:2481-2498). G is unstructured (UN), compound-symmetric (CS),
heteroscedastic compound-symmetric (HCS) or diagonal (DIAG).

G is the square of a root whose entries are free, so that every value of them is a covariance matrix: a correlation of
one or minus one is reached like any other value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.blocks import (
    Evaluation,
    Group,
    covariances,
    evaluate,
    generalised_q,
    groups_of,
    in_terms_of,
    rotated,
)
from prismake.synthesis.robust import Robust, robust_of

Array = NDArray[np.float64]

STRUCTURES = ("UN", "CS", "HCS", "DIAG")
_MOST_STEPS = 500


@dataclass(frozen=True)
class Multivariate:
    """b (p,), vb (p, p), the kinds in order, G (c, c), its variances tau2 (c,) and correlations rho (c (c - 1) / 2,)
    in the order of the lower triangle by columns, log-likelihood, Q and its df, the working model for robust variances.
    """

    b: Array
    vb: Array
    kinds: tuple[str, ...]
    G: Array
    tau2: Array
    rho: Array
    ll: float
    QE: float
    QE_df: int
    k: int
    score: float
    groups: list[Group]
    phis: list[Array]

    def robust(self, kind: str = "CR2", level: float = 95.0) -> Robust:
        """Cluster-robust variance of the coefficients."""
        return robust_of(self.groups, self.phis, kind=kind, level=level)


def fit_multivariate(
    yi: ArrayLike,
    V: ArrayLike,
    X: ArrayLike,
    cluster: ArrayLike,
    kind: ArrayLike,
    *,
    structure: str = "UN",
    method: str = "REML",
) -> Multivariate:
    """Fit by REML or ML, to the best of several optima.

    Args:
        yi: effects (k,).
        V: covariance of the sampling errors (k, k), zero between studies.
        X: design (k, p), full column rank.
        cluster, kind: study and kind of each effect (k,).
        structure: UN, CS, HCS or DIAG.

    Raises:
        ValueError: another structure or method, one kind only, fewer than two studies, too few effects, or a V that is
            no covariance matrix.
    """
    y, covariance, design = np.asarray(yi, float), np.asarray(V, float), np.asarray(X, float)
    study, kinds = np.asarray(cluster), np.asarray(kind).astype(str)
    names = sorted(set(kinds))
    if structure not in STRUCTURES:
        raise ValueError(f"unknown structure {structure!r}; known: {', '.join(STRUCTURES)}")
    if method not in ("REML", "ML"):
        raise ValueError(f"a multivariate model is fitted by REML or ML, not by {method}")
    if len(names) < 2:
        raise ValueError("a multivariate model needs at least two kinds of effects")
    if len(np.unique(study)) < 2:
        raise ValueError("a multivariate model needs at least two studies")
    if len(y) <= design.shape[1]:
        raise ValueError("a multivariate model needs more effects than coefficients")
    groups = groups_of(y, np.diag(covariance), design, study, V=covariance)
    matrices = _entries(groups, np.searchsorted(names, kinds), len(names))
    restricted = method == "REML"
    scale = max(float(np.var(y)), float(np.mean(np.diag(covariance))))
    shape = _Root(structure, len(names))
    rotation, T = rotated(groups)
    starts = [
        shape.start(variance * scale, correlation) for variance in (0.02, 0.3, 1.0) for correlation in (0.5, -0.2, 0.0)
    ]
    tops = []
    for start in starts:
        try:
            tops.append(_climb(lambda theta: evaluate(rotation, matrices, theta, restricted), shape, start, scale))
        except np.linalg.LinAlgError as error:
            raise ValueError("the sampling (co)variances of a study are no covariance matrix") from error
    root, found = max(tops, key=lambda top: top[1].ll)
    found = in_terms_of(found, T)
    G = shape.matrix(root)
    theta = G[np.tril_indices(len(names))]
    score = shape.slope(root).T @ found.score
    tau2 = np.diag(G)
    with np.errstate(all="ignore"):
        correlations = np.clip(G / np.sqrt(np.outer(tau2, tau2)), -1.0, 1.0)
    # The upper triangle of a symmetric matrix by rows is its lower one by columns.
    rho = correlations[np.triu_indices(len(names), 1)]
    return Multivariate(
        found.b, found.vb, tuple(names), G, tau2, rho, found.ll,
        generalised_q(groups)[0], len(y) - design.shape[1], len(y), float(np.abs(score * np.maximum(root, 1e-3)).max()),
        groups, covariances(groups, matrices, theta),
    )  # fmt: skip


def _entries(groups: list[Group], codes: NDArray[np.intp], count: int) -> list[list[Array]]:
    """For each group, D of every entry of the lower triangle of G: 1 where two effects have these two kinds."""
    matrices = []
    for group in groups:
        kind = codes[group.rows]
        parts = []
        for a, b in zip(*np.tril_indices(count), strict=True):
            pair = (kind[:, :, None] == a) & (kind[:, None, :] == b)
            parts.append((pair | pair.transpose(0, 2, 1)).astype(float))
        matrices.append(parts)
    return matrices


@dataclass(frozen=True)
class _Root:
    """The free entries behind a structure of G (c, c): every value of them gives a covariance matrix."""

    structure: str
    c: int

    def start(self, variance: float, correlation: float) -> Array:
        """Entries of a G with equal variances and correlations."""
        G = variance * ((1 - correlation) * np.eye(self.c) + correlation)
        if np.linalg.eigvalsh(G)[0] <= 0:
            G = variance * np.eye(self.c)
        if self.structure == "UN":
            return np.asarray(np.linalg.cholesky(G)[np.tril_indices(self.c)])
        if self.structure == "DIAG":
            return np.sqrt(np.diag(G))
        shared = np.sqrt(np.array([G[0, 0] + (self.c - 1) * G[0, 1], G[0, 0] - G[0, 1]]) / variance)
        return shared * np.sqrt(variance) if self.structure == "CS" else np.concatenate([[1.0], _sds(G), shared[1:]])

    def matrix(self, root: Array) -> Array:
        """G."""
        c = self.c
        if self.structure == "UN":
            L = np.zeros((c, c))
            L[np.tril_indices(c)] = root
            return L @ L.T
        if self.structure == "DIAG":
            return np.diag(root**2)
        if self.structure == "CS":
            # Eigenvalues root^2: of the mean of the kinds, and of what differs between them.
            return np.eye(c) * root[1] ** 2 + (root[0] ** 2 - root[1] ** 2) / c
        low, high = root[-1] ** 2, root[0] ** 2
        total = high + (c - 1) * low
        rho = (high - low) / total if total > 0 else 0.0
        sd = root[1:-1]
        return np.outer(sd, sd) * ((1 - rho) * np.eye(c) + rho)

    @cached_property
    def squares(self) -> Array | None:
        """Second derivatives (entries of the lower triangle of G, root, root), which do not change: G is a sum of
        products of entries. None for HCS, where it is not.
        """
        if self.structure == "HCS":
            return None
        size = {"UN": self.c * (self.c + 1) // 2, "DIAG": self.c, "CS": 2}[self.structure]
        rows, unit = np.tril_indices(self.c), np.eye(size)
        corners = np.array([[self.matrix(a + b)[rows] - self.matrix(a - b)[rows] for b in unit] for a in unit])
        return np.moveaxis(corners / 2.0, 2, 0)

    def slope(self, root: Array) -> Array:
        """Derivatives (entries of the lower triangle of G, root), for HCS by central differences."""
        if self.squares is not None:
            return np.asarray(self.squares @ root)
        rows = np.tril_indices(self.c)
        step = 1e-6 * max(float(np.abs(root).max()), 1e-8)
        columns = []
        for position in range(root.size):
            shift = np.zeros(root.size)
            shift[position] = step
            columns.append((self.matrix(root + shift) - self.matrix(root - shift))[rows] / (2 * step))
        return np.column_stack(columns)

    def bend(self, root: Array, score: Array) -> Array:
        """Second derivatives of score . G in the root, for HCS by central differences."""
        if self.squares is not None:
            return np.tensordot(score, self.squares, 1)
        rows = np.tril_indices(self.c)
        width = 1e-4 * max(float(np.abs(root).max()), 1e-8)
        bend = np.empty((root.size, root.size))
        unit = np.eye(root.size) * width
        for i in range(root.size):
            for j in range(i + 1):
                corners = [
                    self.matrix(root + a * unit[i] + b * unit[j])[rows] for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))
                ]
                second = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * width**2)
                bend[i, j] = bend[j, i] = float(score @ second)
        return bend


def _sds(G: Array) -> Array:
    return np.sqrt(np.diag(G))


def _climb(
    likelihood: Callable[[Array], Evaluation], shape: _Root, root: Array, scale: float
) -> tuple[Array, Evaluation]:
    """Newton steps on the root, with scoring where the surface is not concave, and a ridge that makes each step rise."""
    rows = np.tril_indices(shape.c)
    at = likelihood(shape.matrix(root)[rows])
    for _ in range(_MOST_STEPS):
        J = shape.slope(root)
        gradient = J.T @ at.score
        size = np.sqrt(scale)
        step = _ascent(J, at, gradient, shape, root)
        if np.all(np.abs(step) <= 1e-12 * size):
            break
        for halving in range(50):
            trial = root + step * 0.5**halving
            found = likelihood(shape.matrix(trial)[rows])
            if found.ll >= at.ll - 1e-14 * abs(at.ll):
                break
        else:
            break
        moved = float(np.abs(trial - root).max())
        # What the step could gain; when that is rounding, the step itself was the last: Newton's error is its square.
        gain = float(gradient @ step)
        root, at = trial, found
        if moved <= 1e-14 * size or gain <= 1e-14 * max(abs(at.ll), 1.0):
            break
    return root, at


def _ascent(J: Array, at: Evaluation, gradient: Array, shape: _Root, root: Array) -> Array:
    """A direction that rises: Newton's with the curvature of the root itself, its negative parts turned round."""
    bend = shape.bend(root, at.score)
    values, vectors = np.linalg.eigh(J.T @ at.observed @ J - bend)
    steep = np.maximum(np.abs(values), 1e-10 * max(float(np.abs(values).max()), 1e-300))
    return np.asarray(vectors @ ((vectors.T @ gradient) / steep))
