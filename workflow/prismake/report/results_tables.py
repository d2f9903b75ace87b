"""Tables of what the analyses and judgements found: moderators, agreement, risk of bias, directions, registration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prismake.report.blocks import Cell, Column, Content, Figure, Table
from prismake.report.facts import Analysis, Facts
from prismake.report.figures.catalogue import description_in
from prismake.report.results import is_true
from prismake.report.tables import estimate_cells, estimate_key, known_or_blank, phase_words, without_blank
from prismake.report.words import label_of, sentence


def moderators(facts: Facts, a: Analysis) -> Table:
    """Meta-regressions, coefficient by coefficient, with their cluster-robust tests where the analysis has them."""
    file = f"analyses/{a.name}/result.json"
    rows: list[list[Content]] = []
    n = facts.numbers
    reasons: list[str] = []
    models = a.result.get("moderators") or []
    for i, model in enumerate(models if isinstance(models, list) else [models]):
        names = model.get("terms") or []
        title = (
            ", ".join(label_of(str(x).removeprefix("study_")) for x in names) if isinstance(names, list) else str(names)
        )
        coefficients = model.get("coefficients") or []
        if model.get("not_estimable") or not coefficients:
            rows.append(
                [
                    title or "Meta-regression",
                    Cell(sentence(str(model.get("not_estimable") or "No coefficients"))),
                    *[""] * 6,
                ]
            )
            continue
        for j, coefficient in enumerate(coefficients):
            at = f"moderators.{i}.coefficients.{j}"
            term = "intercept" if coefficient.get("name") == "intrcpt" else str(coefficient.get("name") or "")
            reason = (coefficient.get("robust") or {}).get("not_estimable")
            reasons += [reason] if reason and reason not in reasons else []
            rows.append(
                [
                    title,
                    label_of(term.removeprefix("study_")),
                    n.entry(file, f"{at}.b", "slope"),
                    _interval(facts, file, at, "ci_lb", "ci_ub", "slope"),
                    known_or_blank(n.entry(file, f"{at}.pval", "p")),
                    _interval(facts, file, f"{at}.robust", "ci_lb", "ci_ub", "slope"),
                    known_or_blank(n.entry(file, f"{at}.robust.df", "statistic")),
                    known_or_blank(n.entry(file, f"{at}.robust.pval", "p")),
                ]
            )
    heads = [
        Column("Moderators"),
        Column("Term"),
        Column("b", "right"),
        Column(a.interval_head, "right"),
        Column("p", "right"),
        *(Column(head, "right") for head in (f"Robust {a.interval_head}", "Robust df", "Robust p")),
    ]
    tested = any(row[-1] != "" for row in rows)
    heads, rows = without_blank(heads, rows)
    note = "Robust: cluster-robust, the effects of a study being one cluster." if tested else ""
    note = " ".join([note, *(f"No robust test: {reason}." for reason in reasons)]).strip()
    return Table(
        f"moderators-{a.name}",
        f"Meta-regression: {a.title}",
        heads,
        rows,
        note,
        empty="None was computed.",
        file=file,
        stamp=a.stamp_words,
    )


def _interval(facts: Facts, file: str, at: str, low: str, high: str, form: str) -> Cell:
    """Two limits as one cell, blank where there are none."""
    lower, upper = (facts.numbers.entry(file, f"{at}.{key}", form) for key in (low, high))
    return Cell(f"[{lower.text}, {upper.text}]", lower.value) if lower.known and upper.known else Cell("")


def predictions(facts: Facts, a: Analysis) -> Table:
    """What the meta-regressions predict: at each level of a factor; at the lowest, middle and highest value of a number."""
    file = f"analyses/{a.name}/result.json"
    rows: list[list[Content]] = []
    n = facts.numbers
    models = a.result.get("moderators")
    for i, model in enumerate(models if isinstance(models, list) else []):
        for j, term in enumerate(model.get("predictions") or []):
            last = len(term["rows"]) - 1
            factor = term["kind"] == "factor"
            for row in range(last + 1) if factor else (0, last // 2, last):
                at = f"moderators.{i}.predictions.{j}.rows.{row}"
                value = term["rows"][row]["value"]
                scale = estimate_key(term["rows"][row])
                prediction = _interval(facts, file, f"{at}.{scale}", "pi_lb", "pi_ub", "estimate")
                rows.append(
                    [
                        label_of(str(term["term"]).removeprefix("study_")),
                        label_of(str(value)) if factor else n.entry(file, f"{at}.value", "moderator"),
                        *estimate_cells(facts, file, f"{at}.{scale}")[:2],
                        prediction,
                    ]
                )
    heads = [
        Column("Moderator"),
        Column("Value", "right"),
        *(Column(head, "right") for head in (a.symbol, a.interval_head, f"{a.level:g}% PI")),
    ]
    return Table(
        f"predictions-{a.name}",
        f"Predicted by meta-regression, other moderators at their means: {a.title}",
        heads,
        rows,
        note="PI = prediction interval; the coefficients stand in the table before.",
        empty="None was computed.",
        file=file,
        stamp=a.stamp_words,
    )


def agreement(facts: Facts) -> Table:
    """Agreement between reviewers, phase by phase, calibration rounds apart: kappa never without positive
    agreement."""
    file = "screening/agreement.json"
    rows: list[list[Content]] = []
    for words, at, pair in [*_calibration_pairs(facts), *agreement_pairs(facts)]:
        rows.append(
            [
                phase_words(words).capitalize(),
                " and ".join(map(str, pair.get("reviewers") or [])),
                facts.numbers.entry(file, f"{at}.n", "count"),
                *(_coefficient(facts, at, pair, name) for name in ("po", "kappa", "pabak", "ac1", "p_pos", "p_neg")),
            ]
        )
    heads = [
        Column("Phase"),
        Column("Reviewers"),
        *(Column(h, "right") for h in ("n", "Agreement", "κ", "PABAK", "AC1", "P⁺", "P⁻")),
    ]
    heads, rows = without_blank(heads, rows)
    note = (
        "Votes of reviewers before any adjudication; n = records or reports that both decided on; intervals at the level "
        "of 95%. "
        "κ = Cohen’s kappa; PABAK = prevalence- and bias-adjusted "
        "kappa; AC1 = Gwet’s coefficient; P⁺, P⁻ = agreement on inclusion and on exclusion."
    )
    return Table(
        "agreement", "Agreement between reviewers", heads, rows, note, "No record was screened by two reviewers.", file
    )


def agreement_pairs(facts: Facts) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(phase, dotted key, block) of each pair of reviewers, calibration rounds left out."""
    phases = facts.results.json("screening/agreement.json").get("phases") or {}
    for phase, content in sorted(phases.items(), key=lambda item: (item[0] != "title_abstract", item[0])):
        for i, pair in enumerate((content.get("overall") or {}).get("pairs") or []):
            yield phase, f"phases.{phase}.overall.pairs.{i}", pair
        for i, pair in enumerate(content.get("reported") or []):  # a tool's own count, in place of votes
            yield phase, f"phases.{phase}.reported.{i}", pair


