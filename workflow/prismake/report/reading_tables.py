"""What an estimate means for patients, its power, its sequential boundary, and the same analysis by Bayes, as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prismake.report.blocks import Cell, Column, Content, Table
from prismake.report.facts import Analysis, Facts
from prismake.report.second_opinion_tables import every_model
from prismake.report.tables import known_or_blank, without_blank
from prismake.report.words import label_of, sentence

_READINGS = (
    ("d", "Standardised mean difference", "estimate"),
    ("probability_of_superiority", "Probability of superiority of a treated over an untreated person", "share"),
    ("cohen_u3", "Treated people above the mean of the untreated (Cohen’s U₃)", "share"),
    ("cohen_u1", "Share of the distributions that does not overlap (Cohen’s U₁)", "share"),
    ("overlap", "Overlap of the two distributions", "share"),
    ("besd.r", "Binomial effect size display: correlation", "unit"),
    ("besd.intervention", "Binomial effect size display: success with the intervention", "share"),
    ("besd.control", "Binomial effect size display: success without it", "share"),
)

_FACTORS = {
    "effect": "a mean effect, in the random-effects model",
    "effect_fixed": "a mean effect, in the fixed-effect model",
    "heterogeneity": "heterogeneity, with a mean effect",
    "inclusion_effect": "a mean effect, averaged over both models",
    "inclusion_heterogeneity": "heterogeneity, averaged over both hypotheses on the mean",
}


def _file(a: Analysis) -> str:
    return f"analyses/{a.name}/result.json"


def _with_interval(facts: Facts, file: str, at: str, form: str, point: str, low: str, high: str) -> Content:
    n = facts.numbers
    b, lower, upper = (n.entry(file, f"{at}{key}", form) for key in (point, low, high))
    if not b.known:
        return ""
    return Cell(f"{b.text} [{lower.text}, {upper.text}]", b.value) if lower.known and upper.known else b


def clinical_reading(facts: Facts, a: Analysis) -> Table:
    """The estimate and its interval in the measures that clinicians read."""
    block = (a.result.get("clinical") or {}).get("reading") or {}
    file, at = _file(a), "clinical.reading"
    rows: list[list[Content]] = []
    for key, words, form in _READINGS:
        value = _with_interval(facts, file, f"{at}.{key}.", form, "b", "ci_lb", "ci_ub")
        if value:
            rows.append([words, value])
    for i, found in enumerate(block.get("nnt") or []):
        rows.append(_needed(facts, file, f"{at}.nnt.{i}", found))
    return Table(
        f"clinical-{a.name}",
        f"What the estimate means for patients: {a.title}",
        [Column("Reading", prose=True), Column("Value [CI]", "right")],
        rows,
        "Each is another way to write the same pooled estimate and its confidence interval; all assume normal outcomes of "
        "equal spread where they start from a standardised mean difference.",
        sentence(str(block.get("not_estimable") or "None was computed")),
        file,
        a.stamp_words,
    )


def _needed(facts: Facts, file: str, at: str, found: Mapping[str, Any]) -> list[Content]:
    """A number needed to treat (or to harm), with the event rate it is for."""
    n = facts.numbers
    rate = n.entry(file, f"{at}.control_event_rate", "share")
    what = "Number needed to harm" if found.get("harm") else "Number needed to treat"
    words = f"{what}, {found.get('method', '')}" + (f", control event rate {rate.text}" if rate.known else "")
    if found.get("not_estimable"):
        return [words, Cell(sentence(str(found["not_estimable"])))]
    number, low, high = (n.entry(file, f"{at}.{key}", "statistic") for key in ("nnt", "nnt_ci_lb", "nnt_ci_ub"))
    if not (low.known and high.known):
        return [words, known_or_blank(number)]
    if found.get("through_infinity"):
        return [words, Cell(f"{number.text}; the interval passes through infinity to harm", number.value)]
    return [words, Cell(f"{number.text} [{low.text}, {high.text}]", number.value)]


def power(facts: Facts, a: Analysis) -> Table:
    """Power to find the smallest effect of interest, as planned and with the studies that were found."""
    block = (a.result.get("clinical") or {}).get("power") or {}
    file, at = _file(a), "clinical.power"
    n = facts.numbers
    rows: list[list[Content]] = []
    for name, words in (("planned", "Planned"), ("observed", "With the studies found")):
        part = block.get(name) or {}
        for i, row in enumerate(part.get("rows") or []):
            place = f"{at}.{name}.rows.{i}"
            which = str(row.get("heterogeneity") or row.get("model") or "")
            said = f"{words}, {label_of(which)}" + (
                " heterogeneity" if "heterogeneity" in row else " effects" if which else ""
            )
            rows.append(
                [
                    said,
                    n.entry(file, f"{at}.{name}.k", "count"),
                    known_or_blank(n.entry(file, f"{place}.power", "share")),
                    known_or_blank(n.entry(file, f"{place}.detectable", "estimate")),
                    known_or_blank(n.entry(file, f"{place}.studies_needed", "count")),
                ]
            )
    effect, target = n.entry(file, f"{at}.effect", "estimate"), n.entry(file, f"{at}.target", "share")
    heads = [
        Column("Power of the test of the mean", prose=True),
        *(Column(h, "right") for h in ("k", "Power", "Detectable effect", "Studies needed")),
    ]
    heads, rows = without_blank(heads, rows)
    note = f"For an effect of {effect.text} set beforehand; detectable effect and studies needed at a power of {target.text}."
    empty = sentence(str(block.get("not_estimable") or "None was computed"))
    return Table(f"power-{a.name}", f"Power: {a.title}", heads, rows, note, empty, file, a.stamp_words)


def sequential(facts: Facts, a: Analysis) -> Table:
    """Trial sequential analysis: what was known after each year, and whether the boundary was crossed."""
    block = (a.result.get("clinical") or {}).get("sequential") or {}
    file, at = _file(a), "clinical.sequential"
    n = facts.numbers
    rows: list[list[Content]] = []
    for i, look in enumerate(block.get("looks") or []):
        place = f"{at}.looks.{i}"
        boundary = n.entry(file, f"{place}.boundary", "statistic")
        row: list[Content] = [
            str(look.get("at", "")),
            n.entry(file, f"{place}.k", "count"),
            n.entry(file, f"{place}.fraction", "share"),
            known_or_blank(n.entry(file, f"{place}.z", "statistic")),
            boundary if boundary.known else str(look.get("no_boundary") or ""),
            "yes" if look.get("crossed") else "no",
        ]
        if block.get("futility"):
            row += [known_or_blank(n.entry(file, f"{place}.futility", "statistic")), "yes" if look["futile"] else "no"]
        rows.append(row)
    heads = [
        Column("Up to"),
        *(Column(h, "right") for h in ("k", "Share of the required information", "Z", "Boundary")),
        Column("Crossed"),
    ]
    if block.get("futility"):
        heads += [Column("Futility boundary", "right"), Column("Within it")]
    effect, size, alpha = (
        n.entry(file, f"{at}.{key}", form) for key, form in (("effect", "estimate"), ("power", "share"), ("alpha", "p"))
    )
    note = f"Required information is that for an effect of {effect.text} at a power of {size.text} and a two-sided level of {alpha.text}."
    empty = sentence(str(block.get("not_estimable") or "None was computed"))
    return Table(
        f"sequential-{a.name}", f"Trial sequential analysis: {a.title}", heads, rows, note, empty, file, a.stamp_words
    )


def bayesian(facts: Facts, a: Analysis) -> Table:
    """The same analysis by Bayes: posterior of the mean, of τ, of a new study's effect, and Bayes factors."""
    block = a.result.get("bayesian") or {}
    file, n = _file(a), facts.numbers
    rows: list[list[Content]] = []
    for key, words in (
        ("mu", "Mean effect"),
        ("tau", "τ, the standard deviation of the true effects"),
        ("predictive", "Effect of a new study"),
    ):
        if isinstance(block.get(key), Mapping):
            above = n.entry(file, f"bayesian.{key}.p_positive", "share")
            value = _with_interval(facts, file, f"bayesian.{key}.", "estimate", "median", "cri_lb", "cri_ub")
            rows.append([words, value, known_or_blank(above)])
    factors = block.get("bayes_factors") or {}
    for key, words in _FACTORS.items():
        if isinstance(factors.get(key), Mapping):
            odds = n.entry(file, f"bayesian.bayes_factors.{key}.bf10", "statistic")
            rows.append([f"Bayes factor for {words}", odds, ""])
    heads = [
        Column("Bayesian random-effects model", prose=True),
        Column("Median [credible interval]", "right"),
        Column("Probability above zero", "right"),
    ]
    prior = block.get("prior") or {}
    level = n.entry(file, "bayesian.level", "level")
    note = f"{level.text} credible intervals. Priors: {_prior(prior, n, file)}." if rows else ""
    if factors.get("not_estimable"):
        note += f" {sentence(str(factors['not_estimable']))}"
    empty = sentence(str(block.get("not_estimable") or "None was computed"))
    return Table(f"bayesian-{a.name}", f"By Bayes: {a.title}", heads, rows, note, empty, file, a.stamp_words)


def _prior(prior: Mapping[str, Any], numbers: Any, file: str) -> str:
    parts = []
    for key, words in (("tau", "τ"), ("mu", "the mean")):
        found = prior.get(key) or {}
        details = [
            f"{label_of(name)} {numbers.entry(file, f'bayesian.prior.{key}.{name}', 'estimate').text}"
            for name in ("mean", "sd", "scale")
            if isinstance(found.get(name), int | float)
        ]
        inside = f" ({', '.join(details)})" if details else ""
        parts.append(f"{words} {label_of(str(found.get('family', '')))}{inside}")
    return "; ".join(parts)


def readings(facts: Facts, a: Analysis) -> list[Table]:
    """The tables that were asked for, also those that say why there is nothing."""
    clinical = a.result.get("clinical") or {}
    builders: list[tuple[bool, Callable[[Facts, Analysis], Table]]] = [
        ("reading" in clinical, clinical_reading),
        ("power" in clinical, power),
        ("sequential" in clinical, sequential),
        (bool(a.result.get("bayesian")), bayesian),
        (isinstance((a.result.get("sensitivity") or {}).get("all_models"), list), every_model),
    ]
    return [build(facts, a) for asked, build in builders if asked]
