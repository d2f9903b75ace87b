"""The plots: every judgement shows, by a symbol, for any tool and size."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest
from prismake.drawing.canvas import Canvas
from prismake.extraction.picture import save
from prismake.extraction.risk_of_bias.overall import settle
from prismake.extraction.risk_of_bias.plots import colours, summary_plot, traffic_light
from prismake.extraction.risk_of_bias.tools import TOOLS, Tool


def judged(tool: Tool, studies: int):  # type: ignore[no-untyped-def]
    """Judgements that run through the tool's levels."""
    rows = [
        {
            "study_id": f"Study {i} <&>",
            "outcome_id": "",
            "rater": "",
            "domain": d,
            "judgement": tool.levels[(i + j) % len(tool.levels)].id,
            "support": "",
            "override_reason": "",
            "line": 2,
        }
        for i in range(studies)
        for j, d in enumerate(tool.domains)
    ]
    return settle(pd.DataFrame(rows), tool)


@pytest.mark.parametrize("name", sorted(TOOLS))
@pytest.mark.parametrize("studies", [1, 60])
def test_one_mark_a_judgement(name: str, studies: int) -> None:
    tool = TOOLS[name]
    result = judged(tool, studies)
    svg = traffic_light(result.final, result.overall, tool).svg()
    ET.fromstring(svg)
    marks = re.findall(r"<circle[^>]*><title>(?!Key)", svg)
    whole = int((result.overall["overall"] != "").sum())
    assert len(marks) == studies * len(tool.domains) + whole
    assert all(tip in svg for tip in ('role="img"', "<desc", "Study 0 &lt;&amp;&gt;"))


def test_the_shares_of_each_bar_sum_to_one() -> None:
    tool = TOOLS["rob2"]
    result = judged(tool, 7)
    svg = summary_plot(result.final, result.overall, tool).svg()
    for name in tool.domains.values():
        shares = [int(s) for s in re.findall(rf"<title>{name}: [^<]*? (\d+)%</title>", svg)]
        assert 99 <= sum(shares) <= 101


def test_weights_change_the_bars() -> None:
    tool = TOOLS["rob2"]
    result = judged(tool, 2)
    weights = {("Study 0 <&>", ""): 3.0, ("Study 1 <&>", ""): 1.0}
    svg = summary_plot(result.final, result.overall, tool, weights=weights).svg()
    assert "75%" in svg and "Share of the weight" in svg


@pytest.mark.parametrize("palette", ["colourblind", "cochrane"])
def test_levels_of_a_tool_have_their_own_colours(palette: str) -> None:
    for tool in TOOLS.values():
        fills = [colours(tool, palette)[lv.id][0] for lv in tool.levels]
        assert len(set(fills)) == len(fills), tool.id


def test_nothing_assessed_yet_is_a_picture_too() -> None:
    empty = settle(
        pd.DataFrame(
            columns=["study_id", "outcome_id", "rater", "domain", "judgement", "support", "override_reason", "line"]
        ),
        TOOLS["rob2"],
    )
    for picture in (
        traffic_light(empty.final, empty.overall, TOOLS["rob2"]),
        summary_plot(empty.final, empty.overall, TOOLS["rob2"]),
    ):
        ET.fromstring(picture.svg())


def test_the_three_files_are_the_same_each_time(tmp_path: Path) -> None:
    picture = Canvas("A title", "What it shows.", "test")
    picture.text(10, 20, "Grüße & <Zeichen> \x00")
    contents = []
    for run in ("a", "b"):
        paths = {kind: tmp_path / f"{run}.{kind}" for kind in ("svg", "pdf", "png")}
        save(picture, paths)
        contents.append([p.read_bytes() for p in paths.values()])
    assert contents[0] == contents[1]
    assert contents[0][1].startswith(b"%PDF") and contents[0][2].startswith(b"\x89PNG")
