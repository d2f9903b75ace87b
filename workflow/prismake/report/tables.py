"""The report's tables, each built from files of results/; an empty review gives tables that say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prismake.report.blocks import Cell, Column, Content, Table, sort_key
from prismake.report.facts import Analysis, Facts
from prismake.report.formats import is_missing
from prismake.report.numbers import Number
from prismake.report.results import is_true, number_in
from prismake.report.words import authors_short, label_of, sentence
from prismake.screening.votes import PHASE_WORDS

_HEADS = {
    "study_id": "Study id",
    "label": "Study",
    "year": "Year",
    "country": "Country",
    "design": "Design",
    "n_randomised": "N randomised",
    "n_analysed": "N analysed",
    "age_mean": "Mean age",
    "follow_up": "Follow-up",
    "pct_female": "% female",
    "rob": "Risk of bias",
    "doi": "DOI",
    "yi": "Effect",
    "vi": "Variance",
    "sei": "SE",
    "ni": "N",
    "n1": "n₁",
    "n2": "n₂",
    "m1": "M₁",
    "m2": "M₂",
    "sd1": "SD₁",
    "sd2": "SD₂",
    "k": "k",
}

_IDENTIFIERS = {"study_id", "report_id", "record_id", "outcome_id", "effect_id", "primary_report_id"}


def head_of(column: str) -> str:
    """A column's head in words."""
    return _HEADS.get(column, label_of(column).capitalize())


def plain_table(
    facts: Facts,
    file: str,
    *,
    id: str,
    title: str,
    columns: Sequence[str] = (),
    prose: Sequence[str] = (),
    empty: str = "",
    note: str = "",
) -> Table:
    """A table of a results CSV as it stands: the given columns that it has, or all with content except ids."""
    rows = facts.results.table(file)
    present = list(rows[0]) if rows else []
    chosen = [c for c in columns if c in present] or [
        c for c in present if c not in _IDENTIFIERS and any(r.get(c) for r in rows)
    ]
    numeric = {c for c in chosen if rows and all(number_in(r.get(c, "")) is not None for r in rows if r.get(c))}
    heads = [Column(head_of(c), "right" if c in numeric and c != "year" else "left", c in prose) for c in chosen]
    by = [c for c in present if c in _IDENTIFIERS][:2] or present[:1]
    body: list[list[Content]] = [
        [
            facts.numbers.cell(file, r, c, by, "plain")
            if c in numeric and c != "year" and r.get(c)
            else Cell(r.get(c, ""))
            for c in chosen
        ]
        for r in rows
    ]
    return Table(id, title, heads, body, note, empty or "Nothing to show yet.", file)


def searches(facts: Facts) -> Table:
    """Databases searched, with platform, date and records."""
    rows: list[list[Content]] = []
    for search in facts.searches:
        found = facts.numbers.entry("flow/flow.json", f"sources.{search['id']}", "count")
        rows.append(
            [
                str(search["database"]),
                str(search.get("platform") or "not stated"),
                str(search.get("date") or "not stated"),
                str(search.get("limits") or "none stated"),
                found,
            ]
        )
    heads = [
        Column("Database or register"),
        Column("Platform"),
        Column("Date searched"),
        Column("Limits", prose=True),
        Column("Source records", "right"),
    ]
    return Table(
        "searches",
        "Searches",
        heads,
        rows,
        empty="No search is configured.",
    )


def joined_by(facts: Facts) -> Table:
    """What joined source records: each rule with the pairs that it joined, people's rulings among them."""
    file = "deduplication/summary.json"
    found = facts.results.json(file).get("joined_by") or {}
    n = facts.numbers
    rows: list[list[Content]] = [
        [sentence(rule).rstrip("."), n.entry(file, f"joined_by.{rule}", "count")]
        for rule, count in sorted(found.items(), key=lambda item: (-int(item[1]), item[0]))
    ]
    heads = [Column("What joined two source records", prose=True), Column("Pairs", "right")]
    note = "Of several source records of one entry every pair is counted, so pairs are more than duplicates removed."
    return Table("joined_by", "How duplicates were found", heads, rows, note, "No source records were joined.", file)


def pending(facts: Facts) -> Table:
    """What waits, and for whom: one row a stage, kind and person."""
    rows: list[list[Content]] = []
    for (stage, what, who), n in facts.pending.items():
        number = facts.numbers.derived(
            f"pending.{stage}.{what}.{who}",
            n,
            "count",
            [f"{_stage_folder(stage)}/pending.csv"],
            f"rows with stage {stage}, what {what}, who {who or 'nobody'}",
        )
        rows.append([label_of(stage).capitalize(), sentence(what).rstrip("."), who or "not assigned", number])
    heads = [Column("Stage"), Column("What is missing", prose=True), Column("Waits for"), Column("How many", "right")]
    return Table("pending", "What this review still waits for", heads, rows, empty="Nothing is pending.")


