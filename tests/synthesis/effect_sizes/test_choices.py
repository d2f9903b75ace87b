"""What the protocol may choose about effect sizes."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import yaml
from prismake.synthesis.effect_sizes.choices import Choices

NOT_OPTIONS = {"measure", "direction", "intervention", "comparators", "preference"}


def test_the_schema_documents_every_option_with_its_default(root: Path) -> None:
    schema = yaml.safe_load((root / "workflow/schemas/protocol.schema.yaml").read_text(encoding="utf-8"))
    documented = schema["properties"]["registered"]["properties"]["effect_options"]["properties"]
    assert set(documented) == {f.name for f in fields(Choices)} - NOT_OPTIONS
    for name, entry in documented.items():
        assert entry["description"]
        if "default" in entry:
            assert entry["default"] == getattr(Choices(), name)
