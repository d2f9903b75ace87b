"""The script that says where the review stands."""

import json
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "workflow" / "templates" / "report"


def test_it_joins_what_every_stage_waits_for(script, tmp_path):
    pending = []
    for stage, rows in (("screening", "screening,r1,T,Reviewer B,title and abstract decision\n"), ("retrieval", "")):
        path = tmp_path / stage / "pending.csv"
        path.parent.mkdir()
        path.write_text("stage,id,title,who,what\n" + rows)
        pending.append(str(path))
    (tmp_path / "flow.json").write_text(json.dumps({"boxes": {"records_screened": 3}, "interim": True}))
    (tmp_path / "analyses.csv").write_text("analysis,title,run,reason\np,Primary,yes,\n")
    (tmp_path / "check.json").write_text('{"locked": false}')
    script("status").main(
        pending=pending,
        flow=str(tmp_path / "flow.json"),
        analyses=str(tmp_path / "analyses.csv"),
        **{name: str(tmp_path / f"{name}.csv") for name in ("ledger", "screened", "studies")},
        check=str(tmp_path / "check.json"),
        results=[],
        earlier=[],
        template=str(TEMPLATES / "status.html.j2"),
        style=str(TEMPLATES / "report.css"),
        json=str(tmp_path / "status.json"),
        html=str(tmp_path / "status.html"),
        text=str(tmp_path / "status.txt"),
        settings={"review": {"title": "R", "simulated": True}, "final": False, "searches": ["scopus"]},
    )
    status = json.loads((tmp_path / "status.json").read_text())
    assert status["pending"] == 1 and status["complete"] is False
    assert status["people"] == [{"n": 1, "who": "Reviewer B"}]
    assert "1 waits for Reviewer B" in (tmp_path / "status.txt").read_text(encoding="utf-8")
    assert status["next"] == ["Register the protocol, then lock it with `review.py lock`."]
    page = (tmp_path / "status.html").read_text(encoding="utf-8")
    assert "Reviewer B" in page and "Simulated example" in page
