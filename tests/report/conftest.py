"""A small invented review, built once for all tests of the report."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from invented_reports import document_of, draw_all, facts_of
from invented_results import fabricate
from prismake.report.facts import Facts
from prismake.report.prose import Document


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """results/ of a review with 40 records, 12 studies, 9 of them pooled."""
    folder: Path = fabricate(tmp_path_factory.mktemp("review"))
    draw_all(folder)
    return folder


@pytest.fixture
def facts(results: Path) -> Facts:
    """Its facts, with a number function that nobody has asked yet."""
    return facts_of(results)


@pytest.fixture(scope="session")
def document(results: Path) -> Document:
    """Its report."""
    return document_of(facts_of(results))


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Facts]:
    """Fabricate another review and give its facts."""

    def made(manuscript: dict[str, str] | None = None, **how: Any) -> Facts:
        return facts_of(fabricate(tmp_path, **how), manuscript)

    return made
