"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from prismake.extraction.codebook import Codebook, read_codebook
from prismake.extraction.tables import Extraction, empty

ROOT = Path(__file__).resolve().parents[1]

# Properties are tried on the same examples on every machine, however slow; `--hypothesis-profile default` looks for others.
settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


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


@pytest.fixture(scope="session")
def book(root: Path) -> Codebook:
    """The shipped codebook."""
    return read_codebook(root / "workflow/schemas/codebook.yaml")


@pytest.fixture
def sheets(book: Codebook) -> Callable[..., Extraction]:
    """A function that makes an extraction: sheet=[{column: text}, ...]."""

    def make(**rows: list[dict[str, str]]) -> Extraction:
        made = empty(book)
        for name, content in rows.items():
            columns = list(dict.fromkeys([*made[name].columns, *(c for row in content for c in row)]))
            frame = pd.DataFrame(content, columns=columns, dtype=str).fillna("")
            frame.attrs["first_line"] = 2
            made.tables[name] = frame
            made.files[name] = f"{name}.csv"
        return made

    return make


@pytest.fixture
def trial(sheets: Callable[..., Extraction]) -> Callable[..., Extraction]:
    """One trial of two arms; `numbers` are the results' (arm or contrast, statistic, value)."""

    def make(
        *numbers: tuple[str, str, str], outcome: dict[str, str] | None = None, **more: list[dict[str, str]]
    ) -> Extraction:
        results = [
            {
                "study_id": "Kern 2001",
                "outcome_id": "bdi",
                "arm_id": "" if " vs " in unit else unit,
                "contrast": unit if " vs " in unit else "",
                "timepoint": "post",
                "stat": stat,
                "value": value,
            }
            for unit, stat, value in numbers
        ]
        content = {
            "studies": [{"study_id": "Kern 2001", "label": "Kern (2001)"}],
            "arms": [
                {"study_id": "Kern 2001", "arm_id": "new", "role": "intervention", "n_randomised": "40"},
                {"study_id": "Kern 2001", "arm_id": "old", "role": "standardised", "n_randomised": "40"},
            ],
            "outcomes": [
                {
                    "study_id": "Kern 2001",
                    "outcome_id": "bdi",
                    "construct": "depression",
                    "instrument": "BDI-II",
                    "direction": "higher_worse",
                    "scale_min": "0",
                    "scale_max": "63",
                    **(outcome or {}),
                }
            ],
            "results": results,
        }
        return sheets(**{**content, **more})

    return make