def _stage_folder(stage: str) -> str:
    return {"title_abstract": "screening", "full_text": "screening", "effects": "extraction"}.get(stage, stage)


def exclusion_reasons(facts: Facts) -> Table:
    """Reports excluded in full text, by primary reason."""
    flow = facts.results.json("flow/flow.json")
    rows: list[list[Content]] = []
    for source in ("reasons", "other_reasons"):
        for i, reason in enumerate(flow.get(source) or []):
            arm = "Databases and registers" if source == "reasons" else "Other methods"
            rows.append([arm, str(reason["label"]), facts.numbers.entry("flow/flow.json", f"{source}.{i}.n", "count")])
    heads = [Column("Found by"), Column("Primary reason", prose=True), Column("Reports", "right")]
    return Table(
        "exclusion_reasons",
        "Reports excluded in full text, by primary reason",
        heads,
        rows,
        empty="No report has been excluded in full text.",
        file="flow/flow.json",
    )


def excluded_reports(facts: Facts) -> Table:
    """PRISMA 2020 item 16b: each excluded report with its reason."""
    rows: list[list[Content]] = []
    for report in facts.results.table("retrieval/reports.csv"):
        if report.get("full_text") != "exclude":
            continue
        reason = facts.reason_label(report.get("primary_reason", "")) or "no reason given"
        who = authors_short(report.get("authors", "")) or "No author"
        rows.append(
            [
                Cell(f"{who} ({report.get('year') or 'n.d.'})", sort=f"{who.casefold()} {report.get('year', '')}"),
                Cell(report.get("title", ""), href=doi_link(report.get("doi", ""))),
                reason,
                report.get("doi", ""),
            ]
        )
    rows.sort(key=lambda row: sort_key(row[0]))
    heads = [Column("Report"), Column("Title", prose=True), Column("Primary reason", prose=True), Column("DOI")]
    heads, rows = without_blank(heads, rows)
    return Table(
        "excluded_reports",
        "Reports that were assessed in full text and excluded",
        heads,
        rows,
        empty="No report has been excluded in full text.",
        file="retrieval/reports.csv",
    )


def doi_link(doi: str) -> str:
    """The address of a DOI, "" for none or for what is no DOI."""
    return f"https://doi.org/{doi}" if doi.startswith("10.") and "/" in doi else ""


def characteristics(facts: Facts) -> Table:
    """PRISMA 2020 item 17: the characteristics of the included studies, their overall risk of bias last."""
    file = "extraction/characteristics.csv"
    table = plain_table(
        facts,
        file,
        id="characteristics",
        title="Characteristics of the included studies",
        empty="No study has been extracted yet.",
    )
    overall: dict[str, list[str]] = {}
    for row in facts.results.table("risk_of_bias/overall.csv"):
        overall.setdefault(row.get("study_id", ""), []).append(row.get("overall", ""))
    heads = [*table.columns, Column("Risk of bias")]
    rows: list[list[Content]] = []
    for row, cells in zip(facts.results.table(file), table.rows, strict=True):
        judged = "; ".join(dict.fromkeys(filter(None, overall.get(row.get("study_id", ""), []))))
        first = cells[0]
        if isinstance(first, Cell) and row.get("study_id") in facts.reference_ids:
            first = Cell(first.text, href=f"#ref-{facts.reference_ids[row['study_id']]}")
        rows.append([first, *cells[1:], Cell(label_of(judged), mark=label_of(judged))])
    heads, rows = without_blank(heads, rows)
    note = "Studies are listed as they were extracted; each leads to its reference." if facts.reference_ids else ""
    return Table(table.id, table.title, heads, rows, note, table.empty, table.file)


def without_blank(heads: list[Column], rows: list[list[Content]]) -> tuple[list[Column], list[list[Content]]]:
    """Columns that hold nothing at all are left out."""
    keep = [i for i in range(len(heads)) if not rows or any(_filled(r[i]) for r in rows)]
    return [heads[i] for i in keep], [[r[i] for i in keep] for r in rows]


def _filled(cell: Content) -> bool:
    return bool(cell) if isinstance(cell, str) else bool(cell.text) or isinstance(cell, Number)


