"""Whether reviewers drift: the share each includes, and how often they agree, from their first votes to their last.

Votes are put in the order of their times and cut into blocks of equal size; votes without a time cannot be placed
and are left out.
"""

from __future__ import annotations

import html

import pandas as pd

from prismake.drawing.text import FONT_STACK
from prismake.screening.agreement import wilson
from prismake.screening.ledger import times
from prismake.screening.votes import PHASE_WORDS, PHASES

DRIFT_COLUMNS = [
    "phase",
    "reviewer",
    "block",
    "first_vote",
    "last_vote",
    "n",
    "included",
    "included_lb",
    "included_ub",
    "n_both",
    "agreed",
    "agreed_lb",
    "agreed_ub",
]
MOST_BLOCKS = 10
FEWEST_VOTES = 20
"""Votes in a block: fewer say nothing about a share."""

_PANEL, _HEIGHT, _LEFT, _TOP, _GAP = 300, 150, 60, 44, 70


def drift(ledger: pd.DataFrame) -> pd.DataFrame:
    """One row for each phase, reviewer and block (`DRIFT_COLUMNS`), shares with Wilson intervals, blank where
    there is none.

    Agreement is on include (maybe, ongoing and awaiting counted in) against exclude, with the other reviewers of
    the record.
    """
    held = ledger[(ledger["state"] == "counted") & (ledger["role"] == "reviewer") & (ledger["record_id"] != "")]
    held = held.assign(time=times(held["decided_at"]), include=held["decision"] != "exclude")
    by_record = held.groupby(["phase", "record_id"])["include"]
    n, included = by_record.transform("size"), by_record.transform("sum")
    own = held["include"].astype(int)
    held = held.assign(both=n > 1, agree=(included - own == (n - 1) * own) & (n > 1))
    rows = []
    for (phase, reviewer), votes in held[held["time"].notna()].groupby(["phase", "reviewer"], sort=True):
        votes = votes.sort_values(["time", "vote_id"], kind="stable").reset_index(drop=True)
        blocks = min(MOST_BLOCKS, len(votes) // FEWEST_VOTES)
        for block in range(blocks):
            part = votes.iloc[block * len(votes) // blocks : (block + 1) * len(votes) // blocks]
            shares = [*_share(part["include"]), *_share(part.loc[part["both"], "agree"])]
            ends = [f"{time:%Y-%m-%d}" for time in (part["time"].iloc[0], part["time"].iloc[-1])]
            rows.append([phase, reviewer, block + 1, *ends, *shares])
    return pd.DataFrame(rows, columns=DRIFT_COLUMNS)


def _share(yes: pd.Series) -> list[float | int | None]:
    """n, share, and its interval."""
    if not len(yes):
        return [0, None, None, None]
    return [len(yes), float(yes.mean()), *wilson(float(yes.sum()), len(yes))]


def drift_svg(table: pd.DataFrame, *, simulated: bool = False) -> str:
    """The figure: a row for each phase and reviewer, the share included on the left, agreement on the right.

    `table`: as `drift` gives it, or as it is read back from its CSV. `simulated`: say below it that the votes are
    invented.
    """
    numbers = [name for name in DRIFT_COLUMNS if name not in ("phase", "reviewer", "first_vote", "last_vote")]
    table = table.assign(**{name: pd.to_numeric(table[name], errors="coerce") for name in numbers})
    groups = sorted(table.groupby(["phase", "reviewer"]), key=_in_order) if len(table) else []
    width = 2 * (_LEFT + _PANEL) + 30
    height = max(1, len(groups)) * (_HEIGHT + _GAP) + (34 if simulated else 10)
    words = f"Votes over time of {len(groups)} reviewers" if groups else "No votes with a time, or too few to show"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT_STACK}" font-size="11">',
        f'<title id="t">Reviewers over time</title><desc id="d">{html.escape(_described(groups) or words)}</desc>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    if not groups:
        parts.append(f'<text x="20" y="40">{words}.</text>')
    for row, ((phase, reviewer), part) in enumerate(groups):
        top = row * (_HEIGHT + _GAP) + _TOP
        name = html.escape(f"{reviewer}, {PHASE_WORDS.get(phase, phase)}")
        parts.append(f'<text x="{_LEFT}" y="{top - 24}" font-weight="bold">{name}</text>')
        for side, (measure, label) in enumerate((("included", "included"), ("agreed", "agreed with others"))):
            parts += _panel(part, measure, label, _LEFT + side * (_LEFT + _PANEL), top)
    if simulated:
        parts.append(f'<text x="20" y="{height - 12}">Simulated example: no vote in it is real.</text>')
    return "\n".join([*parts, "</svg>\n"])


def _in_order(group: tuple[tuple[str, str], pd.DataFrame]) -> tuple[int, str, str]:
    """Titles and abstracts are read before full texts."""
    (phase, reviewer), _ = group
    return (PHASES.index(phase) if phase in PHASES else len(PHASES), phase, reviewer)


def _panel(part: pd.DataFrame, measure: str, label: str, left: float, top: float) -> list[str]:
    """One line with its intervals, on an axis from 0 to 100 %."""
    lines = [
        f'<text x="{left}" y="{top - 8}">share {label}</text>',
        f'<path d="M{left} {top}V{top + _HEIGHT}H{left + _PANEL}" fill="none" stroke="#000000"/>',
    ]
    for share in (0.0, 0.5, 1.0):
        y = top + _HEIGHT * (1 - share)
        lines.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    points = []
    for value in part[["block", measure, f"{measure}_lb", f"{measure}_ub"]].dropna().itertuples(index=False):
        x = left + _PANEL * (value[0] - 0.5) / len(part)
        y, low, high = (top + _HEIGHT * (1 - v) for v in value[1:])
        lines.append(f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="#555555"/>')
        lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#000000"/>')
        points.append(f"{x:.1f},{y:.1f}")
    lines.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="#000000"/>')
    ends = (part["first_vote"].iloc[0], part["last_vote"].iloc[-1])
    lines.append(f'<text x="{left}" y="{top + _HEIGHT + 16}">{ends[0]}</text>')
    lines.append(f'<text x="{left + _PANEL}" y="{top + _HEIGHT + 16}" text-anchor="end">{ends[1]}</text>')
    return lines


def _described(groups: list[tuple[tuple[str, str], pd.DataFrame]]) -> str:
    """The figure in words: first and last block of each reviewer."""
    return " ".join(
        f"{reviewer}, {PHASE_WORDS.get(phase, phase)}: included {part['included'].iloc[0]:.0%} of the first "
        f"{part['n'].iloc[0]:.0f} records and {part['included'].iloc[-1]:.0%} of the last {part['n'].iloc[-1]:.0f}."
        for (phase, reviewer), part in groups
    )
