"""The HTML report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from invented_reports import TEMPLATES, document_of, draw_all, facts_of
from invented_results import HOSTILE, fabricate
from prismake.report.facts import Facts
from prismake.report.formats_written import html_page
from prismake.report.html import contents
from prismake.report.lists import Lists
from prismake.report.markup import data_script, inline_svg, safe_address
from prismake.report.results import Results

VOID = {"meta", "link", "input", "br", "hr", "img", "wbr"}


class Checked(HTMLParser):
    """Collects what matters, and that every element is closed by its own end tag."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.count: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src"):
                self.addresses.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def page_of(facts: Facts) -> str:
    return html_page(document_of(facts), facts, TEMPLATES)


def checked(page: str) -> Checked:
    parser = Checked()
    parser.feed(page)
    return parser


def test_the_page_is_whole_and_asks_the_network_for_nothing(results: Path) -> None:
    page = page_of(facts_of(results))
    parser = checked(page)
    assert parser.faults == [] and parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    outside = [
        a for a in parser.addresses if not a.startswith(("#", "data:,", "https://doi.org/", "https://orcid.org/"))
    ]
    assert outside == []
    assert parser.count["h1"] == 1
    assert "default-src 'none'" in page


def test_every_inner_address_has_its_target(results: Path) -> None:
    parser = checked(page_of(facts_of(results)))
    targets = {a[1:] for a in parser.addresses if a.startswith("#")}
    assert targets <= set(parser.ids)


def test_hostile_titles_come_out_as_text(tmp_path: Path) -> None:
    results = fabricate(tmp_path, title=HOSTILE + "x" * 3000)
    draw_all(results)
    page = page_of(facts_of(results))
    parser = checked(page)
    assert parser.count["script"] == 4
    assert parser.handlers == [] and parser.faults == []
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_figures_tables_and_pages_say_that_they_are_simulated(results: Path) -> None:
    page = page_of(facts_of(results))
    parser = checked(page)
    captions = page.count('class="title"')
    assert captions == page.count('<span class="stamp">Simulated example</span>')
    assert '<header class="banner"><p>Simulated example</p></header>' in page
    assert parser.count["figure"] >= 3 and parser.count["table"] >= 8


def test_boxes_open_their_lists(results: Path) -> None:
    page = page_of(facts_of(results))
    data = json.loads(re.search(r'id="data-lists">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    assert len(data["lists"]["records_screened"]["rows"]) == 40
    first = data["items"][data["lists"]["records_screened"]["rows"][0]]
    assert first[0].startswith("scopus:") and first[2] == "Müller & van der Berg"


def test_abstracts_are_shown_only_where_config_says_so(results: Path) -> None:
    assert "SECRET ABSTRACT" not in page_of(facts_of(results))
    assert "SECRET ABSTRACT" in page_of(facts_of(results, report={"show_abstracts": True}))


def test_what_is_known_of_a_record_travels_once(results: Path) -> None:
    lists = Lists(Results(results))
    for box in ("records_screened", "database_results", "records_excluded"):
        lists.take(box, f"flow/ids/{box}.csv")
    assert len(lists.data()["items"]) == 50


def test_json_in_the_page_cannot_end_its_element() -> None:
    assert "</script" not in data_script("x", ["</script><script>alert(1)//", "\u2028"])[:-9]
    inside = data_script("x", ["</script>"]).partition(">")[2].rpartition("<")[0]
    assert json.loads(inside) == ["</script>"]


def test_addresses_of_other_kinds_lead_nowhere() -> None:
    assert safe_address("#x") and safe_address("https://doi.org/10.1/x")
    assert not safe_address("javascript:alert(1)") and not safe_address("data:text/html,x")


def test_drawings_lose_scripts_and_get_ids_of_their_own() -> None:
    svg = '<?xml version="1.0"?><svg aria-labelledby="a" onload="x()"><title id="a">t</title><script>1</script></svg>'
    inside = inline_svg(svg, "f1")
    assert "script" not in inside and "onload" not in inside
    assert 'aria-labelledby="f1-a"' in inside and 'id="f1-a"' in inside
    assert inline_svg("", "f1") == ""


def test_contents_nest() -> None:
    assert contents([(1, "t", "T"), (2, "a", "A"), (3, "b", "B"), (4, "c", "C"), (2, "d", "D")]) == (
        '<ol><li><a href="#a">A</a><ol><li><a href="#b">B</a></li></ol></li><li><a href="#d">D</a></li></ol>'
    )


def test_long_tables_bring_their_rows_later(make: Callable[..., Facts]) -> None:
    page = page_of(make(records=700, studies=260, pooled=3))
    rows = json.loads(re.search(r'id="data-tables">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    assert len(rows["studies"]) == 160
    assert "The first 100 of 260 are shown." in page


def test_a_very_long_list_travels_in_part_and_says_how_long_it_is(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prismake.report.lists.LISTED", 7)
    monkeypatch.setattr("prismake.report.facts.LISTED", 7)
    facts = facts_of(results)
    data = json.loads(re.search(r'id="data-lists">(.*?)</script>', page_of(facts), re.S)[1])  # type: ignore[index]
    screened = data["lists"]["records_screened"]
    assert (
        len(screened["rows"]) == 7 and screened["total"] == 40 and screened["file"] == "flow/ids/records_screened.csv"
    )
    assert "total" not in data["lists"]["dbr_sought_reports"] or len(data["lists"]["dbr_sought_reports"]["rows"]) == 7
    assert data["items"][screened["rows"][0]][2] == "Müller & van der Berg"
    assert len(facts.records) < 40