def analyses(facts: Facts) -> Table:
    """Every analysis with its stamp, estimate, interval, heterogeneity."""
    rows: list[list[Content]] = []
    for a in facts.analyses:
        file = f"analyses/{a.name}/result.json"
        n = facts.numbers
        if not a.estimable:
            k = n.entry(file, "k", "count") if a.result.get("k") is not None else ""
            rows.append(
                [Cell(a.title, href=f"#analysis-{a.name}"), a.stamp_words, k, "", sentence(a.reason), "", "", "", ""]
            )
            continue
        rows.append(
            [
                Cell(a.title, href=f"#analysis-{a.name}"),
                a.stamp_words,
                n.n(f"{a.name}.k"),
                n.n(f"{a.name}.N") if n.has(f"{a.name}.N") else "",
                n.n(f"{a.name}.estimate"),
                interval(facts, a.name),
                n.n(f"{a.name}.p"),
                n.n(f"{a.name}.I2") if n.has(f"{a.name}.I2") else "",
                n.n(f"{a.name}.tau2") if a.random and n.has(f"{a.name}.tau2") else "",
            ]
        )
    heads_of_intervals = {a.interval_head for a in facts.run}
    alike = len(heads_of_intervals) == 1
    ci = next(iter(heads_of_intervals)) if alike else "CI"
    heads = [
        Column("Analysis", prose=True),
        Column("Registration", prose=True),
        *(Column(h, "right") for h in ("k", "N", "Estimate", ci, "p", "I²", "τ²")),
    ]
    return Table(
        "analyses",
        "All analyses",
        heads,
        rows,
        f"k = studies, N = participants, CI = confidence interval{'' if alike else ' at the level of the analysis'}.",
        "No analysis is planned.",
    )


def interval(facts: Facts, prefix: str, low: str = "ci_lb", high: str = "ci_ub") -> Cell:
    """An interval as one cell: [0.05, 0.39]."""
    lower, upper = facts.numbers.n(f"{prefix}.{low}"), facts.numbers.n(f"{prefix}.{high}")
    if not (lower.known and upper.known):
        return Cell("")
    return Cell(f"[{lower.text}, {upper.text}]", lower.value)


def subgroup_block(analysis: Analysis, column: str) -> Any:
    """The block of one subgroup column; one with the reason alone where no subgroups could be formed at all."""
    found = analysis.result.get("subgroups") or {}
    content = found.get(column)
    return content if isinstance(content, dict) else {"not_estimable": found.get("not_estimable")}


def subgroups(facts: Facts, analysis: Analysis, column: str) -> Table:
    """The levels of one subgroup analysis, and the test of their difference."""
    file = f"analyses/{analysis.name}/result.json"
    content = subgroup_block(analysis, column)
    rows: list[list[Content]] = []
    n = facts.numbers
    for i, level in enumerate(content.get("levels") or []):
        at = f"subgroups.{column}.levels.{i}"
        block = estimate_key(level)
        rows.append(
            [
                label_of(str(level.get("level", ""))),
                n.entry(file, f"{at}.k", "count"),
                known_or_blank(n.entry(file, f"{at}.N", "size")),
                *estimate_cells(facts, file, f"{at}.{block}" if block else at, level.get("not_estimable")),
                known_or_blank(n.entry(file, f"{at}.heterogeneity.I2", "percent")),
            ]
        )
    heads = [
        Column(head_of(column.removeprefix("study_"))),
        *(Column(h, "right") for h in ("k", "N", analysis.analysis_symbol, analysis.interval_head, "p", "I²")),
    ]
    return Table(
        f"subgroup-{analysis.name}-{column}",
        f"Subgroups by {label_of(column.removeprefix('study_'))}: {analysis.title}",
        heads,
        rows,
        empty=sentence(str(content.get("not_estimable") or "No subgroup could be formed")),
        file=file,
        stamp=analysis.stamp_words,
    )


def estimate_key(block: Any) -> str:
    """Where in a block its estimate stands: the one on the scale of reading first."""
    for key in ("transformed", "estimate"):
        if isinstance(block, dict) and isinstance(block.get(key), dict) and not is_missing(block[key].get("b")):
            return key
    return "estimate" if isinstance(block, dict) and isinstance(block.get("estimate"), dict) else ""


def known_or_blank(number: Number) -> Content:
    return number if number.known else ""


