"""Effects that a report gives itself: scale, standard error, sign."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from prismake.extraction.values import exact_number, number
from prismake.synthesis.effect_sizes import conversions
from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.continuous import pooled_sd
from prismake.synthesis.effect_sizes.draft import Draft, compute
from prismake.synthesis.effect_sizes.moments import Moments, arm_moments, arm_n
from prismake.synthesis.effect_sizes.pairs import Pair

Row = Mapping[str, str]

# Reported measure -> the measure that it is on its analysis scale, and whether its log must be taken.
SCALES = {
    "g": ("SMD", False),
    "d": ("SMD", False),
    "md": ("MD", False),
    "rd": ("RD", False),
    "r": ("COR", False),
    "z": ("ZCOR", False),
    "or": ("OR", True),
    "log_or": ("OR", False),
    "rr": ("RR", True),
    "log_rr": ("RR", False),
    "hr": ("HR", True),
    "log_hr": ("HR", False),
    "irr": ("IRR", True),
    "log_irr": ("IRR", False),
    "gen": ("GEN", False),
}


def on_analysis_scale(row: Row) -> tuple[str, float, float | None]:
    """(measure, estimate, SE) of a reported effect: logs for ratios; SE from se, interval or exact p, None if none.

    The estimate is NaN where a ratio is not above 0.
    """
    measure, log = SCALES[row["measure"]]
    value = number(row["value"])
    estimate = value if not log else math.log(value) if value > 0 else math.nan
    se = number(row["se"])
    if se == se and se > 0:
        return measure, estimate, se
    low, high, level = number(row["ci_lb"]), number(row["ci_ub"]), number(row["ci_level"])
    if low == low and high == high and high > low and (not log or low > 0):
        ends = (math.log(low), math.log(high)) if log else (low, high)
        return measure, estimate, conversions.se_from_ci(*ends, level if 0 < level < 100 else 95.0)
    p = exact_number(row["p"])
    if p is not None and 0 < p.value < 1 and estimate:
        return measure, estimate, conversions.se_from_p(estimate, p.value)
    return measure, estimate, None


def from_reported(pair: Pair, measure: str, choices: Choices) -> Draft:
    """The first reported effect that is, or can be taken to, the protocol's measure."""
    draft = Draft(measure)
    rows = sorted(pair.reported, key=lambda r: (r[0]["adjusted"].lower() == "yes") != choices.prefer_adjusted)
    for row, position, sign in rows:
        if row["measure"] not in SCALES or math.isnan(number(row["value"])):
            continue
        if math.isnan(on_analysis_scale(row)[1]):
            draft.reason = draft.reason or f"the reported {row['measure']} is not above 0"
            continue
        tried = _one(pair, row, sign, measure, choices)
        if tried.computed:
            tried.used = [("effects_reported", row["contrast"], row["measure"])]
            tried.flags.insert(
                0, f"reported effect (row {position + 1})" + (", adjusted" if row["adjusted"].lower() == "yes" else "")
            )
            if row["favours"]:
                _turn(pair, row, tried)
            return tried
        draft.reason = draft.reason or tried.reason
    return draft


def _turn(pair: Pair, row: Row, draft: Draft) -> None:
    """The report says which arm a positive value favours: from here on positive favours arm_1."""
    value = number(row["value"])
    _, log = SCALES[row["measure"]]
    positive = (math.log(value) if log and value > 0 else value) >= 0
    size = abs(draft.yi or 0.0)
    favours_first = (row["favours"] == pair.arm_1) == positive
    draft.yi = size if favours_first else -size
    draft.favours_known = True
    draft.flags.append(f"sign by the report: positive favours {row['favours']}")


def _one(pair: Pair, row: Row, sign: int, measure: str, choices: Choices) -> Draft:
    draft = Draft(measure)
    scale, estimate, se = on_analysis_scale(row)
    n1, n2, n = _sizes(pair, row)
    if "GEN" in (measure, scale) or scale == measure:
        return _as_it_is(draft, row, sign * estimate, se, n1, n2, n, choices)
    if measure in ("COR", "ZCOR") and scale in ("COR", "ZCOR"):
        r = estimate if scale == "COR" else math.tanh(estimate)
        if n is None:
            return draft.fail("the reported correlation needs n")
        return compute(draft, {"ri": sign * r, "ni": n}, choices, f"{measure} from the reported {row['measure']} and n")
    if measure == "SMD" and scale == "COR":
        if n1 is None or n2 is None:
            return draft.fail("the reported r needs n of both arms")
        return compute(draft, {"ri": sign * estimate, "n1i": n1, "n2i": n2}, choices, "SMD from the reported r and n")
    if measure == "SMD" and scale == "MD":
        return _standardized(pair, draft, row, sign * estimate, se, choices)
    if measure == "SMD" and scale == "OR" and choices.mix_dichotomous and se is not None:
        factor = math.sqrt(3) / math.pi
        draft.flags.append("from a dichotomous outcome")
        return _set(draft, sign * factor * estimate, factor * se, "SMD from the reported odds ratio", n1, n2)
    return draft.fail(f"a reported {row['measure']} does not give {measure}")


