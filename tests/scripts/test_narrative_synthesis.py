"""The script narrative_synthesis: what is said where nothing is pooled."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

from prismake.records.tables import read_csv

EFFECTS = "study_id,label,construct,comparator_role,timepoint,yi,sei,ni,rob\n"
LOST = "study_id,label,construct,direction,ni,rob,reason\n"


def run(root: Path, folder: Path, effects: str, lost: str) -> dict[str, str]:
    """Run the script; the outputs by name."""
    spec = importlib.util.spec_from_file_location(
        "narrative_synthesis", root / "workflow/scripts/narrative_synthesis.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (folder / "effects.csv").write_text(EFFECTS + effects)
    (folder / "lost.csv").write_text(LOST + lost)
    (folder / "studies.csv").write_text(
        "study_id,narrative_only,tailoring\nA,,preference\nB,No usable outcome,alliance\n"
    )
    (folder / "included.csv").write_text("study_id,label\nA,A (2001)\nB,B (2002)\n")
    outputs = {"narrative": str(folder / "out/narrative.json")} | {
        n: str(folder / f"out/{n}.csv") for n in ("directions", "not_pooled")
    }
    outputs |= {
        f"{p}_{k}": str(folder / f"out/{p}.{k}")
        for p in ("effect_direction", "albatross", "harvest")
        for k in ("svg", "pdf", "png")
    }
    settings = {
        "narrative_synthesis": {"planned": True, "grouping": "tailoring"},
        "outcomes": {"dep": {"label": "Depression"}},
        "analyses": {"primary": {"effects": {"construct": "dep"}}},
        "risk_of_bias": None,
        "review.simulated": True,
    }
    paths = {
        n: str(folder / f"{f}.csv")
        for n, f in (("effects", "effects"), ("not_computed", "lost"), ("studies", "studies"), ("included", "included"))
    }
    module.main(**paths, outputs=outputs, settings=settings)
    return outputs


def test_directions_and_reasons(root: Path, tmp_path: Path) -> None:
    out = run(
        root, tmp_path, "A,A (2001),dep,standardised,post,0.4,0.2,80,low\n", "B,B (2002),dep,negative,60,high,no SD\n"
    )
    table = read_csv(out["directions"])
    assert table[["study_id", "group", "direction"]].values.tolist() == [
        ["B", "alliance", "negative"],
        ["A", "preference", "positive"],
    ]
    result = json.loads(Path(out["narrative"]).read_text())
    assert result["not_pooled"] == [{"study_id": "B", "label": "B (2002)", "reason": "No usable outcome"}]
    assert result["constructs"]["dep"]["vote_counting"]["votes"] == 2
    assert "Depression" in Path(out["effect_direction_svg"]).read_text()


def test_a_review_without_effects_yet(root: Path, tmp_path: Path) -> None:
    out = run(root, tmp_path, "", "")
    assert json.loads(Path(out["narrative"]).read_text())["studies"] == 0
    assert Path(out["harvest_png"]).read_bytes().startswith(b"\x89PNG")
