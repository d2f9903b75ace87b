import xml.etree.ElementTree as ET
from collections import Counter

from prismake.deduplication.overlap import contributions, overlap_table
from prismake.deduplication.overlap_figure import described, draw_overlap, overlap_drawing
from prismake.drawing.text import text_width

DATABASES = ["Scopus", "Scopus", "APA PsycInfo; Scopus", "APA PsycInfo", "Scopus", ""]


def test_combinations_are_counted_largest_first():
    table = overlap_table(DATABASES)
    assert table.values.tolist() == [
        ["Scopus", 1, 3],
        ["(not named)", 1, 1],
        ["APA PsycInfo", 1, 1],
        ["APA PsycInfo; Scopus", 2, 1],
    ]
    assert table["records"].sum() == len(DATABASES)


def test_what_each_database_alone_found():
    found = contributions(overlap_table(DATABASES), Counter({"Scopus": 5, "APA PsycInfo": 2}))
    assert found[0] == {"database": "Scopus", "source_records": 5, "records": 4, "unique": 3}
    assert found[1] == {"database": "APA PsycInfo", "source_records": 2, "records": 2, "unique": 1}


def test_the_figure_has_the_same_bytes_each_time_and_says_what_it_shows(tmp_path):
    table = overlap_table(DATABASES)
    for folder in ("one", "two"):
        draw_overlap(table, [tmp_path / folder / f"overlap.{kind}" for kind in ("svg", "pdf", "png")])
    for kind in ("svg", "pdf", "png"):
        assert (tmp_path / "one" / f"overlap.{kind}").read_bytes() == (
            tmp_path / "two" / f"overlap.{kind}"
        ).read_bytes()
    svg = (tmp_path / "one" / "overlap.svg").read_text(encoding="utf-8")
    assert "3 in Scopus" in svg and "<desc" in svg


def test_hostile_names_and_no_records_do_not_break_the_figure(tmp_path):
    draw_overlap(overlap_table(["<script>$x^2$; A&B"]), [tmp_path / "a.svg"])
    assert "<script>" not in (tmp_path / "a.svg").read_text(encoding="utf-8")
    draw_overlap(overlap_table([]), [tmp_path / "b.svg"])
    assert described(overlap_table([])) == "No records."


def test_no_text_leaves_the_figure_and_what_is_left_out_is_said():
    names = [f"A database with quite a long name {i:02}" for i in range(9)]
    pairs = [f"{a}; {b}" for a in names for b in names if a < b]
    drawing = overlap_drawing(overlap_table([*pairs, *names, names[0]]), "Simulated example")
    root = ET.fromstring(drawing.svg())
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        width = text_width(text.text or "", float(text.get("font-size")))
        at = {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor"), 0.0)
        left = float(text.get("x")) - at * width
        assert left >= 0 and left + width <= drawing.width and 8 <= float(text.get("y")) <= drawing.height, text.text
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "21 smaller combinations are not drawn." in words and "Simulated example" in words
