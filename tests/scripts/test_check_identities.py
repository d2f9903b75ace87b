"""The script that checks the identities: what it writes, and when it stops a build."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from prismake.messages.faults import InputFaults
from prismake.records.tables import read_csv, write_csv, write_json

TABLES = {
    "searches": "search,database,kind,records\na,Scopus,database,2\n",
    "source_records": "source_record_id,search,title\na:1,a,One\na:2,a,Two\n",
    "membership": "source_record_id,record_id,earliest\na:1,a:1,true\na:2,a:2,true\n",
    "excluded_before": "record_id,kind,reason\n",
    "decisions": "phase,record_id,decision,basis,status\n"
    "title_abstract,a:1,include,agreement,final\n"
    "title_abstract,a:2,exclude,agreement,final\n",
    "ledger": "phase,record_id,reviewer,role,decision\n"
    "title_abstract,a:1,A,reviewer,include\n"
    "title_abstract,a:2,A,reviewer,exclude\n",
    "reports": "report_id,record_id,arm,method,sought,retrieval,full_text,primary_reason\n"
    "a:1,a:1,databases,database,yes,retrieved,include,\n",
    "studies": "study_id,origin\nA,new\n",
    "study_links": "study_id,report_id\nA,a:1\n",
}
LATER = {
    "extracted": "study_id\nA\n",
    "risk_of_bias": "study_id,overall,worst_domain,override_reason\nA,low,low,\n",
    "effects": "study_id\nA\n",
    "not_computed": "study_id\n",
    "narrative": "study_id\n",
    "not_pooled": "study_id\n",
}


@pytest.fixture
def run(script, tmp_path):
    return lambda **given: check(script("check_identities").main, tmp_path, **given)


def check(main, folder: Path, *, final: bool = False, **changed: str) -> pd.DataFrame:
    """Write the tables, some of them changed, and check them."""
    for name, text in (TABLES | LATER | changed).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "retractions.csv").write_text("title;doi\nAnother trial;10.5555/other\n", encoding="utf-8")
    result = folder / "primary" / "result.json"
    write_json({"k": 1, "N": 10, "studies": ["A"], "effects": ["A1"], "not_estimable": None}, result)
    write_csv(pd.DataFrame({"study_id": ["A"], "n": ["10"]}), folder / "primary" / "effects.csv")
    main(
        tables={name: str(folder / f"{name}.csv") for name in TABLES | LATER},
        results=[str(result)],
        retractions=[str(folder / "retractions.csv")],
        identities=str(folder / "identities.csv"),
        retracted=str(folder / "retracted.csv"),
        messages=str(folder / "messages.csv"),
        settings={
            "final": final,
            "risk_of_bias": {"tool": "custom", "levels": ["low", "high"]},
        },
    )
    return read_csv(folder / "identities.csv")


def test_a_finished_review_passes_as_final(run):
    table = run(final=True)
    assert set(table["holds"]) <= {"yes", "not_applicable"}
    assert {"E2", "E9", "E15a", "E17 primary", "E19a"} <= set(table.loc[table["holds"].eq("yes"), "id"])


def test_sets_that_cannot_differ_stop_a_draft_and_nothing_is_written(run, tmp_path):
    with pytest.raises(InputFaults, match=r"identity E2 does not hold.*a:2"):
        run(decisions=TABLES["decisions"].replace("title_abstract,a:2,exclude,agreement,final\n", ""))
    assert not (tmp_path / "identities.csv").exists()


def test_a_stage_that_is_not_finished_is_pending_in_a_draft_and_stops_a_final_build(run, tmp_path):
    unfinished = {"extracted": "study_id\n"}
    table = run(**unfinished)
    assert table.loc[table["id"].eq("E15a"), "holds"].item() == "pending"
    assert "E15a" in read_csv(tmp_path / "messages.csv")["what"].item()
    with pytest.raises(InputFaults, match="E15a"):
        run(final=True, **unfinished)
