"""The ways in which a report may have computed the effect that it states, from its own means and counts.

Several formulas go by one name: d over the pooled SD, the average SD, the control group's or the SD before treatment; t with
equal or unequal variances; scores or changes; people or, in a cluster trial, what they count for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from prismake.extraction.long_results import Statistics
from prismake.synthesis.effect_sizes import conversions
from prismake.synthesis.effect_sizes.draft import Draft
from prismake.synthesis.effect_sizes.moments import Moments, arm_moments, change_moments
from prismake.synthesis.effect_sizes.pairs import Pair

Numbers = dict[str, float]
_NAMES = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")


def recomputed(pair: Pair, draft: Draft, measure: str) -> list[tuple[float, float]]:
    """(value, rounding slack) of a reported measure, the draft's own way first; nothing where it came by another way."""
    x = draft.inputs
    if x.keys() >= set(_NAMES) and measure in _MEANS:
        own = [_with_slack(f, x, halves) for x, halves in _sets_of_means(pair, x) for f in _MEANS[measure]]
        # Over the SDs before treatment by the usual formula alone: the more ways there are, the more a wrong number fits.
        return own + [_with_slack(_MEANS[measure][0], x, halves) for x, halves in _over_sds_before(pair)]
    if {"ai", "ci", "n1i", "n2i"} <= x.keys() and measure in _COUNTS:
        cells = (x["ai"], x["n1i"], x["ci"], x["n2i"])
        return [(v, 1e-9) for table in _sets_of_counts(*cells) for v in _COUNTS[measure](*table)]
    return []


def _sets_of_means(pair: Pair, own: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Means, SDs and n with how far rounding may have moved them: the draft's, then of final values and of changes."""
    used = ("mean_change", "sd_change") if _of_changes(pair, own) else ("mean", "sd")
    yield own, _rounding(pair, *used)
    for moments, names in ((_final(pair), ("mean", "sd")), (_change(pair), ("mean_change", "sd_change"))):
        if all(m.complete for m in moments):
            yield _numbers(*moments), _rounding(pair, *names)


def _over_sds_before(pair: Pair) -> Iterator[tuple[Numbers, Numbers]]:
    """Final values and changes with the SDs before treatment."""
    before = [None if b is None else b.get("sd") for b in (pair.baseline_1, pair.baseline_2)]
    for moments in (_final(pair), _change(pair)) if all(sd and sd > 0 for sd in before) else ():
        if all(m.mean is not None and m.n is not None for m in moments):
            over = [Moments(m.mean, sd, m.n) for m, sd in zip(moments, before, strict=True)]
            yield _numbers(*over), _rounding(pair, "mean", "sd")


def _final(pair: Pair) -> list[Moments]:
    arms = ((pair.stats_1, pair.n_1), (pair.stats_2, pair.n_2))
    return [Moments() if s is None else arm_moments(s, n) for s, n in arms]


def _change(pair: Pair) -> list[Moments]:
    arms = ((pair.stats_1, pair.baseline_1, pair.n_1), (pair.stats_2, pair.baseline_2, pair.n_2))
    return [Moments() if s is None else change_moments(s, b, n, None) for s, b, n in arms]


def _of_changes(pair: Pair, own: Numbers) -> bool:
    return pair.stats_1 is not None and pair.stats_1.get("mean_change") == own["m1i"] != pair.stats_1.get("mean")


def _numbers(first: Moments, second: Moments) -> Numbers:
    values = (first.mean, first.sd, first.n, second.mean, second.sd, second.n)
    return {name: float(v) for name, v in zip(_NAMES, values, strict=True) if v is not None}


def _sets_of_counts(a: float, n1: float, c: float, n2: float) -> Iterator[tuple[float, float, float, float]]:
    """The table, and with a cell of zero also with 1/2 added to each."""
    yield a, n1, c, n2
    if 0 in (a, c, n1 - a, n2 - c):
        yield a + 0.5, n1 + 1, c + 0.5, n2 + 1


def _pooled(x: Numbers) -> float:
    n1, n2 = x["n1i"], x["n2i"]
    return math.sqrt(((n1 - 1) * x["sd1i"] ** 2 + (n2 - 1) * x["sd2i"] ** 2) / (n1 + n2 - 2))


def _md(x: Numbers) -> float:
    return x["m1i"] - x["m2i"]


def _d(x: Numbers) -> float:
    return _md(x) / _pooled(x)


def _d_average(x: Numbers) -> float:
    return _md(x) / math.sqrt((x["sd1i"] ** 2 + x["sd2i"] ** 2) / 2)


def _glass(x: Numbers) -> float:
    return _md(x) / x["sd2i"]


def _g(x: Numbers) -> float:
    return conversions.g_from_d(_d(x), x["n1i"] + x["n2i"] - 2)


def _student(x: Numbers) -> float:
    return _d(x) / math.sqrt(1 / x["n1i"] + 1 / x["n2i"])


def _welch(x: Numbers) -> float:
    return _md(x) / math.sqrt(x["sd1i"] ** 2 / x["n1i"] + x["sd2i"] ** 2 / x["n2i"])


_MEANS: dict[str, tuple[Callable[[Numbers], float], ...]] = {
    "d": (_d, _g, _d_average, _glass),
    "g": (_g, _d),
    "t": (_student, _welch),
    "md": (_md,),
}


def _odds(a: float, n1: float, c: float, n2: float) -> list[float]:
    return [a * (n2 - c) / ((n1 - a) * c)] if (n1 - a) * c else []


def _risks(a: float, n1: float, c: float, n2: float) -> list[float]:
    return [(a / n1) / (c / n2)] if c else []


_COUNTS: dict[str, Callable[[float, float, float, float], list[float]]] = {
    "or": _odds,
    "rr": _risks,
    "rd": lambda a, n1, c, n2: [a / n1 - c / n2],
    "log_or": lambda *table: [math.log(v) for v in _odds(*table) if v > 0],
    "log_rr": lambda *table: [math.log(v) for v in _risks(*table) if v > 0],
}


def _rounding(pair: Pair, mean: str, sd: str) -> Numbers:
    """How far rounding may have moved each mean and SD."""

    def half(stats: Statistics | None, name: str) -> float:
        cell = None if stats is None else stats.cells.get(name)
        return 0.0 if cell is None else cell.value.half_unit

    arms = ((pair.stats_1, 1), (pair.stats_2, 2))
    return {f"{short}{i}i": half(stats, name) for stats, i in arms for short, name in (("m", mean), ("sd", sd))}


def _with_slack(function: Callable[[Numbers], float], x: Numbers, halves: Numbers) -> tuple[float, float]:
    """A value and the most that rounding of its inputs can move it (sum of the single moves)."""
    value = function(x)
    slack = 0.0
    for name, half in halves.items():
        if half:
            slack += max(
                abs(function({**x, name: x[name] + s * half}) - value)
                for s in (-1, 1)
                if x[name] + s * half > 0 or name[0] == "m"
            )
    return value, slack
