"""A living review's flow: each wave of searches and all together, as a drawing and as a table."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from prismake.drawing.text import text_width
from prismake.flow.count import count_flow, list_table
from prismake.flow.layout import FONT_SIZE
from prismake.flow.living import TOGETHER, living_html, living_svg
from prismake.flow.updates import wave_of_all


@pytest.fixture
def counted(tables):
    return count_flow(tables, [{"id": "population", "label": "Wrong population"}])


def words_of(svg: str) -> str:
    texts = [text.text or "" for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    return " ".join(texts).replace("\u00a0", " ")


def test_each_wave_has_a_column_and_all_together_one(counted):
    words = words_of(living_svg(counted.summary))
    assert [name for name in ("First search", "Update 1", TOGETHER) if name in words] == [
        "First search", "Update 1", TOGETHER,
    ]  # fmt: skip
    assert [int(n) for n in re.findall(r"Records screened \(n = (\d+)\)", words)] == [5, 2, 7]
    assert [int(n) for n in re.findall(r"Studies included \(n = (\d+)\)", words)] == [3, 0, 3]
    assert "2024-05-01; scopus" in words and "as of 2025-06-01" in words


def test_one_search_wave_is_one_column_and_no_table(counted):
    one = {**counted.summary, "updates": counted.summary["updates"][:1]}
    assert TOGETHER not in words_of(living_svg(one))
    assert living_html(one) == "" and "INTERIM" not in living_svg(one)


def test_the_table_says_what_the_drawing_says(counted):
    table = living_html(counted.summary)
    row = re.search(r'<th scope="row">Records screened</th>(.*?)</tr>', table)
    assert row is not None and re.findall(r"<td>(\d+)</td>", row[1]) == ["5", "2", "7"]
    assert table.count('<th scope="col">') == 5


def test_what_no_wave_counts_has_no_line_and_an_unfinished_review_says_so(counted):
    words = words_of(living_svg(counted.summary))
    assert "awaiting" not in words
    pending = {**counted.summary, "interim": True, "pending": {"records_pending": 12}}
    assert "INTERIM: 12 records" in living_svg(pending).replace("\u00a0", " ")


def test_no_line_runs_out_of_its_box_whatever_the_searches_are_called(counted):
    first, update = counted.summary["updates"]
    long = {**first, "searches": ["a_very_long_name_of_a_search_that_nobody_can_read", "<b>&"]}
    svg = living_svg({**counted.summary, "updates": [long, update]}, simulated=True)
    root = ET.fromstring(svg)
    right = float(root.get("width", "0"))
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        if text.get("x"):
            half = text_width(text.text or "", FONT_SIZE, text.get("font-weight") == "bold") / (
                2 if text.get("text-anchor") == "middle" else 1
            )
            assert float(text.get("x", "0")) + half <= right
    assert "<b>" not in svg and "Simulated example" in svg


def test_lists_say_to_which_update_each_id_belongs(tables, counted):
    listed = list_table(counted, "records_screened", {}, None, wave_of_all(tables))
    assert dict(zip(listed["record_id"], listed["update"], strict=True))["p3"] == "1"
    studies = list_table(counted, "new_studies", {}, None, wave_of_all(tables))
    assert set(studies["update"]) == {"0"}
    assert "update" not in list_table(counted, "records_screened", {})


@pytest.mark.parametrize(
    ("waves", "bands", "across"), [(1, 1, 1), (2, 1, 3), (4, 1, 5), (5, 2, 3), (9, 2, 5), (12, 3, 5)]
)
def test_many_waves_stand_in_bands_so_that_a_page_does_not_shrink_their_words(counted, waves, bands, across):
    first, update = counted.summary["updates"]
    many = {**counted.summary, "updates": [first, *([update] * (waves - 1))]}
    root = ET.fromstring(living_svg(many))
    bars = [
        text.text for text in root.iter("{http://www.w3.org/2000/svg}text") if "rotate" in text.get("transform", "")
    ]
    assert bars.count("Identification") == bands
    assert float(root.get("width")) < 60 + across * 235
    words = words_of(living_svg(many))
    assert len(re.findall("Records screened", words)) == waves + (waves > 1)
