"""The forest plot of an analysis, from its result and the effects that it pooled."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prismake.report.figures.forest import Forest, Row
from prismake.report.figures.forest_styles import STYLES, arms
from prismake.report.formats import decimals, is_missing, measure_name, p_equals, percent, symbol, variance
from prismake.report.results import Row as Effect
from prismake.report.results import number_in
from prismake.report.words import label_of, noun_for

_LEVELS = {90.0: 1.6448536269514722, 95.0: 1.959963984540054, 99.0: 2.5758293035489004}


def quantile(level: float) -> float:
    """Two-sided quantile of the normal distribution for a confidence level in per cent."""
    if level in _LEVELS:
        return _LEVELS[level]
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + level / 200)


def back_of(result: Mapping[str, Any]) -> Callable[[float], float] | None:
    """The function that turns an estimate into the scale of reading, None where it is read as it is."""
    scale = str((result.get("transformed") or {}).get("scale", ""))
    if "ratio" in scale or (not scale and symbol(str(result.get("measure", ""))) in ("OR", "RR", "IRR", "HR", "ROM")):
        return math.exp
    if scale == "correlation":
        return math.tanh
    if scale == "proportion":
        return lambda v: 1 / (1 + math.exp(-v))
    return None


def title_of(result: Mapping[str, Any]) -> str:
    return str(result.get("title") or label_of(str(result.get("analysis", ""))))


def standard_error(effect: Effect) -> float | None:
    sei = number_in(effect.get("sei", ""))
    if sei is not None and sei > 0:
        return sei
    vi = number_in(effect.get("vi", ""))
    return math.sqrt(vi) if vi is not None and vi > 0 else None


def _level(result: Mapping[str, Any]) -> float:
    level = float(result.get("level") or 95)
    return level if level > 1 else 100 * level


def label_of_effect(effect: Effect, repeated: set[str]) -> str:
    label = effect.get("label") or effect.get("study_id", "")
    outcome = label_of(effect.get("construct") or effect.get("outcome_id") or effect.get("timepoint", ""))
    return f"{label}, {outcome}" if label in repeated and outcome else label


def _count(text: str) -> str:
    value = number_in(text)
    return "" if value is None else f"{value:,.0f}" if value.is_integer() else f"{value:,.1f}"


def size_columns(effects: Sequence[Effect]) -> tuple[str, ...]:
    """The columns of sample sizes to show: both groups where every row has them, else the whole, else none."""
    if all(e.get("n1") and e.get("n2") for e in effects):
        return ("n1", "n2")
    for column in ("n", "ni"):
        if all(e.get(column) for e in effects):
            return (column,)
    return ()


def study_rows(result: Mapping[str, Any], effects: Sequence[Effect]) -> list[Row]:
    """One row an effect, in the order of the result."""
    columns = size_columns(effects)
    z = quantile(_level(result))
    labels = [e.get("label") or e.get("study_id", "") for e in effects]
    repeated = {name for name in labels if labels.count(name) > 1}
    total = sum(number_in(e.get("weight", "")) or 0 for e in effects)
    rows = []
    for e in effects:
        yi, sei, weight = number_in(e["yi"]), standard_error(e), number_in(e.get("weight", ""))
        assert yi is not None and sei is not None
        share = 100 * weight / total if weight is not None and total > 0 else None
        cells = tuple(_count(e.get(c, "")) for c in columns)
        rows.append(
            Row("study", label_of_effect(e, repeated), yi, yi - z * sei, yi + z * sei, share, cells, e.get("rob", ""))
        )
    return rows


def pooled_row(result: Mapping[str, Any], label: str, weight: float | None = 100.0, cells: tuple[str, ...] = ()) -> Row:
    """The diamond of a block that has an estimate."""
    e = result.get("estimate") or {}
    pi = (e["pi_lb"], e["pi_ub"]) if not is_missing(e.get("pi_lb")) and not is_missing(e.get("pi_ub")) else None
    lo, hi = (None if is_missing(e.get(k)) else float(e[k]) for k in ("ci_lb", "ci_ub"))
    return Row("pooled", label, None if is_missing(e.get("b")) else float(e["b"]), lo, hi, weight, cells, pi=pi)


def heterogeneity_text(result: Mapping[str, Any]) -> str:
    """τ², I², Q of a block, on one line."""
    h = result.get("heterogeneity") or {}
    parts = []
    if not is_missing(h.get("tau2")):
        parts.append(f"τ² {'' if variance(h['tau2']).startswith('<') else '= '}{variance(h['tau2'])}")
    if not is_missing(h.get("I2")):
        parts.append(f"I² = {percent(h['I2'])}")
    if not is_missing(h.get("QE")) and not is_missing(h.get("QEp")):
        df = f"({h['QE_df']:g})" if not is_missing(h.get("QE_df")) else ""
        parts.append(f"Q{df} = {decimals(h['QE'], 2)}, p {p_equals(h['QEp'])}")
    return "Heterogeneity: " + ", ".join(parts) if parts else ""


def differences_text(result: Mapping[str, Any], by: str) -> str:
    """The test of differences between the subgroups of a column, where there is one."""
    test = ((result.get("subgroups") or {}).get(by) or {}).get("test") or {}
    if is_missing(test.get("QM")) or is_missing(test.get("p")):
        return ""
    name = f"Q({test['df']:g})" if is_missing(test.get("df2")) else f"F({test['df']:g}, {decimals(test['df2'], 1)})"
    return f"Subgroup differences: {name} = {decimals(test['QM'], 2)}, p {p_equals(test['p'])}"


def _model_label(result: Mapping[str, Any]) -> str:
    names = {
        "equal": "Equal effects",
        "fixed": "Fixed effects",
        "random": "Random effects",
        "multilevel": "Multilevel model",
        "che": "CHE model",
        "multivariate": "Multivariate model",
        "mantel_haenszel": "Mantel-Haenszel",
        "peto": "Peto",
    }
    k = result.get("k")
    return names.get(str(result.get("model", "random")), "Pooled") + (f" (k = {k})" if k else "")


def forest_plot(
    result: Mapping[str, Any],
    effects: Sequence[Effect],
    *,
    stamp: str = "",
    banner: str = "",
    favours: tuple[str, str] = ("", ""),
    by: str = "",
    style: str = "apa",
) -> Forest:
    """The forest plot; `by` groups the rows by a subgroup column of the result, `style` is one of `STYLES`."""
    rows = study_rows(result, effects)
    unique = len({e.get("study_id") for e in effects}) == len(effects)
    how = STYLES[style].arms
    of_events = symbol(str(result.get("measure", ""))) in ("OR", "RR", "RD")
    data = None if how == "size" else arms(effects, how, unique, events_first=of_events)
    if data is not None:
        rows = [replace(r, cells=cells) for r, cells in zip(rows, data.rows, strict=True)]
    estimable = not is_missing((result.get("estimate") or {}).get("b"))
    sizes = size_columns(effects)
    drawn = rows
    if by:
        drawn = grouped(result, effects, rows, by)
    if estimable:
        sums = tuple(f"{sum(number_in(e.get(c, '')) or 0 for e in effects):,.0f}" if unique else "" for c in sizes)
        sums = sums if data is None else data.total
        weight = 100.0 if rows[0].weight is not None else None
        drawn = [*drawn, pooled_row(result, _model_label(result), weight, sums)]
    columns: tuple[str, ...] = ("n₁", "n₂") if len(sizes) == 2 else ("N",) if sizes else ()
    columns = columns if data is None else data.heads
    notes = [heterogeneity_text(result), differences_text(result, by)]
    if estimable and drawn[-1].pi is not None:
        notes.append("Bar through the diamond: prediction interval.")
    if any(r.judgement for r in rows):
        notes.append("RoB, risk of bias: " + legend(rows) + ".")
    if data is None and len(columns) == 2:
        notes.append("n₁ intervention, n₂ comparator.")
    back = back_of(result)
    return Forest(
        title=f"Forest plot: {title_of(result)}",
        description=describe(result, rows),
        rows=drawn,
        measure=symbol(str(result.get("measure", ""))).capitalize()
        if symbol(str(result.get("measure", ""))) == "estimate"
        else symbol(str(result.get("measure", ""))),
        columns=columns,
        groups=() if data is None else data.groups,
        style=style,
        level=f"{_level(result):g}%",
        favours=favours,
        null=0.0,
        back=back,
        stamp=stamp,
        banner=banner,
        with_weights=any(r.weight is not None for r in rows),
        name=f"forest-{result.get('analysis', '')}",
        notes=tuple(n for n in notes if n),
    )


def legend(rows: Sequence[Row]) -> str:
    """The signs of the judgements that occur."""
    from prismake.report.figures.forest import JUDGEMENTS

    seen = list(dict.fromkeys(r.judgement for r in rows if r.judgement))
    return ", ".join(
        f"{JUDGEMENTS.get(j.lower(), (j[:1].upper(), ''))[0]} {j.lower()}"
        for j in sorted(seen, key=lambda j: list(JUDGEMENTS).index(j.lower()) if j.lower() in JUDGEMENTS else 99)
    )


def grouped(result: Mapping[str, Any], effects: Sequence[Effect], rows: Sequence[Row], by: str) -> list[Row]:
    """Rows under their subgroup's name, each subgroup closed by its own diamond."""
    levels = {str(b.get("level")): b for b in ((result.get("subgroups") or {}).get(by) or {}).get("levels") or []}
    names = list(levels) + sorted({e.get(by, "") for e in effects} - set(levels))
    out: list[Row] = []
    for name in names:
        members = [r for r, e in zip(rows, effects, strict=True) if e.get(by, "") == name]
        if not members:
            continue
        out.append(Row("head", label_of(name) or "not reported"))
        out += members
        block = levels.get(name)
        if block and not is_missing((block.get("estimate") or {}).get("b")) and len(members) > 1:
            out.append(pooled_row(block, f"Subtotal (k = {block.get('k', len(members))})", None))
    return out


def describe(result: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """What a forest plot shows, in words."""
    n = len(rows)
    back = back_of(result) or (lambda v: v)
    e = result.get("estimate") or {}
    values = [r.yi for r in rows if r.yi is not None]
    lowest, highest = decimals(back(min(values)), 2), decimals(back(max(values)), 2)
    measure = measure_name(str(result.get("measure") or "effect size"))
    text = f"Forest plot of {n} {noun_for(n, 'effect')}, from {lowest} to {highest} ({measure})."
    if is_missing(e.get("b")):
        return text + f" No pooled estimate: {result.get('not_estimable') or 'not estimable'}."
    text += f" Pooled estimate {decimals(back(e['b']), 2)}"
    if not is_missing(e.get("ci_lb")):
        low, high = decimals(back(e["ci_lb"]), 2), decimals(back(e["ci_ub"]), 2)
        text += f", {_level(result):g}% confidence interval {low} to {high}"
    return text + "."
