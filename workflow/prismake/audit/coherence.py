"""Whether numbers that were printed together can belong together: estimate, interval and p; Q, df, p and I2; shares.

Every figure is taken as the interval of what it can have been before rounding. The p value is recomputed as statcheck
does (Nuijten et al. 2016, Behav. Res. Methods 48), here from the interval; I2 = max(0, (Q - df) / Q) is that of Higgins
and Thompson (2002, Stat. Med. 21, eq. 10), which other estimators of tau2 do not give.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scipy.special import chdtrc

from prismake.audit.rounding import Interval, centred, implied_p, p_interval, rounded

_NO = re.compile(
    r"\b(?:no|not|non|never|nor|neither|without|did n[o']t|didn't|wasn't|weren't)\b[\s-]*(?:\w+\s+){0,3}?"
    r"(?:statistically\s+)?significan|nonsignifican|insignifican|\bno (?:evidence|effect|difference|association)\b",
    re.IGNORECASE,
)
_YES = re.compile(r"significan", re.IGNORECASE)
_ABOVE = re.compile(r"\b(?:positive(?:ly)?|increas\w*|higher|greater)\b", re.IGNORECASE)
_BELOW = re.compile(r"\b(?:negative(?:ly)?|decreas\w*|reduc\w*|lower|fewer)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Check:
    """One check: what was held against what, and the verdict (coherent, incoherent, not computable)."""

    check: str
    verdict: str
    against: str = ""
    why: str = ""


def says_significant(words: str) -> bool | None:
    """What words say about significance; None where they say nothing."""
    if _NO.search(words):
        return False
    return True if _YES.search(words) else None


def says_sign(words: str) -> int | None:
    """1 where words say more, -1 where they say less, None where they say neither or both."""
    above, below = bool(_ABOVE.search(words)), bool(_BELOW.search(words))
    return None if above == below else 1 if above else -1


def effect(
    value: float,
    ci: tuple[float, float],
    decimals: int,
    *,
    p: float | str | None = None,
    k: int | None = None,
    level: float = 95,
    ratio: bool = False,
) -> list[Check]:
    """Estimate, interval and p: order, middle, and p under a z test or, where k is known, a t test with k - 1 df."""
    low, high = ci
    if not low <= value <= high:
        why = "the estimate lies outside its own interval"
        return [Check("estimate inside its interval", "incoherent", why=why)]
    name = "estimate in the middle of its interval"
    if centred(value, ci, decimals, ratio):
        checks = [Check(name, "coherent")]
    else:
        why = "no rounding puts the estimate in the middle of the interval; it may be no z- or t-based one"
        checks = [Check(name, "incoherent", why=why)]
    return checks if p is None else [*checks, _p_value(value, ci, decimals, p, k, level, ratio)]


def _p_value(
    value: float, ci: tuple[float, float], decimals: int, p: float | str, k: int | None, level: float, ratio: bool
) -> Check:
    try:
        given = p_interval(p)
    except ValueError:
        return Check("p value", "not computable", why=f"{p!r} is no p value")
    name = "p value from estimate and interval (z)"
    implied = implied_p(value, ci, decimals, level, ratio)
    against = f"p between {implied.low:.3g} and {implied.high:.3g}"
    if implied.overlaps(given):
        return Check(name, "coherent", against)

    def by_t(df: int) -> Interval:
        return implied_p(value, ci, decimals, level, ratio, df=df)

    if k is not None and k > 1:
        t = by_t(k - 1)
        if t.overlaps(given):
            return Check(f"p value from estimate and interval (t, {k - 1} df)", "coherent", _between(t))
        why = f"no rounding of estimate and interval gives the stated p, neither under a z test nor under t({k - 1})"
        return Check(name, "incoherent", against, why)
    fits = [df for df in range(1, 101) if by_t(df).overlaps(given)]
    if fits:
        span = f"{fits[0]}" if len(fits) == 1 else f"{fits[0]} to {fits[-1]}"
        why = f"a t test with {span} df would give the stated p, a z test does not; no df is stated"
        return Check(name, "not computable", against, why)
    return Check(name, "incoherent", against, "no rounding of estimate and interval gives the stated p under a z test")


def _between(interval: Interval) -> str:
    return f"p between {interval.low:.3g} and {interval.high:.3g}"


def wording(words: str, value: float | None, ci: tuple[float, float] | None, p: float | str | None, level: float,
            ratio: bool) -> list[Check]:  # fmt: skip
    """What words say of significance and of the sign, against the interval (else p) and the estimate."""
    checks = []
    said, null, alpha = says_significant(words), 1.0 if ratio else 0.0, 1 - level / 100
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
    sign = says_sign(words)
    if sign is not None and value is not None and value != null:
        fits = (value > null) == (sign > 0)
        why = "" if fits else f"the words say {'more' if sign > 0 else 'less'}, the estimate lies on the other side"
        checks.append(Check("sign against wording", "coherent" if fits else "incoherent", f"{value:g}", why))
    return checks


def share(part: float, whole: float, percent: float, decimals: int) -> Check:
    """A percentage against the two counts that it is made of."""
    name = "percentage from its counts"
    if whole <= 0 or not 0 <= part <= whole:
        return Check(name, "incoherent", f"{part:g} of {whole:g}", "the part is larger than the whole")
    exact = 100 * part / whole
    fits = rounded(percent, decimals).overlaps(Interval(exact, exact))
    why = "" if fits else f"{part:g} of {whole:g} are {exact:.{decimals + 1}f} %"
    return Check(name, "coherent" if fits else "incoherent", f"{part:g} of {whole:g} = {exact:.4g} %", why)


def i2(value: float, decimals: int, q: float, q_decimals: int, df: int, *, from_q: bool = False) -> Check:
    """I2 (percent) from Q and its df. Unless it is known to be `from_q`, another I2 is possible: that from tau2."""
    around = rounded(q, q_decimals)
    implied = Interval(*(100 * max(0.0, 1 - df / x) if x > 0 else 0.0 for x in (around.low, around.high)))
    name, against = "I2 from Q and its df", f"I2 between {implied.low:.3g} and {implied.high:.3g} %"
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
        return Check(name, "not computable", why=f"{p!r} is no p value")
    around = rounded(q, decimals)
    implied = Interval(float(chdtrc(df, around.high)), float(chdtrc(df, max(around.low, 0.0))))
    fits = implied.overlaps(given)
    return Check(
        name, "coherent" if fits else "incoherent", _between(implied), "" if fits else "no rounding of Q gives it"
    )