def drift_figure(facts: Facts) -> Figure | None:
    """How each reviewer's share of includes, and agreement with the others, went over time; None where nobody voted."""
    path = "screening/drift.svg"
    if not facts.results.knows(path) or not facts.results.table("screening/drift.csv"):
        return None
    return Figure(
        "drift",
        "Reviewers over time",
        path,
        description_in(facts.results.text(path)),
        "Records in the order in which each reviewer voted, in blocks of equal size, with intervals for each share.",
    )


def _calibration_pairs(facts: Facts) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(phase and round in words, dotted key, block) of each pair of reviewers in a calibration round."""
    phases = facts.results.json("screening/agreement.json").get("phases") or {}
    for phase, content in sorted(phases.items(), key=lambda item: (item[0] != "title_abstract", item[0])):
        for r, entry in enumerate(content.get("rounds") or []):
            if not entry.get("calibration"):
                continue
            named = str(entry.get("round") or "")
            named = "" if named.lower() == "calibration" else f" {named}"
            words = f"{phase_words(phase)}, calibration round{named}"
            for i, pair in enumerate(entry.get("pairs") or []):
                yield words, f"phases.{phase}.rounds.{r}.pairs.{i}", pair


def _coefficient(facts: Facts, at: str, pair: Mapping[str, Any], name: str) -> Content:
    """An agreement coefficient with its interval, or why there is none."""
    block = pair.get(name) or {}
    form = "share" if name == "po" else "unit"
    n = facts.numbers.entry("screening/agreement.json", f"{at}.{name}.estimate", form)
    if not n.known:
        return Cell("not estimable", title=str(block.get("reason") or ""))
    low, high = (
        facts.numbers.entry("screening/agreement.json", f"{at}.{name}.{bound}", form) for bound in ("ci_lb", "ci_ub")
    )
    return Cell(f"{n.text} [{low.text}, {high.text}]", n.value) if low.known and high.known else n


def risk_of_bias(facts: Facts) -> Table:
    """Judgements, one row a study (or result), one column a domain, the overall judgement last."""
    overall = facts.results.table("risk_of_bias/overall.csv")
    judged: dict[tuple[str, str], dict[str, str]] = {}
    domains: list[str] = []
    for row in facts.results.table("risk_of_bias/judgements.csv"):
        key, domain = (row.get("study_id", ""), row.get("outcome_id", "")), row.get("domain", "")
        if domain and domain.lower() != "overall":
            judged.setdefault(key, {}).setdefault(domain, row.get("judgement", ""))
            if domain not in domains:
                domains.append(domain)
    named = (facts.protocol.get("risk_of_bias") or {}).get("domains") or {}
    order = [d for d in named if d in domains] + sorted(d for d in domains if d not in named)
    with_outcome = any(r.get("outcome_id") for r in overall)
    rows: list[list[Content]] = []
    for row in overall:
        key = (row.get("study_id", ""), row.get("outcome_id", ""))
        cells: list[Content] = [facts.labels.get(key[0], row.get("label") or key[0])]
        if with_outcome:
            cells.append(label_of(key[1]))
        given = judged.get(key) or judged.get((key[0], "")) or {}
        cells += [Cell(label_of(given.get(d, "")), mark=label_of(given.get(d, ""))) for d in order]
        rows.append([*cells, Cell(label_of(row.get("overall", "")), mark=label_of(row.get("overall", "")))])
    heads = [
        Column("Study"),
        *([Column("Outcome")] if with_outcome else []),
        *(Column(str(named.get(d, d))) for d in order),
        Column("Overall"),
    ]
    reasons = [
        f"{facts.labels.get(r['study_id'], r['study_id'])}: {r['override_reason']}"
        for r in overall
        if r.get("override_reason")
    ]
    note = "Overall judgements that a person set otherwise than the rule: " + "; ".join(reasons) if reasons else ""
    return Table(
        "risk_of_bias",
        "Risk of bias by domain",
        heads,
        rows,
        note,
        "Risk of bias has not been assessed yet.",
        "risk_of_bias/judgements.csv",
    )


def directions(facts: Facts) -> Table:
    """The narrative synthesis' directions of effect."""
    file = "narrative/directions.csv"
    rows: list[list[Content]] = []
    for row in facts.results.table(file):
        by = ["study_id", "construct", "group"]
        rows.append(
            [
                row.get("label", ""),
                label_of(row.get("construct") or row.get("outcome", "")),
                label_of(row.get("group", "")),
                row.get("direction", ""),
                *(facts.numbers.cell(file, row, c, by, "size") if row.get(c) else "" for c in ("n_effects", "people")),
                Cell(label_of(row.get("rob", "")), mark=row.get("rob", "")),
                row.get("evidence", ""),
            ]
        )
    heads = [
        Column("Study"),
        Column("Construct"),
        Column("Group"),
        Column("Direction"),
        Column("Effects", "right"),
        Column("N", "right"),
        Column("Risk of bias"),
        Column("Evidence", prose=True),
    ]
    heads, rows = without_blank(heads, rows)
    empty = "No directions of effect were recorded."
    return Table("directions", "Direction of effects in the narrative synthesis", heads, rows, empty=empty, file=file)


