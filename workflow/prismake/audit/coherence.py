"""Whether numbers that were printed together can belong together: estimate, interval and p; Q, df, p and I2; shares.

Every figure is taken as the interval of what it can have been before rounding. The p value is recomputed as statcheck
does (Nuijten et al. 2016, Behav. Res. Methods 48), here from the interval; I2 = max(0, (Q - df) / Q) is that of Higgins
and Thompson (2002, Stat. Med. 21, eq. 10), which other estimators of tau2 do not give.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scipy.special import chdtrc, fdtrc, ndtr, stdtr

from prismake.audit.claim_words import says_sign, says_significant
from prismake.audit.rounding import SCALES, Interval, centred, implied_p, p_interval, rounded, scale_of

# Intervals that need not be symmetric, and from which no p follows.
_OTHER_INTERVAL = re.compile(
    r"\bcredible\b|\bCrI\b|bootstrap|\bBayes|\bHPD\b|highest (?:posterior )?density|profile[- ](?:likelihood|CI|confidence)|percentile",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    r"bonferroni|\bholm\b|benjamini|\bFDR\b|false discovery|multiplicity|multiple (?:testing|tests|comparisons)|"
    r"\b(?:corrected|adjusted) p\b|\bp[ _-]?(?:adj|corr)|\bq[- ]value",
    re.IGNORECASE,
)
_ONE_SIDED = re.compile(r"\b(?:one|1)[- ](?:tailed|sided)|\bdirectional\b", re.IGNORECASE)


@dataclass(frozen=True)
class Check:
    """One check: what was held against what, and the verdict (coherent, incoherent, not computable)."""

    check: str
    verdict: str
    against: str = ""
    why: str = ""


def effect(
    value: float,
    ci: tuple[float, float],
    decimals: int,
    *,
    p: float | str | None = None,
    k: int | None = None,
    df: float | None = None,
    level: float = 95,
    scale: str = "plain",
    words: str = "",
) -> list[Check]:
    """Estimate, interval and p: order, middle, and p under a z test or a t test, with df or, where k is known, k - 1.

    `scale` is that of `rounding.scale_of`; where it is not known ("") any is tried and none is said to be wrong.
    `words`: what else is said, such as that the interval is a credible one or the test one-sided.
    """
    low, high = ci
    if scale == "inverse" and low * high <= 0:
        return [Check("estimate inside its interval", "not computable", why="the interval reaches over infinity")]
    if low > high:
        why = "the lower bound stands above the upper one"
        return [Check("bounds in their order", "incoherent", f"[{low:g}, {high:g}]", why)]
    if not low <= value <= high:
        why = "the estimate lies outside its own interval"
        return [Check("estimate inside its interval", "incoherent", why=why)]
    name = "estimate in the middle of its interval"
    if scale == "inverse":
        return [Check("estimate inside its interval", "coherent")]
    tried = (
        ("atanh", "plain") if scale == "atanh" else (scale,) if scale else SCALES
    )  # correlations are pooled either way
    fitting = [one for one in tried if centred(value, ci, decimals, one)]
    if _OTHER_INTERVAL.search(words):
        verdict = "coherent" if fitting else "not computable"
        return [Check(name, verdict, why="" if fitting else "an interval of this kind need not be symmetric")]
    if fitting:
        checks = [Check(name, "coherent")]
    elif scale:
        why = "no rounding puts the estimate in the middle of the interval; it may be no z- or t-based one"
        checks = [Check(name, "incoherent", why=why)]
    else:
        why = "not on any scale that is known; no measure is stated by which to judge it"
        checks = [Check(name, "not computable", why=why)]
    if p is None or not (scale or fitting):
        return checks
    if _CORRECTED.search(words):
        why = "the p value was corrected for several tests"
        return [*checks, Check("p value from estimate and interval (z)", "not computable", why=why)]
    one_sided = bool(_ONE_SIDED.search(words))
    df = k - 1 if df is None and k is not None and k > 1 else df
    return [*checks, _p_value(value, ci, decimals, p, df, level, fitting[0] if fitting else scale, one_sided)]


def _p_value(
    value: float, ci: tuple[float, float], decimals: int, p: float | str, df: float | None, level: float, scale: str,
    one_sided: bool,
) -> Check:  # fmt: skip
    try:
        given = p_interval(p)
    except ValueError:
        return _no_p(p)
    name, halved = "p value from estimate and interval (z)", False

    def fits(implied: Interval) -> bool:
        nonlocal halved
        if one_sided:
            return Interval(implied.low / 2, implied.high / 2).overlaps(given)
        halved = halved or Interval(implied.low / 2, implied.high / 2).overlaps(given)
        return implied.overlaps(given)

    implied = implied_p(value, ci, decimals, level, scale)
    against = _between(implied)
    apart = _against_null(ci, decimals, level, scale, given)
    if fits(implied) and (one_sided or not apart):
        return Check(name, "coherent", against)

    def by_t(df: float) -> Interval:
        return implied_p(value, ci, decimals, level, scale, df=df)

    if df is not None:
        t = by_t(df)
        if fits(t) and (one_sided or not apart):
            return Check(f"p value from estimate and interval (t, {df:g} df)", "coherent", _between(t))
    else:
        fitting = [] if apart else [df for df in range(1, 101) if by_t(df).overlaps(given)]
        if fitting:
            span = f"{fitting[0]}" if len(fitting) == 1 else f"{fitting[0]} to {fitting[-1]}"
            why = f"a t test with {span} df would give the stated p, a z test does not; no df is stated"
            return Check(name, "not computable", against, why)
    if halved:
        return Check(name, "not computable", against, "a one-sided test would give the stated p; none is stated")
    if apart:
        return Check(name, "incoherent", against, apart)
    tests = "under a z test" if df is None else f"neither under a z test nor under t({df:g})"
    return Check(name, "incoherent", against, f"no rounding of estimate and interval gives the stated p {tests}")


def _against_null(ci: tuple[float, float], decimals: int, level: float, scale: str, given: Interval) -> str:
    """Why an interval and a p value of the same test cannot both hold: p is below alpha where, and only where, the interval
    leaves out no effect. "" where they can, or where rounding leaves it open."""
    null, alpha = 1.0 if scale == "log" else 0.0, 1 - level / 100
    low, high = (rounded(bound, decimals) for bound in ci)
    if low.high < null < high.low and given.high < alpha - 1e-12:
        return f"the interval holds {null:g}, so p is above {alpha:.2g}"
    if (low.low > null or high.high < null) and given.low > alpha + 1e-12:
        return f"the interval leaves out {null:g}, so p is below {alpha:.2g}"
    return ""


def printed_test(
    kind: str, value: float, decimals: int, df: float, df2: float, p: float | str, *, one_sided: bool = False
) -> Check:
    """The p value of a test that was printed with its degrees of freedom (t, F, r, chi2, z), as statcheck recomputes it.

    Where twice or half of it fits, the test may have been one-sided, and nothing is said to be wrong.
    """
    name = f"p value from {kind}{'' if kind == 'z' else ' and its df'}"
    try:
        given = p_interval(p)
    except ValueError:
        return _no_p(p)
    around = rounded(abs(value), decimals)
    ends = [_tail(kind, max(x, 0.0), df, df2) for x in (around.high, around.low)]
    implied = Interval(*(end / 2 for end in ends)) if one_sided else Interval(*ends)
    if implied.overlaps(given):
        return Check(name, "coherent", _between(implied))
    if kind in ("t", "r", "z") and Interval(ends[0] / 2, ends[1] / 2).overlaps(given):
        return Check(
            name, "not computable", _between(implied), "a one-sided test would give the stated p; none is stated"
        )
    return Check(name, "incoherent", _between(implied), "no rounding of the test gives the stated p")


def _tail(kind: str, value: float, df: float, df2: float) -> float:
    """The p value of a test, two-sided for t, r and z."""
    if kind == "chi2":
        return float(chdtrc(df, value))
    if kind == "F":
        return float(fdtrc(df, df2, value))
    if kind == "z":
        return float(2 * ndtr(-value))
    if kind == "r":
        value = min(value, 1 - 1e-12)
        value *= (df / (1 - value * value)) ** 0.5
    return float(2 * stdtr(df, -value))


def _no_p(p: float | str) -> Check:
    """What is no p value: a number beyond 0 and 1 is wrong, other text says nothing."""
    if isinstance(p, str):
        return Check("p value", "not computable", why=f"{p!r} is no p value")
    return Check("p value", "incoherent", f"p = {p:g}", "p lies between 0 and 1")


def _between(interval: Interval) -> str:
    return f"p between {interval.low:.3g} and {interval.high:.3g}"


def wording(words: str, value: float | None, ci: tuple[float, float] | None, p: float | str | None, level: float,
            scale: str, *, aside: bool = False) -> list[Check]:  # fmt: skip
    """What words say of significance and of the sign, against the interval (else p) and the estimate.

    `aside`: the words are on an effect, so that what they say of heterogeneity or bias is not meant.
    """
    checks = []
    if _ONE_SIDED.search(words) or _CORRECTED.search(words):
        words = ""
    said, null, alpha = says_significant(words, aside=aside), 1.0 if scale == "log" else 0.0, 1 - level / 100
    shown = ""
    significant: bool | None = None
    if ci is not None:
        shown = f"the interval [{ci[0]:g}, {ci[1]:g}]"
        significant = None if null in ci else not ci[0] < null < ci[1]  # a bound printed as the null decides nothing
    elif p is not None:
        try:
            given = p_interval(p)
        except ValueError:
            given = Interval(0.0, 1.0)
        shown = f"p {p}"
        significant = True if given.high <= alpha else False if given.low >= alpha else None
    if said is not None and significant is not None:
        why = (
            "" if said == significant else f"the words say {'' if said else 'not '}significant, {shown} says otherwise"
        )
        checks.append(Check("significance against wording", "incoherent" if why else "coherent", shown, why))
    sign = says_sign(words, ratio=scale == "log")
    if sign is not None and value is not None and value != null:
        checks.append(_sign(sign, value, null))
    return checks


def _sign(sign: tuple[int, bool], value: float, null: float) -> Check:
    """More or less in words against an estimate. `Fewer symptoms` can be a positive difference: only a ratio, or the word
    for the sign itself, can be wrong."""
    name, (direction, named) = "sign against wording", sign
    if (value > null) == (direction > 0):
        return Check(name, "coherent", f"{value:g}")
    if named or null:
        why = f"the words say {'more' if direction > 0 else 'less'}, the estimate lies on the other side"
        return Check(name, "incoherent", f"{value:g}", why)
    return Check(name, "not computable", f"{value:g}", "it is not stated which sign stands for more")


# Measure or metric, by its letters alone -> the least and the most that it can be.
_POSSIBLE = {
    **dict.fromkeys(
        ("r", "cor", "correlation", "kappa", "cohenskappa", "ac1", "gwetsac1", "rd", "riskdifference"), (-1.0, 1.0)
    ),
    **dict.fromkeys(("tau", "tau2", "q", "h2", "studies", "participants"), (0.0, float("inf"))),
    **dict.fromkeys(("i2", "percentage"), (0.0, 100.0)),
}


def possible(value: float | None, measure: str, ci: tuple[float, float] | None = None) -> list[Check]:
    """A check that a figure is one that its measure can have, only where it is not: no ratio is negative."""
    name = re.sub(r"[\W_]+", "", measure.lower())
    least, most = (
        (0.0, float("inf")) if scale_of(measure) == "log" else _POSSIBLE.get(name, (-float("inf"), float("inf")))
    )
    wrong = [x for x in ([] if value is None else [value]) + list(ci or ()) if not least <= x <= most]
    if not wrong:
        return []
    span = f"{least:g} to {most:g}" if most < float("inf") else f"at least {least:g}"
    return [Check("a value that the measure can have", "incoherent", span, f"{wrong[0]:g} is none")]


def share(part: float, whole: float, percent: float, decimals: int) -> Check:
    """A percentage against the two counts that it is made of."""
    name = "percentage from its counts"
    if whole == 0:
        return Check(name, "not computable", f"{part:g} of {whole:g}", "there is nothing to take a share of")
    if not 0 <= part <= whole:
        return Check(name, "incoherent", f"{part:g} of {whole:g}", "the part is larger than the whole")
    exact = 100 * part / whole
    as_one = (
        decimals >= 2 and 0 <= percent <= 1 and rounded(100 * percent, decimals - 2).overlaps(Interval(exact, exact))
    )
    fits = as_one or rounded(percent, decimals).overlaps(Interval(exact, exact))
    why = "" if fits else f"{part:g} of {whole:g} are {exact:.{decimals + 1}f} %"
    return Check(name, "coherent" if fits else "incoherent", f"{part:g} of {whole:g} = {exact:.4g} %", why)


def i2(value: float, decimals: int, q: float, q_decimals: int, df: int, *, from_q: bool = False) -> Check:
    """I2 (percent) from Q and its df. Unless it is known to be `from_q`, another I2 is possible: that from tau2."""
    around = rounded(q, q_decimals)
    implied = Interval(*(100 * max(0.0, 1 - df / x) if x > 0 else 0.0 for x in (around.low, around.high)))
    name, against = "I2 from Q and its df", f"I2 between {implied.low:.3g} and {implied.high:.3g} %"
    if 0 < value < 1 and decimals >= 2:  # .33 for 33 %
        value, decimals = 100 * value, decimals - 2
    if not 0 <= value <= 100:
        return Check(name, "incoherent", against, "I2 lies between 0 and 100 %")
    if implied.overlaps(rounded(value, decimals)):
        return Check(name, "coherent", against)
    if from_q:
        return Check(name, "incoherent", against, "no rounding of Q gives this I2")
    return Check(name, "not computable", against, "Q does not give this I2; it may come from tau2, as REML's does")


def q_test(q: float, decimals: int, df: int, p: float | str) -> Check:
    """The p value of Q under a chi-squared distribution with df degrees of freedom."""
    name = "p value from Q and its df"
    try:
        given = p_interval(p)
    except ValueError:
        return _no_p(p)
    around = rounded(q, decimals)
    implied = Interval(float(chdtrc(df, around.high)), float(chdtrc(df, max(around.low, 0.0))))
    fits = implied.overlaps(given)
    return Check(
        name, "coherent" if fits else "incoherent", _between(implied), "" if fits else "no rounding of Q gives it"
    )
