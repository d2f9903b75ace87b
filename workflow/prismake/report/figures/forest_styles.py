"""How journals lay a forest plot out: which columns stand left and right of the plot, and in what words.

`apa` is the layout of the Publication Manual's seventh edition; `jama` and `bmj` follow the plots of those journals;
`revman` that of Cochrane's Review Manager 5, in grey where that has green and blue, so that no colour is needed to
read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prismake.drawing.text import INK, MUTED
from prismake.report.figures.svg import ACCENT
from prismake.report.formats import decimals
from prismake.report.results import number_in

Effect = Mapping[str, str]


@dataclass(frozen=True)
class Style:
    """A layout. `before` and `after` name what stands left and right of the plot: cells, estimate, weight.

    `arms` says how each arm's data are set (size: sample sizes alone; joined: one column an arm; apart: one column a
    statistic; none). `interval` and `estimate_head` are filled with the numbers and the words of the estimate.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    arms: str = "size"
    study: str = "Study"
    estimate_head: str = "{measure} [{level} CI]"
    interval: str = "{b} [{low}, {high}]"
    weight_head: str = "Weight"
    weight_sign: str = "%"
    favours_above: bool = False
    pooled_line: bool = True
    square: str = INK
    diamond: str = ACCENT


STYLES = {
    "apa": Style(("cells",), ("estimate", "weight")),
    "jama": Style(
        ("cells", "estimate"),
        ("weight",),
        arms="joined",
        study="Source",
        estimate_head="{measure} ({level} CI)",
        interval="{b} ({low} to {high})",
        weight_head="Weight, %",
        weight_sign="",
        favours_above=True,
        pooled_line=False,
        diamond=INK,
    ),
    "bmj": Style(
        ("cells",),
        ("weight", "estimate"),
        arms="counts",
        estimate_head="{measure} ({level} CI)",
        interval="{b} ({low} to {high})",
        weight_head="Weight (%)",
        weight_sign="",
    ),
    "revman": Style(
        ("cells", "weight", "estimate"),
        (),
        arms="apart",
        study="Study or subgroup",
        estimate_head="{measure}, {level} CI",
        pooled_line=False,
        square=MUTED,
        diamond=INK,
    ),
}


@dataclass(frozen=True)
class Arms:
    """The columns with each arm's data: `heads`, `groups` (words and how many columns they span), the `rows`' cells
    and the cells of the `total`."""

    heads: tuple[str, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    total: tuple[str, ...] = ()


# What an arm's data may be, the first that most rows have: its columns, and how each way of setting them shows them.
_EVENTS = ("events", "n")
_MEANS = ("m", "sd", "n")
_HEADS = {"events": "Events", "m": "Mean", "sd": "SD", "n": "Total"}
_ABSENT = "–"


def arms(effects: Sequence[Effect], how: str, sum_up: bool = True, *, events_first: bool = True) -> Arms | None:
    """Each arm's data as columns; None where fewer than half of the effects have them.

    Args:
        effects: the pooled rows.
        how: `arms` of a style. joined gives 12/40 or 10.5 (4.2); apart a column a statistic; counts only 12/40.
        sum_up: whether totals mean something (each study once).
        events_first: whether events are shown where there are means too, as for an odds ratio.
    """
    for stats in (_EVENTS, _MEANS) if events_first else (_MEANS, _EVENTS):
        columns = [f"{stat}{arm}" for arm in (1, 2) for stat in stats]
        having = sum(all(number_in(e.get(c, "")) is not None for c in columns) for e in effects)
        if not effects or having * 2 < len(effects) or (how == "counts" and stats is _MEANS):
            continue
        sums = {c: sum(number_in(e.get(c, "")) or 0 for e in effects) for c in columns}
        total = {c: f"{sums[c]:,g}" if sum_up and c[:-1] in ("events", "n") else "" for c in columns}
        setting = _apart if how == "apart" else _joined
        heads = ("Intervention", "Comparator")
        names = setting({s: _HEADS[s] for s in stats}, stats, "")
        return Arms(
            names * 2,
            tuple((head, len(names)) for head in heads),
            tuple(tuple(c for arm in "12" for c in setting(_texts(e, stats, arm), stats, _ABSENT)) for e in effects),
            tuple(c for arm in "12" for c in setting({s: total[f"{s}{arm}"] for s in stats}, stats, "")),
        )
    return None


def _texts(effect: Effect, stats: Sequence[str], arm: str) -> dict[str, str]:
    """The statistics of one arm as text, means and standard deviations to two decimals."""
    found = {}
    for stat in stats:
        value = number_in(effect.get(f"{stat}{arm}", ""))
        whole = value is not None and stat in ("n", "events")
        found[stat] = "" if value is None else f"{value:g}" if whole else decimals(value, 2)
    return found


def _apart(texts: Mapping[str, str], stats: Sequence[str], absent: str) -> tuple[str, ...]:
    return tuple(texts[stat] or absent for stat in stats)


def _joined(texts: Mapping[str, str], stats: Sequence[str], absent: str) -> tuple[str, ...]:
    if stats is _EVENTS:
        return (f"{texts['events']}/{texts['n']}" if texts["events"] and texts["n"] else absent,)
    mean = f"{texts['m']} ({texts['sd']})" if texts["m"] and texts["sd"] else absent
    return mean, texts["n"] or absent
