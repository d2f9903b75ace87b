"""Widths of text and where lines break."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.flow.metrics import NBSP, text_width, wrapped


@pytest.mark.parametrize(("name", "bold"), [("Helvetica", False), ("Helvetica-Bold", True)])
def test_widths_are_those_of_the_font_metrics_that_matplotlib_ships(name, bold):
    matplotlib = pytest.importorskip("matplotlib")
    afm = Path(matplotlib.get_data_path()) / "fonts" / "pdfcorefonts" / f"{name}.afm"
    found = re.findall(r"^C (\d+) ; WX (\d+) ;", afm.read_text(encoding="latin-1"), flags=re.MULTILINE)
    for code, width in found:
        if 32 <= int(code) <= 126 and int(code) not in (39, 96):  # there the core font has curly quotes
            assert text_width(chr(int(code)), 1000, bold=bold) == int(width)


def test_accented_letters_are_as_wide_as_their_base_and_unknown_ones_wide_enough():
    assert text_width("Éü", 12) == text_width("Eu", 12)
    assert text_width("漢", 12) == 12
    assert text_width("Ж", 12) >= 0.8 * 12


@settings(deadline=None, max_examples=50)
@given(text=st.text(min_size=1, max_size=120), width=st.floats(min_value=30, max_value=300))
def test_no_line_is_wider_than_it_may_be_and_no_word_is_lost(text, width):
    lines = wrapped(text, width, 12)
    assert all(text_width(line, 12) <= width or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split(" ")) == "".join(text.split(" "))


def test_lines_break_at_spaces_hyphens_and_slashes_but_not_inside_a_count():
    assert wrapped("meta-analysis", text_width("analysis", 12) + 1, 12) == ["meta-", "analysis"]
    assert wrapped(f"Records (n{NBSP}={NBSP}12)", text_width("Records (n", 12), 12) == [
        "Records",
        f"(n{NBSP}={NBSP}12)",
    ]
    assert wrapped("1-2 and 3/4", 1000, 12) == ["1-2 and 3/4"]
