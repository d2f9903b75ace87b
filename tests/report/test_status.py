"""Where a review stands."""

from __future__ import annotations

from pathlib import Path

from invented_reports import TEMPLATES
from prismake.report.status import headline, page_of, status_of, text_of

ROW = {"stage": "screening", "id": "a", "title": "t", "who": "Reviewer 2", "what": "title and abstract decision"}
FLOW = {"boxes": {"records_screened": 1234, "dbr_assessed": None}, "interim": True}


def status(n: int = 342) -> dict[str, object]:
    pending = {"screening": [ROW] * n + [{**ROW, "who": "", "what": "conflict"}] * 12 if n else [], "retrieval": []}
    return status_of(
        pending,
        FLOW if n else {"boxes": {}},
        [{"analysis": "primary", "title": "P", "run": "no", "reason": "k = 0"}],
        title="R <b>",
    )


def test_it_says_who_waits_for_whom() -> None:
    text = text_of(status())
    assert "Interim: 354 tasks pending." in text
    assert "342 wait for Reviewer 2: title and abstract decision" in text
    assert "12 wait, nobody assigned: conflict" in text
    assert "1,234  records screened" in text
    assert "P: k = 0" in text


def test_one_task_is_no_plural() -> None:
    one = status_of({"screening": [ROW]}, FLOW, [])
    assert "1 waits for Reviewer 2" in text_of(one)
    assert headline(one) == "Interim: 1 task pending."


def test_nothing_pending_can_be_final() -> None:
    done = status(0)
    assert done["complete"] is True
    assert headline(done) == "Nothing is pending: the review can be final."


def test_the_page_escapes_what_people_typed() -> None:
    template = (TEMPLATES / "status.html.j2").read_text(encoding="utf-8")
    page = page_of(status(), template, "", "Simulated example")
    assert "R &lt;b&gt;" in page and "R <b>" not in page
    assert "Simulated example" in page and "342" in page
    assert "Nothing is pending." in page_of(status(0), template, "")


def test_stages_keep_the_order_of_the_flow(tmp_path: Path) -> None:
    found = status_of({"risk_of_bias": [], "screening": []}, {}, [])
    assert [s["stage"] for s in found["stages"]] == ["screening", "risk_of_bias"]
