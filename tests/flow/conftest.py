"""What the tests of the flow share: random reviews, and a flow counted from tables."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from prismake.flow.boxes import BOXES, PENDING_BOXES
from prismake.flow.tables import FlowTables, flow_tables


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def random_review() -> type:
    """The class that builds a random review from a seed."""
    return _load(Path(__file__).with_name("random_review.py")).RandomReview


@pytest.fixture(scope="session")
def whole_review() -> ModuleType:
    """Random reviews that are carried through the real stages."""
    return _load(Path(__file__).with_name("whole_review.py"))


def frame(columns: str, rows: str) -> pd.DataFrame:
    """A table from lines of words; "-" is a blank cell, "+" a space."""
    cells = [line.split() for line in rows.strip().splitlines()]
    words = [[cell.replace("+", " ") if cell != "-" else "" for cell in line] for line in cells]
    return pd.DataFrame(words, columns=columns.split(), dtype=str)


@pytest.fixture(scope="session")
def tables() -> FlowTables:
    """The review that test_by_hand.py counts on paper."""
    searches = frame(
        "search database kind records hits update date",
        """
        scopus   Scopus   database 6 6 0 2024-05-01
        psycinfo PsycInfo database 4 4 1 2025-05-01
        registry Registry register 2 - 1 2025-06-01""",
    )
    ids = {"s": ("scopus", 6), "p": ("psycinfo", 4), "r": ("registry", 2)}
    source_records = pd.DataFrame(
        [
            {"source_record_id": f"{letter}{i + 1}", "search": search, "title": f"Title of {letter}{i + 1}"}
            for letter, (search, n) in ids.items()
            for i in range(n)
        ]
    )
    same = {"p1": "s1", "p2": "s2", "r1": "s2"}
    membership = pd.DataFrame(
        [
            {"source_record_id": i, "record_id": same.get(i, i), "earliest": "false" if i in same else "true"}
            for i in source_records["source_record_id"]
        ]
    )
    excluded_before = frame("record_id kind reason", "p4 other Dissertations\ns6 automatic Classifier")
    decisions = frame(
        "phase record_id decision basis status n_reviewers",
        """
        title_abstract s1 include agreement    final 2
        title_abstract s2 include adjudication final 2
        title_abstract s3 include agreement    final 2
        title_abstract s4 exclude agreement    final 2
        title_abstract s5 exclude adjudication final 2
        title_abstract p3 include agreement    final 2
        title_abstract r2 include agreement    final 2
        title_abstract p4 not_eligible -       final 0
        title_abstract s6 not_eligible -       final 0""",
    )
    votes = {"s1": "ii", "s2": "iei", "s3": "ii", "s4": "ee", "s5": "eie", "p3": "ii", "r2": "ii"}
    people = [("Ann", "reviewer"), ("Bo", "reviewer"), ("Cy", "adjudicator")]
    ledger = pd.DataFrame(
        [
            {
                "vote_id": f"{record}-{i}",
                "phase": "title_abstract",
                "record_id": record,
                "reviewer": people[i][0],
                "role": people[i][1],
                "decision": {"i": "include", "e": "exclude"}[vote],
            }
            for record, said in votes.items()
            for i, vote in enumerate(said)
        ]
    )
    reports = frame(
        "report_id record_id arm method sought retrieval full_text primary_reason study_id",
        """
        s1    s1 databases database yes retrieved     include -          A
        s1b   s1 databases database yes retrieved     include -          A
        s2    s2 databases database yes retrieved     exclude population -
        s3    s3 databases database yes retrieved     include -          B;+C
        p3    p3 databases database yes not_retrieved -       -          -
        r2    r2 registers register yes retrieved     ongoing -          -
        c1    -  other     citation yes retrieved     include -          P
        w1    -  other     website  yes retrieved     exclude design     -
        w2    s3 other     website  no  -             -       -          -
        p-rep -  previous  previous yes retrieved     include -          P
        q-1   -  previous  previous yes retrieved     include -          Q
        q-2   -  previous  previous yes retrieved     include -          Q""",
    )
    studies = frame(
        "study_id label origin",
        "A Abel+(2020) new\nB Baker+(2021) new\nC Cole+(2021) new\nP Pane+(2010) both\nQ Quil+(2011) previous",
    )
    study_links = frame("study_id report_id", "A s1\nA s1b\nB s3\nC s3\nP p-rep\nP c1\nQ q-1\nQ q-2")
    return flow_tables(
        {
            "searches": searches,
            "source_records": source_records,
            "membership": membership,
            "excluded_before": excluded_before,
            "decisions": decisions,
            "ledger": ledger,
            "reports": reports,
            "studies": studies,
            "study_links": study_links,
        }
    )


DATABASES = [
    "APA PsycInfo",
    "MEDLINE",
    "Embase",
    "Scopus",
    "Web of Science Core Collection",
    "Cochrane Central Register of Controlled Trials (CENTRAL)",
    "CINAHL Complete",
    "ProQuest Dissertations & Theses Global",
    "LILACS (Literatura Latinoamericana y del Caribe en Ciencias de la Salud)",
]
REASONS = [
    "Wrong population",
    "Not a randomised trial",
    "Comparator was not standardised treatment, waiting list or care as usual",
    "Outcome not reported",
    "Conference abstract",
    "Protocol; no results yet",
    "Duplicate publication of an included study",
    "Language",
    "Intervention <not> personalised & tailored",
    "No full text: supplementaryinformationonlyavailablefromauthorswithoutresponse",
    "Secondary analysis",
    "Sample overlaps with another report",
    "Effect size cannot be computed",
    "Retracted",
]


def summary_of(
    *,
    databases: int = 3,
    registers: int = 0,
    reasons: int = 2,
    update: bool = False,
    other: bool = False,
    pending: int = 0,
) -> dict[str, Any]:
    """A flow.json with invented numbers: so many databases, registers, reasons, with or without optional columns."""
    parts = [{"name": name, "n": 1000 + 37 * i} for i, name in enumerate(DATABASES[:databases])]
    registered = [{"name": f"Register {i}", "n": 31 + i} for i in range(registers)]
    why = [{"id": f"r{i}", "label": words, "n": i + 1} for i, words in enumerate(REASONS[:reasons])]
    boxes: dict[str, int | None] = {name: 12 if box.arm != "other" or other else None for name, box in BOXES.items()}
    boxes |= {name: None if boxes[name] is None else 0 for name in PENDING_BOXES}
    boxes |= {"records_pending": pending, "excluded_other": 5, "dbr_excluded": sum(reason["n"] for reason in why)}
    boxes |= {
        "database_results": sum(part["n"] for part in parts),
        "register_results": sum(r["n"] for r in registered) or None,
    }
    if not update:
        boxes |= {"previous_studies": None, "previous_reports": None, "updated_studies": None}
    return {
        "template": ("updated" if update else "new") + ("_databases_other" if other else "_databases"),
        "boxes": boxes,
        "databases": parts,
        "registers": registered,
        "excluded_before": [{"kind": "other", "reason": "Dissertations", "n": 5}],
        "reasons": why,
        "other_reasons": why[:3] if other else [],
        "pending": {"records_pending": pending},
        "interim": pending > 0,
        "updates": [],
    }


SHAPES = {
    "one database, 2 reasons": {"databases": 1},
    "nine databases, 14 reasons": {"databases": 9, "registers": 2, "reasons": 14},
    "other methods": {"databases": 3, "reasons": 5, "other": True},
    "update": {"databases": 4, "registers": 1, "reasons": 6, "update": True, "other": True},
    "update from databases alone": {"reasons": 14, "update": True},
    "in progress": {"pending": 342},
}


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def summary(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The summary of a flow in each of the shapes that a diagram must hold."""
    return summary_of(**request.param)


@pytest.fixture(scope="session")
def make_summary() -> Any:
    """The function that makes a summary."""
    return summary_of
