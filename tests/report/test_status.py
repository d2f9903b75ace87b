"""Where a review stands."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from invented_reports import TEMPLATES
from prismake.report.status import headline, last_line, page_of, status_of, text_of
from prismake.report.status_terminal import show
from rich.console import Console

FLOW = {"boxes": {"records_screened": 1234, "dbr_assessed": None}, "interim": True}


def status(n: int = 342) -> dict[str, object]:
    waiting = {("title and abstract decision", "Reviewer 2"): n, ("conflict", ""): 12}
    pending = {"screening": waiting if n else {}, "retrieval": {}}
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
    one = status_of({"screening": {("title and abstract decision", "Reviewer 2"): 1}}, FLOW, [])
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


def test_a_build_ends_with_a_line_unless_the_status_is_older_than_what_it_counts(tmp_path: Path) -> None:
    assert last_line(tmp_path) == ""
    for name in ("status/status.json", "screening/pending.csv"):
        (tmp_path / "results" / name).parent.mkdir(parents=True)
        (tmp_path / "results" / name).write_text(json.dumps(status()), encoding="utf-8")
    os.utime(tmp_path / "results/screening/pending.csv", ns=(0, 0))
    assert last_line(tmp_path) == "Interim: 354 tasks pending. See results/status/status.html."
    os.utime(tmp_path / "results/status/status.json", ns=(0, 0))
    os.utime(tmp_path / "results/screening/pending.csv", ns=(1, 10**9))
    assert last_line(tmp_path) == ""


def test_stages_keep_the_order_of_the_flow(tmp_path: Path) -> None:
    found = status_of({"risk_of_bias": {}, "screening": {}}, {}, [])
    assert [s["stage"] for s in found["stages"]] == ["screening", "risk_of_bias"]


def test_a_review_that_has_not_begun_is_not_called_finished():
    found = status_of({"screening": {}}, {"boxes": {}}, [], searches=0, locked=False)
    assert found["complete"] is False and headline(found).startswith("Not begun: Put the exports")
    assert text_of(found).count("\n  ") == 3 and "Plan the analyses" in text_of(found)
    assert status_of({"screening": {}}, {"boxes": {}}, [{"analysis": "a"}], searches=1)["next"] == []


@pytest.mark.parametrize("width", [32, 60, 160])
def test_a_terminal_of_any_width_shows_all_of_it_without_colour_or_markup(width: int) -> None:
    told = {
        **status(),
        "title": "R [red] <b>",
        "next": ["Lock the protocol."],
        "changes": [{"what": "votes", "then": "1", "now": "2"}],
    }
    console = Console(width=width, file=io.StringIO(), record=True, no_color=True)
    show(told, console)
    lines = console.export_text().splitlines()
    assert all(len(line) <= width for line in lines)
    words = "".join("".join(lines).split())
    for said in (
        "R [red] <b>",
        "Interim: 354 tasks pending.",
        "342",
        "Lock the protocol.",
        "Since the earlier bundle",
        "1,234",
        "k = 0",
    ):
        assert said.replace(" ", "") in words


def test_a_terminal_says_in_green_that_nothing_is_pending() -> None:
    console = Console(width=80, file=io.StringIO(), force_terminal=True, color_system="standard")
    show(status(0), console)
    assert "\x1b[32mNothing is pending" in console.file.getvalue()
