"""Where lines break."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.drawing.text import text_width
from prismake.flow.metrics import NBSP, wrapped


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
