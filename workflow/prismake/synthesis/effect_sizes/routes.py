"""How one effect is computed: the routes from what is reported, tried in order, for each family of measures."""

from __future__ import annotations

import math
from collections.abc import Callable

from prismake.extraction.long_results import Statistics
from prismake.extraction.values import as_p
from prismake.synthesis.effect_sizes import conversions
from prismake.synthesis.effect_sizes.choices import (
    CHANGES,
    CORRELATIONS,
    ONE_ARM,
    PRETEST_POSTTEST_CONTROL,
    TWO_COUNTS,
    TWO_MEANS,
    TWO_RATES,
    Choices,
)
from prismake.synthesis.effect_sizes.clusters import cluster_factor, inflated
from prismake.synthesis.effect_sizes.direction import direction_of, table
from prismake.synthesis.effect_sizes.draft import TOO_LARGE, Draft, compute
from prismake.synthesis.effect_sizes.moments import Moments, arm_moments, arm_n, change_moments
from prismake.synthesis.effect_sizes.pairs import Pair
from prismake.synthesis.effect_sizes.reported import from_reported
from prismake.synthesis.effect_sizes.routes_association import (
    log_odds_from_association,
    rebuilt_counts,
    smd_from_association,
)
from prismake.synthesis.effect_sizes.routes_counts import (
    counts,
    hazard,
    rates,
    smd_from_counts,
    smd_from_stated,
    stated,
)
from prismake.synthesis.effect_sizes.routes_single import (
    change_between,
    change_within,
    correlation,
    one_arm,
    pretest_posttest_control,
)

Route = Callable[[Pair, str, Choices], Draft]


def effect(pair: Pair, choices: Choices) -> Draft:
    """The effect of a pair by the first route that works; else a draft whose reason joins what each route lacked."""
    measure = choices.of(pair.outcome["construct"])
    reasons: list[str] = []
    for route in _routes(pair, measure, choices):
        try:
            draft = route(pair, measure, choices)
        except OverflowError:
            draft = Draft(measure).fail(TOO_LARGE)
        if draft.computed:
            return inflated(draft, pair, choices) if route in _STATED_ROUTES else draft
        if draft.reason and draft.reason not in reasons:
            reasons.append(draft.reason)
    if measure in TWO_MEANS and table(pair) is not None:
        construct = pair.outcome["construct"]
        return Draft(measure).fail(
            f"the outcome is dichotomous, which {measure} is not for: name its measure in the protocol "
            f"(effect_options, measures: {{{construct}: RR}}, or OR, RD, PETO), or allow mix_dichotomous"
        )
    return Draft(measure).fail("; ".join(reasons) or "nothing reported that gives this measure")


# Routes from a dichotomous outcome to a standardized difference.
_MIXED: tuple[Route, ...] = (smd_from_counts, smd_from_stated, smd_from_association)
# Routes whose standard error is the report's own, or does not rest on the arms' n.
_STATED_ROUTES: tuple[Route, ...] = (from_reported, stated, smd_from_stated, hazard, rates)


def _routes(pair: Pair, measure: str, choices: Choices) -> list[Route]:
    if choices.prefer_adjusted and any(r.get("adjusted", "").lower() == "yes" for r, _, _ in pair.reported):
        return [from_reported, *_own_routes(pair, measure, choices)]
    return [*_own_routes(pair, measure, choices), from_reported]


def _own_routes(pair: Pair, measure: str, choices: Choices) -> list[Route]:
    if not pair.arm_1:
        return [correlation] if measure in CORRELATIONS else []
    if measure in ONE_ARM:
        return [one_arm]
    if measure in CHANGES:
        return [change_between if pair.arm_2 else change_within]
    if measure == PRETEST_POSTTEST_CONTROL:
        return [pretest_posttest_control] if pair.arm_2 else []
    if measure in TWO_MEANS:
        final_and_change: list[Route] = [_final_means]
        if choices.change_scores == "prefer":
            final_and_change = [_change_means, _final_means]
        elif choices.change_scores == "fallback":
            final_and_change = [_final_means, _change_means]
        mixed = _MIXED if choices.mix_dichotomous and measure == "SMD" else ()
        return [*final_and_change, _from_test, *mixed]
    if measure in TWO_COUNTS:
        return [counts, rebuilt_counts, stated, log_odds_from_association]
    if measure in TWO_RATES:
        return [rates, stated]
    if measure in CORRELATIONS:
        return [correlation]
    return [hazard] if measure == "HR" else []


