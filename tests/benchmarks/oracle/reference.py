"""A meta-regression in 60-digit arithmetic, to say who errs where an ill-conditioned design makes R and Prismake differ."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import numpy as np
from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2, upper_f

_DIGITS = 60


def _decimals(values: np.ndarray) -> np.ndarray:
    """Doubles as exact decimals."""
    return np.vectorize(Decimal, otypes=[object])(values)


def _inverse(a: np.ndarray) -> np.ndarray:
    """The inverse of a small matrix by elimination with pivoting."""
    n = a.shape[0]
    work = np.hstack([a, _decimals(np.eye(n))])
    for j in range(n):
        pivot = j + int(np.argmax([abs(float(value)) for value in work[j:, j]]))
        work[[j, pivot]] = work[[pivot, j]]
        work[j] = work[j] / work[j, j]
        for i in range(n):
            if i != j:
                work[i] = work[i] - work[i, j] * work[j]
    return work[:, n:]


class Reference:
    """One data set with its design, as decimals."""

    def __init__(self, y: np.ndarray, v: np.ndarray, x: np.ndarray) -> None:
        self.y, self.v, self.x = _decimals(y), _decimals(v), _decimals(x)
        self.k, self.p = x.shape
        self.ones = _decimals(np.ones(self.k))

    def parts(self, w: np.ndarray) -> dict[str, Any]:
        """Coefficients, their covariance, y'Py, y'PPy, y'PPPy and the traces at weights w."""
        wx = w[:, None] * self.x
        inverse = _inverse(self.x.T @ wx)
        b = inverse @ (wx.T @ self.y)
        r = self.y - self.x @ b
        u = w * r
        again = w * (u - self.x @ (inverse @ (wx.T @ u)))
        a2 = inverse @ (wx.T @ wx)
        a3 = inverse @ (self.x.T @ ((w * w * w)[:, None] * self.x))
        return {
            "b": b,
            "vb": inverse,
            "rss": u @ r,
            "ypp": u @ u,
            "yppp": u @ again,
            "tr": w.sum() - np.trace(a2),
            "tr2": (w * w).sum() - 2 * np.trace(a3) + np.trace(a2 @ a2),
            "sum_w": w.sum(),
            "sum_w2": (w * w).sum(),
        }

    def tau2(self, method: str, start: float) -> Decimal:
        """The estimate; an iterative one from a start that is good to nine digits."""
        df, zero = Decimal(self.k - self.p), Decimal(0)
        fixed = self.parts(self.ones / self.v)
        if method == "EE":
            return zero
        if method == "DL":
            return max(zero, (fixed["rss"] - df) / fixed["tr"])
        if method == "HS":
            return max(zero, (fixed["rss"] - self.k) / fixed["sum_w"])
        if method == "HE":
            plain = self.parts(self.ones)
            vx = self.x * self.v[:, None]
            return max(zero, (plain["rss"] - self.v.sum() + np.trace(plain["vb"] @ (self.x.T @ vx))) / df)
        if method == "SJ":
            mean = self.y.sum() / self.k
            first = ((self.y - mean) ** 2).sum() / self.k
            return first * self.parts(self.ones / (self.v + first))["rss"] / df
        t = Decimal(start)
        for _ in range(4 if start > 0 else 0):
            m = self.parts(self.ones / (self.v + t))
            if method in ("ML", "REML"):
                trace, trace2 = (m["tr"], m["tr2"]) if method == "REML" else (m["sum_w"], m["sum_w2"])
                t = t + (m["ypp"] - trace) / (2 * m["yppp"] - trace2)
            else:
                t = t + (m["rss"] - df) / m["ypp"]
        return max(zero, t)

    def numbers(self, method: str, test: str, start: float, intercept: bool = True) -> dict[str, Any]:
        """The fit in the oracle's names, rounded to doubles at the end."""
        with localcontext() as context:
            context.prec = _DIGITS
            t = self.tau2(method, start)
            fixed, best = self.parts(self.ones / self.v), self.parts(self.ones / (self.v + t))
            df = self.k - self.p
            s2w = best["rss"] / df
            scale = s2w if test == "knha" else max(s2w, Decimal(1)) if test == "adhoc" else Decimal(1)
            vb = best["vb"] * scale
            first = 1 if intercept and self.p > 1 else 0
            block, tested = _inverse(vb[first:, first:]), best["b"][first:]
            qm = tested @ block @ tested
            vt = df / fixed["tr"]
            se = np.array([value.sqrt() for value in np.diagonal(vb)])
            b, qe = best["b"], fixed["rss"]
            i2 = max(Decimal(0), (qe - df) / qe) if method == "EE" else t / (t + vt)
            h2 = qe / df if method == "EE" else t / vt + 1
            exact = {"tau2": t, "QE": qe, "I2": 100 * i2, "H2": h2, "b": b, "se": se, "stat": b / se, "vcov": vb}
            plain = {key: np.asarray(value, dtype=float).tolist() for key, value in exact.items()}
            half = float(critical(95.0, None if test == "z" else float(df))) * np.asarray(plain["se"])
        plain["ci_lb"], plain["ci_ub"] = (
            (np.asarray(plain["b"]) - half).tolist(),
            (np.asarray(plain["b"]) + half).tolist(),
        )
        m = self.p - first
        plain["p"] = np.asarray(two_sided_p(plain["stat"], None if test == "z" else float(df))).tolist()
        plain["QEp"] = float(upper_chi2(plain["QE"], df))
        plain["QM"] = float(qm) if test == "z" else float(qm) / m
        plain["QMp"] = float(upper_chi2(float(qm), m) if test == "z" else upper_f(float(qm) / m, m, df))
        return plain


def settles(ours: dict[str, Any], theirs: dict[str, Any], reference: dict[str, Any], floor: float) -> bool:
    """Whether ours is at least as close as theirs to the reference in everything that the reference has."""
    for key, exact in reference.items():
        if key not in ours or key not in theirs or theirs[key] is None:
            continue
        target = np.asarray(exact, dtype=float).ravel()
        mine = np.abs(np.asarray(ours[key], dtype=float).ravel() - target)
        other = np.abs(np.asarray(theirs[key], dtype=float).ravel() - target)
        # Both may be as good as the digits that the oracle prints.
        if (mine > np.maximum(other, 1e-11 * np.maximum(np.abs(target), floor))).any():
            return False
    return True
