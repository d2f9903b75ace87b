"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real exports, reviews and gold standards that belong to others and lie beside a checkout, never inside it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data are not beside this checkout (../shared/data)")
    return folder


CONFIG = """\
review: {id: tiny, title: A tiny review}
searches:
  - {id: scopus, database: Scopus, platform: Scopus, files: [resources/scopus.csv], string: "a AND b", date: 2026-02-01}
  - {id: wos, database: Web of Science, files: [resources/wos.txt], date: 2026-02-02}
"""

PROTOCOL = """\
protocol_version: 1
registration: {registry: OSF, guid: abcde, registered: 2026-01-15}
registered:
  question: Does it work?
  databases:
    scopus: {name: Scopus, platform: Scopus, string: "a AND b"}
    wos: {name: Web of Science}
  exclusion_reasons:
    - {id: population, label: Wrong population}
    - {id: design, label: Wrong design}
  screening:
    title_abstract: {reviewers: 2, maybe_as: include}
    full_text: {reviewers: 2}
  effect_measure: SMD
  analyses:
    primary: {role: confirmatory, title: Primary, model: random, method: REML, test: z}
    by_age: {role: confirmatory, title: By age, model: random, method: null, test: z, subgroups: [study_age]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A review folder small enough to read: configuration and protocol, raw exports of one letter."""
    (tmp_path / "config").mkdir()
    (tmp_path / "resources").mkdir()
    (tmp_path / "config/config.yaml").write_text(CONFIG)
    (tmp_path / "config/protocol.yaml").write_text(PROTOCOL)
    (tmp_path / "resources/scopus.csv").write_text("x")
    (tmp_path / "resources/wos.txt").write_text("x")
    return tmp_path