def _two(first: Moments, second: Moments) -> dict[str, float]:
    values = {
        "m1i": first.mean,
        "sd1i": first.sd,
        "n1i": first.n,
        "m2i": second.mean,
        "sd2i": second.sd,
        "n2i": second.n,
    }
    return {k: float(v) for k, v in values.items() if v is not None}


def _final_means(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = Draft(measure)
    if pair.stats_1 is None or pair.stats_2 is None:
        return draft.fail("no results of " + (pair.arm_1 if pair.stats_1 is None else pair.arm_2))
    first = arm_moments(pair.stats_1, pair.n_1, medians=choices.medians)
    second = arm_moments(pair.stats_2, pair.n_2, medians=choices.medians)
    if not (first.complete and second.complete):
        return draft.fail(_lacking(pair, first, second))
    draft.note(pair.arm_1, first.stats, first.steps)
    draft.note(pair.arm_2, second.stats, second.steps)
    first, second = _effective(pair, draft, choices, first, second)
    return compute(draft, _two(first, second), choices, f"{measure} from means, SDs and n")


def _change_means(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = Draft(measure)
    if pair.stats_1 is None or pair.stats_2 is None:
        return draft
    r = choices.pre_post_correlation
    first = change_moments(pair.stats_1, pair.baseline_1, pair.n_1, r)
    second = change_moments(pair.stats_2, pair.baseline_2, pair.n_2, r)
    if not (first.complete and second.complete):
        return draft
    draft.note(pair.arm_1, first.stats, first.steps)
    draft.note(pair.arm_2, second.stats, second.steps)
    draft.flags.append("change scores")
    first, second = _effective(pair, draft, choices, first, second)
    return compute(draft, _two(first, second), choices, f"{measure} from change scores")


def _lacking(pair: Pair, first: Moments, second: Moments) -> str:
    parts = [f"{arm} lacks {m.lacks()}" for arm, m in ((pair.arm_1, first), (pair.arm_2, second)) if m.lacks()]
    return "; ".join(parts)


def _effective(pair: Pair, draft: Draft, choices: Choices, first: Moments, second: Moments) -> tuple[Moments, Moments]:
    """Sample sizes divided by the design effect in a cluster trial whose numbers ignore the clusters."""
    factor = cluster_factor(pair, choices, draft)
    if factor == 1.0:
        return first, second
    return (
        Moments(first.mean, first.sd, (first.n or 0) / factor),
        Moments(second.mean, second.sd, (second.n or 0) / factor),
    )


def _from_test(pair: Pair, measure: str, choices: Choices) -> Draft:
    """d, t, F or p of the contrast with both n; a reported difference with its SE or interval."""
    draft = Draft(measure)
    c = pair.contrast
    n1, n2 = arm_n(pair.stats_1, pair.n_1), arm_n(pair.stats_2, pair.n_2)
    if c is None:
        return draft
    if n1 is None or n2 is None:
        return draft.fail("the contrast's statistics need the n of both arms")
    if measure == "MD":
        return _difference(draft, pair, c, n1, n2, choices)
    if measure not in ("SMD", "RPB", "ZPB", "RBIS", "ZBIS", "D2OR", "D2ORN", "D2ORL"):
        return draft
    factor = cluster_factor(pair, choices, draft)
    inputs, words = _test_inputs(pair, c, n1, n2, choices, draft)
    if inputs is None:
        return draft.fail(words)
    return compute(draft, {**inputs, "n1i": n1 / factor, "n2i": n2 / factor}, choices, f"{measure} from {words}")


def _test_inputs(
    pair: Pair, c: Statistics, n1: float, n2: float, choices: Choices, draft: Draft
) -> tuple[dict[str, float] | None, str]:
    sign = pair.contrast_sign
    unit = f"{pair.arm_1} vs {pair.arm_2}" if sign == 1 else f"{pair.arm_2} vs {pair.arm_1}"

    def used(*stats: str) -> None:
        draft.used += [("results", unit, s) for s in stats]

    if (d := c.get("d")) is not None:
        used("d")
        return {"di": sign * d}, "d and n"
    if (g := c.get("g")) is not None:
        used("g")
        draft.flags.append("g taken back to d")
        return {"di": sign * g / conversions.g_from_d(1.0, n1 + n2 - 2, choices.correction)}, "g and n"
    if (t := c.get("t")) is not None:
        used("t")
        return {"ti": sign * t}, "t and n"
    if (r := c.get("r")) is not None and abs(r) < 1:
        used("r")
        return {"ri": sign * r}, "the point-biserial r and n"
    if (md := c.get("md")) is not None and (se := _se_of_md(c, n1, n2, used)) is not None:
        used("md")
        draft.flags.append("SD pooled from the SE of the difference")
        return {"di": sign * md / conversions.sd_from_difference(se, n1, n2)}, "mean difference, its SE and n"
    if md is not None and (sd := c.get("sd")) is not None:
        within = conversions.sd_within_from_total(sd, md, n1, n2)
        if math.isnan(within):
            return None, "the SD of both arms together is too small for the difference of their means"
        used("md", "sd")
        draft.flags.append("SD within the arms from that of both together")
        return {"di": sign * md / within}, "mean difference, SD of both arms together and n"
    if (beta := c.get("beta")) is not None and abs(beta) < 1:
        used("beta")
        return {"ri": sign * beta}, "the standardized coefficient of the arm and n"
    direction = direction_of(pair)
    f, p, eta2 = c.get("F"), c.cells.get("p"), c.get("eta2")
    if f is not None and _of_two_groups(c, n1 + n2):
        if direction == 0:
            return None, "F has no sign and no means show the direction"
        used("F")
        return {"ti": conversions.t_from_f(f, direction)}, "F and n"
    if eta2 is not None and 0 <= eta2 < 1 and f is None and direction:
        used("eta2")
        draft.flags.append("eta squared of two groups taken as the square of the point-biserial r")
        return {"di": conversions.d_from_r(math.copysign(math.sqrt(eta2), direction), n1, n2)}, "eta squared and n"
    if p is None and f is not None:
        return None, f"F with {c.get('df'):g} numerator degrees of freedom is no test of two groups"
    if p is None:
        return None, "the contrast has no d, t, F or p"
    if direction == 0:
        return None, "p has no sign and no means show the direction"
    value = as_p(p.value)
    if value.relation == ">" or (not value.exact and choices.bounded_p == "skip"):
        return None, f"p is only bounded ({value.relation}{value.value:g})"
    if not value.exact:
        draft.flags.append(f"p {value.relation} {value.value:g} taken as {value.value:g}")
    used("p")
    return {"pi": math.copysign(value.value, direction)}, "p and n"


def _of_two_groups(c: Statistics, n: float) -> bool:
    """Has an F one numerator degree of freedom? A lone df near the number of people is that of the denominator."""
    df, df2 = c.get("df"), c.get("df2")
    return df in (None, 1.0) or (df2 is None and df is not None and n / 2 <= df <= n - 2 and df > 2)


def _se_of_md(c: Statistics, n1: float, n2: float, used: Callable[..., None]) -> float | None:
    se, low, high = c.get("md_se"), c.get("md_ci_lb"), c.get("md_ci_ub")
    if se is not None:
        used("md_se")
        return se
    if low is not None and high is not None:
        used("md_ci_lb", "md_ci_ub")
        return conversions.se_of_difference(low, high, n1, n2)
    t, md = c.get("t"), c.get("md")
    if t and md is not None:
        used("t")
        return abs(md / t)
    p = c.get("p")
    if p is not None and md and 0 < p < 1:  # Handbook, 6.5.2.3
        used("p")
        return abs(md) / conversions.t_from_p(p, n1 + n2 - 2)
    return None


def _difference(draft: Draft, pair: Pair, c: Statistics, n1: float, n2: float, choices: Choices) -> Draft:
    unit = c.unit

    def used(*stats: str) -> None:
        draft.used += [("results", unit, s) for s in stats]

    md = c.get("md")
    se = _se_of_md(c, n1, n2, used) if md is not None else None
    if md is None or se is None:
        return draft.fail("the contrast has no mean difference with SE or interval")
    used("md")
    draft.yi, draft.vi, draft.formula = pair.contrast_sign * md, se**2, "MD and its SE as reported"
    draft.inputs = {"md": pair.contrast_sign * md, "se": se, "n1i": n1, "n2i": n2}
    return inflated(draft, pair, choices)
