"""The validators over real extraction tables: what they find, each finding looked at, and no more."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

# What each kind is stands in tests/reviews/README.md; the reports behind the numbers were not looked at.
EXPECTED = {
    "sd-looks-like-se": 27,
    "analysed-above-randomised": 17,
    "large-effect": 69,
    "effect-contradicted": 5,
    "no-sources": 11,
    "direction-assumed": 11,
}


def test_findings_in_real_tables(shared_data: Path, root: Path) -> None:
    spec = importlib.util.spec_from_file_location("findings", root / "tests/reviews/findings.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    book = module.read_codebook(root / "workflow/schemas/codebook.yaml")
    found: Counter[str] = Counter()
    for _, sheets, choices in module.tables(shared_data, book):
        found.update(fault.code for fault in module.findings(sheets, choices, book))
    assert dict(found) == EXPECTED
