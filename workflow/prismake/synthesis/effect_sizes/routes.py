"""How one effect is computed: the routes from what is reported, tried in order, for each family of measures."""

from __future__ import annotations

import math
from collections.abc import Callable

from prismake.extraction.long_results import Statistics
from prismake.extraction.values import number, yes
from prismake.synthesis.effect_sizes import conversions
from prismake.synthesis.effect_sizes.choices import (
    CHANGES,
    CORRELATIONS,
    ONE_ARM,
    TWO_COUNTS,
    TWO_MEANS,
    TWO_RATES,
    Choices,
)
from prismake.synthesis.effect_sizes.draft import Draft, compute
from prismake.synthesis.effect_sizes.moments import Moments, arm_moments, change_moments
from prismake.synthesis.effect_sizes.pairs import Pair
from prismake.synthesis.effect_sizes.reported import from_reported

Route = Callable[[Pair, str, Choices], Draft]


def effect(pair: Pair, choices: Choices) -> Draft:
    """The effect of a pair by the first route that works; else a draft whose reason joins what each route lacked."""
    measure = choices.of(pair.outcome["construct"])
    reasons: list[str] = []
    for route in _routes(pair, measure, choices):
        draft = route(pair, measure, choices)
        if draft.computed:
            return draft
        if draft.reason and draft.reason not in reasons:
            reasons.append(draft.reason)
    return Draft(measure).fail("; ".join(reasons) or "nothing reported that gives this measure")


def _routes(pair: Pair, measure: str, choices: Choices) -> list[Route]:
    if choices.prefer_adjusted and any(r.get("adjusted", "").lower() == "yes" for r, _, _ in pair.reported):
        return [from_reported, *_own_routes(pair, measure, choices)]
    return [*_own_routes(pair, measure, choices), from_reported]


def _own_routes(pair: Pair, measure: str, choices: Choices) -> list[Route]:
    if not pair.arm_1:
        return [_correlation] if measure in CORRELATIONS else []
    if measure in ONE_ARM:
        return [_one_arm]
    if measure in CHANGES:
        return [_change_between if pair.arm_2 else _change_within]
    if measure in TWO_MEANS:
        final_and_change: list[Route] = [_final_means]
        if choices.change_scores == "prefer":
            final_and_change = [_change_means, _final_means]
        elif choices.change_scores == "fallback":
            final_and_change = [_final_means, _change_means]
        counts: list[Route] = [_smd_from_counts] if choices.mix_dichotomous and measure == "SMD" else []
        return [*final_and_change, _from_test, *counts]
    if measure in TWO_COUNTS:
        return [_counts]
    if measure in TWO_RATES:
        return [_rates]
    if measure in CORRELATIONS:
        return [_correlation]
    return [_hazard] if measure == "HR" else []


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


def _note(draft: Draft, unit: str, moments: Moments) -> None:
    draft.used += [("results", unit, stat) for stat in moments.stats]
    draft.flags += [step for step in moments.steps if step not in draft.flags]


