"""The overlap between databases drawn as an UpSet plot (Lex et al. 2014, IEEE TVCG 20:1983-1992), the same bytes for the same counts."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd

_DARK, _LIGHT, _BAND = "#22313f", "#c9d1d9", "#f3f5f7"
_SHOWN = 24
_METADATA = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def draw_overlap(table: pd.DataFrame, paths: list[Path], *, note: str = "") -> None:
    """Write the figure to each path, by its suffix (svg, pdf, png).

    `table`: as `overlap_table` gives it. The largest 24 combinations are drawn, and how many are not is said in the figure.
    """
    import matplotlib

    matplotlib.use("agg")
    settings: Any = {
        "svg.hashsalt": "prismake",
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
        "font.family": "DejaVu Sans",
        "font.size": 9,
    }
    with matplotlib.rc_context(settings):
        figure = _figure(table, note)
        for path in paths:
            kind = path.suffix.lstrip(".")
            buffer = io.BytesIO()
            figure.savefig(
                buffer, format=kind, dpi=300, metadata=_METADATA[kind], bbox_inches="tight", facecolor="white"
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_described(buffer.getvalue(), table) if kind == "svg" else buffer.getvalue())


def described(table: pd.DataFrame) -> str:
    """The figure in words."""
    if len(table) == 0:
        return "No records."
    parts = [f"{int(n)} in {names.replace('; ', ' and ')}" for names, _, n in table.itertuples(index=False)]
    return "Records by the databases that found them: " + "; ".join(parts) + "."


def _figure(table: pd.DataFrame, note: str):
    from matplotlib.figure import Figure

    shown = table.head(_SHOWN)
    names = _names(table)
    sizes = {
        name: int(sum(n for combination, _, n in table.itertuples(index=False) if name in combination.split("; ")))
        for name in names
    }
    columns, rows = max(1, len(shown)), max(1, len(names))
    figure = Figure(figsize=(2.6 + 0.42 * columns + 1.6, 2.4 + 0.3 * rows))
    grid = figure.add_gridspec(
        2,
        2,
        width_ratios=[1.6, max(1.2, 0.42 * columns)],
        height_ratios=[2.0, 0.3 * rows],
        hspace=0.06,
        wspace=0.04,
    )
    bars, dots, totals = (
        figure.add_subplot(grid[0, 1]),
        figure.add_subplot(grid[1, 1]),
        figure.add_subplot(grid[1, 0]),
    )
    counts = [int(n) for n in shown["records"]]
    bars.bar(range(len(counts)), counts, color=_DARK, width=0.6)
    for x, n in enumerate(counts):
        bars.annotate(
            f"{n:,}",
            (x, n),
            ha="center",
            va="bottom",
            fontsize=7.5,
            xytext=(0, 1),
            textcoords="offset points",
        )
    bars.set_ylabel("Records")
    bars.set_xlim(-0.6, columns - 0.4)
    bars.set_xticks([])
    bars.margins(y=0.14)
    for side in ("top", "right", "bottom"):
        bars.spines[side].set_visible(False)
    for y in range(len(names)):
        if y % 2 == 0:
            dots.axhspan(y - 0.5, y + 0.5, color=_BAND, linewidth=0)
    for x, combination in enumerate(shown["databases"]):
        inside = [names.index(name) for name in combination.split("; ")]
        dots.scatter([x] * len(names), range(len(names)), s=34, color=_LIGHT, zorder=2)
        dots.plot([x, x], [min(inside), max(inside)], color=_DARK, linewidth=1.6, zorder=3)
        dots.scatter([x] * len(inside), inside, s=34, color=_DARK, zorder=4)
    dots.set_xlim(-0.6, columns - 0.4)
    dots.set_ylim(rows - 0.5, -0.5)
    dots.axis("off")
    totals.barh(range(len(names)), [sizes[name] for name in names], color=_DARK, height=0.5)
    totals.invert_xaxis()
    totals.set_ylim(rows - 0.5, -0.5)
    totals.set_yticks(range(len(names)), [f"{name} ({sizes[name]:,})" for name in names])
    totals.set_xlabel("Records in each database", fontsize=8)
    totals.tick_params(axis="x", labelsize=7)
    totals.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        totals.spines[side].set_visible(False)
    left_out = len(table) - len(shown)
    said = [f"{left_out} smaller combinations are not drawn." if left_out else "", note]
    if any(said):
        figure.text(0.02, -0.02, " ".join(s for s in said if s), fontsize=7.5, ha="left", va="top")
    return figure


def _names(table: pd.DataFrame) -> list[str]:
    found: dict[str, int] = {}
    for combination, _, n in table.itertuples(index=False):
        for name in combination.split("; "):
            found[name] = found.get(name, 0) + int(n)
    return sorted(found, key=lambda name: (-found[name], name))


def _described(svg: bytes, table: pd.DataFrame) -> bytes:
    """The SVG with a title and a description for those who do not see it."""
    import html

    text = svg.decode("utf-8")
    start = text.index("<svg")
    end = text.index(">", start)
    words = f"\n <title>Overlap between databases</title>\n <desc>{html.escape(described(table))}</desc>"
    return (text[:end] + ' role="img"' + text[end : end + 1] + words + text[end + 1 :]).encode("utf-8")