def not_pooled(facts: Facts) -> Table:
    """Included studies that are in no planned meta-analysis: the reason, and what was pooled without a plan."""
    pooled = [(a.title, {str(study) for study in a.result.get("studies") or []}) for a in facts.run]
    rows: list[list[Content]] = [
        [
            str(item.get("label", "")),
            sentence(str(item.get("reason", ""))),
            "; ".join(title for title, studies in pooled if str(item.get("study_id", "")) in studies),
        ]
        for item in facts.results.json("narrative/narrative.json").get("not_pooled") or []
    ]
    heads = [
        Column("Study"),
        Column("Why it is in no planned meta-analysis", prose=True),
        Column("Pooled all the same in", prose=True),
    ]
    heads, rows = without_blank(heads, rows)
    title = "Included studies that are in no planned meta-analysis"
    empty = "No study has been included yet."
    if facts.studies:
        empty = (
            "Every included study is in a planned meta-analysis."
            if set(facts.labels) <= set(facts.pooled_studies)
            else "No included study was set aside from the planned meta-analyses."
        )
    return Table("not_pooled", title, heads, rows, empty=empty, file="narrative/narrative.json")


def registration(facts: Facts) -> Table:
    """Each analysis: whether it was registered, changed, and run."""
    rows: list[list[Content]] = []
    for a in facts.analyses:
        run = a.row.get("run", "yes" if a.estimable else "no")
        rows.append(
            [
                a.title,
                label_of(str(a.result.get("role") or a.row.get("role") or "")),
                a.stamp_words,
                "yes" if is_true(run) else "no",
                "" if is_true(run) else sentence(a.reason),
            ]
        )
    heads = [
        Column("Analysis", prose=True),
        Column("Role"),
        Column("Registration", prose=True),
        Column("Run"),
        Column("Why not", prose=True),
    ]
    heads, rows = without_blank(heads, rows)
    return Table(
        "registration",
        "Analyses as registered and as run",
        heads,
        rows,
        empty="No analysis is planned.",
        file="protocol/analyses.csv",
    )