def _standardized(pair: Pair, draft: Draft, row: Row, difference: float, se: float | None, choices: Choices) -> Draft:
    """A reported mean difference, adjusted or not, over the SD pooled within the arms.

    d = difference / S and V = (SE / S)^2 + d^2 / (2 (n1 + n2)): with SE^2 = S^2 (1 - R^2) (1/n1 + 1/n2) this is the analysis
    of covariance of Borenstein & Hedges (2019), and without covariates the usual d. An unadjusted SE gives S itself.
    """
    first, second = (
        Moments() if stats is None else arm_moments(stats, n, medians=False)
        for stats, n in ((pair.stats_1, pair.n_1), (pair.stats_2, pair.n_2))
    )
    n1, n2, _ = _sizes(pair, row)
    if se is None or n1 is None or n2 is None:
        return draft.fail("the reported md needs its SE, interval or exact p, and the n of both arms")
    if first.sd and second.sd:
        sd = pooled_sd(*(np.array([x]) for x in (n1, first.sd, n2, second.sd)))[0]
        draft.flags.append("standardized by the SD pooled within the arms")
    elif row["adjusted"].lower() == "yes":
        return draft.fail("an adjusted mean difference needs the SDs of both arms to be standardized")
    else:
        sd = conversions.sd_from_difference(se, n1, n2)
        draft.flags.append("SD pooled from the SE of the difference")
    d, j = difference / sd, conversions.g_from_d(1.0, n1 + n2 - 2, choices.correction)
    variance = (se / sd) ** 2 + d * d / (2 * (n1 + n2))
    return _set(draft, j * d, j * math.sqrt(variance), "SMD from the reported mean difference, its SE and SDs", n1, n2)


def _sizes(pair: Pair, row: Row) -> tuple[float | None, float | None, float | None]:
    """n of both arms and of all: of the effect itself, else of its outcome and time, else of the arms."""
    n1, n2 = number(row["n_1"]), number(row["n_2"])
    first = n1 if n1 == n1 else arm_n(pair.stats_1, pair.n_1) if pair.arm_2 else None
    second = n2 if n2 == n2 else arm_n(pair.stats_2, pair.n_2)
    total = number(row["n"])
    whole = total if total == total else (first + second if first and second else pair.n_1 if not pair.arm_2 else None)
    return first, second, whole


def _as_it_is(
    draft: Draft,
    row: Row,
    estimate: float,
    se: float | None,
    n1: float | None,
    n2: float | None,
    n: float | None,
    choices: Choices,
) -> Draft:
    name = row["measure"]
    if name == "r":
        if n is None:
            return draft.fail("the reported correlation needs n")
        return compute(draft, {"ri": estimate, "ni": n}, choices, "r and n as reported")
    if name == "z" and n is not None:
        return compute(draft, {"ri": math.tanh(estimate), "ni": n}, choices, "Fisher's z and n as reported")
    if name == "d" and n1 is not None and n2 is not None:
        if se is None:
            return compute(draft, {"di": estimate, "n1i": n1, "n2i": n2}, choices, "SMD from the reported d and n")
        j = conversions.g_from_d(1.0, n1 + n2 - 2, choices.correction)
        return _set(draft, j * estimate, j * se, "reported d and SE times the small-sample correction", n1, n2)
    if name == "g" and se is None and n1 is not None and n2 is not None:
        j = conversions.g_from_d(1.0, n1 + n2 - 2, choices.correction)
        return compute(draft, {"di": estimate / j, "n1i": n1, "n2i": n2}, choices, "SMD from the reported g and n")
    if se is None:
        return draft.fail(f"the reported {name} has no SE, interval or exact p")
    return _set(draft, estimate, se, f"{name} and its SE as reported", n1, n2)


def _set(draft: Draft, yi: float, se: float, formula: str, n1: float | None, n2: float | None) -> Draft:
    if not (math.isfinite(yi) and 0 < se * se < math.inf):
        return draft.fail("no effect comes of the reported numbers: check the effect, its SE and n")
    draft.yi, draft.vi, draft.formula = yi, se * se, formula
    draft.inputs = {k: v for k, v in (("estimate", yi), ("se", se), ("n1i", n1), ("n2i", n2)) if v is not None}
    return draft
