"""Small result folders in the form that the stages before the report write, invented, for the report's tests."""

from __future__ import annotations

import csv
import json
import math
import random
from pathlib import Path
from typing import Any

import pandas as pd
from prismake.audit.three_way import DEVIATION_COLUMNS
from prismake.flow.boxes import BOXES
from prismake.screening.retrieval import REPORT_COLUMNS
from prismake.synthesis.analysis import pooled_effects, run_analysis
from prismake.synthesis.effect_sizes.assemble import COLUMNS as EFFECT_COLUMNS

HOSTILE = "<script>alert(1)</script> =cmd|'/C calc'!A0 \\section{x} $y$ *bold* _i_ `c` שלום 😀 & \"quoted\" #1 %"

SETTINGS: dict[str, Any] = {
    "review": {
        "id": "invented-review",
        "title": "An invented review of invented treatments",
        "short_title": "Invented treatments",
        "authors": [
            {"name": "Ada Example", "affiliation": "Invented University", "corresponding": True},
            {"name": "Bo Muster"},
        ],
        "simulated": True,
    },
    "final": False,
    "searches": [
        {
            "id": "scopus",
            "database": "Scopus",
            "platform": "Elsevier",
            "date": "2024-03-01",
            "files": ["a.csv"],
            "string": 'TITLE("personal*") AND <b>',
        },
        {
            "id": "wos",
            "database": "Web of Science",
            "platform": "Clarivate",
            "date": "2024-03-02",
            "files": ["b.txt"],
            "string": "TS=(personal*)",
        },
    ],
    "report": {"formats": ["html"]},
}

PRIMARY = {
    "role": "confirmatory",
    "title": "Personalised against standardised treatment",
    "effects": {"comparator_role": "standardised"},
    "one_per_study": "average",
    "rho": 0.5,
    "model": "random",
    "method": "REML",
    "test": "z",
    "level": 95,
    "subgroups": ["study_tailoring"],
    "moderators": [["study_year"]],
    "sensitivity": ["leave_one_out", "without_high_risk_of_bias", "influence", "cumulative", "baujat"],
    "publication_bias": ["egger", "begg", "trim_and_fill"],
    "high_risk_of_bias": ["high"],
    "favours": ["favours standardised", "favours personalised"],
}

PROTOCOL: dict[str, Any] = {
    "question": "Does invented treatment work better when it is personalised?",
    "eligibility": {"population": "Adults with an invented disorder.", "design": "Randomised controlled trials."},
    "exclusion_reasons": [
        {"id": "not_rct", "label": "Not a randomised trial"},
        {"id": "population", "label": "Other population"},
    ],
    "screening": {
        "title_abstract": {"reviewers": 2, "independent": True, "reconcile": "adjudicator", "maybe_as": "include"},
        "full_text": {"reviewers": 2, "independent": True, "reconcile": "consensus"},
    },
    "risk_of_bias": {
        "tool": "custom",
        "levels": ["low", "moderate", "high"],
        "domains": {"d1": "Randomisation", "d2": "Missing data"},
        "overall": "worst",
        "raters": 2,
    },
    "effect_measure": "SMD",
    "direction": "positive_favours_intervention",
    "analyses": {"primary": PRIMARY},
    "narrative_synthesis": {"planned": True, "method": "vote counting by direction"},
    "extraction": {"extractors": 2, "reconcile": "consensus"},
}


def write_csv(path: Path, rows: list[dict[str, Any]], columns: list[str] | None = None) -> None:
    """A CSV with a header even where there are no rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = columns or list(rows[0])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def write_json(path: Path, value: Any) -> None:
    """A JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, sort_keys=True), encoding="utf-8")


