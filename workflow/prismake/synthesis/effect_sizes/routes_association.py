"""Routes to an effect from how strongly a 2x2 table is associated: chi-squared with one df, phi, or an odds ratio."""

from __future__ import annotations

import math

from prismake.extraction.long_results import Statistics
from prismake.synthesis.effect_sizes import conversions
from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.clusters import cluster_factor
from prismake.synthesis.effect_sizes.direction import crude_direction
from prismake.synthesis.effect_sizes.draft import Draft, compute
from prismake.synthesis.effect_sizes.moments import arm_n
from prismake.synthesis.effect_sizes.pairs import Pair


def phi_of(c: Statistics, n: float, direction: int) -> tuple[float | None, str]:
    """Phi and the statistic that it came from, or None and why: a chi-squared shows no direction of its own."""
    phi, chi2 = c.get("phi"), c.get("chi2")
    if phi is not None:
        return phi, "phi"
    if chi2 is None:
        return None, "no chi-squared or phi"
    if c.get("df") not in (None, 1.0):
        return None, f"chi-squared with {c.get('df'):g} degrees of freedom is no test of a 2x2 table"
    if chi2 >= n:
        return None, "chi-squared is not below the number of people"
    if direction == 0:
        return None, "chi-squared has no sign and nothing else shows the direction"
    return conversions.phi_from_chi2(chi2, n, direction), "chi2"


def _of_pair(pair: Pair, draft: Draft) -> tuple[float, str, float, float] | None:
    """Phi with the sign of arm_1 minus arm_2, where it came from, and n of both arms; else the draft says why not."""
    c, n1, n2 = pair.contrast, arm_n(pair.stats_1, pair.n_1), arm_n(pair.stats_2, pair.n_2)
    if c is None or not {"phi", "chi2"} & c.cells.keys():
        return None
    if n1 is None or n2 is None:
        draft.fail("the contrast's statistics need the n of both arms")
        return None
    phi, words = phi_of(c, n1 + n2, pair.contrast_sign * crude_direction(pair))
    if phi is None:
        draft.fail(words)
        return None
    draft.used = [("results", c.unit, words)]
    return pair.contrast_sign * phi, words, n1, n2


_NAMES = {"phi": "phi", "chi2": "chi-squared"}


def smd_from_association(pair: Pair, measure: str, choices: Choices) -> Draft:
    """d and its variance from phi or chi-squared (Lipsey & Wilson, 2001), then g as from any d."""
    draft = Draft(measure)
    found = _of_pair(pair, draft)
    if found is None:
        return draft
    phi, words, n1, n2 = found
    factor = cluster_factor(pair, choices, draft)
    n1, n2 = n1 / factor, n2 / factor
    if not 0 < abs(phi) < 1:
        return draft.fail("a phi of 0 or 1 gives no variance")
    d, variance = conversions.d_from_phi(phi, n1 + n2)
    j = conversions.g_from_d(1.0, n1 + n2 - 2, choices.correction)
    draft.yi, draft.vi = j * d, variance * (1.0 if choices.vtype == "ESC" else j * j)
    draft.formula, draft.inputs = f"{measure} from {_NAMES[words]} and n", {"phi": phi, "n1i": n1, "n2i": n2}
    draft.flags.append("from a dichotomous outcome")
    return draft


def log_odds_from_association(pair: Pair, measure: str, choices: Choices) -> Draft:
    """The log odds ratio that d stands for by the logistic distribution, where the margins of the table are not known."""
    draft = smd_from_association(pair, measure, choices) if measure == "OR" else Draft(measure)
    if draft.yi is None or draft.vi is None:
        return draft
    j = conversions.g_from_d(1.0, draft.inputs["n1i"] + draft.inputs["n2i"] - 2, choices.correction)
    factor = math.pi / math.sqrt(3)
    draft.yi *= factor / j
    draft.vi *= factor**2 / (1.0 if choices.vtype == "ESC" else j * j)
    draft.formula += ", by the logistic distribution"
    draft.flags.remove("from a dichotomous outcome")
    return draft


def rebuilt_counts(pair: Pair, measure: str, choices: Choices) -> Draft:
    """The 2x2 table from its margins (people of each arm, events of both together) and its odds ratio, phi or chi-squared."""
    draft, c = Draft(measure), pair.contrast
    n1, n2 = arm_n(pair.stats_1, pair.n_1), arm_n(pair.stats_2, pair.n_2)
    events = c.get("events") if c is not None else None
    if c is None or events is None or n1 is None or n2 is None or not 0 < events < n1 + n2:
        return draft
    first, second = (n1, n2) if pair.contrast_sign == 1 else (n2, n1)
    odds = c.get("or")
    if odds is not None and odds > 0:
        words, cells = "or", conversions.table_from_or(odds, first + second, first, events)
    else:
        phi, words = phi_of(c, first + second, pair.contrast_sign * crude_direction(pair))
        if phi is None:
            return draft.fail(words)
        margins = (first + second, first, events)
        chi2 = c.get("chi2") if words == "chi2" else None
        if chi2 is None:
            cells = conversions.table_from_phi(phi, *margins)
        else:
            cells = conversions.table_from_chi2(chi2, *margins, 1 if phi >= 0 else -1)
    if min(cells) < 0:
        return draft.fail(f"no table with these margins has this {_NAMES.get(words, 'odds ratio')}")
    a, b = (cells[0], cells[2]) if pair.contrast_sign == 1 else (cells[2], cells[0])
    draft.used = [("results", c.unit, stat) for stat in (words, "events")]
    draft.flags.append(f"2x2 table from its margins and {_NAMES.get(words, 'the odds ratio')}")
    factor = cluster_factor(pair, choices, draft)
    inputs = {k: v / factor for k, v in (("ai", float(a)), ("n1i", n1), ("ci", float(b)), ("n2i", n2))}
    return compute(draft, inputs, choices, f"{measure} from events and totals")