def estimate_cells(facts: Facts, file: str, at: str, reason: Any = None) -> list[Content]:
    n = facts.numbers
    b = n.entry(file, f"{at}.b", "estimate")
    low, high = n.entry(file, f"{at}.ci_lb", "estimate"), n.entry(file, f"{at}.ci_ub", "estimate")
    p = n.entry(
        file, f"{at.removesuffix('transformed')}estimate.pval" if at.endswith("transformed") else f"{at}.pval", "p"
    )
    if not b.known:
        return [Cell(str(reason or "not estimable")), "", ""]
    return [b, Cell(f"[{low.text}, {high.text}]", low.value) if low.known and high.known else "", known_or_blank(p)]


def deviations(facts: Facts) -> Table:
    """The deviations from the registration (PRISMA 2020 item 24c)."""
    wanted = ["id", "item", "type", "timing", "original_wording", "deviation", "reason", "explanation", "reader_impact"]
    if any(row.get("registered_setting") for row in facts.results.table("protocol/deviations.csv")):
        wanted.append("registered_setting")
    return plain_table(
        facts,
        "protocol/deviations.csv",
        id="deviations",
        title="Deviations from the registration",
        columns=wanted,
        prose=["original_wording", "deviation", "explanation", "reader_impact", "registered_setting"],
        empty="No deviation from the registration was logged.",
    )


def claims(facts: Facts) -> Table:
    """The claims audit: each statement and its verdict."""
    wanted = ["verdict", "claim", "source", "about", "metric", "stated", "check", "against", "why"]
    table = plain_table(
        facts,
        "claims/claims.csv",
        id="claims",
        title="Claims about reviews, checked",
        columns=wanted,
        prose=["stated", "against", "why", "check"],
        empty="No claims were listed.",
    )
    for row in table.rows:
        first = row[0]
        if isinstance(first, Cell):
            row[0] = Cell(first.text, mark=first.text)
    return table


def studies_and_reports(facts: Facts) -> Table:
    """Included studies and the reports of each."""
    titles = {r["report_id"]: r.get("title", "") for r in facts.results.table("retrieval/reports.csv")}
    rows: list[list[Content]] = []
    pooled = set(facts.pooled_studies)
    for study in facts.studies:
        reports = [r.strip() for r in study.get("report_ids", "").split(";") if r.strip()]
        said = "; ".join(titles.get(r) or r for r in reports)
        rows.append(
            [
                study.get("label", ""),
                facts.numbers.cell("retrieval/studies.csv", study, "n_reports", ["study_id"], "count"),
                said,
                "meta-analysis" if study["study_id"] in pooled else "narrative synthesis only",
            ]
        )
    heads = [Column("Study"), Column("Reports", "right"), Column("Titles", prose=True), Column("Synthesised in")]
    return Table(
        "studies",
        "Included studies and their reports",
        heads,
        rows,
        empty="No study has been included yet.",
        file="retrieval/studies.csv",
    )


def not_computed(facts: Facts) -> Table:
    """Study outcomes without an effect, with the reason."""
    rows: list[list[Content]] = [
        [
            facts.labels.get(r.get("study_id", ""), r.get("study_id", "")),
            label_of(r.get("outcome_id") or r.get("outcome", "")),
            sentence(r.get("reason", "")),
        ]
        for r in facts.results.table("effects/not_computed.csv")
    ]
    heads = [Column("Study"), Column("Outcome"), Column("Why no effect was computed", prose=True)]
    return Table(
        "not_computed",
        "Outcomes without a computed effect",
        heads,
        rows,
        empty="An effect was computed for every outcome that was extracted."
        if facts.results.table("effects/effects.csv")
        else "No outcome has been extracted yet.",
        file="effects/not_computed.csv",
    )


def identities(facts: Facts) -> Table:
    """The consistency checks of the flow."""
    rows: list[list[Content]] = [
        [
            r.get("id", ""),
            r.get("statement", ""),
            r.get("left", ""),
            r.get("right", ""),
            Cell(label_of(r.get("holds", "")), mark=r.get("holds", "")),
        ]
        for r in facts.results.table("flow/identities.csv")
    ]
    heads = [
        Column("Id"),
        Column("What must be equal", prose=True),
        Column("Left", "right"),
        Column("Right", "right"),
        Column("Holds"),
    ]
    return Table(
        "identities",
        "Consistency of the counts",
        heads,
        rows,
        empty="The checks have not run.",
        file="flow/identities.csv",
    )


def phase_words(phase: str) -> str:
    """A phase in words."""
    return PHASE_WORDS.get(phase, label_of(phase))


def truth(text: str) -> str:
    """true -> yes."""
    return "yes" if is_true(text) else "no"
