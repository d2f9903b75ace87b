"""Routes to an effect of one arm, of change within arms, and of a correlation."""

from __future__ import annotations

import math

from prismake.extraction.long_results import Statistics
from prismake.synthesis.effect_sizes import conversions
from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.clusters import cluster_factor
from prismake.synthesis.effect_sizes.direction import crude_direction
from prismake.synthesis.effect_sizes.draft import Draft, compute
from prismake.synthesis.effect_sizes.moments import arm_moments, arm_n, change_moments
from prismake.synthesis.effect_sizes.pairs import Pair
from prismake.synthesis.effect_sizes.routes_association import phi_of


def _effective(inputs: dict[str, float], pair: Pair, choices: Choices, draft: Draft) -> dict[str, float]:
    """People, events and time divided by the design effect of a cluster trial whose numbers ignore the clusters."""
    said = len(draft.flags)
    factor = cluster_factor(pair, choices, draft)
    if draft.flags[said:] and draft.flags[-1] in draft.flags[:said]:
        draft.flags.pop()  # of two arms it is said once
    return {k: v / factor if k in ("ni", "xi", "ti") else v for k, v in inputs.items()}


def one_arm(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft, stats = Draft(measure), pair.stats_1
    assert stats is not None
    n = arm_n(stats, pair.n_1)
    if measure in ("PR", "PLN", "PLO", "PRZ", "PAS", "PFT"):
        wanted = {"xi": stats.get("events"), "ni": stats.get("total") or n}
    elif measure.startswith("IR"):
        events = stats.get("rate_events")
        wanted = {"xi": events if events is not None else stats.get("events"), "ti": stats.get("person_time")}
    else:
        moments = arm_moments(stats, pair.n_1, medians=choices.medians)
        draft.note(pair.arm_1, moments.stats, moments.steps)
        wanted = {"mi": moments.mean, "sdi": moments.sd, "ni": moments.n}
    inputs = {k: v for k, v in wanted.items() if v is not None}
    if len(inputs) < len(wanted):
        return draft.fail(f"{pair.arm_1} lacks what {measure} needs")
    names = ("events", "rate_events", "total", "n", "person_time")
    draft.used += [
        ("results", pair.arm_1, s)
        for s in names
        if stats.get(s) is not None and ("results", pair.arm_1, s) not in draft.used
    ]
    return compute(draft, _effective(inputs, pair, choices, draft), choices, f"{measure} of one arm")


def _reported_change(
    stats: Statistics | None, n_of_arm: float | None, measure: str, correlation: float | None
) -> tuple[dict[str, float] | None, list[str]]:
    """What a change that the report gives itself, with its SD, SE or interval, is enough for.

    MC and SMCC need no correlation; SMCR takes the SD of the scores from that of the change and the correlation.
    """
    if stats is None or measure not in ("MC", "SMCC", "SMCR") or stats.get("mean_change") is None:
        return None, []
    m = change_moments(stats, None, n_of_arm, None)
    if m.mean is None or not m.sd or m.n is None:
        return None, []
    if measure == "SMCR":
        own = stats.get("r_pre_post")
        r = correlation if own is None else own
        if r is None or not -1 < r < 1:
            return None, []
        sd = conversions.sd_within_from_change(m.sd, r)
        steps = [*m.steps, f"SD of the scores from that of the change and r = {r:g}"]
        return {"m1i": m.mean, "m2i": 0.0, "sd1i": sd, "sd2i": sd, "ri": r, "ni": m.n}, steps
    if measure == "SMCC":
        return {"di": m.mean / m.sd, "ni": m.n}, m.steps
    return {"m1i": m.mean, "m2i": 0.0, "sd1i": m.sd, "sd2i": 0.0, "ri": 0.0, "ni": m.n}, m.steps


def _change_inputs(
    stats: Statistics | None, baseline: Statistics | None, n_of_arm: float | None, measure: str, choices: Choices
) -> tuple[dict[str, float] | None, list[str]]:
    given, said = _reported_change(stats, n_of_arm, measure, choices.pre_post_correlation)
    if given is not None and measure != "SMCR":
        return given, said
    if stats is None or baseline is None:
        return given, said
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
        "ni": arm_n(stats, n_of_arm),
    }
    values = {k: v for k, v in wanted.items() if v is not None}
    return (values, steps) if len(values) == len(wanted) else (given, said)


_CHANGE_STATS = ("mean_change", "sd_change", "se_change", "ci_lb_change", "ci_ub_change", "n_change", "mean", "sd", "n")


def _used_of(arm: str, stats: Statistics | None) -> list[tuple[str, str, str]]:
    return [("results", arm, s) for s in _CHANGE_STATS if stats is not None and stats.get(s) is not None]