def _final_means(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = Draft(measure)
    if pair.stats_1 is None or pair.stats_2 is None:
        return draft.fail("no results of " + (pair.arm_1 if pair.stats_1 is None else pair.arm_2))
    first = arm_moments(pair.stats_1, pair.n_1, medians=choices.medians)
    second = arm_moments(pair.stats_2, pair.n_2, medians=choices.medians)
    if not (first.complete and second.complete):
        return draft.fail(_lacking(pair, first, second))
    _note(draft, pair.arm_1, first)
    _note(draft, pair.arm_2, second)
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
    _note(draft, pair.arm_1, first)
    _note(draft, pair.arm_2, second)
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


def cluster_factor(pair: Pair, choices: Choices, draft: Draft) -> float:
    """The design effect to correct with, 1 where none applies; says in the flags what was done or could not be."""
    if not yes(pair.study.get("cluster_randomised", "")) or yes(pair.study.get("clusters_adjusted", "")):
        return 1.0
    size, icc = number(pair.study.get("cluster_size", "")), number(pair.study.get("icc", ""))
    assumed = math.isnan(icc)
    if assumed and choices.icc is not None:
        icc = choices.icc
    if math.isnan(size) or math.isnan(icc):
        draft.flags.append("cluster trial not corrected: cluster size or ICC unknown")
        return 1.0
    factor = conversions.design_effect(size, icc)
    draft.flags.append(f"n divided by the design effect {factor:.3g} (ICC {icc:g}{', assumed' if assumed else ''})")
    return factor


def _from_test(pair: Pair, measure: str, choices: Choices) -> Draft:
    """d, t, F or p of the contrast with both n; a reported difference with its SE or interval."""
    draft = Draft(measure)
    c = pair.contrast
    n1, n2 = _arm_n(pair.stats_1, pair.n_1), _arm_n(pair.stats_2, pair.n_2)
    if c is None:
        return draft
    if n1 is None or n2 is None:
        return draft.fail("the contrast's statistics need the n of both arms")
    if measure == "MD":
        return _difference(draft, pair, c, n1, n2)
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
    if (md := c.get("md")) is not None and (se := _se_of_md(c, n1, n2, used)) is not None:
        used("md")
        draft.flags.append("SD pooled from the SE of the difference")
        return {"di": sign * md / conversions.sd_from_difference(se, n1, n2)}, "mean difference, its SE and n"
    direction = _direction_of(pair)
    f, p = c.get("F"), c.cells.get("p")
    if f is not None and c.get("df") in (None, 1.0):
        if direction == 0:
            return None, "F has no sign and no means show the direction"
        used("F")
        return {"ti": conversions.t_from_f(f, direction)}, "F and n"
    if p is None:
        return None, "the contrast has no d, t, F or p"
    if direction == 0:
        return None, "p has no sign and no means show the direction"
    if p.value.relation == ">" or (not p.value.exact and choices.bounded_p == "skip"):
        return None, f"p is only bounded ({p.value.relation}{p.value.value:g})"
    if not p.value.exact:
        draft.flags.append(f"p {p.value.relation} {p.value.value:g} taken as {p.value.value:g}")
    used("p")
    return {"pi": math.copysign(p.value.value, direction)}, "p and n"


def _direction_of(pair: Pair) -> int:
    """Sign of arm_1 minus arm_2 from means, medians or the reported difference; 0 if unknown."""
    for stat in ("mean", "mean_change", "median"):
        if pair.stats_1 and pair.stats_2:
            a, b = pair.stats_1.get(stat), pair.stats_2.get(stat)
            if a is not None and b is not None and a != b:
                return 1 if a > b else -1
    md = pair.contrast.get("md") if pair.contrast else None
    return 0 if not md else pair.contrast_sign * (1 if md > 0 else -1)


def crude_direction(pair: Pair) -> int:
    """Sign of arm_1 minus arm_2 by whatever shows it, sizes apart: means, counts, tests, reported effects;
    0 if unknown.
    """
    sign = _direction_of(pair)
    if sign:
        return sign
    cells = _table(pair)
    if cells is not None:
        difference = cells["ai"] / cells["n1i"] - cells["ci"] / cells["n2i"]
        return (difference > 0) - (difference < 0)
    for stat, neutral in (("d", 0), ("g", 0), ("t", 0), ("or", 1), ("rr", 1), ("hr", 1), ("log_or", 0), ("rd", 0)):
        value = pair.contrast.get(stat) if pair.contrast else None
        if value is not None and value != neutral:
            return pair.contrast_sign * (1 if value > neutral else -1)
    for row, _, side in pair.reported:
        value = number(row["value"])
        neutral = 1 if row["measure"] in ("or", "rr", "hr", "irr") else 0
        if value == value and value != neutral:
            return side * (1 if value > neutral else -1)
    return 0


def _arm_n(stats: Statistics | None, n_of_arm: float | None) -> float | None:
    for name in ("n", "total", "n_change"):
        value = stats.get(name) if stats else None
        if value is not None and value > 0:
            return value
    return n_of_arm


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
    return None


def _difference(draft: Draft, pair: Pair, c: Statistics, n1: float, n2: float) -> Draft:
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
    return draft


def _table(pair: Pair) -> dict[str, float] | None:
    cells: dict[str, float] = {}
    for stats, n_of_arm, event, size in ((pair.stats_1, pair.n_1, "ai", "n1i"), (pair.stats_2, pair.n_2, "ci", "n2i")):
        if stats is None:
            return None
        total = stats.get("total") or stats.get("n") or n_of_arm
        events = stats.get("events")
        percent = stats.get("percent")
        if events is None and percent is not None and total:
            events = float(round(percent * total / 100))
        if events is None or not total:
            return None
        cells |= {event: events, size: total}
    return cells


def _counts(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = Draft(measure)
    cells = _table(pair)
    if cells is None:
        return draft.fail("no events and totals of both arms")
    if cells["ai"] > cells["n1i"] or cells["ci"] > cells["n2i"]:
        return draft.fail("more events than people")
    for stats, arm in ((pair.stats_1, pair.arm_1), (pair.stats_2, pair.arm_2)):
        names = ("events", "percent", "total", "n")
        draft.used += [("results", arm, s) for s in names if stats and stats.get(s) is not None]
        if stats and stats.get("events") is None:
            draft.flags.append("events from the percentage")
    factor = cluster_factor(pair, choices, draft)
    cells = {k: v / factor for k, v in cells.items()}
    if 0 in (cells["ai"], cells["ci"], cells["n1i"] - cells["ai"], cells["n2i"] - cells["ci"]):
        draft.flags.append("a cell is zero")
    return compute(draft, cells, choices, f"{measure} from events and totals")


def _smd_from_counts(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = _counts(pair, "OR2DL", choices)
    if not draft.computed:
        return draft
    draft.measure = measure
    draft.flags.append("from a dichotomous outcome")
    return smd_from_table(draft, draft.inputs, choices)


def smd_from_table(draft: Draft, cells: dict[str, float], choices: Choices) -> Draft:
    """d from the log odds ratio, then g as from any d (Borenstein et al., 2009, ch. 7; as esc and metapsyTools do)."""
    compute(draft, cells, choices, "SMD from events by the logistic distribution", measure="OR2DL")
    if draft.yi is not None and draft.vi is not None:
        j = conversions.g_from_d(1.0, cells["n1i"] + cells["n2i"] - 2, choices.correction)
        draft.yi *= j
        draft.vi *= 1.0 if choices.vtype == "ESC" else j * j
        draft.vtype = choices.vtype
    return draft


def _rates(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = Draft(measure)
    inputs: dict[str, float] = {}
    for stats, count, time, arm in ((pair.stats_1, "x1i", "t1i", pair.arm_1), (pair.stats_2, "x2i", "t2i", pair.arm_2)):
        x = (
            None
            if stats is None
            else stats.get("rate_events")
            if stats.get("rate_events") is not None
            else stats.get("events")
        )
        t = stats.get("person_time") if stats else None
        if x is None or t is None:
            return draft.fail("no events and person-time of both arms")
        inputs |= {count: x, time: t}
        draft.used += [
            ("results", arm, s) for s in ("rate_events", "events", "person_time") if stats and stats.get(s) is not None
        ]
    return compute(draft, inputs, choices, f"{measure} from events and person-time")


def _one_arm(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft, stats = Draft(measure), pair.stats_1
    assert stats is not None
    n = _arm_n(stats, pair.n_1)
    if measure in ("PR", "PLN", "PLO", "PRZ", "PAS", "PFT"):
        wanted = {"xi": stats.get("events"), "ni": stats.get("total") or n}
    elif measure.startswith("IR"):
        wanted = {"xi": stats.get("events"), "ti": stats.get("person_time")}
    else:
        moments = arm_moments(stats, pair.n_1, medians=choices.medians)
        _note(draft, pair.arm_1, moments)
        wanted = {"mi": moments.mean, "sdi": moments.sd, "ni": moments.n}
    inputs = {k: v for k, v in wanted.items() if v is not None}
    if len(inputs) < len(wanted):
        return draft.fail(f"{pair.arm_1} lacks what {measure} needs")
    names = ("events", "total", "n", "person_time")
    draft.used += [
        ("results", pair.arm_1, s)
        for s in names
        if stats.get(s) is not None and ("results", pair.arm_1, s) not in draft.used
    ]
    return compute(draft, inputs, choices, f"{measure} of one arm")


def _change_inputs(
    stats: Statistics | None, baseline: Statistics | None, n_of_arm: float | None, choices: Choices
) -> tuple[dict[str, float] | None, list[str]]:
    if stats is None or baseline is None:
        return None, []
    r = stats.get("r_pre_post")
    steps = [] if r is not None else ["pre-post correlation assumed"]
    if r is None and stats.get("sd_change") is not None and baseline.get("sd") and stats.get("sd"):
        r = conversions.pre_post_correlation(baseline.get("sd") or 1, stats.get("sd") or 1, stats.get("sd_change") or 0)
        steps = ["pre-post correlation from the three SDs"]
    r = choices.pre_post_correlation if r is None else r
    wanted = {
        "m1i": stats.get("mean"),
        "m2i": baseline.get("mean"),
        "sd1i": baseline.get("sd"),
        "sd2i": stats.get("sd"),
        "ri": r,
        "ni": _arm_n(stats, n_of_arm),
    }
    values = {k: v for k, v in wanted.items() if v is not None}
    return (values if len(values) == len(wanted) else None), steps


def _change_within(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = Draft(measure)
    inputs, steps = _change_inputs(pair.stats_1, pair.baseline_1, pair.n_1, choices)
    if inputs is None:
        return draft.fail("no means and SDs before and after, or no pre-post correlation")
    draft.flags += steps
    draft.used += [("results", pair.arm_1, s) for s in ("mean", "sd", "n")]
    return compute(draft, inputs, choices, f"{measure}, post minus pre")


def _change_between(pair: Pair, measure: str, choices: Choices) -> Draft:
    """Difference of two standardized mean changes (Becker, 1988; Morris & DeShon, 2002)."""
    draft = Draft(measure)
    parts = []
    arms = ((pair.stats_1, pair.baseline_1, pair.n_1), (pair.stats_2, pair.baseline_2, pair.n_2))
    for stats, baseline, n_of_arm in arms:
        inputs, steps = _change_inputs(stats, baseline, n_of_arm, choices)
        if inputs is None:
            return draft.fail("no means and SDs before and after in both arms, or no pre-post correlation")
        draft.flags += [s for s in steps if s not in draft.flags]
        part = compute(Draft(measure), inputs, choices, "")
        if not part.computed:
            return draft.fail(part.reason)
        parts.append(part)
    draft.yi = (parts[0].yi or 0.0) - (parts[1].yi or 0.0)
    draft.vi = (parts[0].vi or 0.0) + (parts[1].vi or 0.0)
    draft.vtype, draft.formula = parts[0].vtype, f"{measure} of arm 1 minus that of arm 2"
    draft.inputs = {f"{k}_{i}": v for i, part in enumerate(parts, 1) for k, v in part.inputs.items()}
    draft.inputs |= {"n1i": parts[0].inputs["ni"], "n2i": parts[1].inputs["ni"]}
    draft.used += [("results", arm, s) for arm in (pair.arm_1, pair.arm_2) for s in ("mean", "sd", "n")]
    return draft


def _correlation(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = Draft(measure)
    stats = pair.contrast or pair.stats_1
    if stats is None:
        return draft
    n = _arm_n(stats, pair.n_1)
    if n is None:
        return draft.fail("the correlation needs n")
    partial = measure in ("PCOR", "ZPCOR")
    names = ("r_partial", "t") if partial else ("r", "t")
    given = {"ri": stats.get(names[0]), "ti": stats.get("t")}
    inputs = {k: v for k, v in given.items() if v is not None}
    if not inputs and (z := stats.get("z")) is not None and not partial:
        inputs = {"ri": math.tanh(z)}
    if partial and (m := stats.get("n_predictors")) is not None:
        inputs["mi"] = m
    if not inputs:
        return draft.fail("no correlation or t")
    draft.used += [("results", stats.unit, s) for s in (*names, "z", "n") if stats.get(s) is not None]
    return compute(
        draft, {**inputs, "ni": n}, choices, f"{measure} from r and n" if "ri" in inputs else f"{measure} from t and n"
    )


def _hazard(pair: Pair, measure: str, choices: Choices) -> Draft:
    """ln HR with its SE from log rank statistics, interval, or p."""
    draft, c = Draft(measure), pair.contrast
    if c is None:
        return draft
    o_e, v = c.get("observed_minus_expected"), c.get("variance")
    if o_e is not None and v:
        estimate, se = conversions.log_hr_from_o_minus_e(o_e, v)
        stats, formula = ["observed_minus_expected", "variance"], "ln HR = (O - E) / V"
    else:
        hr, log_hr = c.get("hr"), c.get("log_hr")
        if hr is None and log_hr is None:
            return draft.fail("no hazard ratio")
        estimate = math.log(hr) if hr is not None else float(log_hr or 0.0)
        low, high, own, p = c.get("hr_ci_lb"), c.get("hr_ci_ub"), c.get("hr_se"), c.get("p")
        stats = ["hr" if hr is not None else "log_hr"]
        if own is not None:
            se, formula = own, "ln HR and its SE"
            stats.append("hr_se")
        elif low and high:
            se, formula = conversions.se_from_ci(math.log(low), math.log(high)), "ln HR with SE from the 95% CI"
            stats += ["hr_ci_lb", "hr_ci_ub"]
        elif p is not None and 0 < p < 1:
            se, formula = conversions.se_from_p(estimate, p), "ln HR with SE from p"
            stats.append("p")
        else:
            return draft.fail("the hazard ratio has no SE, interval or exact p")
    draft.used = [("results", c.unit, s) for s in stats]
    draft.yi, draft.vi, draft.formula = pair.contrast_sign * estimate, se**2, formula
    draft.inputs = {"log_hr": draft.yi, "se": se}
    return draft
