"""Tables that put answers side by side: every customary model of one analysis, and metafor's numbers beside ours."""

from __future__ import annotations

from prismake.report.blocks import Cell, Column, Content, Table
from prismake.report.facts import Analysis, Facts
from prismake.report.formats import MISSING
from prismake.report.results import number_in
from prismake.report.robustness_tables import model_name
from prismake.report.tables import known_or_blank, without_blank
from prismake.report.words import label_of, sentence

OVERVIEW, BOTH = "crosscheck/crosscheck.json", "crosscheck/crosscheck.csv"


def every_model(facts: Facts, a: Analysis) -> Table:
    """One row a model: estimate, interval and p, the robust interval and p, and heterogeneity by both definitions of I²."""
    file, n = f"analyses/{a.name}/result.json", facts.numbers
    rows: list[list[Content]] = []
    block = (a.result.get("sensitivity") or {}).get("all_models")
    for i, model in enumerate(block if isinstance(block, list) else []):
        at = f"sensitivity.all_models.{i}"
        k = known_or_blank(n.entry(file, f"{at}.k", "count"))
        words = model_name(str(model.get("model", "")))
        if model.get("not_estimable"):
            rows.append([words, k, "", Cell(sentence(str(model["not_estimable"]))), *[""] * 6])
            continue
        rows.append(
            [
                words,
                k,
                known_or_blank(n.entry(file, f"{at}.n_effects", "count")),
                n.entry(file, f"{at}.estimate.b", "estimate"),
                _interval(facts, file, f"{at}.estimate"),
                known_or_blank(n.entry(file, f"{at}.estimate.pval", "p")),
                _interval(facts, file, f"{at}.estimate.robust"),
                known_or_blank(n.entry(file, f"{at}.estimate.robust.pval", "p")),
                known_or_blank(n.entry(file, f"{at}.heterogeneity.I2", "percent")),
                known_or_blank(n.entry(file, f"{at}.heterogeneity.I2_Q", "percent")),
            ]
        )
    heads = [
        Column("Model", prose=True),
        *(Column(h, "right") for h in ("k", "Effects", a.analysis_symbol, "CI", "p")),
        *(Column(h, "right") for h in ("Robust CI", "Robust p", "I² from τ²", "I² from Q")),
    ]
    heads, rows = without_blank(heads, rows)
    return Table(
        f"models-{a.name}",
        f"The same effects under every customary model: {a.title}",
        heads,
        rows,
        "Robust: cluster-robust standard errors, the effects of a study being one cluster. I² from τ² is the share of τ² in "
        "the total variance (Higgins & Thompson 2002), I² from Q is (Q − df) / Q.",
        "None was computed.",
        file,
        a.stamp_words,
    )


def _digits(value: float, digits: int) -> str:
    """So many significant digits."""
    return f"{value:.{digits}g}".replace("-", "−")


def _interval(facts: Facts, file: str, at: str) -> Content:
    low, high = (
        facts.numbers.entry(file, f"{at}.ci_lb", "estimate"),
        facts.numbers.entry(file, f"{at}.ci_ub", "estimate"),
    )
    return Cell(f"[{low.text}, {high.text}]", low.value) if low.known and high.known else ""


def crosscheck_summary(facts: Facts) -> Table:
    """One row an analysis: how many numbers metafor recomputed, how many differ, and by how much at most."""
    n = facts.numbers
    found = facts.results.json(OVERVIEW) if facts.results.knows(OVERVIEW) else {}
    titles = {a.name: a.title for a in facts.analyses}
    rows: list[list[Content]] = [
        [
            titles.get(name, label_of(name)),
            n.entry(OVERVIEW, f"analyses.{name}.compared", "count"),
            n.entry(OVERVIEW, f"analyses.{name}.disagreeing", "count"),
            Cell(_digits(entry["largest_relative_difference"], 2), entry["largest_relative_difference"]),
        ]
        for name, entry in sorted((found.get("analyses") or {}).items())
    ]
    heads = [
        Column("Analysis", prose=True),
        *(Column(h, "right") for h in ("Numbers compared", "Differing", "Largest relative difference")),
    ]
    versions = found.get("versions") or {}
    made = " in ".join(f"{name} {versions[name]}" for name in ("metafor", "R") if name in versions)
    note = f"Recomputed by {made}. Every number stands in results/{BOTH}." if made else ""
    reason = sentence(str(found.get("not_compared") or "No analysis was recomputed"))
    return Table("crosscheck", "The analyses recomputed by metafor", heads, rows, note, reason, OVERVIEW)


def crosscheck_main(facts: Facts) -> Table:
    """Both numbers side by side: those that differ, and the overall results of every analysis."""
    titles = {a.name: a.title for a in facts.analyses}
    known = facts.results.table(BOTH) if facts.results.knows(BOTH) else []
    rows: list[list[Content]] = []
    for row in known:
        if row["agrees"] != "no" and not (row["part"] == "overall" and row["quantity"] in _MAIN):
            continue
        ours, theirs = (number_in(row[column]) for column in ("prismake", "metafor"))
        rows.append(
            [
                titles.get(row["analysis"], label_of(row["analysis"])),
                row["part"],
                row["quantity"],
                *(Cell(MISSING if value is None else _digits(value, 7), value) for value in (ours, theirs)),
                row["agrees"] or row["note"],
            ]
        )
    heads = [Column("Analysis", prose=True), Column("Part"), Column("Quantity")]
    heads += [Column("Prismake", "right"), Column("metafor", "right"), Column("Agrees")]
    return Table(
        "crosscheck-numbers",
        "Prismake’s and metafor’s numbers side by side",
        heads,
        rows,
        "Overall results, and whatever differs; all others stand in the file.",
        "No analysis was recomputed.",
        BOTH,
    )


_MAIN = frozenset({"b", "se", "ci_lb", "ci_ub", "pval", "tau2", "I2", "QE", "sigma2_study", "sigma2_effect"})
