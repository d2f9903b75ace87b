"""The drawing as SVG: well formed, described, linked, and safe with hostile words."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from prismake.flow.svg import flow_svg

SVG = "{http://www.w3.org/2000/svg}"


def texts(root: ET.Element) -> str:
    return " ".join("".join(node.itertext()) for node in root.iter(f"{SVG}text")).replace("\u00a0", " ")


def test_it_is_an_image_with_a_title_and_a_description(summary):
    root = ET.fromstring(flow_svg(summary, title="Flow of this review"))
    assert root.get("role") == "img"
    named = (root.get("aria-labelledby") or "").split()
    by_id = {node.get("id"): "".join(node.itertext()) for node in root.iter() if node.get("id")}
    assert by_id[named[0]] == "Flow of this review"
    assert f"Records screened (n = {summary['boxes']['records_screened']})" in by_id[named[1]]
    for reason in summary["reasons"]:
        assert reason["label"] in by_id[named[1]]


def test_ids_are_unique(summary):
    ids = [node.get("id") for node in ET.fromstring(flow_svg(summary)).iter() if node.get("id")]
    assert len(ids) == len(set(ids))


def test_every_count_links_to_its_list_and_has_a_tooltip(summary):
    root = ET.fromstring(flow_svg(summary))
    links = list(root.iter(f"{SVG}a"))
    assert {"#list-records_screened", "#list-duplicates", "#list-dbr_excluded", "#list-new_reports"} <= {
        a.get("href") for a in links
    }
    for link in links:
        tooltip = link.find(f"{SVG}title")
        assert tooltip is not None and tooltip.text


def test_links_go_where_one_wants_them_or_nowhere(make_summary):
    assert 'href="ids/duplicates.csv"' in flow_svg(make_summary(), link=lambda box: f"ids/{box}.csv")
    assert "<a " not in flow_svg(make_summary(), link=None)


def test_text_is_text_and_hostile_words_stay_words(make_summary):
    summary = make_summary(reasons=9)
    summary["databases"][0]["name"] = '</text><script>alert(1)</script>\x07\ud800 & "Co"'
    drawing = flow_svg(summary)
    assert "<script" not in drawing
    said = texts(ET.fromstring(drawing))
    assert "<script>" in said.replace(" ", "") and "<not>" in said


def test_colours_are_legible_in_black_and_white(summary):
    """Black text on fills of which the darkest still has a contrast of 7 to black (WCAG 1.4.6)."""
    root = ET.fromstring(flow_svg(summary))
    fills = {node.get("fill") for node in root.iter(f"{SVG}rect")} - {None}
    for fill in fills:
        red, green, blue = (int(fill[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
        assert (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05) / 0.05 >= 7


def test_the_same_flow_gives_the_same_drawing(summary):
    assert flow_svg(summary) == flow_svg(summary)
