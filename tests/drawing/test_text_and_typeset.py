"""The ground that all figures stand on."""

from __future__ import annotations

import pytest
from prismake.drawing.text import OTHER_FONTS, clean, drawable, font_folders, number, text_width
from prismake.drawing.typeset import typeset

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10"/></svg>\n'


def test_text_is_safe_in_xml() -> None:
    assert clean('a\x00 < "b" & c') == "a &lt; &quot;b&quot; &amp; c"


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (-0.001, "0"), (0.125, "0.12"), (10.10, "10.1"), (100.0, "100")]
)
def test_a_coordinate_has_two_decimals_at_most(value: float, text: str) -> None:
    assert number(value) == text


def test_width_grows_with_size_and_weight() -> None:
    assert text_width("Study", 20) == pytest.approx(2 * text_width("Study", 10))
    assert text_width("Study", bold=True) > text_width("Study") > text_width("Stud")


def test_the_same_figure_is_the_same_bytes() -> None:
    first, second = (typeset(SVG, 'A "title"', "What it\nshows", ("svg", "pdf", "png")) for _ in range(2))
    assert first == second
    assert (first["svg"], first["pdf"][:5], first["png"][1:4]) == (SVG.encode(), b"%PDF-", b"PNG")
    assert list(typeset(SVG, "t", "d", ("svg",))) == ["svg"]


def test_fonts_of_other_alphabets_are_read_where_a_text_has_some() -> None:
    assert [len(font_folders(text)) for text in ("Größe, τ², שלום", "王 2019", "🧠")] == [
        1,
        1 + len(OTHER_FONTS),
        1 + len(OTHER_FONTS),
    ]


def test_characters_that_no_font_has_stand_as_their_code() -> None:
    drawn = "Größe τ² ≤ שלום مرحبا 心理 心理療法 심리 हिन्दी ไทย 😀🧠🫠 ❤️ 👨‍👩‍👧 ✓"
    assert drawable(drawn) == drawn
    assert drawable("a 𐍈 b \uf0b7") == "a ‹U+10348› b ‹U+F0B7›"
    assert drawable("soft\u00adhyphen, zero\u200bwidth, \u202emark") == "soft\u00adhyphen, zero\u200bwidth, \u202emark"


@pytest.mark.parametrize("label", ["王 2019 🧠", "𐍈"])
def test_a_figure_draws_other_alphabets_and_no_font_of_last_resort(label: str) -> None:
    svg = SVG.replace('width="20"', 'width="200"').replace("</svg>", f'<text x="1" y="9">{label}</text></svg>')
    made = typeset(svg, "t", "d")
    assert label.encode() in made["svg"]
    assert b"LastResort" not in made["pdf"] and made["pdf"].startswith(b"%PDF-")
