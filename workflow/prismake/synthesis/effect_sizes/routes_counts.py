"""Routes to an effect from counts, rates and hazards, or from a ratio that the report states."""

from __future__ import annotations

import math

from prismake.extraction.long_results import Statistics
from prismake.extraction.values import as_p
from prismake.synthesis.effect_sizes import conversions
from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.clusters import cluster_factor
from prismake.synthesis.effect_sizes.direction import table
from prismake.synthesis.effect_sizes.draft import Draft, compute
from prismake.synthesis.effect_sizes.pairs import Pair

# Measure -> the statistics of a contrast that state it: natural scale, log scale.
_STATED = {"OR": ("or", "log_or"), "RR": ("rr", "log_rr"), "IRR": ("irr", ""), "RD": ("rd", "")}


def counts(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = Draft(measure)
    cells = table(pair)
    if cells is None:
        return draft.fail("no events and totals of both arms")
    if cells["ai"] > cells["n1i"] or cells["ci"] > cells["n2i"]:
        return draft.fail("more events than people")
    for stats, arm in ((pair.stats_1, pair.arm_1), (pair.stats_2, pair.arm_2)):
        names = ("events", "percent", "total", "n")
        draft.used += [("results", arm, s) for s in names if stats and stats.get(s) is not None]
        if stats and stats.get("events") is None and "events from the percentage" not in draft.flags:
            draft.flags.append("events from the percentage")
    factor = cluster_factor(pair, choices, draft)
    cells = {k: v / factor for k, v in cells.items()}
    if 0 in (cells["ai"], cells["ci"], cells["n1i"] - cells["ai"], cells["n2i"] - cells["ci"]):
        draft.flags.append("a cell is zero")
    return compute(draft, cells, choices, f"{measure} from events and totals")


def stated(pair: Pair, measure: str, choices: Choices) -> Draft:
    """A ratio or risk difference that the report states for the contrast, with its SE, interval or exact p."""
    draft, c = Draft(measure), pair.contrast
    if c is None or measure not in _STATED:
        return draft
    natural, log = _STATED[measure]
    value, logged = c.get(natural), c.get(log) if log else None
    ratio = measure != "RD"
    if value is None and logged is None or (ratio and value is not None and value <= 0):
        return draft.fail(f"no {natural} of the contrast")
    name = natural if value is not None else log
    estimate = float(logged or 0.0) if value is None else math.log(value) if ratio else value
    se, stats = _precision(c, natural, estimate, ratio, choices, draft)
    if se is None:
        return draft.fail(f"the {natural} of the contrast has no SE, interval or p")
    draft.used = [("results", c.unit, s) for s in (name, *stats)]
    draft.yi, draft.vi = pair.contrast_sign * estimate, se * se
    draft.formula, draft.inputs = (
        f"{measure} as stated, with its {'SE' if stats[0].endswith('se') else 'interval or p'}",
        {"estimate": draft.yi, "se": se},
    )
    return draft


def _precision(
    c: Statistics, name: str, estimate: float, ratio: bool, choices: Choices, draft: Draft
) -> tuple[float | None, tuple[str, ...]]:
    """SE on the analysis scale of a stated effect, and the statistics that it came from."""
    se, low, high = c.get(f"{name}_se"), c.get(f"{name}_ci_lb"), c.get(f"{name}_ci_ub")
    given = as_p(c.cells["p"].value) if "p" in c.cells else None
    p = given.value if given is not None and given.exact else None
    if se is not None and se > 0:
        return se, (f"{name}_se",)
    if low is not None and high is not None and high > low and (not ratio or low > 0):
        ends = (math.log(low), math.log(high)) if ratio else (low, high)
        return conversions.se_from_ci(*ends), (f"{name}_ci_lb", f"{name}_ci_ub")
    if p is None and given is not None and given.relation == "<" and choices.bounded_p == "bound":
        p = given.value
        draft.flags.append(f"p < {p:g} taken as {p:g}")
    if p is not None and 0 < p < 1 and estimate:
        return conversions.se_from_p(estimate, p), ("p",)
    return None, ()


def smd_from_counts(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = counts(pair, "OR2DL", choices)
    if not draft.computed:
        return draft
    draft.measure = measure
    draft.flags.append("from a dichotomous outcome")
    return smd_from_table(draft, draft.inputs, choices)


def smd_from_stated(pair: Pair, measure: str, choices: Choices) -> Draft:
    """An SMD from an odds ratio that the report states, by the logistic distribution (Borenstein et al., 2009, eq. 7.1)."""
    draft = stated(pair, "OR", choices)
    draft.measure = measure
    if draft.yi is None or draft.vi is None:
        return Draft(measure)
    factor = conversions.d_from_log_or(1.0)
    draft.yi, draft.vi = factor * draft.yi, factor**2 * draft.vi
    draft.formula, draft.inputs = "SMD from the stated odds ratio", {"estimate": draft.yi, "se": math.sqrt(draft.vi)}
    draft.flags.append("from a dichotomous outcome")
    return draft


def smd_from_table(draft: Draft, cells: dict[str, float], choices: Choices) -> Draft:
    """d from the log odds ratio, then g as from any d (Borenstein et al., 2009, ch. 7; as esc and metapsyTools do)."""
    compute(draft, cells, choices, "SMD from events by the logistic distribution", measure="OR2DL")
    if draft.yi is not None and draft.vi is not None:
        j = conversions.g_from_d(1.0, cells["n1i"] + cells["n2i"] - 2, choices.correction)
        draft.yi *= j
        draft.vi *= 1.0 if choices.vtype == "ESC" else j * j
        draft.vtype = choices.vtype
    return draft


def rates(pair: Pair, measure: str, choices: Choices) -> Draft:
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


# The statistic that gave the standard error of ln HR -> the way in words.
_HAZARD = {
    "hr_se": "ln HR and its SE",
    "hr_ci_lb": "ln HR with SE from the 95% CI",
    "p": "ln HR with SE from p",
    "events": "ln HR with SE from the events of the arms (Parmar et al. 1998)",
}


def hazard(pair: Pair, measure: str, choices: Choices) -> Draft:
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
        own, precision = _precision(c, "hr", estimate, True, choices, draft)
        events = [s.get("events") for s in (pair.stats_1, pair.stats_2) if s is not None]
        if own is None and len(events) == 2 and events[0] and events[1]:
            own, precision = math.sqrt(conversions.log_hr_variance_from_events(events[0], events[1])), ("events",)
        if own is None:
            return draft.fail("the hazard ratio has no SE, interval or p, and its arms no events")
        se, formula = own, _HAZARD[precision[0]]
        stats = ["hr" if hr is not None else "log_hr", *(s for s in precision if s != "events")]
        if "events" in precision:
            draft.used += [("results", arm, "events") for arm in (pair.arm_1, pair.arm_2)]
    draft.used += [("results", c.unit, s) for s in stats]
    draft.yi, draft.vi, draft.formula = pair.contrast_sign * estimate, se**2, formula
    draft.inputs = {"log_hr": draft.yi, "se": se}
    return draft
