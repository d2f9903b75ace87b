"""Whether numbers that were printed together can belong together: estimate, interval and p; Q, df, p and I2; shares.

Every figure is taken as the interval of what it can have been before rounding. The p value is recomputed as statcheck
does (Nuijten et al. 2016, Behav. Res. Methods 48), here from the interval; I2 = max(0, (Q - df) / Q) is that of Higgins
and Thompson (2002, Stat. Med. 21, eq. 10), which other estimators of tau2 do not give.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scipy.special import chdtrc, fdtrc, ndtr, stdtr

from prismake.audit.rounding import SCALES, Interval, centred, implied_p, p_interval, rounded

_NO = re.compile(
    r"\b(?:no|not|non|never|nor|neither|without|did n[o']t|didn't|wasn't|weren't)\b[\s-]*(?:\w+\s+){0,3}?"
    r"(?:statistically\s+)?significan|nonsignifican|insignifican|\bno (?:evidence|effect|difference|association)\b",
    re.IGNORECASE,
)
_NO_GERMAN = re.compile(r"\b(?:nicht|kein\w*)\s+(?:\w+\s+){0,3}?signifikan", re.IGNORECASE)
_YES = re.compile(r"signifi[ck]an", re.IGNORECASE)
# Words that say something else: emphasis, importance, another quantity than the effect.
_ASIDE = re.compile(
    r"not only (?:statistically )?significan\w*|(?:clinical|practical)(?:ly)?[- ]significan\w*"
    r"|(?:no |not |non-?)?(?:statistically )?significan\w* (?:between-study |residual |amount of )?"
    r"(?:heterogeneity|inconsistency|variab\w+|asymmetry|publication bias)",
    re.IGNORECASE,
)
_ONLY = re.compile(r"not only (?:statistically )?(?=significan)", re.IGNORECASE)
_SIGNED = re.compile(r"\b(?:(?P<above>positive(?:ly)?)|negative(?:ly)?)\b", re.IGNORECASE)
_ABOVE = re.compile(r"\b(?:increas\w*|higher|greater)\b", re.IGNORECASE)
_BELOW = re.compile(r"\b(?:decreas\w*|reduc\w*|lower|fewer)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Check:
    """One check: what was held against what, and the verdict (coherent, incoherent, not computable)."""

    check: str
    verdict: str
    against: str = ""
    why: str = ""


def says_significant(words: str, *, aside: bool = False) -> bool | None:
    """What words say about significance; None where they say nothing.

    `aside`: leave out what they say of heterogeneity, bias and clinical significance.
    """
    if aside:
        words = _ASIDE.sub(lambda match: "significant" if _ONLY.match(match[0]) else " ", words)
    words = _ONLY.sub("", words)
    if _NO.search(words) or _NO_GERMAN.search(words):
        return False
    return True if _YES.search(words) else None


def says_sign(words: str) -> tuple[int, bool] | None:
    """(1 where words say more or -1 where less, whether they name the sign itself); None where they say neither or both."""
    signs = {1 if match["above"] else -1 for match in _SIGNED.finditer(words)}
    if signs:
        return (signs.pop(), True) if len(signs) == 1 else None
    above, below = bool(_ABOVE.search(words)), bool(_BELOW.search(words))
    return None if above == below else (1 if above else -1, False)


def effect(
    value: float,
    ci: tuple[float, float],
    decimals: int,
    *,
    p: float | str | None = None,
    k: int | None = None,
    level: float = 95,
    scale: str = "plain",
) -> list[Check]:
    """Estimate, interval and p: order, middle, and p under a z test or, where k is known, a t test with k - 1 df.

    `scale` is that of `rounding.scale_of`; where it is not known ("") any is tried and none is said to be wrong.
    """
    low, high = ci
    if low > high:
        why = "the lower bound stands above the upper one"
        return [Check("bounds in their order", "incoherent", f"[{low:g}, {high:g}]", why)]
    if not low <= value <= high:
        why = "the estimate lies outside its own interval"
        return [Check("estimate inside its interval", "incoherent", why=why)]
    name = "estimate in the middle of its interval"
    fitting = [one for one in ([scale] if scale else SCALES) if centred(value, ci, decimals, one)]
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
    return [*checks, _p_value(value, ci, decimals, p, k, level, scale or fitting[0])]


def _p_value(
    value: float, ci: tuple[float, float], decimals: int, p: float | str, k: int | None, level: float, scale: str
) -> Check:
    try:
        given = p_interval(p)
    except ValueError:
        return _no_p(p)
    name = "p value from estimate and interval (z)"
    implied = implied_p(value, ci, decimals, level, scale)
    against = f"p between {implied.low:.3g} and {implied.high:.3g}"
    if implied.overlaps(given):
        return Check(name, "coherent", against)

    def by_t(df: int) -> Interval:
        return implied_p(value, ci, decimals, level, scale, df=df)

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
    sign = says_sign(words)
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


def share(part: float, whole: float, percent: float, decimals: int) -> Check:
    """A percentage against the two counts that it is made of."""
    name = "percentage from its counts"
    if whole == 0:
        return Check(name, "not computable", f"{part:g} of {whole:g}", "there is nothing to take a share of")
    if not 0 <= part <= whole:
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
