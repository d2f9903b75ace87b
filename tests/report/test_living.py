"""What changed since an earlier bundle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from prismake.report.bundle import pack
from prismake.report.living import State, changes_since, state_of_bundle

PRIMARY = {"title": "Primary", "k": 8, "estimate": {"b": 0.3, "ci_lb": 0.1, "ci_ub": 0.5}}
LEDGER = "phase,source_record_id,reviewer,role,round,decision\n"


def bundle(path: Path, results: Mapping[str, Any], boxes: Mapping[str, int], votes: str, studies: str) -> State:
    """The state that is read from a bundle with these results."""
    entries = {
        "results/flow/flow.json": json.dumps({"boxes": boxes}).encode(),
        "results/flow/ids/records_screened.csv": b"record_id,title,note\nr1,One,\n",
        "results/flow/ids/total_studies.csv": f"study_id,title,note\n{studies}".encode(),
        "results/screening/ledger.csv": (LEDGER + votes).encode(),
        **{f"results/analyses/{name}/result.json": json.dumps(result).encode() for name, result in results.items()},
    }
    path.write_bytes(pack(entries))
    return state_of_bundle(path)


def test_records_studies_votes_and_estimates_are_compared(tmp_path: Path) -> None:
    then = bundle(
        tmp_path / "then.zip",
        {"primary": PRIMARY},
        {"records_screened": 1000, "total_studies": 2},
        "ta,r1,A,reviewer,main,include\nta,r1,B,reviewer,main,exclude\nta,r2,A,reviewer,main,exclude\n",
        "S1,Meier (2010),\nS2,Kim (2012),\n",
    )
    later = {**PRIMARY, "k": 9, "estimate": {"b": 0.25, "ci_lb": 0.1, "ci_ub": 0.4}}
    now = bundle(
        tmp_path / "now.zip",
        {"primary": later, "new": {}},
        {"records_screened": 1234, "total_studies": 2},
        "ta,r1,A,reviewer,main,exclude\nta,r1,B,reviewer,main,exclude\nta,r3,A,reviewer,main,exclude\n",
        "S1,Meier (2010),\nS3,Okoye (2020),\n",
    )
    assert changes_since(then, now) == [
        {"what": "records screened", "then": "1,000", "now": "1,234"},
        {"what": "studies included, new: Okoye (2020)", "then": "–", "now": "1"},
        {"what": "studies included, no longer: Kim (2012)", "then": "1", "now": "–"},
        {"what": "votes cast since", "then": "–", "now": "1"},
        {"what": "votes withdrawn since", "then": "–", "now": "1"},
        {"what": "votes changed since", "then": "–", "now": "1"},
        {"what": "pooled estimate: new", "then": "no such analysis", "now": "not estimable"},
        {"what": "pooled estimate: Primary", "then": "0.30 [0.10, 0.50], k = 8", "now": "0.25 [0.10, 0.40], k = 9"},
    ]
    assert changes_since(then, then) == []


def test_a_bundle_without_a_ledger_still_compares_the_rest(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(pack({"results/flow/flow.json": b'{"boxes": {"total_studies": 3}}'}))
    then = state_of_bundle(tmp_path / "b.zip")
    assert changes_since(then, State(boxes={"total_studies": 4})) == [
        {"what": "studies included", "then": "3", "now": "4"}
    ]


def test_a_file_that_is_no_bundle_is_named(tmp_path: Path) -> None:
    for content in (b"no zip", pack({"a": b""})):
        (tmp_path / "x.zip").write_bytes(content)
        with pytest.raises(ValueError, match=r"x\.zip is no bundle"):
            state_of_bundle(tmp_path / "x.zip")
