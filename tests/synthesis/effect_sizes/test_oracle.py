"""Effect sizes and conversions against metafor, esc and metapsyTools: the benchmark's comparison, whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from oracle.calculators import compare_calculators, compare_metapsy_calculator, refused_by_both
from oracle.comparison import Comparison, answered


def _compared(shared_data: Path, name: str, compare) -> Comparison:  # type: ignore[no-untyped-def]
    out = Comparison()
    compare(out, name, answered(json.loads((shared_data / f"oracle/{name}.json").read_text("utf-8"))))
    return out


def test_every_call_of_metafor_to_eleven_digits(shared_data: Path) -> None:
    out = _compared(shared_data, "escalc_all", compare_calculators)
    assert [line for kind in out.kinds.values() for line in kind.disagreements] == []
    assert sum(kind.compared for kind in out.kinds.values()) >= 4293
    assert sum(kind.more for kind in out.kinds.values()) == 0
    # The two examples of esc whose inputs the file does not have: an error of R took their place.
    assert {name: kind.missing for name, kind in out.kinds.items() if kind.missing} == {"escalc esc_pkg": 12}
    for places in out.reasons.values():  # what is argued: tetrachoric correlations, which metafor has to about 1e-5
        for place in places:
            ours, theirs = (float(x) for x in place.rsplit(": ", 1)[1].split(" against "))
            assert ours == pytest.approx(theirs, abs=3e-5)


def test_what_metafor_refuses_is_refused(shared_data: Path) -> None:
    content = json.loads((shared_data / "oracle/escalc_all.json").read_text("utf-8"))
    calls = dict(refused_by_both(content))
    assert len(calls) > 100
    assert [name for name, both in calls.items() if not both] == []


def test_a_whole_sheet_through_metapsy_tools_calculator(shared_data: Path) -> None:
    out = _compared(shared_data, "metapsy_toy_effectsizes", compare_metapsy_calculator)
    kind = out.kinds["calculateEffectSizes"]
    assert (kind.disagreements, kind.missing, kind.compared) == ([], 0, 284)
