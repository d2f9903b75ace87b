"""`escalc`: effect sizes and sampling variances under metafor's names.

The measures stand in `continuous`, `binary`, `rates`, `correlations`, `single` and `prepost`; each function cites its
formula. Inputs have metafor's names: n1i, n2i, m1i, m2i, sd1i, sd2i, ai, bi, ci, di, x1i, t1i, ri, ni, xi, mi, sdi, ti,
pi (signed two-sided p), r2i.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from prismake.synthesis.effect_sizes import (  # noqa: F401  (each import enters its measures into the table)
    binary,
    continuous,
    correlations,
    prepost,
    rates,
    single,
)
from prismake.synthesis.effect_sizes.numeric import Array, numbers
from prismake.synthesis.effect_sizes.registry import MEASURES, Options


def escalc(
    measure: str,
    data: Mapping[str, ArrayLike],
    *,
    vtype: str | Sequence[str] = "LS",
    add: float | None = None,
    to: str = "only0",
    drop00: bool = False,
    correct: bool = True,
    correction: str = "exact",
) -> tuple[Array, Array]:
    """Effect sizes `yi` and sampling variances `vi` of one measure.

    `data` maps metafor's argument names to arrays of one length k (or scalars); `vtype` is one name or k names. `add`
    defaults to 1/2, and to 0 for the measures that need none (AS, PHI, RTET, IRSD, PAS, PFT, IRS, IRFT and their z).
    What is not
    estimable is NaN in both; where only the variance does not exist, or an approximation gives a negative one, it alone
    is NaN. Raises ValueError for an unknown measure, vtype or `to`, for negative counts or SDs and
    events above the sample size; KeyError for a missing input.
    """
    if measure not in MEASURES:
        raise ValueError(f"unknown measure {measure!r}; known are {', '.join(sorted(MEASURES))}")
    if to not in ("all", "only0", "if0all", "none"):
        raise ValueError(f"unknown to={to!r}: all, only0, if0all or none")
    entry = MEASURES[measure]
    asked = (vtype,) if isinstance(vtype, str) else tuple(vtype)
    unknown = sorted(set(asked) - set(entry.vtypes))
    if unknown:
        raise ValueError(f"{measure} has no vtype {', '.join(unknown)}; it has {', '.join(entry.vtypes)}")
    arrays = _of_one_length(data)
    _check(arrays)
    options = Options(vtype if isinstance(vtype, str) else asked, add, to, drop00, correct, correction)
    with np.errstate(all="ignore"):
        yi, vi = entry.compute(arrays, options)
    yi, vi = np.broadcast_arrays(yi, vi)
    lost = np.isinf(yi) | np.isinf(vi) | np.isnan(yi)
    return np.where(lost, np.nan, yi), np.where(lost | (vi < 0), np.nan, vi)


def measures() -> dict[str, str]:
    """Every measure with its long name, in alphabetical order."""
    return {name: MEASURES[name].title for name in sorted(MEASURES)}


def _of_one_length(data: Mapping[str, ArrayLike]) -> dict[str, Array]:
    arrays = {name: numbers(values) for name, values in data.items()}
    k = max((len(a) for a in arrays.values()), default=0)
    wrong = [name for name, a in arrays.items() if len(a) not in (1, k)]
    if wrong:
        raise ValueError(f"inputs of different lengths: {', '.join(sorted(wrong))} against {k}")
    return {name: np.array(np.broadcast_to(a, (k,))) for name, a in arrays.items()}


def _check(data: Mapping[str, Array]) -> None:
    for name in ("sd1i", "sd2i", "sdi"):
        if name in data and np.any(data[name] < 0):
            raise ValueError(f"{name}: a standard deviation is negative")
    # A group of a 2x2 table may be empty (its row of the table is then a matter for `add`); no other sample may.
    groups = () if {"ai", "ci"} <= data.keys() else ("n1i", "n2i")
    for name in (*groups, "ni"):
        if name in data and np.any(data[name] <= 0):
            raise ValueError(f"{name}: a sample size is not positive")