def change_within(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = Draft(measure)
    inputs, steps = _change_inputs(pair.stats_1, pair.baseline_1, pair.n_1, measure, choices)
    if inputs is None:
        return draft.fail("no means and SDs before and after, or no pre-post correlation")
    draft.flags += steps
    draft.used += _used_of(pair.arm_1, pair.stats_1)
    return compute(draft, _effective(inputs, pair, choices, draft), choices, f"{measure}, post minus pre")


def change_between(pair: Pair, measure: str, choices: Choices) -> Draft:
    """Difference of two standardized mean changes (Becker, 1988; Morris & DeShon, 2002)."""
    draft = Draft(measure)
    parts = []
    arms = ((pair.stats_1, pair.baseline_1, pair.n_1), (pair.stats_2, pair.baseline_2, pair.n_2))
    for stats, baseline, n_of_arm in arms:
        inputs, steps = _change_inputs(stats, baseline, n_of_arm, measure, choices)
        if inputs is None:
            return draft.fail("no means and SDs before and after in both arms, or no pre-post correlation")
        draft.flags += [s for s in steps if s not in draft.flags]
        part = compute(Draft(measure), _effective(inputs, pair, choices, draft), choices, "")
        if not part.computed:
            return draft.fail(part.reason)
        parts.append(part)
    draft.yi = (parts[0].yi or 0.0) - (parts[1].yi or 0.0)
    draft.vi = (parts[0].vi or 0.0) + (parts[1].vi or 0.0)
    draft.vtype, draft.formula = parts[0].vtype, f"{measure} of arm 1 minus that of arm 2"
    draft.inputs = {f"{k}_{i}": v for i, part in enumerate(parts, 1) for k, v in part.inputs.items()}
    draft.inputs |= {"n1i": parts[0].inputs["ni"], "n2i": parts[1].inputs["ni"]}
    draft.used += [*_used_of(pair.arm_1, pair.stats_1), *_used_of(pair.arm_2, pair.stats_2)]
    return draft


def pretest_posttest_control(pair: Pair, measure: str, choices: Choices) -> Draft:
    """d_ppc2 of both arms' means before and after, SDs before and n, with one pre-post correlation (Morris, 2008)."""
    draft = Draft(measure)
    arms = ((pair.stats_1, pair.baseline_1, pair.n_1), (pair.stats_2, pair.baseline_2, pair.n_2))
    inputs: dict[str, float] = {}
    correlations: list[float] = []
    for position, (stats, baseline, n_of_arm) in enumerate(arms, 1):
        given, steps = _change_inputs(stats, baseline, n_of_arm, measure, choices)
        if given is None:
            return draft.fail("no means and SDs before and after in both arms, or no pre-post correlation")
        given = _effective(given, pair, choices, draft)
        draft.flags += [s for s in steps if s not in draft.flags]
        inputs |= {f"{k}_{position}": v for k, v in given.items()}
        correlations.append(given["ri"])
    treated, control = (
        (inputs[f"m2i_{i}"], inputs[f"m1i_{i}"], inputs[f"sd1i_{i}"], inputs[f"ni_{i}"]) for i in (1, 2)
    )
    if treated[3] + control[3] <= 4 or not treated[2] + control[2] > 0:
        return draft.fail("d_ppc2 needs more than four people and an SD before treatment")
    if correlations[0] != correlations[1]:
        draft.flags.append("the pre-post correlations of both arms averaged")
    r = sum(correlations) / 2
    draft.yi, draft.vi = conversions.d_ppc2(treated, control, r, choices.correction)
    draft.formula = "pretest-posttest-control effect over the SDs before treatment (Morris, 2008)"
    draft.inputs = inputs | {"n1i": treated[3], "n2i": control[3]}
    draft.used += [*_used_of(pair.arm_1, pair.stats_1), *_used_of(pair.arm_2, pair.stats_2)]
    return draft


def correlation(pair: Pair, measure: str, choices: Choices) -> Draft:
    draft = Draft(measure)
    stats = pair.contrast or pair.stats_1
    if stats is None:
        return draft
    n = arm_n(stats, pair.n_1)
    if n is None:
        return draft.fail("the correlation needs n")
    if measure in ("PCOR", "ZPCOR"):
        given = {"ri": stats.get("r_partial"), "ti": stats.get("t"), "mi": stats.get("n_predictors")}
        used = ["r_partial", "t"]
    else:
        z = stats.get("z") if stats.kind == "sample" else None  # of two arms it is that of a test
        given = {"ri": stats.get("r"), "ti": stats.get("t")}
        used = ["r", "t", "z", "rho"]
        if given["ri"] is None and given["ti"] is None and z is not None:
            given["ri"] = math.tanh(z)
        elif given["ri"] is None and given["ti"] is None and (rho := stats.get("rho")) is not None:
            given["ri"] = rho
            draft.flags.append("Spearman's rho taken as r")
        elif given["ri"] is None and given["ti"] is None and {"phi", "chi2"} & stats.cells.keys():
            given["ri"], word = phi_of(stats, n, pair.contrast_sign * crude_direction(pair))
            if given["ri"] is None:
                return draft.fail(word)
            used = [word]
            draft.flags.append("phi of a 2x2 table taken as r")
    inputs = {k: v if k == "mi" else pair.contrast_sign * v for k, v in given.items() if v is not None}
    if not {"ri", "ti"} & inputs.keys():
        return draft.fail("no correlation or t")
    draft.used += [("results", stats.unit, s) for s in (*used, "n") if stats.get(s) is not None]
    words = "r" if "ri" in inputs else "t"
    return compute(draft, {**inputs, "ni": n}, choices, f"{measure} from {words} and n")