def fabricate(
    folder: Path,
    *,
    records: int = 40,
    studies: int = 12,
    pooled: int = 9,
    pending: int = 0,
    title: str = "",
    seed: int = 4,
) -> Path:
    """A whole results/ below `folder`: `studies` 0 includes nothing, `pooled` 0 makes no analysis possible."""
    rng = random.Random(seed)
    results = folder / "results"
    ids = [f"scopus:2-s2.0-{i:08d}" for i in range(records)]
    titles = {i: title or f"Invented trial {n} of personalised treatment" for n, i in enumerate(ids)}
    duplicates = [f"wos:WOS:{i:09d}" for i in range(records // 4)]
    sought = ids[: max(studies, min(records, studies * 2))]
    excluded = sought[studies:]
    included = sought[:studies]
    reports = [
        {
            "report_id": i,
            "record_id": i,
            "arm": "databases",
            "method": "database",
            "title": titles[i],
            "authors": "Müller, Ann; van der Berg, Bo Jan",
            "year": str(2001 + n % 20),
            "doi": f"10.1000/x{n}",
            "sought": "yes",
            "retrieval": "retrieved",
            "full_text": "include" if i in included else "exclude",
            "primary_reason": "" if i in included else "not_rct",
            "reasons": "",
            "study_id": f"s{n:03d}" if i in included else "",
        }
        for n, i in enumerate(sought)
    ]
    write_csv(
        results / "retrieval/reports.csv",
        reports,
        REPORT_COLUMNS,
    )
    study_rows = [
        {
            "study_id": f"s{n:03d}",
            "label": f"Müller & van der Berg ({2001 + n % 20})" + ("" if n < 20 else f" {n}"),
            "primary_report_id": i,
            "report_ids": i,
            "n_reports": 1,
            "arm": "databases",
            "origin": "new",
        }
        for n, i in enumerate(included)
    ]
    write_csv(
        results / "retrieval/studies.csv",
        study_rows,
        ["study_id", "label", "primary_report_id", "report_ids", "n_reports", "arm", "origin"],
    )
    _records(results, ids, titles)
    _flow(results, ids, titles, duplicates, sought, excluded, included, pending)
    _effects(results, rng, study_rows, pooled)
    _others(results, study_rows, pending, ids)
    return results


def _records(results: Path, ids: list[str], titles: dict[str, str]) -> None:
    frame = pd.DataFrame(
        {
            "record_id": ids,
            "title": [titles[i] for i in ids],
            "authors": "Müller, Ann; van der Berg, Bo Jan",
            "journal": "Journal of Invented Results",
            "volume": "12",
            "issue": "3",
            "pages": "10-19",
            "doi": "10.1000/xyz",
            "abstract": "SECRET ABSTRACT",
        }
    )
    frame["year"] = pd.array([2001 + n % 20 for n in range(len(ids))], dtype="Int64")
    (results / "deduplication").mkdir(parents=True, exist_ok=True)
    frame.to_parquet(results / "deduplication/records.parquet", index=False)
    write_json(results / "deduplication/summary.json", {"records": len(ids)})


def _flow(
    results: Path,
    ids: list[str],
    titles: dict[str, str],
    duplicates: list[str],
    sought: list[str],
    excluded: list[str],
    included: list[str],
    pending: int,
) -> None:
    lists: dict[str, list[str]] = {name: [] for name in BOXES}
    lists |= {
        "database_results": ids + duplicates,
        "duplicates": duplicates,
        "records_screened": ids,
        "records_excluded": [i for i in ids if i not in set(sought)][pending:],
        "records_excluded_human": [i for i in ids if i not in set(sought)][pending:],
        "records_pending": [i for i in ids if i not in set(sought)][:pending],
        "records_advanced": sought,
        "dbr_sought_reports": sought,
        "dbr_assessed": sought,
        "dbr_excluded": excluded,
        "dbr_included_reports": included,
        "new_studies": included,
        "new_reports": included,
        "total_studies": included,
        "total_reports": included,
    }
    absent = {"previous_studies", "previous_reports", "updated_studies", "register_results"} | {
        n for n, b in BOXES.items() if b.arm == "other"
    }
    for name, members in lists.items():
        write_csv(
            results / f"flow/ids/{name}.csv",
            [{"record_id": i, "title": titles.get(i, ""), "note": ""} for i in members],
            ["record_id", "title", "note"],
        )
    write_json(
        results / "flow/flow.json",
        {
            "template": "new_databases",
            "boxes": {n: None if n in absent else len(m) for n, m in lists.items()},
            "databases": [{"name": "Scopus", "n": len(ids)}, {"name": "Web of Science", "n": len(duplicates)}],
            "registers": [],
            "sources": {"scopus": len(ids), "wos": len(duplicates)},
            "excluded_before": [],
            "reasons": [
                {"id": "not_rct", "label": "Not a randomised trial", "n": len(excluded)},
                {"id": "population", "label": "Other population", "n": 0},
            ],
            "other_reasons": [],
            "pending": {"records_pending": pending},
            "interim": pending > 0,
        },
    )
    (results / "flow/flow.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><title>Flow</title></svg>', encoding="utf-8"
    )
    write_csv(
        results / "flow/identities.csv",
        [
            {
                "id": "E2",
                "statement": "identified = removed + screened",
                "left": len(ids),
                "right": len(ids),
                "holds": "yes",
                "difference_ids": "",
                "note": "",
            }
        ],
    )


def _effects(results: Path, rng: random.Random, studies: list[dict[str, Any]], pooled: int) -> None:
    rows = []
    for n, study in enumerate(studies[:pooled]):
        for outcome in ("depression", "anxiety")[: 1 + n % 2]:
            n1, n2 = rng.randint(20, 400), rng.randint(20, 400)
            vi = 1 / n1 + 1 / n2
            yi = rng.gauss(0.25, math.sqrt(vi + 0.02))
            rows.append(
                {
                    "effect_id": f"e-{study['study_id']}-{outcome}",
                    "study_id": study["study_id"],
                    "label": study["label"],
                    "outcome_id": outcome,
                    "construct": outcome,
                    "instrument": "X",
                    "rater": "self",
                    "timepoint": "post",
                    "time_weeks": 12,
                    "arm_1": "a",
                    "arm_2": "b",
                    "comparator_role": "standardised",
                    "measure": "SMD",
                    "yi": yi,
                    "vi": vi,
                    "sei": math.sqrt(vi),
                    "ni": n1 + n2,
                    "n1": n1,
                    "n2": n2,
                    "m1": 10.5,
                    "sd1": 4.2,
                    "m2": 12.25,
                    "sd2": 4.4,
                    "events1": "",
                    "events2": "",
                    "ri": "",
                    "vtype": "LS",
                    "formula": "g",
                    "inputs": "{}",
                    "source": f"src-{n}",
                    "flags": "",
                    "direction_applied": "true",
                    "rob": ["low", "moderate", "high"][n % 3],
                    "study_year": 2001 + n % 20,
                    "study_tailoring": ["preference", "alliance"][n % 2],
                }
            )
    left_out = ("people_1", "people_2", "cluster", "shared_group")
    columns = [*(c for c in EFFECT_COLUMNS if c not in left_out), "study_year", "study_tailoring"]
    frame = pd.DataFrame(rows, columns=columns)
    (results / "effects").mkdir(parents=True, exist_ok=True)
    frame.to_csv(results / "effects/effects.csv", index=False)
    write_csv(
        results / "effects/not_computed.csv",
        [
            {"study_id": s["study_id"], "outcome_id": "depression", "reason": "no standard deviation reported"}
            for s in studies[pooled:]
        ],
        ["study_id", "outcome_id", "reason"],
    )
    result = run_analysis(frame, PRIMARY, "primary")
    write_json(results / "analyses/primary/result.json", result)
    pooled_effects(frame, PRIMARY).to_csv(results / "analyses/primary/effects.csv", index=False)


def _others(results: Path, studies: list[dict[str, Any]], pending: int, ids: list[str]) -> None:
    write_csv(results / "extraction/sources.csv", [], ["source_id", "cell_key", "report_id", "page", "method"])
    write_csv(
        results / "extraction/characteristics.csv",
        [
            {
                "study_id": s["study_id"],
                "label": s["label"],
                "country": "Utopia",
                "design": "RCT",
                "n_randomised": 50 + i,
                "pct_female": 55.5,
            }
            for i, s in enumerate(studies)
        ],
        ["study_id", "label", "country", "design", "n_randomised", "pct_female"],
    )
    levels = ["low", "moderate", "high"]
    write_csv(
        results / "risk_of_bias/judgements.csv",
        [
            {
                "study_id": s["study_id"],
                "outcome_id": "",
                "rater": "A",
                "domain": d,
                "judgement": levels[(i + j) % 3],
                "support": "",
            }
            for i, s in enumerate(studies)
            for j, d in enumerate(("d1", "d2"))
        ],
        ["study_id", "outcome_id", "rater", "domain", "judgement", "support"],
    )
    write_csv(
        results / "risk_of_bias/overall.csv",
        [
            {
                "study_id": s["study_id"],
                "outcome_id": "",
                "overall": levels[i % 3],
                "basis": "worst",
                "override_reason": "",
            }
            for i, s in enumerate(studies)
        ],
        ["study_id", "outcome_id", "overall", "basis", "override_reason"],
    )
    cell = {"cell_key": "results/s000/depression/a/post/n", "source_id": "src-0", "report_id": "scopus:1", "page": "5"}
    sources = [{**cell, "table_figure": "Table 2", "quote": "94", "method": "reported"}] if studies else []
    columns = ["cell_key", "source_id", "report_id", "page", "table_figure", "quote", "method", "extractor", "date"]
    write_csv(results / "extraction/sources.csv", sources, columns)
    estimate = {"estimate": 0.9, "ci_lb": 0.8, "ci_ub": 0.95, "method": "x"}
    pair = {
        "reviewers": ["Ann", "Bo"],
        "n": len(ids),
        "a": 5,
        "b": 1,
        "c": 1,
        "d": 30,
        "po": estimate,
        "kappa": {"estimate": None, "reason": "one category only"},
        "pabak": estimate,
        "ac1": estimate,
        "p_pos": estimate,
        "p_neg": estimate,
    }
    write_json(
        results / "screening/agreement.json",
        {"phases": {"title_abstract": {"overall": {"n_records": len(ids), "pairs": [pair]}}} if ids else {}},
    )
    columns = ["stage", "id", "title", "who", "what"]
    for stage in ("deduplication", "screening", "retrieval", "extraction", "risk_of_bias", "grade"):
        rows = (
            [
                {"stage": stage, "id": i, "title": "t", "who": "Reviewer 2", "what": "title and abstract decision"}
                for i in ids[:pending]
            ]
            if stage == "screening"
            else []
        )
        write_csv(results / f"{stage}/pending.csv", rows, columns)
    stamp = {
        "analysis": "primary",
        "title": PRIMARY["title"],
        "role": "confirmatory",
        "stamp": "preregistered",
        "deviations": "",
        "run": "yes" if studies else "no",
        "reason": "" if studies else "no effects",
    }
    write_csv(results / "protocol/analyses.csv", [stamp])
    write_csv(
        results / "protocol/deviations.csv",
        [],
        DEVIATION_COLUMNS,
    )
    write_json(
        results / "protocol/check.json",
        {
            "registration": {"registry": "OSF", "doi": "10.17605/OSF.IO/XXXXX", "registered": "2024-01-15"},
            "banners": [],
            "locked": True,
        },
    )
    write_csv(
        results / "claims/claims.csv",
        [
            {
                "claim": "c1",
                "source": "website",
                "about": "10.1/x",
                "metric": "effect",
                "subject": "",
                "stated": "g 0.5",
                "check": "inside",
                "verdict": "coherent",
                "against": "",
                "why": "",
            }
        ],
    )
    write_json(results / "claims/claims.json", {"claims": 1})
    write_json(results / "narrative/narrative.json", {})
    write_csv(results / "narrative/directions.csv", [], ["study_id", "label", "outcome", "direction"])
    write_json(results / "provenance/provenance.json", {"versions": {"numpy": "2"}})
