"""What the tests of the flow share: random reviews, and a flow counted from tables."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from prismake.flow.boxes import BOXES, PENDING_BOXES


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
